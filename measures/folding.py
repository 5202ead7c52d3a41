"""The rules that turn the events of one measure, provision and material into periods of status.

Pure: no models, no clock, no queries. Each rule, and the reading chosen where the rules leave one open, stands in
docs/adr/0004-status.md. In short:

- Counted events stand in the order (earliest, order, position); an open start sorts first.
- The end of an `until` takes its own place in that order, on the day after it, before an event that may fall later.
  An event that certainly falls on that day or before decides what came next, and nothing lapses.
- A planned event may always turn out later than it says, so its latest day is never: what held before stays
  possible, and its own status is possible only. It neither sets nor moves an observed end.
- A period is over at the earliest, and at the latest, when anything that follows it may, and must, have begun. So a
  day on which one status is certain has no other that is possible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

ALWAYS, NEVER = date.min, date.max
OPENING = frozenset({"consultation", "announced", "published"})
STATUS_AFTER = {
    **dict.fromkeys(OPENING, "announced"),
    "effective": "in_force",
    "resumed": "in_force",
    "confirmed": "in_force",
    "tightened": "in_force",
    "eased": "eased",
    "suspended": "suspended",
    "revoked": "lifted",
    "expired": "expired",
}
OPEN_TO_ANNOUNCEMENT = frozenset({None, "lifted", "expired", "withdrawn"})
WORKING = frozenset({"in_force", "eased"})


@dataclass(frozen=True, slots=True)
class Event:
    """What the rules need of a measure event, already scoped to one provision and material.

    `earliest` and `latest` bound the start of its date (`earliest` None: open start). `until` bounds its last day.
    """

    key: int | str
    kind: str
    earliest: date | None
    latest: date | None
    order: int = 0
    position: int = 0
    planned: bool = False
    until: tuple[date | None, date | None] | None = None
    then: str | None = None
    background: bool = False
    overtaken: bool = False

    @property
    def begins(self) -> date:
        return self.earliest or ALWAYS

    @property
    def begun(self) -> date:
        """The day by which it has certainly begun: never, for a planned one."""
        return NEVER if self.planned else self.latest or NEVER


@dataclass(frozen=True, slots=True)
class Period:
    """One status over a range of days.

    It began between `since_earliest` (None: open) and `since_latest`, and the next status takes over between
    `until_earliest` and `until_latest`, exclusive (None: no end is known).
    """

    status: str
    since_earliest: date | None
    since_latest: date | None
    until_earliest: date | None
    until_latest: date | None
    planned: bool = False
    never_in_force: bool = False
    then: str | None = None
    events: tuple[int | str, ...] = ()

    @property
    def certain(self) -> tuple[date, date | None] | None:
        """First day and day after the last on which it holds for certain; None where there is no such day."""
        if self.planned or self.since_latest in (None, NEVER):
            return None
        if self.until_earliest is not None and self.until_earliest <= self.since_latest:
            return None
        return self.since_latest, self.until_earliest

    @property
    def possible(self) -> tuple[date | None, date | None]:
        """First day (None: open) and day after the last (None: open) on which it may hold."""
        return self.since_earliest, self.until_latest

    @property
    def since(self) -> str | None:
        """When it began, as EDTF."""
        latest = self.since_latest
        if latest and self.until_latest:
            latest = min(latest, self.until_latest - DAY)
        return edtf(self.since_earliest, latest)

    @property
    def until(self) -> str | None:
        """The last day on which it held or holds, as EDTF; None where no end is known, a planned one included."""
        if self.until_latest is None:
            return None
        earliest = self.since_earliest
        if self.until_earliest and self.until_earliest > (earliest or ALWAYS):
            earliest = self.until_earliest - DAY
        return edtf(earliest, self.until_latest - DAY)


@dataclass(frozen=True, slots=True)
class Standing:
    """The status on one day; None, and certain, where nothing had happened yet."""

    status: str | None
    certainty: Literal["certain", "possible"]
    period: Period | None = None

    @property
    def since(self) -> str | None:
        return self.period.since if self.period else None

    @property
    def until(self) -> str | None:
        return self.period.until if self.period else None


DAY = timedelta(days=1)


def fold(events: Iterable[Event]) -> list[Period]:
    """The periods of status that follow from these events, oldest start first; the order given does not matter."""
    course = _Course()
    counted = [event for event in events if not event.background and not event.overtaken]
    for event in sorted(counted, key=lambda event: (event.begins, event.order, event.position, str(event.key))):
        course.take(event)
    return course.periods()


def statuses_on(periods: Sequence[Period], day: date) -> list[Standing]:
    """Every status of that day: the certain one alone, or all possible ones, the newest start first."""
    possible = [period for period in reversed(periods) if _holds(period.possible, day)]
    for period in possible:
        if period.certain and _holds(period.certain, day):
            return [Standing(period.status, "certain", period)]
    return [Standing(period.status, "possible", period) for period in possible]


def status_on(periods: Sequence[Period], day: date) -> Standing:
    """The one status to tell for that day: the certain one, else of the possible ones that with the newest start."""
    return next(iter(statuses_on(periods, day)), Standing(None, "certain"))


def edtf(earliest: date | None, latest: date | None) -> str | None:
    """Two bounds of one day as EDTF: a day, a whole month or year, a range, or an open start."""
    if latest is None or latest == NEVER:
        return None if earliest is None else f"{earliest}/.."
    if earliest is None or earliest == ALWAYS:
        return f"../{latest}"
    if earliest == latest:
        return str(latest)
    if earliest.day == 1 and (latest + DAY).day == 1 and earliest.year == latest.year:
        if earliest.month == latest.month:
            return str(latest)[:7]
        if (earliest.month, latest.month) == (1, 12):
            return str(latest)[:4]
    return f"[{earliest}..{latest}]"


def _holds(days: tuple[date | None, date | None], day: date) -> bool:
    first, end = days
    return (first is None or first <= day) and (end is None or day < end)


@dataclass(slots=True)
class _End:
    """The day after an `until`, between two bounds, with the act's words and the event that carries them."""

    earliest: date
    latest: date
    then: str | None
    key: int | str

    @classmethod
    def of(cls, event: Event, before: "_End | None" = None) -> "_End | None":
        """The end that the event sets; words about what comes next outlive a renewal that does not repeat them."""
        if event.until is None:
            return None
        first, last = event.until
        # An end before its own event would turn the order of things round.
        earliest = max(_day_after(first) if first else ALWAYS, event.begins)
        return cls(
            earliest, max(_day_after(last), earliest), event.then or (before.then if before else None), event.key
        )


