"""The data set's files: every fault found, only differences written, and back again byte for byte."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from measures.models import Claim, Measure, MeasureEvent, Organization, StatusPeriod
from programs.models import CoverageNote, Program
from records import publishing
from records.dataset import files
from records.dataset.rows import Store
from records.models import Citation, Name, OutboxEntry, Source
from tests.threads import at_once

DATA = Path(settings.DATA_DIR)


def small() -> dict[str, list]:
    """The least data set that uses most of the format."""
    return {
        "sources.yaml": [
            {
                "id": "notice",
                "title": "Notice",
                "publisher": "Ministry",
                "published": "2019-07-01",
                "language": "ja",
                "kind": "official",
                "consulted": "excerpt",
            }
        ],
        "mast.yaml": [{"code": "P33", "title": "Licensing", "edition": "2019", "sources": ["notice"]}],
        "instruments.yaml": [{"instrument": "export_licensing", "mast": "P33", "sources": ["notice"]}],
        "ministries.yaml": [
            {"id": "jp-meti", "country": "JP", "name": "Ministry", "kind": "ministry", "names": {"ja": "経済産業省"}}
        ],
        "institutes.yaml": [{"id": "kr-kims", "country": "KR", "name": "Institute", "kind": "university"}],
        "materials.yaml": [
            {
                "id": "resist",
                "name": "Resist",
                "aliases": {"ko": ["레지스트"]},
                "hs": ["370790"],
                "category": "chemical",
                "description": "A resist.",
            }
        ],
        "measures.yaml": [
            {
                "id": "licensing",
                "title": "Licensing",
                "imposed_by": ["JP"],
                "affects": ["KR"],
                "authority": "jp-meti",
                "instruments": ["export_licensing"],
                "effect": "restricts",
                "mast": "P33",
                "legal_basis": "Act",
                "summary": "Licences.",
                "materials": [{"material": "resist", "scope": "all"}],
                "verification": "verified",
                "events": [
                    {"kind": "announced", "date": "2019-07-01", "title": "Announced", "sources": ["notice"]},
                    {"kind": "effective", "date": "2019-07-04", "title": "In force", "materials": ["resist"]},
                ],
            }
        ],
        "announcements.yaml": [],
        "programs.yaml": [
            {
                "id": "plan",
                "title": "Plan",
                "country": "KR",
                "lead": "kr-kims",
                "responds_to": ["licensing"],
                "summary": "A plan.",
                "budget": {"amount": 1000, "currency": "KRW", "per": "year", "sources": ["notice"]},
                "phases": [
                    {
                        "number": 1,
                        "title": "First",
                        "horizons": ["short"],
                        "objective": "Begin.",
                        "planned": "2019/2020",
                        "status": "planned",
                        "milestones": [
                            {"id": "plan-begins", "title": "Begins", "expected": "2020-08", "status": "planned"}
                        ],
                    }
                ],
                "projects": [
                    {
                        "id": "work",
                        "title": "Work",
                        "performers": ["kr-kims", "somebody"],
                        "phase": 1,
                        "status": "running",
                    }
                ],
                "verification": "partly",
            }
        ],
        "coverage_notes.yaml": [],
        "claims.yaml": [
            {
                "id": "when",
                "subject": {"measure": "licensing"},
                "question": "When?",
                "versions": [
                    {"claimant": "jp-meti", "date": "2019", "statement": "Then."},
                    {"claimant": "Somebody", "date": "2019", "statement": "Now."},
                ],
            }
        ],
        "founding_statements.yaml": [],
    }


@pytest.fixture
def folder(tmp_path):
    """Write a data set, changed by a function, into a folder of its own."""

    def write(change=lambda data: None):
        data = small()
        change(data)
        for name, document in data.items():
            content = document if isinstance(document, str | bytes) else yaml.safe_dump(document, allow_unicode=True)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        shutil.copy(DATA / "hs2022_sections.csv", tmp_path)
        lines = (DATA / "hs2022.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / "hs2022.csv").write_text(lines[0] + "".join(line for line in lines if ",37" in line[:8]))
        return tmp_path

    return write


def test_the_small_set_has_no_fault(folder):
    assert files.read(folder()).faults == []


def first(name):
    return lambda data: data[name][0]


MEASURE, EVENT = first("measures.yaml"), lambda data: data["measures.yaml"][0]["events"][0]
PROGRAM, CLAIM = first("programs.yaml"), lambda data: data["claims.yaml"][0]


@pytest.mark.parametrize(
    ("where", "change", "place", "words"),
    [
        (MEASURE, {"colour": "red"}, "measures.yaml, licensing, colour", "is no key of the format"),
        (MEASURE, {"title": None}, "measures.yaml, licensing, title", "is missing"),
        (MEASURE, {"title": 7}, "measures.yaml, licensing, title", "must be text in quotes, not the number 7"),
        (MEASURE, {"title": "x" * 201}, "measures.yaml, licensing, title", "200"),
        (MEASURE, {"effect": "forbids"}, "measures.yaml, licensing, effect", "none of these: restricts, relaxes"),
        (MEASURE, {"authority": "nobody"}, "measures.yaml, licensing, authority", "“nobody” is no known organization"),
        (MEASURE, {"imposed_by": ["XX"]}, "measures.yaml, licensing, imposed_by/0", "“XX” is no known country"),
        (
            MEASURE,
            {"imposed_by": [False]},
            "measures.yaml, licensing, imposed_by/0",
            "put words such as NO into quotes",
        ),
        (MEASURE, {"imposed_by": []}, "measures.yaml, licensing, imposed_by", "is missing"),
        (MEASURE, {"affects": "KR"}, "measures.yaml, licensing, affects", "must be a list"),
        (MEASURE, {"instruments": ["magic"]}, "measures.yaml, licensing, instruments/0", "“magic”"),
        (MEASURE, {"events": ["x"]}, "measures.yaml, licensing, events/0", "must be a mapping"),
        (MEASURE, {"id": "Not Kebab"}, "measures.yaml, Not Kebab, id", "Lower-case letters"),
        (MEASURE, {"related": [{"measure": "gone", "relation": "amends"}]}, "related/0/measure", "“gone” is no known"),
        (EVENT, {"kind": "exploded"}, "measures.yaml, licensing, events/0/kind", "“exploded”"),
        (EVENT, {"date": "2019-13-45"}, "measures.yaml, licensing, events/0/date", "2019-13-45"),
        (EVENT, {"date": "2020/2019"}, "measures.yaml, licensing, events/0/date", "2020/2019"),
        (EVENT, {"order": "first"}, "measures.yaml, licensing, events/0/order", "must be a whole number"),
        (EVENT, {"order": 1.5}, "measures.yaml, licensing, events/0/order", "not the number 1.5"),
        (EVENT, {"order": 99999}, "measures.yaml, licensing, events/0/order", "32767"),
        (EVENT, {"title": " "}, "measures.yaml, licensing, events/0/title", "begins or ends with a space"),
        (EVENT, {"title": "a\0b"}, "measures.yaml, licensing, events/0/title", "cannot be printed"),
        (EVENT, {"planned": "yes"}, "measures.yaml, licensing, events/0/planned", "must be true or false"),
        (EVENT, {"quote": ("word " * 26).strip()}, "measures.yaml, licensing, events/0/quote", "more than 25 words"),
        (EVENT, {"until": "2020", "then": "later"}, "measures.yaml, licensing, events/0/then", "“later”"),
        (EVENT, {"then": "in_force"}, "measures.yaml, licensing, events/0/then", "there is no `until`"),
        (EVENT, {"materials": ["iron"]}, "measures.yaml, licensing, events/0/materials", "not among the materials"),
        (EVENT, {"provision": "part-2"}, "measures.yaml, licensing, events/0/provision", "is no known provision"),
        (EVENT, {"sources": ["rumour"]}, "events/0/sources/0", "“rumour” is no known source"),
        (EVENT, {"sources": ["notice", "notice"]}, "events/0/sources/1", "stands twice"),
        (first("materials.yaml"), {"hs": ["999998"]}, "materials.yaml, resist, hs/0", "“999998” is no known HS code"),
        (first("materials.yaml"), {"hs": ["3707"]}, "materials.yaml, resist, hs/0", "no HS code of six digits"),
        (first("materials.yaml"), {"hs": [370790]}, "materials.yaml, resist, hs/0", "must be an id in quotes"),
        (first("materials.yaml"), {"cas": "7664-39-4"}, "materials.yaml, resist, cas", "no CAS number"),
        (first("materials.yaml"), {"broader": "resist"}, "materials.yaml, resist, broader", "leads back to itself"),
        (first("materials.yaml"), {"aliases": {"Korean": ["x"]}}, "materials.yaml, resist, aliases/Korean", "Korean"),
        (first("ministries.yaml"), {"kind": "company"}, "ministries.yaml, jp-meti, kind", "does not belong into this"),
        (first("sources.yaml"), {"url": "no address"}, "sources.yaml, notice, url", "no address"),
        (PROGRAM, {"budget": {"amount": 5}}, "programs.yaml, plan, budget/currency", "needs its currency"),
        (PROGRAM, {"budget": 5}, "programs.yaml, plan, budget", "must be a mapping"),
        (PROGRAM, {"budget": {"currency": "won"}}, "programs.yaml, plan, budget/currency", "three letters"),
        (PROGRAM, {"budget": {"amount": -5, "currency": "KRW"}}, "programs.yaml, plan, budget/amount", "less than"),
        (PROGRAM, {"phases": []}, "programs.yaml, plan, phases", "is missing"),
        (
            lambda data: data["programs.yaml"][0]["phases"][0],
            {"horizons": ["short", "short"]},
            "programs.yaml, plan, phases/1/horizons",
            "the same twice",
        ),
        (
            lambda data: data["programs.yaml"][0]["projects"][0],
            {"count": 0},
            "programs.yaml, plan, projects/work/count",
            "counts nothing",
        ),
        (
            lambda data: data["programs.yaml"][0]["projects"][0],
            {"phase": "1"},
            "programs.yaml, plan, projects/work/phase",
            "must be a whole number",
        ),
        (MEASURE, {"events": []}, "measures.yaml, licensing, events", "is missing"),
        (
            MEASURE,
            {"provisions": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]},
            "measures.yaml, licensing, provisions/a",
            "stands twice",
        ),
        (
            PROGRAM,
            {"phases": [{"number": 1, "title": "A", "objective": "x", "status": "planned"}] * 2},
            "programs.yaml, plan, phases/1",
            "stands twice",
        ),
        (
            MEASURE,
            {"related": [{"measure": "licensing", "relation": "amends"}]},
            "measures.yaml, licensing, related/0/measure",
            "the measure itself",
        ),
        (CLAIM, {"versions": []}, "claims.yaml, when, versions", "is missing"),
        (CLAIM, {"subject": {"measure": ["licensing"]}}, "claims.yaml, when, subject/measure", "must be an id"),
        (
            lambda data: data["claims.yaml"][0]["versions"][0],
            {"claimant": "jp-metti"},
            "claims.yaml, when, versions/0/claimant",
            "“jp-metti” is no known organization",
        ),
        (
            PROGRAM,
            {"norms": [{"id": "n", "wording": "w", "years_min": 6, "years_max": 4}]},
            "norms/n/years_min",
            "6 is more than",
        ),
        (
            PROGRAM,
            {"responses": [{"id": "r", "action": "other", "title": "t", "date": "2019"}]},
            "responses/r/organization",
            "for an unnamed body",
        ),
        (
            PROGRAM,
            {
                "surveys": [
                    {
                        "id": "s",
                        "conducted_by": "kr-kims",
                        "title": "t",
                        "period": "2019",
                        "purpose": "p",
                        "feeds": ["x"],
                    }
                ]
            },
            "surveys/s/feeds/0",
            "none of these: milestone, phase",
        ),
        (
            lambda data: data["programs.yaml"][0]["projects"][0],
            {"phase": 9},
            "programs.yaml, plan, projects/work/phase",
            "“plan-phase-9” is no known phase",
        ),
        (
            lambda data: data["programs.yaml"][0]["projects"][0],
            {"unnamed": True},
            "projects/work/count",
            "how many it stands for",
        ),
        (
            lambda data: data["programs.yaml"][0]["phases"][0],
            {"horizons": ["soon"]},
            "programs.yaml, plan, phases/1/horizons",
            "soon",
        ),
        (
            lambda data: data["programs.yaml"][0]["phases"][0]["milestones"][0],
            {"status": "achieved"},
            "milestones/plan-begins/actual",
            "says when",
        ),
        (CLAIM, {"subject": {"planet": "mars"}}, "claims.yaml, when, subject", "must be one of measure, material"),
        (CLAIM, {"subject": {"measure": "gone"}}, "claims.yaml, when, subject/measure", "“gone” is no known measure"),
        (
            lambda data: data["claims.yaml"][0]["versions"][0],
            {"preferred": True},
            "claims.yaml, when, versions/0/reason",
            "say why",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_reported_with_file_record_and_field(folder, where, change, place, words):
    faults = files.read(folder(lambda data: where(data).update(change))).faults
    assert any(place in str(fault.place) and words in fault.message for fault in faults), faults


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("- id: a\n  id: b\n", "line 2: the key “id” stands twice"),
        ("- 7: a\n", "line 1: the key “7” must be text"),
        ("", "an empty one is written []"),
        ("- &a {}\n- [*a\n", "line 3: is not YAML"),
        ("- [", "is not YAML"),
        ("just words", "must be a list of records"),
        (b"- id: \xff\n", "is not UTF-8"),
        ("- id: a\x00\n", "is not YAML"),
        ("- 7\n", "must be a mapping"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_fault(folder, content, words):
    faults = files.read(folder(lambda data: data.update({"announcements.yaml": content}))).faults
    assert words in str(faults[0])
    assert {fault.place.file for fault in faults} == {"announcements.yaml"}


def test_what_points_into_an_unreadable_file_is_no_fault_of_its_own(folder):
    faults = files.read(folder(lambda data: data.update({"sources.yaml": "- ["}))).faults
    assert [fault.place.file for fault in faults] == ["sources.yaml"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("VI,37x790,Film,3707,6", "line 3: “37x790” is no HS code"),
        ("VI,370790,Film,3799,6", "line 3, parent: “3799” is no known HS code"),
        ("XC,370790,Film,TOTAL,6", "line 3, section: “XC” is no known HS section"),
        ("VI,370790", "line 3: must have 5 values"),
    ],
)
def test_a_fault_of_the_nomenclature_is_reported_with_its_line(folder, line, words):
    place = folder()
    (place / "hs2022.csv").write_text(f"section,hscode,description,parent,level\nVI,3707,Film,TOTAL,4\n{line}\n")
    assert any(words in str(fault) for fault in files.read(place).faults)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is missing"),
        (b"\xff", "is not UTF-8"),
        (b"code,name\n1,2\n", "line 1: the header must be section,hscode"),
    ],
)
def test_a_nomenclature_that_cannot_be_read_is_one_clear_fault(folder, content, words):
    place = folder()
    (place / "hs2022.csv").unlink()
    if content is not None:
        (place / "hs2022.csv").write_bytes(content)
    (fault,) = files.read(place).faults
    assert words in str(fault)


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        ({"file": "wishes.yaml", "id": "plan", "path": "title"}, "no file of the format"),
        ({"file": "programs.yaml", "id": "plans", "path": "title"}, "there is no “plans”"),
        ({"file": "programs.yaml", "id": "plan", "path": "phases/2/title"}, "there is no “2”"),
        ({"file": "programs.yaml", "id": "plan", "path": "phases/1/milestones/plan-begins/actual"}, "no “actual”"),
    ],
)
def test_a_trace_that_leads_nowhere_is_reported(folder, trace, words):
    statement = {"number": 1, "statement": "A plan begins.", "source": "notice", "records": [trace]}
    (fault,) = files.read(folder(lambda data: data["founding_statements.yaml"].append(statement))).faults
    assert words in fault.message


def test_nothing_found_is_said_with_a_word(folder):
    note = {
        "material": "resist",
        "phase": "plan-phase-1",
        "looked_on": "2026-11",
        "looked_where": "the register",
        "found": "none",
        "by": "editors",
    }
    reading = files.read(folder(lambda data: data["coverage_notes.yaml"].append(note)))
    assert reading.faults == []
    ((found,),) = [[row["found"]] for row in reading.state[CoverageNote].values()]
    assert found is None


def test_an_unquoted_date_is_named(folder):
    def unquote(data):
        data["measures.yaml"] = yaml.safe_dump(data["measures.yaml"]).replace("'2019-07-01'", "2019-07-01")

    (fault,) = files.read(folder(unquote)).faults
    assert "not the unquoted date 2019-07-01" in fault.message


def test_missing_and_strange_files_are_named(folder):
    place = folder(lambda data: data.update({"extra.yaml": []}))
    (place / "claims.yaml").unlink()
    assert {str(fault) for fault in files.read(place).faults} == {
        "claims.yaml: is missing.",
        "extra.yaml: is no file of the format.",
    }


def test_ids_may_not_stand_twice(folder):
    (fault,) = files.read(folder(lambda data: data["materials.yaml"].append(dict(data["materials.yaml"][0])))).faults[
        :1
    ]
    assert str(fault).startswith("materials.yaml, resist: stands twice")


@pytest.mark.django_db
def test_every_fault_is_reported_and_nothing_is_written(folder):
    def spoil(data):
        data["measures.yaml"][0]["effect"] = "forbids"
        data["programs.yaml"][0]["lead"] = "nobody"

    errors = StringIO()
    with pytest.raises(CommandError, match="2 faults; nothing was written"):
        call_command("load_data", dir=folder(spoil), no_progress=True, stderr=errors)
    assert "measures.yaml, licensing, effect" in errors.getvalue()
    assert "programs.yaml, plan, lead" in errors.getvalue()
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_checking_writes_nothing(folder):
    call_command("load_data", dir=folder(), check=True, stdout=StringIO())
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere/sources\.yaml\.new: No such file or directory\.$"):
        call_command("dump_data", dir=tmp_path / "nowhere")


@pytest.mark.django_db
def test_a_load_writes_rows_names_citations_and_what_follows(folder):
    files.load(folder())
    measure = Measure.objects.published().get(slug="licensing")
    assert list(measure.destinations.values_list("code", flat=True)) == ["KR"]
    first_event, second = measure.events.all()
    assert first_event.slug == "licensing-2019-07-01-announced"
    assert first_event.earliest.isoformat() == "2019-07-01"
    assert [material.slug for material in second.materials.all()] == ["resist"]
    assert [citation.source.slug for citation in first_event.citations.all()] == ["notice"]
    assert Name.objects.get(language="ko").subject.slug == "resist"
    program = Program.objects.get()
    assert program.citations.get().field == "budget"
    assert [performer.name or performer.organization.slug for performer in program.projects.get().performers.all()] == [
        "kr-kims",
        "somebody",
    ]
    assert set(StatusPeriod.objects.values_list("status", flat=True)) == {"announced", "in_force"}
    assert OutboxEntry.objects.filter(topic="timeline").exists()


def versions() -> int:
    """How many versions of rows the history holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND column_name = 'pgh_obj_id' AND table_name !~ '^pghistory'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT " + " + ".join(f'(SELECT count(*) FROM "{name}")' for name in tables))
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_second_load_writes_nothing(folder):
    place = folder()
    assert files.load(place).changes > 0
    before = versions()
    assert files.load(place).changes == 0
    assert versions() == before


