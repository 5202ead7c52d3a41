"""The front page, which joins what all apps know."""

import datetime
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Q
from django.views.generic import TemplateView

from measures import folding, status, timeline
from measures.models import Material, Measure, MeasureEvent, Status, StatusPeriod, TimelineEntry
from measures.views.timeline import ROLES
from programs.models import Program
from records.clocks import clock_from
from records.models import Citation, Record, Source
from records.statuses import ENDED
from records.views import cited

AHEAD = datetime.timedelta(days=90)
SHOWN = 5
SEARCHES = (
    ("hydrogen fluoride", "en"),
    ("불화수소", "ko"),
    ("フッ化水素", "ja"),
    ("氟化氢", "zh"),
    ("7664-39-3", ""),
    ("281111", ""),
)


@dataclass(frozen=True)
class Lapse:
    """A measure whose status ended by its own words without anybody confirming what came next."""

    measure: Measure
    period: StatusPeriod

    @property
    def since(self) -> str | None:
        """EDTF."""
        return folding.edtf(self.period.since_earliest, self.period.since_latest)


class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        on = clock_from(self.request).on
        measures = Measure.objects.published().filter(state=Record.State.PUBLISHED)
        counts = status.counts_on(measures, on)
        events = MeasureEvent.objects.published().filter(
            state=Record.State.PUBLISHED, measure__in=measures, background=False
        )
        recent = (
            events.filter(planned=False, overtaken_by=None, latest__lte=on)
            .select_related("measure")
            .prefetch_related(cited())
            .order_by("-latest", F("earliest").desc(nulls_last=True), "-order", "slug")[:SHOWN]
        )
        return super().get_context_data(**kwargs) | {
            "searches": SEARCHES,
            "statuses": [(value, counts.get(value, status.Count())) for value in Status.values if value not in ENDED],
            "ended": [(value, counts.get(value, status.Count())) for value in Status.values if value in ENDED],
            "lapsed": lapsed(on),
            "coming": coming(on),
            "recent": recent,
            "cited_events": cited_share(events),
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
            "refreshed_at": timeline.refreshed_at(),
        }


def lapsed(on: datetime.date) -> list[Lapse]:
    """What lapsed unconfirmed, the newest lapse first, each measure once."""
    periods = (
        StatusPeriod.objects.filter(
            status=Status.UNCONFIRMED,
            certain__contains=on,
            measure__in=Measure.objects.published().filter(state=Record.State.PUBLISHED),
        )
        .select_related("measure")
        .order_by("-since_latest", "measure__slug", "pk")
    )
    found: dict[int, Lapse] = {}
    for period in periods:
        found.setdefault(period.measure_id, Lapse(period.measure, period))
    return list(found.values())


def coming(on: datetime.date):
    """What is expected to start, end or be due within 90 days, or may be."""
    expected = TimelineEntry.objects.visible().open_on(on).filter(latest__gte=on, earliest__lte=on + AHEAD)
    entries = list(expected.select_related("measure").order_by("latest", "earliest", "order", "key")[:SHOWN])
    for entry in entries:
        entry.role_label = ROLES.get(entry.role, entry.role)
    return entries


def cited_share(events) -> dict[str, int]:
    """How many events rest on a source that visitors may see."""
    event = ContentType.objects.get_for_model(MeasureEvent)
    footing = Citation.objects.filter(
        subject_type=event, subject_id=OuterRef("pk"), source__in=Source.objects.published()
    ).order_by()
    return events.order_by().aggregate(all=Count("pk"), cited=Count("pk", filter=Exists(footing)))