def _day_after(day: date | None) -> date:
    return NEVER if day is None or day == NEVER else day + DAY


@dataclass(slots=True)
class _Stretch:
    """A run of neighbouring events with one status, before its end is known."""

    status: str
    begins: date
    begun: date
    planned: bool = False
    stated: date | None = None  # latest start in the words of a planned event
    end: _End | None = None  # its own last day, where the next event left it standing
    lapsed: str | None = None  # the status that became unconfirmed
    never_in_force: bool = False
    then: str | None = None
    events: list[int | str] = field(default_factory=list)

    def is_over(self, day: date) -> bool:
        return self.end is not None and self.end.latest <= day


class _Course:
    """The course of a measure as far as its events were taken, in their order."""

    def __init__(self):
        self.stretches: list[_Stretch] = []
        self.now: _Stretch | None = None  # the newest observed one; only planned ones stand behind it
        self.end: _End | None = None  # when `now` ends by its own words

    def take(self, event: Event) -> None:
        if self.end and self.end.earliest <= event.begins and self.end.earliest < event.begun:
            self._lapse(self.end)
        if event.planned:
            self._plan(event)
        elif event.kind != "amended":
            self._observe(event, self._status_after(event, self.now, observed=True))
        elif event.until and self.now:
            if self.now.lapsed:
                self._observe(event, self.now.lapsed)
            else:
                self.end = _End.of(event, self.end)
                self.now.events.append(event.key)

    def _status_after(self, event: Event, before: _Stretch | None, *, observed: bool) -> str | None:
        """The status that the event brings, None where it leaves things as they are."""
        if event.kind in OPENING and (before and before.status) not in OPEN_TO_ANNOUNCEMENT:
            return None
        if event.kind == "revoked" and not self._worked(observed=observed):
            return "withdrawn"
        return STATUS_AFTER.get(event.kind)

    def _worked(self, *, observed: bool) -> bool:
        return any(s.status in WORKING and not (observed and s.planned) for s in self.stretches)

    def _never_began(self, status: str, *, observed: bool) -> bool:
        return status == "withdrawn" or (status == "suspended" and not self._worked(observed=observed))

    def _observe(self, event: Event, status: str | None) -> None:
        if status is None:
            return
        same = self.now is not None and self.now.status == status
        if event.until:
            if self.now and not same:
                self.now.end = self.end
            self.end = _End.of(event, self.end if same else None)
        elif not same:
            if self.now:
                self.now.end = self.end
            self.end = None
        elif self.end and event.begins >= self.end.earliest:
            self.end = None
        self.now = self._neighbour(event, status) or self._append(event, status)

    def _neighbour(self, event: Event, status: str) -> _Stretch | None:
        """The last stretch, widened by the event, where both have the same status."""
        last = self.stretches[-1] if self.stretches else None
        if last is None or last.status != status or (last.planned and last.is_over(event.begins)):
            return None
        last.begun = min(last.begun, event.begun)
        last.planned, last.end, last.stated = False, None, None
        last.never_in_force = self._never_began(status, observed=True)
        last.events.append(event.key)
        return last

    def _append(self, event: Event, status: str) -> _Stretch:
        stretch = _Stretch(status, event.begins, event.begun, event.planned, events=[event.key])
        stretch.never_in_force = self._never_began(status, observed=not event.planned)
        self.stretches.append(stretch)
        return stretch

    def _plan(self, event: Event) -> None:
        end = _End.of(event)
        ahead = next((s for s in reversed(self.stretches) if not s.is_over(event.begins)), None)
        status = self._status_after(event, ahead, observed=False)
        if status is None or (end and end.latest <= event.begins):
            return
        if ahead is None or ahead.status != status:
            ahead = self._append(event, status)
            ahead.stated = event.latest
        elif ahead.planned:
            ahead.events.append(event.key)
        if ahead.planned:
            ahead.end = end or ahead.end

    def _lapse(self, end: _End) -> None:
        """Nothing confirmed what came after the last day: unconfirmed, ahead of what is only planned."""
        place = next(n for n, stretch in enumerate(self.stretches) if stretch is self.now)
        lapsed = self.stretches[place].status
        self.now = _Stretch("unconfirmed", end.earliest, end.latest, lapsed=lapsed, then=end.then, events=[end.key])
        self.stretches.insert(place + 1, self.now)
        self.end = None

    def periods(self) -> list[Period]:
        if self.end:
            self._lapse(self.end)
        periods: list[Period] = []
        next_earliest = next_latest = NEVER
        for stretch in reversed(self.stretches):
            end_earliest, end_latest = next_earliest, next_latest
            if stretch.end:
                end_earliest = min(end_earliest, stretch.end.earliest)
                end_latest = min(end_latest, stretch.end.latest)
            if stretch.begins < end_latest:
                periods.append(_period(stretch, max(end_earliest, stretch.begins), end_latest))
            next_earliest = min(next_earliest, stretch.begins)
            next_latest = min(next_latest, stretch.begun)
        periods.reverse()
        # Sorting is stable: what stands later in the course stays later among equal starts.
        return _joined(sorted(periods, key=lambda period: period.since_earliest or ALWAYS))