@pytest.mark.django_db
def test_only_what_differs_is_written(folder):
    files.load(folder())
    before = versions()

    def correct(data):
        data["measures.yaml"][0]["title"] = "Individual licensing"

    outcome = files.load(folder(correct))
    assert outcome.changes == 1
    # One of the measure, and one of what it is found by.
    assert versions() == before + 2
    measure = Measure.objects.get()
    assert (measure.title, measure.version) == ("Individual licensing", 2)


@pytest.mark.django_db
def test_a_corrected_date_moves_the_bounds_and_the_status(folder):
    files.load(folder())

    def correct(data):
        data["measures.yaml"][0]["events"][1].update(id="licensing-2019-07-04-effective", date="2019-07-05")

    files.load(folder(correct))
    event = MeasureEvent.objects.get(kind="effective")
    assert (event.slug, event.earliest.isoformat()) == ("licensing-2019-07-04-effective", "2019-07-05")
    assert StatusPeriod.objects.get(status="in_force").since_earliest.isoformat() == "2019-07-05"


@pytest.mark.django_db
def test_an_event_keeps_its_id_when_its_date_is_corrected(folder):
    place = folder()
    files.load(place)
    before = MeasureEvent.objects.get(kind="effective").pk
    outcome = files.load(folder(lambda data: data["measures.yaml"][0]["events"][1].update(date="2019-07-05")))
    event = MeasureEvent.objects.get(kind="effective")
    assert (event.pk, event.slug, event.date) == (before, "licensing-2019-07-04-effective", "2019-07-05")
    assert outcome.changes == 1
    files.dump(place)
    assert "id: licensing-2019-07-04-effective" in (place / "measures.yaml").read_text()
    assert files.load(place).changes == 0


