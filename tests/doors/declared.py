"""The one table of doors: what each URL answers to whom, about a record in which state.

Doors are known by the name of their URL. A new URL has to be declared here, or the test of the matrix fails.
"""

import uuid
from dataclasses import replace

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile

from measures.models import DisputedFact, Material, Measure, MeasureEvent, Organization
from programs.models import Indicator, Observation, PhaseReport, PhaseReportFile, Program
from records.models import Import, Snapshot, Source
from tests.doors.cast import (
    AT_DESK,
    DRAFT,
    EDITORS,
    EMBARGOED,
    HIDDEN,
    IN_REVIEW,
    MANAGER,
    PUBLISHED,
    REVIEWER,
    VISITOR,
    WITHDRAWN,
)
from tests.doors.door import Door, Rule, always, at_desk, by_state, edited, only, who
from tests.records.anything import row

SHOWN = by_state({HIDDEN: 404, PUBLISHED: 200, WITHDRAWN: 200})
READ = by_state({HIDDEN: 404, PUBLISHED: 200, WITHDRAWN: 404})
SOURCE_WORKERS = [*EDITORS, REVIEWER]
IN_API = {
    "measures": Measure,
    "materials": Material,
    "organizations": Organization,
    "programs": Program,
    "events": MeasureEvent,
    "sources": Source,
}


def slug(record, actor):
    return {"slug": record.slug}


def public_id(record, actor):
    return {"id": record.slug}


def number(row, actor):
    return {"pk": row.pk}


def page() -> Door:
    """A public page or list without a record."""
    return Door(get=always(200), post=always(405))


def page_of(model) -> Door:
    """The public page of a record; a withdrawn one keeps it, with the notice."""
    return Door(get=SHOWN, post=always(405), of=model, arguments=slug)


def cited(model) -> Door:
    """How a record is cited; a withdrawn one by its id and notice."""
    return Door(get=SHOWN, post=always(405), of=model, arguments=lambda r, a: {"slug": r.slug, "format": "ris"})


def choices(name: str) -> Door:
    """All choices of one facet of a public list."""
    return Door(get=always(200), post=always(405), arguments=lambda record, actor: {"name": name})


def feed() -> Door:
    """The feed of a public list: for everybody the same."""
    return Door(get=always(200), post=always(405), arguments=lambda r, a: {"language": "en", "format": "atom"})


def in_api(model) -> Door:
    return Door(get=SHOWN, post=always(405), of=model, arguments=public_id)


def list_in_api() -> Door:
    return Door(get=always(200), post=always(401))


def written_in_api(model, **answers) -> Door:
    """What takes a token, which nobody has in a browser; who may do what with one is in test_matrix_api.py."""
    return Door(of=model, arguments=public_id, **answers)


def report_on(records, state, actor) -> PhaseReport:
    """A report that somebody asked for themselves; a visitor knocks with an address of somebody else's."""
    program, user = records.of(Program, state), actor.user or records.submitter
    report = PhaseReport.objects.filter(program=program, requested_by=user).first()
    if report is None:
        manifest = {"program": program.slug, "on": "2026-11-24", "language": "en"}
        report = PhaseReport.objects.create(
            key=uuid.uuid4(), program=program, requested_by=user, manifest=manifest, state="ready"
        )
        file = PhaseReportFile(report=report, format="csv", size=1, sha256="0" * 64)
        file.file.save("report.zip", ContentFile(b"x"))
    return report


def own_report(**more) -> Door:
    return Door(
        get=only([MANAGER]),
        post=only([MANAGER], 405),
        made=report_on,
        arguments=lambda report, actor: {"key": report.key, **more},
    )


def report_at_desk() -> Door:
    return Door(
        get=at_desk([MANAGER]),
        post=at_desk([MANAGER], 403),
        made=report_on,
        arguments=lambda report, actor: {"object_id": report.pk},
    )


def measured(records, state, actor) -> Material:
    """A material of which somebody measured something."""
    material = records.of(Material, state)
    indicator = records.of(Indicator, PUBLISHED, material=material)
    if not indicator.observations.exists():
        row(Observation, indicator=indicator, date="2019", value=1)
    return material


