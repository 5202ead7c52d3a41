"""A program with everything that a phase report tells of, as rows."""

import itertools

from measures.models import Claim as Version
from measures.models import Country, DisputedFact, Material, Organization
from programs.models import (
    Directive,
    Effect,
    Indicator,
    Integration,
    IntegrationInput,
    Milestone,
    Observation,
    Phase,
    Program,
    ProgramMaterial,
    ProgramPartner,
    Project,
    ProjectNorm,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    SurveyFeed,
    Target,
)
from records.models import Citation, Name, Source

TITLE = "Localization roadmap"
SOURCE = {"publisher": "Herald Economy", "language": "ko", "kind": "news", "consulted": "excerpt", "date": "2019-07-22"}

numbers = itertools.count()


def made(model, **values):
    """A published row with an id of its own."""
    return model.objects.create(**{"slug": f"{model._meta.model_name}-{next(numbers)}", "state": "published", **values})


def source(title="국산화 연구개발 로드맵", **values):
    return made(Source, title=title, **{**SOURCE, **values})


def cite(record, *sources):
    for position, each in enumerate(sources or [source()]):
        Citation.objects.create(subject=record, source=each, position=position)
    return record


def body(name="Ministry of Science and ICT", abbreviation="MSIT", kind="ministry", native=None, **values):
    country, _ = Country.objects.get_or_create(code="KR", defaults={"english_name": "South Korea"})
    row = made(Organization, country=country, name=name, abbreviation=abbreviation, kind=kind, **values)
    if native:
        Name.objects.create(subject=row, language="ko", text=native)
    return row


def material(name="Hydrogen fluoride", **values):
    row = made(Material, name=name, category="gas", description="…", **values)
    for language, text in (("ko", "불화수소"), ("ja", "フッ化水素"), ("zh", "氟化氢")):
        Name.objects.create(subject=row, language=language, text=text)
    return row


def program(title=TITLE, **values):
    lead = values.pop("lead", None) or body(native="과학기술정보통신부")
    values = {"slug": "roadmap", "summary": "What the program is about.", "verification": "partly", **values}
    return made(Program, title=title, country=lead.country, lead=lead, **values)


def phase(of, number=1, **values):
    values = {
        "title": f"Stage {number}",
        "objective": "Self-supply",
        "status": "running",
        "horizons": ["short"],
        **values,
    }
    return made(Phase, program=of, number=number, **values)


def milestone(of, title="A plan is published", **values):
    position = of.milestones.count()
    return made(Milestone, phase=of, title=title, position=position, **{"status": "planned", **values})


def indicator(of, observations=(), targets=(), **values):
    values = {"title": "Share of Japan", "unit": "percent", "definition": "Imports from Japan.", **values}
    row = made(Indicator, program=of, position=of.indicators.count(), **values)
    for model, pairs in ((Observation, observations), (Target, targets)):
        for position, (date, value) in enumerate(pairs):
            cite(model.objects.create(indicator=row, position=position, date=date, value=value))
    return row


def full_program():
    """One of everything, with figures that no other figure is equal to."""
    herald = source("국산화 연구개발 로드맵", url="https://example.org/herald")
    row = program(budget_amount=7_800_000_000_000, budget_currency="KRW", budget_approximate=True, budget_per="program")
    cite(row, herald)
    Name.objects.create(subject=row, language="ko", text="핵심 기술·재료 국산화 로드맵")
    Name.objects.create(subject=row, language="ja", text="重要技術・材料の国産化ロードマップ")
    council = body("National Research Council", "NST", "research_council", native="국가과학기술연구회")
    institute = body(
        "Institute of Chemical Technology", "KRICT", "government_research_institute", native="한국화학연구원"
    )
    ProgramPartner.objects.create(program=row, organization=council, role="asked its institutes")
    gas = material()
    ProgramMaterial.objects.create(program=row, material=gas)
    first = phase(row, 1, planned="2019-07/2020-08", actual="2019-07-22/..")
    phase(row, 2, title="Stage two", horizons=["medium", "long"], status="planned", planned="2021/2024")
    cite(
        milestone(
            first, "A plan is published", wording="soon", said_on="2019-07-22", actual="2019-08-05", status="achieved"
        ),
        herald,
    )
    expected = cite(
        milestone(
            first,
            "A project plan uses the survey",
            wording="August next year",
            said_on="2019-07-22",
            expected="2020-08",
        ),
        herald,
    )
    directive = cite(
        made(Directive, program=row, phase=first, issued_by=row.lead, title="Request for countermeasures",
             date="2019-07", council=council, count=10, asks="Countermeasures"),
        herald,
    )  # fmt: skip
    cite(
        made(Response, program=row, directive=directive, phase=first, organization=institute, action="proposal",
             title="Proposal of an institute", date="2019-08-01", position=0)
    )  # fmt: skip
    for position, actor in enumerate(("a research institution", "research institutes"), start=1):
        cite(
            made(Response, program=row, directive=directive, phase=first, actor=actor, action="plan_submitted",
                 title=f"Plan of {actor}", date="2019-07-15", position=position)
        )  # fmt: skip
    survey = cite(
        made(
            Survey,
            program=row,
            conducted_by=council,
            title="Demand survey",
            period="2019-07~/2019-07-31",
            purpose="Demand",
        )
    )
    SurveyFeed.objects.create(survey=survey, milestone=expected)
    integration = cite(made(Integration, program=row, into=expected, description="Proposals become one plan"))
    IntegrationInput.objects.create(integration=integration, survey=survey, position=0)
    IntegrationInput.objects.create(integration=integration, directive=directive, position=1)
    project = cite(
        made(Project, program=row, phase=first, title="High-purity gas line", kind="N-LAB", material=gas,
             period="2019-08/2020-09", years_min=4, years_max=6, budget_amount=28_000_000, budget_currency="USD",
             status="completed", position=0)
    )  # fmt: skip
    ProjectPerformer.objects.create(project=project, organization=institute)
    cite(
        made(
            Project, program=row, title="Further laboratories", count=17, unnamed=True, status="designated", position=1
        )
    )
    cite(
        made(ProjectNorm, program=row, years_min=4, years_max=6, amount=2_000_000_000, currency="KRW", approximate=True,
             wording="4 to 6 years, around 2 billion won")
    )  # fmt: skip
    share = indicator(row, [("2019", "31.4"), ("2021", "24.9")], [("2025", "12.5")])
    cite(
        made(Statement, program=row, date="2019-07-22", speaker="an official", medium="call",
             said="There will be a plan.", quote="계획을 발표할 예정")
    )  # fmt: skip
    cite(made(Effect, program=row, sector="displays", effect="Met with difficulty", date="2019-07"))
    fact = made(DisputedFact, subject=share, question="What was the share in 2019?")
    for position, (claimant, value) in enumerate((("a newspaper", "31.4"), ("a trade site", "30.9"))):
        version = Version.objects.create(
            disputed_fact=fact, position=position, claimant=claimant, date="2021", statement="In our words",
            value=value, preferred=not position, reason=None if position else "It cites the ministry."
        )  # fmt: skip
        cite(version)
    return row


def manifest(of, on="2026-11-24", language="en"):
    return {"program": of.slug, "on": on, "language": language}