@pytest.mark.django_db
def test_an_event_keeps_its_id_when_its_like_of_the_same_day_leaves(folder):
    def twice(data):
        events = data["measures.yaml"][0]["events"]
        events.append({**events[1], "title": "In force for the rest"})

    def second_only(data):
        twice(data)
        data["measures.yaml"][0]["events"].pop(1)

    files.load(folder(twice))
    files.load(folder(second_only))
    assert MeasureEvent.objects.get(kind="effective").slug == "licensing-2019-07-04-effective-2"


@pytest.mark.django_db
def test_an_event_keeps_its_id_when_its_title_is_corrected(folder):
    files.load(folder())
    outcome = files.load(folder(lambda data: data["measures.yaml"][0]["events"][1].update(title="Effective")))
    assert outcome.changes == 1
    assert MeasureEvent.objects.get(kind="effective").slug == "licensing-2019-07-04-effective"


@pytest.mark.django_db
def test_what_left_the_files_leaves_the_database(folder):
    files.load(folder())

    def remove(data):
        data["measures.yaml"][0]["events"].pop()
        data["claims.yaml"].clear()

    files.load(folder(remove))
    assert MeasureEvent.objects.count() == 1
    assert set(StatusPeriod.objects.values_list("status", flat=True)) == {"announced"}


