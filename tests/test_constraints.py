"""Every constraint that the models declare bites in the database itself, whoever writes."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from measures.models import (
    Country,
    HSCode,
    Material,
    Measure,
    Organization,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
)
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Indicator,
    IndicatorHSCode,
    PhaseReport,
    PhaseReportFile,
    Program,
)
from records import belonging, publishing
from records.models import (
    ApiToken,
    Assignment,
    ChangeSet,
    DeskRules,
    ErrorReport,
    Heartbeat,
    Import,
    ImportFault,
    ImportRow,
    JobSlot,
    LinkCheck,
    OutboxEntry,
    Proposal,
    Record,
    SlugRedirect,
    Snapshot,
    Source,
    Undoing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

LONG = "word " * 26

# What breaks each check, as the SET clause of an update of one row; the endings are shared by many models.
BY_ENDING = {
    "_state_known": "state = 'bogus'",
    "_slug_kebab": "slug = 'Not Kebab'",
    "_withdrawal_told": "state = 'withdrawn', withdrawal_notice = ''",
    "_approved_by_another": "self_approved = false, submitted_by_id = (SELECT min(id) FROM auth_user),"
    " approved_by_id = (SELECT min(id) FROM auth_user)",
    "_years_paired": "years_min = 6, years_max = 4",
    "_quote_short": f"quote = '{LONG}'",
}
BY_SOMEBODY_ELSE = "decided_by_id = (SELECT max(id) FROM auth_user), decided_at = now()"
BY_NAME = {
    "records_changeset_kind_known": "kind = 'whim'",
    "records_changeset_reason_given": "reason = ''",
    "records_assignment_priority_known": "priority = 9",
    "records_undoing_of_an_earlier_one": "change_set_id = undone_id",
    "records_undoing_second_person": "seen = true, alone = false, by_id = written_by_id",
    "records_name_text_given": "text = ''",
    "records_name_kind_known": "kind = 'nick'",
    "records_name_language_tag": "language = 'Korean!'",
    "records_source_kind_known": "kind = 'rumour'",
    "records_source_consulted_known": "consulted = 'dreamt'",
    "records_source_translation_known": "translation = 'parrot'",
    "records_source_not_of_itself": "derived_from_id = id",
    "records_citation_stance_known": "stance = 'doubts'",
    "records_citation_offsets_paired": 'start = 5, "end" = 3',
    "records_outboxentry_claim_leased": "claim = gen_random_uuid(), claimed_until = NULL",
    "records_deskrules_one_row": "id = 2",
    "records_proposal_state_known": "state = 'lost', decided_by_id = by_id, decided_at = now()",
    "records_proposal_kind_known": "kind = 'upkeep'",
    "records_proposal_reason_given": "reason = ''",
    "records_proposal_decision_whole": "decided_at = now()",
    "records_proposal_approval_applied": f"state = 'approved', {BY_SOMEBODY_ELSE}",
    "records_proposal_rejection_reasoned": f"state = 'rejected', {BY_SOMEBODY_ELSE}",
    "records_proposal_decided_by_another": "state = 'rejected', decision = 'no', decided_by_id = by_id,"
    " decided_at = now()",
    "records_proposal_taken_back_by_author": f"state = 'withdrawn', {BY_SOMEBODY_ELSE}",
    "records_apitoken_sha256_hex": "digest = 'xyz'",
    "records_apitoken_scopes_known": "scopes = ARRAY['all']",
    "records_errorreport_state_known": "state = 'lost'",
    "records_errorreport_priority_known": "priority = 9",
    "records_linkcheck_outcome_known": "outcome = 'odd'",
    "records_errorreport_text_given": "text = ''",
    "records_import_second_person": "decided_by_id = by_id",
    "records_import_decided_by_somebody": "state = 'rejected'",
    "records_import_applied_in_change_set": "state = 'applied', decided_by_id = (SELECT max(id) FROM auth_user)",
    "records_import_undone_by_somebody": "state = 'undoing', decided_by_id = (SELECT max(id) FROM auth_user),"
    " change_set_id = (SELECT max(id) FROM records_changeset)",
    "records_import_progress_percent": "progress = 101",
    "records_import_sha256_hex": "sha256 = 'xyz'",
    "records_importrow_act_known": "act = 'burn'",
    "records_importrow_changes_version": "act = 'change', record_id = NULL",
    "measures_country_code_form": "code = 'jp'",
    "measures_organization_kind_known": "kind = 'club'",
    "measures_organization_not_in_itself": "parent_id = id",
    "measures_hscode_digits": "code = '12345'",
    "measures_material_cas_form": "cas = '12'",
    "measures_material_not_in_itself": "broader_id = id",
    "measures_mastcode_chapter_p": "code = 'A1'",
    "measures_instrument_code_known": "code = 'magic'",
    "measures_measure_effect_known": "effect = 'delights'",
    "measures_measure_verification_known": "verification = 'believed'",
    "measures_measurerelation_not_to_itself": "other_id = measure_id",
    "measures_measurerelation_known": "relation = 'loves'",
    "measures_measureevent_kind_known": "kind = 'exploded'",
    "measures_measureevent_then_after_until": "\"then\" = 'in_force', until = NULL, until_earliest = NULL, "
    "until_start_latest = NULL, until_end_earliest = NULL, until_latest = NULL",
    "measures_statusperiod_status_known": "status = 'odd'",
    "measures_claim_one_claimant": "claimant = NULL, organization_id = NULL",
    "measures_claim_preferred_with_reason": "preferred = true, reason = NULL",
    "programs_program_verification_known": "verification = 'believed'",
    "programs_phase_status_known": "status = 'odd'",
    "programs_phase_horizons_known": "horizons = '{soon}'",
    "programs_milestone_status_known": "status = 'odd'",
    "programs_milestone_achieved_when": "status = 'achieved', actual = NULL, actual_earliest = NULL, "
    "actual_start_latest = NULL, actual_end_earliest = NULL, actual_latest = NULL",
    "programs_directive_count_positive": "count = 0",
    "programs_response_one_actor": "organization_id = NULL, actor = NULL",
    "programs_response_action_known": "action = 'shrug'",
    "programs_surveyfeed_one_use": "milestone_id = NULL, phase_id = NULL",
    "programs_integrationinput_one": "survey_id = NULL, response_id = NULL, directive_id = NULL",
    "programs_project_count_positive": "count = 0",
    "programs_project_unnamed_counted": "unnamed = true, count = NULL",
    "programs_project_status_known": "status = 'odd'",
    "programs_projectperformer_one": "organization_id = NULL, name = NULL",
    "programs_indicator_unit_known": "unit = 'bushels'",
    "programs_coveragenote_one_place": "program_id = NULL, phase_id = NULL",
    "programs_phasereport_state_known": "state = 'odd'",
    "programs_phasereport_progress_percent": "progress = 101",
}


def domain_models():
    for label in ("records", "measures", "programs"):
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "pgh_tracked_model") and not model._meta.proxy:
                yield model


def declared(kind):
    return [
        pytest.param(model, constraint, id=constraint.name)
        for model in domain_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, kind)
    ]


def violation(model, name: str) -> str:
    if name in BY_NAME:
        return BY_NAME[name]
    for ending, clause in BY_ENDING.items():
        if name.endswith(ending):
            return clause
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    if name.endswith("_ordered"):
        field = name.removeprefix(prefix).removesuffix("_ordered")
        start = "earliest" if field == "date" else f"{field}_earliest"
        end = "latest" if field == "date" else f"{field}_latest"
        return f"{start} = '2020-02-02', {end} = '2020-01-01'"
    column = name.removeprefix(prefix)
    if column.endswith("_in_currency"):
        amount = column.removesuffix("_in_currency")
        return f"{amount} = 5, {amount.removesuffix('amount')}currency = NULL"
    if column.endswith("currency_form"):
        return f"{column.removesuffix('_form')} = 'won'"
    if column.endswith("per_known"):
        return f"{column.removesuffix('_known')} = 'day'"
    raise AssertionError(f"Say here what breaks {name}.")


@pytest.fixture
def rows_of_every_model(loaded, db):
    """Rows of the models that the shipped data has none of."""
    user = get_user_model().objects.create_user("somebody")
    get_user_model().objects.create_user("somebody else")
    source, measure, material = Source.objects.first(), Measure.objects.first(), Material.objects.first()
    program, country = Program.objects.first(), Country.objects.first()
    Snapshot.objects.create(source=source, fetched_at=timezone.now(), media_type="text/plain", text="", sha256="0" * 64)
    provision = Provision.objects.create(slug="part", measure=measure, code="part", title="Part")
    IndicatorHSCode.objects.create(indicator=Indicator.objects.first(), hs_code=HSCode.objects.first())
    ProvisionMaterial.objects.create(provision=provision, material=material)
    ProvisionDestination.objects.create(provision=provision, country=country)
    DirectiveAddressee.objects.create(directive=Directive.objects.first(), organization=Organization.objects.first())
    CoverageNote.objects.create(
        slug="looked", material=material, program=program, looked_on="2020", looked_where="everywhere", by="somebody"
    )
    report = PhaseReport.objects.create(key=uuid.uuid4(), program=program, requested_by=user, manifest={})
    PhaseReportFile.objects.create(report=report, format="pdf", file="x", size=1, sha256="0" * 64)
    LinkCheck.objects.create(source=source, url="http://x.example/", checked_at=timezone.now(), outcome="ok")
    SlugRedirect.objects.create(subject=material, slug="old-id")
    ApiToken.objects.create(user=user, name="x", scopes=["read"], digest="0" * 64, expires_at=timezone.now())
    ErrorReport.objects.create(subject=measure, text="Wrong day", record_version=1, language="en")
    brought = Import.objects.create(key=uuid.uuid4(), kind="measures", file_name="x", size=1, sha256="0" * 64, by=user)
    ImportRow.objects.create(of=brought, number=2, act="create", record_key="x", values={}, before={}, after={})
    ImportFault.objects.create(of=brought, row=2, reason="x")
    Proposal.objects.create(subject=measure, read_version=1, rows=[], kind="correction", reason="why", by=user)
    DeskRules.objects.get_or_create(pk=1)
    Assignment.objects.create(subject=measure)
    undone, undoing = (ChangeSet.objects.create(kind="correction", reason=why) for why in ("wrong", "why"))
    Undoing.objects.create(undone=undone, change_set=undoing, seen=False, written_by=user, by=user)
    OutboxEntry.objects.create(key="once", topic="none")
    JobSlot.objects.create(job="turn", slot="2020-01-01")
    Heartbeat.objects.create(name="beat of a test", at=timezone.now())


def refused(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute(statement)
    assert caught.value.__cause__.diag.constraint_name == name


@pytest.mark.usefixtures("rows_of_every_model")
@pytest.mark.parametrize(
    ("model", "constraint"), [each for each in declared(models.CheckConstraint) if each.values[0] is not Snapshot]
)
def test_a_check_bites(model, constraint):
    table = model._meta.db_table
    key = model._meta.pk.column
    refused(
        f'UPDATE "{table}" SET {violation(model, constraint.name)} WHERE {key} = (SELECT min({key}) FROM "{table}")',
        constraint.name,
    )


@pytest.mark.usefixtures("rows_of_every_model")
@pytest.mark.parametrize(
    ("model", "constraint"), [each for each in declared(models.UniqueConstraint) if not each.values[1].condition]
)
def test_a_row_cannot_stand_twice(model, constraint):
    table = model._meta.db_table
    # What makes other rows unique too would be refused first.
    columns = {
        field.column: f"{field.column} || '-again'"
        if field.name in ("slug", "key") and field.name not in constraint.fields
        else f'"{field.column}"'
        for field in model._meta.local_concrete_fields
        if not field.primary_key and not field.generated
    }
    listed = ", ".join(f'"{column}"' for column in columns)
    key = model._meta.pk.column
    source = f'SELECT {", ".join(columns.values())} FROM "{table}" WHERE {key} = (SELECT min({key}) FROM "{table}")'
    refused(f'INSERT INTO "{table}" ({listed}) {source}', constraint.name)


def test_only_one_version_of_a_disputed_fact_is_preferred():
    refused(
        "UPDATE measures_claim SET preferred = true, reason = 'both' WHERE disputed_fact_id ="
        " (SELECT disputed_fact_id FROM measures_claim GROUP BY 1 HAVING count(*) > 1 LIMIT 1)",
        "measures_claim_one_preferred",
    )


def test_a_file_stands_once_for_each_kind_of_rows(rows_of_every_model):
    copied = "kind, file, file_name, size, sha256, encoding, by_id, uploaded_at, asked_at, attempts, progress, step"
    counted = "row_count, created_count, changed_count, unchanged_count, fault_count, doubt_count"
    told = f"{copied}, {counted}, reason, change_kind, verdict, self_approved, undo_reason"
    statement = (
        f"INSERT INTO records_import (key, state, {told}) SELECT gen_random_uuid(), '%s', {told} FROM records_import"
    )
    refused(statement % "uploaded", "records_import_once")
    with connection.cursor() as cursor:
        cursor.execute(statement % "failed")


def test_certain_periods_of_one_course_cannot_overlap():
    refused(
        "UPDATE measures_statusperiod SET since_latest = '1900-01-01', since_earliest = '1900-01-01', planned = false"
        " WHERE (measure_id, coalesce(material_id, 0)) = (SELECT measure_id, coalesce(material_id, 0)"
        " FROM measures_statusperiod WHERE NOT isempty(certain) GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 1)",
        "measures_statusperiod_certain_apart",
    )


def test_every_kind_of_constraint_is_tested():
    kinds = {type(each.values[1]) for each in declared(models.BaseConstraint)}
    assert kinds == {models.CheckConstraint, models.UniqueConstraint, ExclusionConstraint}
    assert [
        c.name
        for m in domain_models()
        for c in m._meta.constraints
        if getattr(c, "condition", None) and isinstance(c, models.UniqueConstraint)
    ] == ["records_import_once", "measures_claim_one_preferred"]
    assert [each.id for each in declared(ExclusionConstraint)] == ["measures_statusperiod_certain_apart"]


def test_an_archived_copy_has_a_digest(rows_of_every_model):
    # Copies cannot be updated, so this one is a new row.
    refused(
        "INSERT INTO records_snapshot (source_id, fetched_at, media_type, file, text, sha256)"
        " SELECT source_id, fetched_at, media_type, file, text, 'xyz' FROM records_snapshot",
        "records_snapshot_sha256_hex",
    )


def test_an_archived_copy_is_never_changed(rows_of_every_model):
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Snapshot.objects.update(text="other")


def test_history_is_append_only():
    with publishing.change(by=None, reason="To have a version"):
        Source.objects.filter(pk=Source.objects.first().pk).update(note="other")
    version = Source.versions.rel.related_model.objects.first()
    for act in (lambda: type(version).objects.filter(pk=version.pk).update(title="x"), version.delete):
        with pytest.raises(Exception, match=r"Cannot (update|delete)"), transaction.atomic():
            act()


@pytest.mark.parametrize("model", list(domain_models()), ids=lambda model: model._meta.label)
def test_records_and_their_links_keep_history(model):
    untracked = {
        "records.ApiToken",
        "records.Assignment",
        "records.Snapshot",
        "records.ChangeSet",
        "records.Undoing",
        "records.Proposal",
        "records.DeskRules",
        "records.ErrorReport",
        "records.LinkCheck",
        "records.OutboxEntry",
        "records.JobSlot",
        "records.Heartbeat",
        "records.Import",
        "records.ImportFault",
        "records.ImportRow",
        "measures.Country",
        "measures.HSSection",
        "measures.HSCode",
        "programs.PhaseReport",
        "programs.PhaseReportFile",
    }
    assert hasattr(model, "versions") is (model._meta.label not in untracked)


@pytest.mark.parametrize("model", [*belonging.hops()], ids=lambda model: model.__name__)
def test_rows_stand_in_one_order_only(model):
    """Two that the order leaves equal could change places between now and what was known."""
    names = {getattr(getattr(by, "expression", by), "name", by).lstrip("-") for by in model._meta.ordering}
    fields = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]
    together = [set(each.fields) for each in model._meta.total_unique_constraints]
    assert any(field.unique for field in fields) or any(each <= names for each in together), model._meta.ordering


def test_bounds_without_a_date_are_refused():
    day = datetime.date(2020, 1, 1)
    refused(
        f"UPDATE records_source SET date = NULL, earliest = '{day}' WHERE id = (SELECT min(id) FROM records_source)",
        "records_source_date_ordered",
    )


# What depends on the rules of the desk, or on the row as it was before

RECORDS = pytest.mark.parametrize(
    "model", [each for each in domain_models() if issubclass(each, Record)], ids=lambda model: model._meta.label
)
FIRST = 'WHERE id = (SELECT min(id) FROM "{0}")'


@RECORDS
@pytest.mark.usefixtures("rows_of_every_model")
def test_approval_by_its_author_is_refused_unless_the_desk_has_one_person(model):
    table = model._meta.db_table
    own = (
        f'UPDATE "{table}" SET self_approved = true, submitted_by_id = (SELECT min(id) FROM auth_user),'
        f" approved_by_id = (SELECT min(id) FROM auth_user) {FIRST.format(table)}"
    )
    refused(own, "records_second_person")
    DeskRules.objects.update(second_person=False)
    with connection.cursor() as cursor:
        cursor.execute(own)
    DeskRules.objects.update(second_person=True)
    # What was approved then can be changed all the same, but by nobody else in the same way.
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET checked_on = now() {FIRST.format(table)}')
    refused(
        f'UPDATE "{table}" SET approved_by_id = (SELECT max(id) FROM auth_user) {FIRST.format(table)}',
        "records_second_person",
    )


@RECORDS
@pytest.mark.usefixtures("rows_of_every_model")
def test_what_readers_have_seen_is_put_under_no_embargo(model):
    table = model._meta.db_table
    where = FIRST.format(table)
    for state in ("published", "withdrawn"):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE \"{table}\" SET state = '{state}', withdrawal_notice = 'why', embargo_until = NULL {where}"
            )
        refused(f'UPDATE "{table}" SET embargo_until = now() {where}', "records_embargo_before_publication")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE \"{table}\" SET state = 'draft' {where}")
        cursor.execute(f'UPDATE "{table}" SET embargo_until = now() {where}')
        cursor.execute(f"UPDATE \"{table}\" SET state = 'published' {where}")
        cursor.execute(f"UPDATE \"{table}\" SET embargo_until = now() + interval '1 day' {where}")


@pytest.mark.usefixtures("rows_of_every_model")
def test_a_decision_on_a_proposal_is_taken_once():
    decided = f"UPDATE records_proposal SET state = 'rejected', decision = 'no', {BY_SOMEBODY_ELSE}"
    with connection.cursor() as cursor:
        cursor.execute(decided)
    for again in (
        decided,
        "UPDATE records_proposal SET state = 'open', decided_by_id = NULL, decided_at = NULL",
        "UPDATE records_proposal SET rows = '[1]'",
        "DELETE FROM records_proposal",
    ):
        refused(again, "records_proposal_decided_once")


@pytest.mark.usefixtures("rows_of_every_model")
def test_a_decision_by_the_author_is_refused_unless_the_desk_has_one_person():
    own = (
        "UPDATE records_proposal SET state = 'rejected', decision = 'no', self_approved = true,"
        " decided_by_id = by_id, decided_at = now()"
    )
    refused(own, "records_second_person")
    DeskRules.objects.update(second_person=False)
    with connection.cursor() as cursor:
        cursor.execute(own)
