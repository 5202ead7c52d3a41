"""Jobs on measures: the day turns, the night's rebuild."""

import datetime
from collections.abc import Iterator

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from measures import timeline
from measures.models import Measure, StatusPeriod
from records import derived
from records.history import take_turn
from records.models import JobSlot
from records.tasks import once, prune

TURN = "turn_day"
# After a longer silence nobody wants to be told, day by day, what turned meanwhile.
MOST_DAYS = 31
RETRIES = {"autoretry_for": (Exception,), "max_retries": 5, "retry_backoff": 10, "retry_backoff_max": 300}


@shared_task(soft_time_limit=540, time_limit=600, **RETRIES)
def turn_day() -> None:
    """Begin the day in the site's time zone, and each day before it that nobody began.

    Statuses and entries are stored with their days, so none becomes wrong at midnight. What turns is brought up to
    date once more, so that nothing a fault left behind is shown on the very day that it matters.
    """
    for day in _days_to_turn(timezone.localdate()):
        once(TURN, day.isoformat(), lambda day=day: _turn(day))


@shared_task(soft_time_limit=840, time_limit=900, **RETRIES)
def rebuild_timeline() -> None:
    """Once a day: derive everything anew and write what differs, then forget what was carried out long ago."""
    once("rebuild_timeline", timezone.localdate().isoformat(), _rebuild)


@shared_task(soft_time_limit=300, time_limit=330, **RETRIES)
def refresh_timeline(records: list[str]) -> None:
    """Derive the entries of these records anew, each given as "measures.measure:12"."""
    timeline.refresh(records)


def _days_to_turn(today: datetime.date) -> Iterator[datetime.date]:
    turned = JobSlot.objects.filter(job=TURN, done_at__isnull=False, slot__lte=today.isoformat())
    last = turned.order_by("-slot").values_list("slot", flat=True).first()
    day = datetime.date.fromisoformat(last) + datetime.timedelta(1) if last else today
    day = max(day, today - datetime.timedelta(MOST_DAYS))
    while day <= today:
        yield day
        day += datetime.timedelta(1)


def _turn(day: datetime.date) -> str:
    take_turn()
    bounds = ("since_earliest", "since_latest", "until_earliest", "until_latest")
    turning = Q(*((bound, day) for bound in bounds), _connector=Q.OR)
    measures = list(
        Measure.objects.filter(pk__in=StatusPeriod.objects.filter(turning).values("measure")).order_by("pk")
    )
    derived.refresh(measures)
    owners = {f"{measure._meta.label_lower}:{measure.pk}" for measure in measures} | timeline.owners_turning_on(day)
    written = timeline.refresh(sorted(owners))
    return f"{len(measures)} measures and {len(owners)} records turned, {written} entries were out of date"


def _rebuild() -> str:
    derived.rebuild()
    written = timeline.rebuild()
    prune()
    return f"{written} entries were out of date"