@pytest.mark.django_db
def test_nobody_is_overwritten(folder):
    files.load(folder())
    editor = get_user_model().objects.create_user("editor")
    ministry = Organization.objects.get(slug="jp-meti")
    ministry.name = "Ministry of Economy"
    publishing.save(ministry, by=editor, reason="Full name")

    outcome = files.load(folder())
    assert outcome.kept == [(Organization, ("jp-meti",))]
    assert Organization.objects.get(slug="jp-meti").name == "Ministry of Economy"

    files.load(folder(), overwrite=True)
    assert Organization.objects.get(slug="jp-meti").name == "Ministry"


@pytest.mark.django_db
def test_drafts_of_the_desk_stay_and_are_not_dumped(folder):
    place = folder()
    files.load(place)
    editor = get_user_model().objects.create_user("editor")
    draft = Source(
        slug="draft", title="Draft", publisher="P", language="en", kind="news", consulted="none", date="2020"
    )
    publishing.save(draft, by=editor, reason="New source")
    assert files.load(place).changes == 0
    assert Source.objects.filter(slug="draft").exists()
    files.dump(place)
    assert "draft" not in (place / "sources.yaml").read_text()


@pytest.mark.django_db
def test_what_is_withdrawn_goes_there_and_back_with_its_notice(folder):
    place = folder()
    files.load(place)
    measure = Measure.objects.get()
    event = measure.events.first()
    for record, notice in ((measure, "It was another act."), (event, "It never happened.")):
        publishing.withdraw(record, by=None, reason="In error", notice=notice)
    files.dump(place)
    (written,) = yaml.safe_load((place / "measures.yaml").read_text())
    assert written["withdrawn"] == "It was another act."
    assert [each.get("withdrawn") for each in written["events"]].count("It never happened.") == 1
    assert files.load(place).changes == 0