def copy_of_source(records, state, actor) -> Snapshot:
    source = records.of(Source, state)
    kept = source.snapshots.filter(text="x").first()
    if kept is None:
        kept = Snapshot(
            source=source, fetched_at="2026-01-01T00:00Z", media_type="text/plain", text="x", sha256="1" * 64
        )
        kept.file.save("copy.txt", ContentFile(b"x"))
    return kept


def copy_page() -> Door:
    return Door(get=at_desk(), post=at_desk(), made=copy_of_source, arguments=number)


def labelled(record, actor):
    return {"label": record._meta.label_lower, "pk": record.pk}


def import_of_measures(records, state, actor) -> Import:
    order = Import.objects.filter(kind="measures").first()
    if order is None:
        order = row(
            Import, kind="measures", by=records.submitter, sha256="0" * 64, file=ContentFile(b"id", name="measures.csv")
        )
    return order


def import_page() -> Door:
    return Door(
        get=at_desk(SOURCE_WORKERS),
        post=at_desk(answer=405),
        made=import_of_measures,
        arguments=lambda order, actor: {"key": order.key},
    )


def waiting(answer) -> Rule:
    """Records that wait for somebody's next step; for everybody else there is nothing of the kind."""
    steps = {DRAFT: EDITORS, IN_REVIEW: [REVIEWER]}
    return at_desk(answer=lambda actor, state: answer if actor in steps.get(state, ()) else 404)