def _period(stretch: _Stretch, end_earliest: date, end_latest: date) -> Period:
    return Period(
        status=stretch.status,
        since_earliest=None if stretch.begins == ALWAYS else stretch.begins,
        since_latest=stretch.stated if stretch.planned else stretch.begun,
        until_earliest=None if end_earliest == NEVER else end_earliest,
        until_latest=None if end_latest == NEVER else end_latest,
        planned=stretch.planned,
        never_in_force=stretch.never_in_force,
        then=stretch.then,
        events=tuple(stretch.events),
    )


def _joined(periods: Iterable[Period]) -> list[Period]:
    """Neighbours of one status, with nothing left between them, made one."""
    joined: list[Period] = []
    for period in periods:
        last = joined[-1] if joined else None
        if last and last.status == period.status and _touch(last, period):
            observed = [p.since_latest or NEVER for p in (last, period) if not p.planned]
            joined[-1] = replace(
                period,
                since_earliest=last.since_earliest,
                since_latest=min(observed) if observed else last.since_latest,
                planned=not observed,
                never_in_force=last.never_in_force and period.never_in_force,
                events=last.events + period.events,
            )
        else:
            joined.append(period)
    return joined


def _touch(last: Period, period: Period) -> bool:
    """Whether nothing else, not even something planned, may have held between the two."""
    return last.until_earliest is None or last.until_earliest >= (period.since_earliest or ALWAYS)