@pytest.mark.django_db
def test_what_the_files_withdraw_is_not_published(folder):
    def withdraw(data):
        data["measures.yaml"][0]["withdrawn"] = "It was another act."
        data["measures.yaml"][0]["events"][0]["withdrawn"] = "It never happened."

    place = folder(withdraw)
    files.load(place)
    measure = Measure.objects.get()
    assert (measure.state, measure.withdrawal_notice) == ("withdrawn", "It was another act.")
    assert dict(measure.events.values_list("state", "withdrawal_notice"))["withdrawn"] == "It never happened."
    files.load(folder())
    measure.refresh_from_db()
    assert (measure.state, measure.withdrawal_notice) == ("published", "")
    assert set(measure.events.values_list("state", flat=True)) == {"published"}


@pytest.mark.django_db
def test_a_withdrawal_at_the_desk_is_not_undone_by_the_files(folder):
    place = folder()
    files.load(place)
    reviewer = get_user_model().objects.create_user("reviewer")
    publishing.withdraw(Measure.objects.get(), by=reviewer, reason="In error", notice="It was another act.")
    outcome = files.load(place)
    assert (outcome.changes, [model for model, _ in outcome.kept]) == (0, [Measure])
    assert Measure.objects.get().state == "withdrawn"


@pytest.mark.django_db
def test_a_load_that_breaks_off_leaves_nothing(folder, monkeypatch):
    def break_off():
        raise RuntimeError("the machine stopped")

    monkeypatch.setattr("records.derived.rebuild", break_off)
    with pytest.raises(RuntimeError):
        files.load(folder())
    assert not Source.objects.exists()
    assert not Citation.objects.exists()


