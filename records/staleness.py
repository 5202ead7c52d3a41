"""When a record was last compared with its sources, and which nobody has looked at for long."""

import datetime

from django.conf import settings
from django.db.models import CASCADE, CharField, DateField, DateTimeField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from records import publishing, roles
from records.models import ChangeSet, Record
from records.publishing import NotAllowed


def may_check(user, record: Record) -> bool:
    """Whoever may propose changes of records of the kind may say that one still agrees with its sources."""
    model = record._meta.concrete_model
    return record.state == Record.State.PUBLISHED and user.has_perm(roles.permission("propose", model))


def check(record: Record, *, by) -> ChangeSet:
    """Note that somebody compared a published record with its sources today and found nothing to change.

    Raises NotAllowed for a record that readers do not see, and Stale where somebody changed it since it was read.
    """
    if record.state != Record.State.PUBLISHED:
        raise NotAllowed(_("Only a published record can be checked against its sources."))
    # In the language of the site: the reason stands in the public history.
    reason = "Compared with its sources: nothing to change."
    with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.SOURCE_ONLY) as change_set:
        record.checked_on = timezone.localdate()
        record.save(update_fields=["checked_on"])
        publishing.carry([record], change_set)
    return change_set


def whole_models() -> list[type[Record]]:
    """The kinds of records that are no part of another; whoever looks at one looks at its parts."""
    return [
        model
        for model in roles.record_models()
        if not model._meta.proxy
        and not any(
            column.is_relation and column.remote_field.on_delete is CASCADE and issubclass(column.related_model, Record)
            for column in model._meta.fields
        )
    ]


def stale(today: datetime.date | None = None) -> QuerySet:
    """Published records that nobody has checked for long, the longest first, of all kinds in one query.

    Rows have `label`, `pk`, `id_shown`, `checked_on`, and `since`: the day of the check, or for want of one the day on
    which the record was last written.
    """
    before = (today or timezone.localdate()) - datetime.timedelta(days=settings.STALE_AFTER_DAYS)
    rows = [
        model.objects.filter(state=Record.State.PUBLISHED)
        .annotate(
            written_at=Subquery(ChangeSet.objects.filter(pk=OuterRef("known_since")).values("at"), DateTimeField()),
            since=Coalesce(F("checked_on"), TruncDate("written_at"), output_field=DateField()),
            label=Value(model._meta.label_lower, CharField()),
            id_shown=Cast("slug", CharField()),
        )
        .exclude(since__gt=before)
        .order_by()
        .values("label", "pk", "id_shown", "checked_on", "since")
        for model in whole_models()
    ]
    return rows[0].union(*rows[1:], all=True).order_by(F("since").asc(nulls_first=True), "label", "id_shown")
