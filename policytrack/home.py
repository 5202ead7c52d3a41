"""The front page, which joins what all apps know."""

import datetime

from django.conf import settings
from django.db.models import Count, F, Max, Prefetch, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures import status, timeline
from measures.filters import MeasureFilter
from measures.folding import WORKING
from measures.models import Material, Measure, MeasureEvent, Status, StatusPeriod, TimelineEntry
from measures.views.lines import ROLES
from programs.models import Program
from records import footing, naming
from records.feeds.links import WITHOUT_DAYS, feeds_of
from records.models import Citation, Source
from records.statuses import ENDED
from records.views import cited

AHEAD = datetime.timedelta(days=90)
SHOWN, SHOWN_GAPS = 5, 3
SEARCHES = (
    ("hydrogen fluoride", "en"),
    ("불화수소", "ko"),
    ("フッ化水素", "ja"),
    ("氟化氢", "zh"),
    ("7664-39-3", ""),
    ("2811.11", ""),
)


class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        on = self.request.clocks.on  # type: ignore[attr-defined]  # set by ClocksMiddleware
        measures = Measure.objects.readable()
        restrictions = MeasureFilter(QueryDict("effect=restricts"), request=self.request)
        counts = status.counts_on(restrictions.checked, on)
        standing = restrictions.periods().filter(measure__in=restrictions.checked.order_by().values("pk"))
        events = MeasureEvent.objects.readable().filter(measure__in=measures, background=False)
        recent = (
            events.filter(planned=False, overtaken_by=None, latest__lte=on)
            .select_related("measure")
            .prefetch_related(cited())
            .order_by("-latest", F("earliest").desc(nulls_last=True), "-order", "slug")[:SHOWN]
        )
        ahead, past = coming(on), lapsed(standing)
        naming.fetch(
            (period.event.measure for period in past),
            (entry.measure for entry in ahead),
            (event.measure for event in recent),
        )
        return super().get_context_data(**kwargs) | {
            "searches": SEARCHES,
            "statuses": [(value, counts.get(value, status.Count())) for value in Status.values if value not in ENDED],
            "ended": [(value, counts.get(value, status.Count())) for value in Status.values if value in ENDED],
            "unconfirmed": counts.get(Status.UNCONFIRMED, status.Count()).total,
            "restricting": restrictions.checked.count(),
            "lapsed": past,
            "unproven": unproven(standing, on),
            "coming": ahead,
            "recent": recent,
            "cited_facts": footing.total(footing.coverage()),
            "counts": {
                "measures": measures.count(),
                "materials": Material.objects.published().count(),
                "programs": Program.objects.published().count(),
                "sources": Source.objects.published().count(),
            },
            "sources_read": Source.objects.published().exclude(consulted=Source.Consulted.NONE).count(),
            "checked": measures.aggregate(
                fully=Count("pk", filter=Q(verification=Measure.Verification.VERIFIED)),
                partly=Count("pk", filter=Q(verification=Measure.Verification.PARTLY)),
            ),
            "feeds": [
                *feeds_of("measures:timeline_feed", self.request.GET, (), of=_("Timeline")),
                *feeds_of("measures:feed", self.request.GET, (), of=_("Measures")),
                *feeds_of("measures:event_feed", self.request.GET, (), of=_("Events")),
                *feeds_of("records:change_feed", self.request.GET, (), of=_("Changes"), formats=WITHOUT_DAYS),
            ],
            "refreshed_at": timeline.refreshed_at(),
        }


def lapsed(standing) -> list[StatusPeriod]:
    """The newest of what lapsed unconfirmed, each measure once; `standing` holds the periods of the day."""
    periods = (
        standing.filter(status=Status.UNCONFIRMED)
        .select_related("event__measure")
        .prefetch_related(Prefetch("event__citations", Citation.objects.shown()))
        .order_by("-since_latest", "measure__slug", "sequence", "pk")
    )
    found: dict[int, StatusPeriod] = {}
    for period in periods.iterator(chunk_size=100):
        if len(found) == SHOWN:
            break
        found.setdefault(period.measure_id, period)
    return list(found.values())


def unproven(standing, on: datetime.date) -> dict:
    """What is told to hold though no source has touched it for long: how many measures, and the oldest of them."""
    limit = datetime.timedelta(getattr(settings, "STATUS_STALE_AFTER_DAYS", status.DAYS_WITHOUT_EVIDENCE))
    aged = (
        standing.filter(status__in=WORKING, holds=True, last_evidence__lt=on - limit)
        .values("measure")
        .annotate(newest=Max("last_evidence"))
    )
    oldest = aged.values_list("measure__slug", "measure__title", "newest").order_by("newest", "measure__slug")
    return {
        "count": aged.count(),
        "oldest": [
            {"url": reverse("measures:detail", args=[slug]), "title": title, "newest": newest}
            for slug, title, newest in oldest[:SHOWN_GAPS]
        ],
    }


def coming(on: datetime.date):
    """What is expected to start, end or be due within 90 days, or may be."""
    expected = TimelineEntry.objects.visible().open_on(on).filter(latest__gte=on, earliest__lte=on + AHEAD)
    entries = list(expected.select_related("measure").order_by("latest", "earliest", "order", "key")[:SHOWN])
    for entry in entries:
        entry.role_label = ROLES.get(entry.role, entry.role)
        entry.days_left = (entry.earliest - on).days if entry.earliest == entry.latest else None
    return entries