def edited(record, **values):
    """Change a record at the desk."""
    editor = get_user_model().objects.get_or_create(username="editor")[0]
    for name, value in values.items():
        setattr(record, name, value)
    publishing.save(record, by=editor, reason="Seen in the gazette")
    return record


def added_at_the_desk(measure, **values):
    return edited(MeasureEvent(measure=measure, kind="amended", date="2020", title="Amended", **values))


@pytest.mark.django_db
def test_the_files_win_where_the_desk_changed_something_else(folder):
    files.load(folder())
    edited(Measure.objects.get(), summary="At the desk.")

    def correct(data):
        data["measures.yaml"][0].update(title="Individual licensing", summary="In the files.")

    outcome = files.load(folder(correct))
    measure = Measure.objects.get()
    assert (measure.title, measure.summary) == ("Individual licensing", "At the desk.")
    assert outcome.kept == [(Measure, ("licensing",))]


@pytest.mark.django_db
def test_what_the_desk_removed_is_not_made_again(folder):
    files.load(folder())
    with publishing.change(by=get_user_model().objects.create_user("editor"), reason="Twice the same"):
        MeasureEvent.objects.get(kind="announced").delete()
        Measure.objects.get().destination_links.get().delete()
    told = StringIO()
    call_command("load_data", dir=folder(), no_progress=True, stdout=told)
    assert told.getvalue().splitlines() == [
        "Kept as it is at the desk: destination licensing/KR",
        "Kept as it is at the desk: event licensing-2019-07-01-announced",
        "0 changes.",
    ]
    files.load(folder(), overwrite=True)
    assert MeasureEvent.objects.get(kind="announced").citations.exists()