DOORS: dict[str, Door] = {
    # Public pages.
    "home": page(),
    "measures:list": page(),
    "measures:instruments": page(),
    "measures:timeline": page(),
    "measures:charts": page(),
    "measures:chart_choices": choices("material"),
    "measures:chart": Door(
        get=always(200), post=always(405), arguments=lambda r, a: {"name": "stock", "format": "svg"}
    ),
    "measures:material_list": page(),
    "measures:organization_list": page(),
    "programs:list": page(),
    "records:source_list": page(),
    "records:editions": page(),
    "records:edition_file": Door(
        get=always(404), post=always(405), arguments=lambda r, a: {"day": "2026-11-24", "name": "measures.csv"}
    ),
    **{
        f"{name}cite": cited(model)
        for name, model in {
            "measures:": Measure,
            "measures:material_": Material,
            "measures:organization_": Organization,
            "programs:": Program,
            "records:source_": Source,
        }.items()
    },
    "measures:choices": choices("issuer"),
    "measures:event_list": page(),
    "measures:event_choices": choices("measure"),
    "measures:timeline_choices": choices("material"),
    "measures:material_choices": choices("hs"),
    "measures:organization_choices": choices("parent"),
    "programs:project_list": page(),
    # What nothing is measured of has no chart.
    "programs:dependence": Door(
        get=READ,
        post=always(405),
        made=measured,
        arguments=lambda r, a: {"slug": r.slug, "format": "csv"},
    ),
    "programs:project_choices": choices("institute"),
    "programs:choices": choices("authority"),
    "records:source_choices": choices("publisher"),
    "records:uncited": page(),
    "records:search": page(),
    "records:suggestions": page(),
    "records:changes": page(),
    "records:corrections": page(),
    "records:comparison": Door(
        get=always(200),
        post=always(405),
        arguments=lambda record, actor: {"kind": "measure"},
        query=lambda record, actor: {"since": "2020-01-01T00:00Z"},
    ),
    "records:compare": Door(
        get=SHOWN,
        post=always(405),
        of=Measure,
        query=lambda record, actor: {"measure": record.slug, "day": "2019-07-01"},
    ),
    "measures:detail": page_of(Measure),
    "measures:material_detail": page_of(Material),
    "measures:organization_detail": page_of(Organization),
    "programs:detail": page_of(Program),
    "records:source_detail": page_of(Source),
    "measures:history": page_of(Measure),
    "measures:material_history": page_of(Material),
    "measures:organization_history": page_of(Organization),
    "programs:history": page_of(Program),
    "records:source_history": page_of(Source),
    # Feeds of lists.
    "measures:feed": feed(),
    "measures:event_feed": feed(),
    "measures:timeline_feed": feed(),
    "measures:material_feed": feed(),
    "measures:organization_feed": feed(),
    "programs:feed": feed(),
    "records:source_feed": feed(),
    "records:change_feed": feed(),
    # Errors are reported in what can be read; an empty report is refused with the reasons.
    "records:report_error": Door(
        get=READ,
        post=by_state({HIDDEN: 404, PUBLISHED: 400, WITHDRAWN: 404}),
        of=Measure,
        query=lambda record, actor: {"record": f"measure:{record.slug}"},
    ),
    "records:error_reported": page(),
    # Whoever reads through the API is asked nothing, and whoever writes for a token.
    "api_schema": page(),
    "api_docs": page(),
    **{f"api:{name}-list": list_in_api() for name in IN_API},
    **{f"api:{name}-detail": in_api(model) for name, model in IN_API.items()},
    **{f"api:{name}-edit": written_in_api(model, get=always(401), post=always(405)) for name, model in IN_API.items()},
    **{
        f"api:{name}-submit": written_in_api(model, get=always(405), post=always(401)) for name, model in IN_API.items()
    },
    "api:changes": page(),
    "api:timeline-list": page(),
    "api:instruments-list": page(),
    "api:projects-list": page(),
    # Names in a table are sent as a form, which what a browser's test sends is not.
    **{
        name: door
        for kind in ("materials", "organizations")
        for name, door in {
            f"api:reconcile-{kind}": Door(get=always(200), post=always(415)),
            f"api:reconcile-{kind}-entities": page(),
            f"api:reconcile-{kind}-properties": page(),
            f"api:reconcile-{kind}-preview": in_api(IN_API[kind]),
        }.items()
    },
    # Without words there is nothing to look for.
    "api:search": Door(get=always(200), post=always(405), query=lambda record, actor: {"q": "export"}),
    # Accounts. Whoever is logged in is led on from the page for that.
    "login": Door(*2 * [lambda actor, state: 200 if actor == VISITOR else 302]),
    "logout": Door(get=always(405), post=always(302)),
    "set_language": Door(get=always(302), post=always(302)),
    # Phase reports: managers ask for them, on what can be read, and have each their own.
    "programs:report": Door(get=only([MANAGER], READ), post=only([MANAGER], READ), of=Program, arguments=slug),
    "programs:report_list": Door(get=only([MANAGER]), post=only([MANAGER], 405)),
    "programs:report_detail": own_report(),
    "programs:report_file": own_report(format="csv"),
    "admin:programs_phasereport_change": report_at_desk(),
    "admin:programs_phasereport_history": replace(report_at_desk(), post=None),
    # The desk itself.
    "admin:index": Door(get=at_desk(), post=at_desk()),
    "admin:login": Door(get=lambda actor, state: 302 if actor in AT_DESK else 200, post=always(200)),
    "admin:logout": Door(get=lambda actor, state: 405 if actor in AT_DESK else 302, post=always(302)),
    "admin:password_change": Door(get=at_desk(), post=at_desk()),
    "admin:password_change_done": Door(get=at_desk(), post=at_desk(answer=405)),
    "admin:jsi18n": Door(get=at_desk(), post=at_desk(answer=405)),
    "admin:edtf": Door(get=at_desk(), post=at_desk()),
    "admin:autocomplete": Door(
        get=at_desk(),
        post=at_desk(answer=405),
        query=lambda record, actor: {"app_label": "measures", "model_name": "measure", "field_name": "authority"},
    ),
    "admin:view_on_site": Door(
        get=at_desk(answer=302),
        post=at_desk(answer=302),
        of=Measure,
        arguments=lambda record, actor: {
            "content_type_id": ContentType.objects.get_for_model(record).pk,
            "object_id": record.pk,
        },
    ),
    "admin:app_list": Door(get=at_desk(), post=at_desk(), arguments=lambda record, actor: {"app_label": "measures"}),
    "admin:the_rest": Door(
        get=at_desk(answer=404), post=at_desk(answer=404), arguments=lambda r, a: {"url": "nowhere"}
    ),
    # Copies of sources, and the passages in them.
    "admin:take_copy": Door(get=at_desk(SOURCE_WORKERS), post=at_desk(SOURCE_WORKERS), of=Source, arguments=number),
    "admin:copy": copy_page(),
    "admin:copy_text": copy_page(),
    "admin:copy_file": copy_page(),
    "admin:passages": Door(
        get=at_desk(),
        post=edited(Measure),
        of=Measure,
        arguments=labelled,
    ),
    # Duplicates, merging, what is to be checked, and reports on that.
    "admin:likeness": Door(
        get=at_desk(SOURCE_WORKERS), post=at_desk(SOURCE_WORKERS), query=lambda r, a: {"of": "measures.measure"}
    ),
    "admin:merge": Door(
        get=at_desk(who("merge", Material)),
        post=at_desk(who("merge", Material)),
        of=Material,
        arguments=labelled,
    ),
    "admin:checked": Door(
        get=at_desk(answer=405),
        # What is sent here names no version, so that it is to be looked at again.
        post=at_desk(
            who("propose", Measure), by_state({(DRAFT, IN_REVIEW, WITHDRAWN): 403, (PUBLISHED, EMBARGOED): 302})
        ),
        of=Measure,
        arguments=labelled,
    ),
    "admin:desk_reports": Door(get=at_desk(answer=302), post=at_desk(answer=302)),
    "admin:desk_report": Door(get=at_desk(), post=at_desk(), arguments=lambda r, a: {"name": "stale"}),
    "admin:records_proposal_together": Door(get=at_desk(answer=302), post=at_desk(answer=302)),
    "admin:records_changeset_undo": Door(
        get=at_desk([REVIEWER]),
        post=at_desk([REVIEWER], 422),  # undone without a reason is nothing
        made=lambda records, state, actor: records.small_change,
        arguments=lambda change_set, actor: {"object_id": change_set.pk},
    ),
    # Keys for the API: everybody has their own, and those of others are not there.
    "admin:tokens": Door(get=at_desk(), post=at_desk(answer=405)),
    "admin:token_make": Door(get=at_desk(answer=405), post=at_desk(answer=400)),
    "admin:token_revoke": Door(
        get=at_desk(answer=405), post=at_desk(answer=404), arguments=lambda record, actor: {"pk": 2**40}
    ),
    # What waits: editors take care of drafts, reviewers of what was submitted.
    "admin:inbox": Door(get=at_desk(), post=at_desk(answer=405)),
    "admin:inbox_assign": Door(
        get=waiting(200),
        post=waiting(422),
        of=Measure,
        arguments=lambda record, actor: {
            "of_type": ContentType.objects.get_for_model(record).pk,
            "key": record.pk,
        },
    ),
    "admin:inbox_import": Door(
        get=at_desk(answer=302),  # to the page of the import, which asks who comes
        post=at_desk(answer=405),
        made=import_of_measures,
        arguments=number,
    ),
    # Nothing chosen leads back to what there is to choose from.
    "admin:inbox_together": Door(get=at_desk(answer=302), post=at_desk(answer=302)),
    # What is told differently.
    "admin:measures_disputedfact_dispute": Door(
        get=at_desk(who("add", DisputedFact)),
        post=at_desk(who("add", DisputedFact), 400),
        of=Measure,
        arguments=labelled,
    ),
    "admin:measures_disputedfact_prefer": Door(
        get=edited(DisputedFact), post=edited(DisputedFact, 400), of=DisputedFact, arguments=number
    ),
    # Imports: editors bring measures, reviewers decide. Managers have to do with those of programs.
    "admin:import_list": Door(get=at_desk(), post=at_desk([*EDITORS, MANAGER], 422)),
    "admin:import_template": Door(
        get=at_desk(EDITORS), post=at_desk(answer=405), arguments=lambda r, a: {"kind": "measures", "format": "csv"}
    ),
    "admin:import_detail": import_page(),
    "admin:import_faults": import_page(),
    "admin:import_file": import_page(),
    "admin:import_act": Door(
        get=at_desk(answer=405),
        post=at_desk(SOURCE_WORKERS, 404),
        made=import_of_measures,
        arguments=lambda order, actor: {"key": order.key, "act": "nothing"},
    ),
}
