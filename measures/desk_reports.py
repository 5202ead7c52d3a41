"""Reports at the desk about measures: what is disputed, unconfirmed, or without evidence for long."""

import datetime

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import DisputedFact, StatusPeriod
from measures.models.status import Status
from measures.status import DAYS_WITHOUT_EVIDENCE
from records import dates
from records.desk.duplicates import desk_page
from records.desk.reports import DeskReport, Line
from records.models import Record

WORKING = (Status.ANNOUNCED, Status.IN_FORCE, Status.EASED, Status.SUSPENDED)


def standing(on: datetime.date):
    """The periods that hold on a day, of measures that readers see."""
    periods = StatusPeriod.objects.filter(measure__state=Record.State.PUBLISHED)
    return (
        periods.filter(pk__in=StatusPeriod.objects.standing_on(on).values("pk"))
        .select_related("measure", "material")
        .order_by(F("last_evidence").asc(nulls_first=True), "measure__slug", "sequence", "pk")
    )


def _day(day: datetime.date | None) -> str:
    return dates.label(day.isoformat()) if day else _("none")


def _line(period: StatusPeriod, *cells: str) -> Line:
    return Line(
        period.measure.title,
        desk_page(period.measure),
        str(period.material or _("the whole measure")),
        [capfirst(str(period.get_status_display())), *cells],
    )


class WithoutEvidence(DeskReport):
    """Statuses that are told to hold though no source has touched them for long."""

    name = "evidence"
    title = gettext_lazy("Without evidence")
    note = gettext_lazy("Statuses that hold today although no source has said so for two years, the longest first.")
    headings = (gettext_lazy("Status"), gettext_lazy("Newest source"))
    place = 20

    def rows(self):
        today = timezone.localdate()
        limit = datetime.timedelta(getattr(settings, "STATUS_STALE_AFTER_DAYS", DAYS_WITHOUT_EVIDENCE))
        # What is yet to come nobody can have seen; somebody must have told of it all the same.
        is_to_come = Q(planned=True) & (Q(since_latest=None) | Q(since_latest__gte=today))
        old = Q(last_evidence=None) | Q(last_evidence__lt=today - limit) & ~is_to_come
        return standing(today).filter(old, status__in=WORKING)

    def lines(self, rows):
        return [_line(period, _day(period.last_evidence)) for period in rows]


class Disputed(DeskReport):
    """Facts that bodies tell differently."""

    name = "disputed"
    title = gettext_lazy("Disputed")
    note = gettext_lazy("Facts that bodies tell differently; those without a preferred version first.")
    headings = (gettext_lazy("About"), gettext_lazy("Versions"), gettext_lazy("Preferred"))
    place = 30

    def rows(self):
        return (
            DisputedFact.objects.exclude(state=Record.State.WITHDRAWN)
            .annotate(versions_told=Count("claims"), preferred_ones=Count("claims", filter=Q(claims__preferred=True)))
            .prefetch_related("subject")
            .order_by("preferred_ones", "slug")
        )

    def lines(self, rows):
        return [
            Line(
                fact.question,
                desk_page(fact),
                fact.get_state_display(),
                [
                    str(fact.subject or _("deleted")),
                    str(fact.versions_told),
                    _("one") if fact.preferred_ones else _("none"),
                ],
            )
            for fact in rows
        ]


class Unconfirmed(DeskReport):
    """Statuses that lapsed and of which nothing tells what came next."""

    name = "unconfirmed"
    title = gettext_lazy("Unconfirmed")
    note = gettext_lazy("A status ended by its own words, and no source tells what came next.")
    headings = (gettext_lazy("Status"), gettext_lazy("Since"), gettext_lazy("Newest source"))
    place = 50

    def rows(self):
        return standing(timezone.localdate()).filter(status=Status.UNCONFIRMED)

    def lines(self, rows):
        return [_line(period, _day(period.since_latest), _day(period.last_evidence)) for period in rows]