@pytest.mark.django_db
def test_what_left_the_files_stays_whole_where_the_desk_worked_on_it(folder):
    files.load(folder())
    edited(Program.objects.get(), summary="At the desk.")
    outcome = files.load(folder(lambda data: data["programs.yaml"].clear()))
    assert outcome.changes == 0
    assert Program.objects.get().phases.get().milestones.count() == 1


@pytest.mark.django_db
def test_what_the_desk_points_at_cannot_leave(folder):
    files.load(folder())
    event = added_at_the_desk(Measure.objects.get(), slug="amended", position=7)

    def remove(data):
        data["measures.yaml"].clear()
        data["claims.yaml"].clear()
        data["programs.yaml"][0].pop("responds_to")

    with pytest.raises(files.Faulty, match="measure licensing: left the files, but at the desk the event “Amended”"):
        files.load(folder(remove))
    assert Measure.objects.exists()
    event.delete()
    files.load(folder(remove))
    assert not Measure.objects.exists()
    assert not StatusPeriod.objects.exists()


@pytest.mark.django_db
def test_what_the_desk_cites_cannot_leave(folder):
    place = folder(lambda data: data["sources.yaml"].append({**data["sources.yaml"][0], "id": "report"}))
    files.load(place)
    with publishing.change(by=get_user_model().objects.create_user("editor"), reason="A second source"):
        Measure.objects.get().citations.create(source=Source.objects.get(slug="report"))
    with pytest.raises(files.Faulty, match="source report: left the files, but at the desk the citation"):
        files.load(folder())


@pytest.mark.django_db
def test_the_database_s_own_refusal_is_put_in_words(folder):
    files.load(folder())
    added_at_the_desk(Measure.objects.get(), slug="amended", position=2)

    def third(data):
        data["measures.yaml"][0]["events"].append({"kind": "revoked", "date": "2023", "title": "Lifted"})

    with pytest.raises(files.Faulty, match=r"measures_measureevent_position_once.*dump_data"):
        files.load(folder(third))
    assert MeasureEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_edit_during_the_load_is_not_overwritten(folder, monkeypatch):
    files.load(folder())
    compare = Store.compare

    def edit_meanwhile(*args):
        at_once(lambda: edited(Measure.objects.get(), summary="At the desk."))
        return compare(*args)

    monkeypatch.setattr(Store, "compare", edit_meanwhile)
    with pytest.raises(files.Faulty, match="changed at the desk meanwhile"):
        files.load(folder(lambda data: data["measures.yaml"][0].update(summary="In the files.")))
    assert Measure.objects.get().summary == "At the desk."


@pytest.mark.django_db
def test_the_preferred_version_can_move(folder):
    def prefer(number):
        def change(data):
            data["claims.yaml"][0]["versions"][number].update(preferred=True, reason="It was there.")

        return change

    for number in (1, 0, 1):
        files.load(folder(prefer(number)))
        assert Claim.objects.get(preferred=True).position == number


