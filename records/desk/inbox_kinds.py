"""The kinds of things that wait at the desk, and who may do something about each."""

import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, Exists, ForeignKey, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import roles
from records.desk.inbox import Entry, Waiting, Way
from records.imports.kinds import kinds as kinds_of_imports
from records.models import ChangeSet, ErrorReport, Import, OutboxEntry, Proposal, Record

State = Record.State
# What failed longer ago and nobody asked for again is not missed.
SHOWN_FAILED = datetime.timedelta(days=30)


def without_parts(records: QuerySet, state: str) -> QuerySet:
    """Leaves out the records that go through their review with what they belong to."""
    for column in records.model._meta.fields:
        owned = isinstance(column, ForeignKey) and column.remote_field.on_delete is CASCADE
        if owned and issubclass(column.related_model, Record):
            records = records.exclude(**{f"{column.name}__state": state})
    return records


def _concrete_kinds() -> list[type[Record]]:
    return [model for model in roles.record_models() if not model._meta.proxy]


class _OfRecords:
    """Records in one state, as whoever has the permission for the next step finds them."""

    state: str
    act: str

    def queries(self, user):
        for model in _concrete_kinds():
            if user.has_perm(roles.permission(self.act, model)):
                names = {column.name for column in model._meta.fields}
                title = next((name for name in ("title", "name") if name in names), "slug")
                written = ChangeSet.objects.filter(pk=OuterRef("known_since"))
                yield self.listed(
                    without_parts(model._base_manager.filter(state=self.state), self.state),
                    title=title,
                    since=Subquery(written.values("at")),
                    writer=Subquery(written.values("by")) if self.state == State.DRAFT else "submitted_by",
                )

    def step(self, model, entry: Entry, name: str) -> str:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_move", args=[entry.key, name])


class Drafts(_OfRecords, Waiting):
    name = "drafts"
    label = gettext_lazy("Drafts")
    place = 30
    state, act = State.DRAFT, "change"

    def ways(self, user, entry, model):
        return [Way(_("Submit"), self.step(model, entry, "submit"), "a")]


class Submitted(_OfRecords, Waiting):
    name = "submitted"
    label = gettext_lazy("Submitted records")
    place = 10
    state, act = State.IN_REVIEW, "publish"

    def ways(self, user, entry, model):
        approve = Way(_("Approve"), self.step(model, entry, "publish"), "a")
        reject = Way(_("Send back"), self.step(model, entry, "send-back"), "r")
        return [approve, reject] if self.may_together(user, entry) else [reject]

    def may_together(self, user, entry):
        return entry.writer != user.pk or not roles.second_person()


class Proposals(Waiting):
    name = "proposals"
    label = gettext_lazy("Proposals")
    place = 20

    def queries(self, user):
        decided = [model for model in _concrete_kinds() if user.has_perm(roles.permission("publish", model))]
        if decided:
            subjects = [kind.pk for kind in ContentType.objects.get_for_models(*decided).values()]
            yield self.listed(
                Proposal.objects.open().filter(subject_type__in=subjects),
                title="reason",
                about="subject_type",
                since="created_at",
                writer="by",
            )

    def ways(self, user, entry, model):
        url = self.url(model, entry.key)
        if not self.may_together(user, entry):
            return [Way(_("Take it back"), f"{url}#decision")]
        return [Way(_("Approve"), f"{url}#decision", "a"), Way(_("Reject"), f"{url}#decision", "r")]

    def may_together(self, user, entry):
        return entry.writer != user.pk or not roles.second_person()


class _OfImports:
    def url(self, model, key):
        return reverse("admin:inbox_import", args=[key])

    def decided_by(self, user) -> list[str]:
        """The kinds of rows that somebody decides about."""
        return [name for name, kind in kinds_of_imports().items() if kind.may_decide(user)]


class Imports(_OfImports, Waiting):
    """Those that wait for a decision, and of one's own those that wait for a word about the file."""

    name = "imports"
    label = gettext_lazy("Imports")
    place = 25

    def queries(self, user):
        states = Import.State
        submitted = Import.objects.filter(state=states.SUBMITTED, kind__in=self.decided_by(user))
        yield self.listed(submitted, title="file_name", since="submitted_at", writer="by")
        own = Import.objects.filter(by=user.pk, state__in=(states.ASKING, states.FAULTY, states.CHECKED))
        yield self.listed(own, title="file_name", since="asked_at", writer="by")

    def ways(self, user, entry, model):
        url = self.url(model, entry.key)
        if entry.writer == user.pk and roles.second_person():
            return [Way(_("Go on"), url, "a")]
        return [Way(_("Approve"), f"{url}#decide", "a"), Way(_("Reject"), f"{url}#decide", "r")]


class ErrorReports(Waiting):
    name = "reports"
    label = gettext_lazy("Error reports")
    place = 40
    assigns_itself = True

    def queries(self, user):
        if user.has_perm("records.change_errorreport"):
            yield self.listed(
                ErrorReport.objects.filter(state__in=ErrorReport.OPEN_STATES),
                title="text",
                about="subject_type",
                since="sent_at",
                writer=None,
                priority="priority",
                assignee="assignee",
            )

    def ways(self, user, entry, model):
        return [Way(_("Answer"), self.url(model, entry.key), "a")]


class FailedImports(_OfImports, Waiting):
    name = "failed-imports"
    label = gettext_lazy("Failed imports")
    place = 60

    def queries(self, user):
        concerned = Q(by=user.pk) | Q(kind__in=self.decided_by(user))
        again = Import.objects.filter(sha256=OuterRef("sha256"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
        failed = Import.objects.filter(concerned, ~Exists(again), state=Import.State.FAILED)
        # What was taken back by who brought it had been checked to the end, or not at all.
        failed = failed.filter(progress__lt=100, attempts__gt=0, asked_at__gt=Now() - SHOWN_FAILED)
        yield self.listed(failed, title="file_name", since="asked_at", writer="by")


class FailedJobs(Waiting):
    name = "failed-jobs"
    label = gettext_lazy("Failed jobs")
    place = 70

    def queries(self, user):
        if user.has_perm("records.view_outboxentry"):
            yield self.listed(
                OutboxEntry.objects.filter(done_at=None, error__isnull=False),
                title="key",
                since="created_at",
                writer=None,
            )