@pytest.mark.django_db
def test_a_dump_that_breaks_off_leaves_every_file_as_it_was(folder, monkeypatch):
    place = folder()
    files.load(place)
    Source.objects.update(title="Changed")
    before = {path.name: path.read_bytes() for path in place.glob("*.yaml")}
    last = files.formats()[-1]
    monkeypatch.setattr(last, "write", lambda state: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        files.dump(place)
    assert {path.name: path.read_bytes() for path in place.glob("*.yaml")} == before


@pytest.mark.django_db
def test_dumping_what_was_loaded_and_loading_that_changes_nothing(folder):
    place = folder()
    files.load(place)
    files.dump(place)
    first = {path.name: path.read_bytes() for path in place.glob("*.yaml")}
    assert files.load(place).changes == 0
    files.dump(place)
    assert {path.name: path.read_bytes() for path in place.glob("*.yaml")} == first


@pytest.mark.django_db
def test_provisions_go_there_and_back(folder):
    def divide(data):
        measure = data["measures.yaml"][0]
        measure["provisions"] = [
            {"id": "part-1", "title": "Part 1", "materials": ["resist"], "destinations": ["KR"], "sources": ["notice"]},
            {"id": "part-2", "title": "Part 2"},
        ]
        measure["events"][1]["provision"] = "part-1"

    place = folder(divide)
    files.load(place)
    provision = MeasureEvent.objects.get(kind="effective").provision
    assert (provision.slug, provision.code) == ("licensing-part-1", "part-1")
    assert [link.country_id for link in provision.destination_links.all()] == ["KR"]
    files.dump(place)
    (measure,) = yaml.safe_load((place / "measures.yaml").read_text())
    assert [each["id"] for each in measure["provisions"]] == ["part-1", "part-2"]
    assert measure["events"][1]["provision"] == "part-1"
    assert files.load(place).changes == 0


@pytest.mark.django_db
def test_every_part_of_a_program_goes_there_and_back(folder):
    def fill(data):
        data["programs.yaml"][0].update(
            partners=[{"organization": "jp-meti", "role": "partner", "sources": ["notice"]}],
            materials=["resist"],
            technology_scope="resists",
            directives=[
                {
                    "id": "order",
                    "issued_by": "jp-meti",
                    "phase": 1,
                    "title": "Order",
                    "date": "2019-07",
                    "due": "2019-08",
                    "addressed_to": ["kr-kims"],
                    "council": "kr-kims",
                    "count": 10,
                    "asks": "Plans.",
                }
            ],
            responses=[
                {"id": "named", "directive": "order", "organization": "kr-kims", "action": "other", **TOLD},
                {"id": "unnamed", "phase": 1, "actor": "an institute", "action": "proposal", **TOLD},
            ],
            surveys=[
                {
                    "id": "survey",
                    "conducted_by": "kr-kims",
                    "title": "Survey",
                    "period": "2019-07/2019-08",
                    "purpose": "Demand.",
                    "feeds": ["plan-phase-1", "plan-begins"],
                }
            ],
            integrations=[
                {
                    "id": "merger",
                    "into": "plan-begins",
                    "from": ["survey", "named", "order"],
                    "description": "All in one.",
                }
            ],
            norms=[{"id": "norm", "years_min": 4, "years_max": 6, "amount": 2.5, "currency": "KRW", "wording": "some"}],
            statements=[{"id": "said", "date": "2019", "speaker": "An official", "medium": "Radio", "said": "So."}],
            indicators=[
                {
                    "id": "share",
                    "title": "Share",
                    "unit": "percent",
                    "definition": "Of imports.",
                    "hs": ["370790"],
                    "material": "resist",
                    "observations": [
                        {"date": "2019", "value": 91.9, "note": "first"},
                        {"date": "2019", "value": 0.125, "sources": ["notice"]},
                    ],
                    "targets": [{"date": "2030", "value": 50}],
                }
            ],
            effects=[{"id": "worry", "sector": "chips", "effect": "Worry.", "date": "2019~"}],
        )
        data["programs.yaml"][0]["projects"][0].update(
            material="resist", kind="N-LAB", period="2020/..", count=3, unnamed=True, outcome="None yet."
        )

    place = folder(fill)
    files.load(place)
    files.dump(place)
    (written,) = yaml.safe_load((place / "programs.yaml").read_text())
    wanted = small()
    fill(wanted)
    assert written == wanted["programs.yaml"][0]
    assert files.load(place).changes == 0


TOLD = {"title": "Told", "date": "2019-08", "description": "As asked."}
