"""Status rules: golden days of the data set, one example per rule, and a second reading day by day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from measures.folding import Event, Period, edtf, fold, status_on, statuses_on
from records.dates import parse

DATA = Path(__file__).parents[2] / "data" / "measures.yaml"
DAY = timedelta(days=1)


@cache
def measures():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {measure["id"]: measure for measure in yaml.load(DATA.read_bytes(), loader)}


def bounds(text):
    read = parse(text)
    return read.earliest, read.start_latest


def of_measure(measure, material):
    return [
        Event(
            key=position,
            kind=event["kind"],
            earliest=bounds(event["date"])[0],
            latest=bounds(event["date"])[1],
            order=event.get("order", 0),
            position=position,
            planned=event.get("planned", False),
            until=bounds(event["until"]) if "until" in event else None,
            then=event.get("then"),
            background=event.get("background", False),
            overtaken="overtaken_by" in event,
        )
        for position, event in enumerate(measures()[measure]["events"])
        if material in event.get("materials", [material])
    ]


def told(measure, material, day):
    return status_on(fold(of_measure(measure, material)), date.fromisoformat(day))


GOLDEN = """
jp-2019-three-materials-licensing hydrogen-fluoride-gas 2019-06-30 nothing
jp-2019-three-materials-licensing hydrogen-fluoride-gas 2019-07-03 announced
jp-2019-three-materials-licensing fluorinated-polyimide 2019-07-04 in_force
jp-2019-three-materials-licensing photoresist-euv 2019-07-04 in_force
jp-2019-three-materials-licensing photoresist-euv 2019-12-19 in_force
jp-2019-three-materials-licensing photoresist-controlled 2020-02-01 eased
jp-2019-three-materials-licensing hydrogen-fluoride 2020-02-01 in_force
jp-2019-three-materials-licensing photoresist-controlled 2023-03-22 eased
jp-2019-three-materials-licensing photoresist-controlled 2023-05-01 lifted
jp-2019-three-materials-licensing hydrogen-fluoride 2023-05-01 lifted
jp-2019-korea-white-list-removal silicon-wafer 2019-08-27 announced
jp-2019-korea-white-list-removal silicon-wafer 2019-08-28 in_force
jp-2019-korea-white-list-removal silicon-wafer 2023-05-01 in_force
jp-2019-korea-white-list-removal silicon-wafer 2023-07-21 lifted
kr-2019-japan-ga2-reclassification - 2019-09-17 announced
kr-2019-japan-ga2-reclassification - 2019-09-18 in_force
kr-2019-japan-ga2-reclassification - 2023-04-23 in_force
kr-2019-japan-ga2-reclassification - 2023-04-24 lifted
kr-2019-gsomia-termination-notice - 2026-11-24 withdrawn
cn-2025-57-five-rare-earths holmium 2025-11-08 suspended
cn-2025-57-five-rare-earths holmium 2026-11-10 suspended
cn-2025-57-five-rare-earths holmium 2026-11-12 unconfirmed
cn-2024-us-gallium-germanium-antimony-ban gallium 2026-11-27 suspended
cn-2024-us-gallium-germanium-antimony-ban gallium 2026-11-28 unconfirmed
cn-2024-us-gallium-germanium-antimony-ban dual-use-items-general 2026-11-28 in_force
us-2025-affiliates-rule dual-use-items-general 2026-11-09 suspended
us-2025-affiliates-rule dual-use-items-general 2026-11-10 unconfirmed
us-2025-ai-diffusion-rule advanced-computing-ics 2025-05-15 withdrawn
ga-2029-manganese-ban manganese-ore 2026-11-24 announced
ga-2029-manganese-ban manganese-ore 2029-02-01 in_force?
cn-2012-rare-earth-tungsten-molybdenum-duties tungsten 2010-01-01 in_force?
cn-2012-rare-earth-tungsten-molybdenum-duties tungsten 2013-01-01 in_force
cn-2012-rare-earth-tungsten-molybdenum-duties tungsten 2015-05-01 lifted?
kz-scrap-export-ban lead 2025-10-29 in_force
kz-scrap-export-ban lead 2023-06-01 unconfirmed
id-2023-copper-concentrate-regime copper-concentrate 2024-06-01 eased
id-2023-copper-concentrate-regime iron-ore 2024-06-01 unconfirmed
ru-2025-sulphur-export-ban sulphur 2026-01-15 in_force
ru-2025-sulphur-export-ban sulphur 2026-04-01 unconfirmed
cd-2025-cobalt-export-suspension cobalt 2025-10-01 in_force
cd-2025-cobalt-export-suspension cobalt 2025-10-16 expired
cn-2010-rare-earth-japan-stoppage rare-earth-compounds 2011-01-01 nothing
""".strip().split("\n")


@pytest.mark.parametrize("line", GOLDEN)
def test_golden_days(line):
    measure, material, day, expected = line.split()
    assert measure in measures()
    standing = told(measure, None if material == "-" else material, day)
    assert (standing.status or "nothing") + ("?" if standing.certainty == "possible" else "") == expected


def test_holmium_was_suspended_before_it_began_and_then_nobody_knows():
    announced, suspended, unconfirmed = fold(of_measure("cn-2025-57-five-rare-earths", "holmium"))
    assert (announced.status, announced.since, announced.until) == ("announced", "2025-10-09", "2025-11-06")
    assert (suspended.status, suspended.since, suspended.until) == ("suspended", "2025-11-07", "2026-11-10")
    assert suspended.never_in_force
    assert (unconfirmed.status, unconfirmed.since, unconfirmed.until) == ("unconfirmed", "2026-11-11", None)
    assert unconfirmed.then is None


def test_the_affiliates_rule_says_itself_what_comes_next():
    *_, suspended, unconfirmed = fold(of_measure("us-2025-affiliates-rule", "dual-use-items-general"))
    assert not suspended.never_in_force
    assert unconfirmed.then == "in_force"


def test_both_statuses_are_possible_after_a_planned_start():
    periods = fold(of_measure("ga-2029-manganese-ban", "manganese-ore"))
    standings = statuses_on(periods, date(2029, 2, 1))
    assert [(s.status, s.certainty) for s in standings] == [("in_force", "possible"), ("announced", "possible")]


def test_every_measure_of_the_data_set_has_at_most_one_certain_status_a_day():
    count = 0
    for measure in measures().values():
        for material in [entry["material"] for entry in measure.get("materials", [])] or [None]:
            check_shape(fold(of_measure(measure["id"], material)))
            count += 1
    assert count > 200


# One example per rule. A course is written as "kind date", where a date is day numbers of 2020: 5, 5..9, ..9.


def day_of(number):
    return date(2020, 1, 1) + (int(number) - 1) * DAY


def course(*lines):
    """Events from lines such as "effective 5..9 until 20 then lifted planned order 2"."""
    events = []
    for position, line in enumerate(lines):
        kind, when, *words = line.split()
        earliest, latest = span(when)
        planned = "planned" in words
        if planned:
            words.remove("planned")
        options = dict(zip(words[::2], words[1::2], strict=True))
        events.append(
            Event(
                position,
                kind,
                earliest,
                latest,
                order=int(options.get("order", 0)),
                position=position,
                planned=planned,
                until=span(options["until"]) if "until" in options else None,
                then=options.get("then"),
            )
        )
    return events


def span(text):
    first, _, last = text.partition("..")
    return (day_of(first) if first else None), day_of(last or first)


def number(day):
    return "" if day is None else str((day - date(2020, 1, 1)).days + 1)


def drawn(events):
    """The periods in short: "status certain-range possible-range", ranges as day numbers without the last."""
    lines = []
    for period in fold(events):
        certain = "-".join(map(number, period.certain)) if period.certain else "never"
        lines.append(f"{period.status} {certain} {'-'.join(map(number, period.possible))}")
    return lines


RULES = {
    "announcements move from nothing": (["announced 5"], ["announced 5- 5-"]),
    "consultation and publication do as well": (["consultation 5", "published 7"], ["announced 5- 5-"]),
    "an announcement leaves what is in force": (["effective 5", "announced 9"], ["in_force 5- 5-"]),
    "an announcement leaves what is suspended": (["suspended 5", "announced 9"], ["suspended 5- 5-"]),
    "an announcement opens what was lifted": (
        ["effective 5", "revoked 9", "announced 12"],
        ["in_force 5-9 5-9", "lifted 9-12 9-12", "announced 12- 12-"],
    ),
    "an announcement opens what had expired": (
        ["expired 9", "published 12"],
        ["expired 9-12 9-12", "announced 12- 12-"],
    ),
    "an announcement opens what was withdrawn": (
        ["revoked 9", "consultation 12"],
        ["withdrawn 9-12 9-12", "announced 12- 12-"],
    ),
    "seen in force": (["confirmed 5"], ["in_force 5- 5-"]),
    "resumed": (["suspended 5", "resumed 9"], ["suspended 5-9 5-9", "in_force 9- 9-"]),
    "eased, then tightened": (
        ["effective 1", "eased 5", "tightened 9"],
        ["in_force 1-5 1-5", "eased 5-9 5-9", "in_force 9- 9-"],
    ),
    "a statement, a licence, a dispute and talks change nothing": (
        ["effective 1", "statement 2", "licence 3", "dispute 4", "negotiation 5", "amended 6"],
        ["in_force 1- 1-"],
    ),
    "an amendment of nothing is nothing": (["amended 5 until 9"], []),
    "revoked after it was eased": (["eased 5", "revoked 9"], ["eased 5-9 5-9", "lifted 9- 9-"]),
    "revoked before it began": (["announced 5", "revoked 9"], ["announced 5-9 5-9", "withdrawn 9- 9-"]),
    "an open start": (["effective ..9", "revoked 20"], ["in_force 9-20 -20", "lifted 20- 20-"]),
    "between the bounds both are possible": (
        ["announced 1", "effective 5..9"],
        ["announced 1-5 1-9", "in_force 9- 5-"],
    ),
    "neighbours of one status make one period with the least bounds": (
        ["announced 1", "effective 5..30", "confirmed 12..14", "revoked 40"],
        ["announced 1-5 1-14", "in_force 14-40 5-40", "lifted 40- 40-"],
    ),
    "what follows for certain ends all that came before": (
        ["announced 1", "effective 5..30", "suspended 12"],
        ["announced 1-5 1-12", "in_force never 5-12", "suspended 12- 12-"],
    ),
    "the order within the day": (["effective 5 order 2", "suspended 5 order 1"], ["in_force 5- 5-"]),
    "then the place in the record": (["effective 5", "suspended 5"], ["suspended 5- 5-"]),
    "a status that lasted no day parts nothing": (
        ["effective 1", "suspended 5 order 1", "resumed 5 order 2"],
        ["in_force 1- 1-"],
    ),
    "an announcement on the day after decides what came next": (
        ["expired 1 until 9", "announced 10"],
        ["expired 1-10 1-10", "announced 10- 10-"],
    ),
    "until is the last day": (["effective 5 until 9"], ["in_force 5-10 5-10", "unconfirmed 10- 10-"]),
    "a last day that is not known exactly": (
        ["effective 1 until 5..9"],
        ["in_force 1-6 1-10", "unconfirmed 10- 6-"],
    ),
    "an event on the day after decides what came next": (
        ["effective 1 until 9", "suspended 10"],
        ["in_force 1-10 1-10", "suspended 10- 10-"],
    ),
    "the same status on the day after goes on": (
        ["effective 1 until 9", "effective 10 until 19"],
        ["in_force 1-20 1-20", "unconfirmed 20- 20-"],
    ),
    "seen in force on the day after, it has no known end": (
        ["effective 1 until 9", "confirmed 10"],
        ["in_force 1- 1-"],
    ),
    "an event later than that leaves a gap": (
        ["effective 1 until 9", "effective 12"],
        ["in_force 1-10 1-10", "unconfirmed 10-12 10-12", "in_force 12- 12-"],
    ),
    "an event that may be later leaves a possible gap": (
        ["effective 1 until 9", "revoked 10..14"],
        ["in_force 1-10 1-10", "unconfirmed never 10-14", "lifted 14- 10-"],
    ),
    "the last day ends a status whatever may come later": (
        ["effective 1 until 9", "revoked 8..14"],
        ["in_force 1-8 1-10", "lifted 14- 8-"],
    ),
    "another status clears the end": (["effective 1 until 9", "eased 5"], ["in_force 1-5 1-5", "eased 5- 5-"]),
    "the same status without an end leaves it": (
        ["effective 1 until 9", "confirmed 5"],
        ["in_force 1-10 1-10", "unconfirmed 10- 10-"],
    ),
    "expired on the day after": (
        ["effective 1 until 9", "expired 10"],
        ["in_force 1-10 1-10", "expired 10- 10-"],
    ),
    "expired on the last day": (["effective 1 until 9", "expired 9"], ["in_force 1-9 1-9", "expired 9- 9-"]),
    "an amendment renews the end": (
        ["effective 1 until 9", "amended 8 until 19"],
        ["in_force 1-20 1-20", "unconfirmed 20- 20-"],
    ),
    "an amendment sets an end where there was none": (
        ["effective 1", "amended 8 until 19"],
        ["in_force 1-20 1-20", "unconfirmed 20- 20-"],
    ),
    "an amendment with an end revives": (
        ["suspended 1 until 9", "amended 12 until 19"],
        [
            "suspended 1-10 1-10",
            "unconfirmed 10-12 10-12",
            "suspended 12-20 12-20",
            "unconfirmed 20- 20-",
        ],
    ),
    "an amendment without one does not": (
        ["effective 1 until 9", "amended 12"],
        ["in_force 1-10 1-10", "unconfirmed 10- 10-"],
    ),
    "an announcement leaves what is unconfirmed": (
        ["effective 1 until 9", "announced 12"],
        ["in_force 1-10 1-10", "unconfirmed 10- 10-"],
    ),
    "planned is possible only, and what held before stays possible": (
        ["announced 1", "effective 9 planned"],
        ["announced 1-9 1-", "in_force never 9-"],
    ),
    "until it is observed": (
        ["announced 1", "effective 9 planned", "effective 15"],
        ["announced 1-9 1-15", "in_force 15- 9-"],
    ),
    "or something else is": (
        ["announced 1", "effective 9 planned", "suspended 15"],
        ["announced 1-9 1-15", "in_force never 9-15", "suspended 15- 15-"],
    ),
    "what is no change of status does not settle a plan": (
        ["announced 1", "effective 9 planned", "statement 15"],
        ["announced 1-9 1-", "in_force never 9-"],
    ),
    "seen in force after a planned end": (
        ["effective 1", "revoked 9 planned", "confirmed 15"],
        ["in_force 1-9 1-15", "lifted never 9-15", "in_force 15- 15-"],
    ),
    "a plan for what holds already adds nothing": (["effective 1", "effective 9 planned"], ["in_force 1- 1-"]),
    "a plan never ends unconfirmed": (
        ["announced 1", "effective 9 until 19 planned"],
        ["announced 1-9 1-", "in_force never 9-20"],
    ),
    "a planned start is no start": (
        ["announced 1", "effective 5 planned", "revoked 9"],
        ["announced 1-5 1-9", "in_force never 5-9", "withdrawn 9- 9-"],
    ),
    "a plan that is over does not reach to a later start": (
        ["announced 1", "effective 2 until 4 planned", "effective 9"],
        ["announced 1-2 1-9", "in_force never 2-5", "in_force 9- 9-"],
    ),
    "the newer plan's end counts": (
        ["effective 2 until 4 planned", "effective 3 until 8 planned"],
        ["in_force never 2-9"],
    ),
    "a planned end is none once the start was observed": (
        ["effective 2 until 9 planned", "effective 5"],
        ["in_force 5- 2-"],
    ),
    "a plan does not set aside an observed last day": (
        ["effective 1 until 9", "revoked 5 planned"],
        ["in_force 1-5 1-10", "lifted never 5-", "unconfirmed never 10-"],
    ),
}


@pytest.mark.parametrize(("lines", "expected"), RULES.values(), ids=RULES)
def test_rules(lines, expected):
    assert drawn(course(*lines)) == expected


def test_background_and_overtaken_events_count_for_nothing():
    announced, effective = course("announced 1", "effective 5")
    assert drawn([announced, replace(effective, background=True)]) == ["announced 1- 1-"]
    assert drawn([announced, replace(effective, overtaken=True)]) == ["announced 1- 1-"]


def test_never_in_force_is_told_of_what_was_suspended_or_withdrawn_before_it_began():
    periods = fold(course("announced 1", "suspended 5", "resumed 9", "suspended 12", "revoked 15"))
    assert [(p.status, p.never_in_force) for p in periods] == [
        ("announced", False),
        ("suspended", True),
        ("in_force", False),
        ("suspended", False),
        ("lifted", False),
    ]
    assert [p.never_in_force for p in fold(course("announced 1", "revoked 5"))] == [False, True]
    planned = fold(course("effective 1 planned", "suspended 5 planned", "suspended 9"))
    assert [p.never_in_force for p in planned] == [False, True]


def test_evidence_is_what_made_renewed_or_ended_a_period():
    periods = fold(course("effective 1 until 9", "statement 2", "amended 5 until 19", "confirmed 6"))
    assert [p.events for p in periods] == [(0, 2, 3), (2,)]


def test_words_about_what_comes_next_outlive_a_renewal():
    lines = "suspended 1 until 9 then lifted", "amended 5 until 19"
    assert [p.then for p in fold(course(*lines))] == [None, "lifted"]
    assert [p.then for p in fold(course(*lines, "amended 7 until 29 then in_force"))] == [None, "in_force"]


def test_an_end_without_a_last_bound_may_never_come():
    event = replace(course("effective 1")[0], until=(day_of(9), None))
    assert drawn([event]) == ["in_force 1-10 1-", "unconfirmed never 10-"]


def test_since_and_until_are_told_as_they_are_known():
    periods = fold(course("effective ..9", "suspended 12..14", "resumed 61..91", "revoked 120 planned"))
    assert [(p.since, p.until) for p in periods] == [
        ("../2020-01-09", "[2020-01-11..2020-01-13]"),
        ("[2020-01-12..2020-01-14]", "[2020-02-29..2020-03-30]"),
        ("2020-03", None),
        ("2020-04-29", None),
    ]


@pytest.mark.parametrize(
    ("earliest", "latest", "text"),
    [
        (date(2020, 2, 1), date(2020, 2, 29), "2020-02"),
        (date(2020, 2, 1), date(2020, 2, 28), "[2020-02-01..2020-02-28]"),
        (date(2020, 1, 1), date(2020, 12, 31), "2020"),
        (date(2020, 1, 1), date(2020, 6, 30), "[2020-01-01..2020-06-30]"),
        (date(2020, 2, 1), date(2020, 2, 1), "2020-02-01"),
        (None, date(2020, 2, 1), "../2020-02-01"),
        (date(2020, 2, 1), None, "2020-02-01/.."),
        (None, None, None),
        (date(2019, 1, 1), date(2020, 12, 31), "[2019-01-01..2020-12-31]"),
    ],
)
def test_bounds_as_text(earliest, latest, text):
    assert edtf(earliest, latest) == text
    if text:
        assert (parse(text).earliest, parse(text).latest) == (earliest, latest)


def test_nothing_had_happened_yet():
    standing = status_on(fold(course("effective 5")), day_of(4))
    assert (standing.status, standing.certainty, standing.since, standing.until) == (None, "certain", None, None)


def test_an_end_on_the_last_day_of_the_calendar_is_none():
    event = replace(course("effective 1")[0], until=(date.max, date.max))
    assert drawn([event]) == ["in_force 1- 1-"]


# The second reading. It knows no periods: it puts down a mark for every event that moved the status, and asks of a
# day which marks have begun and which are over.


@dataclass
class Mark:
    rank: float
    status: str
    first: date
    last: date  # the day by which it has begun, if observed
    observed: bool
    gone: date = date.max  # the day from which its own last day has certainly passed
    was: str | None = None


def read(events):
    """The marks of these events."""
    marks: list[Mark] = []
    ends = None  # the day after the observed last day, as two bounds
    counted = [e for e in events if not (e.background or e.overtaken)]
    counted.sort(key=lambda e: (e.earliest is not None, e.earliest or date.min, e.order, e.position))

    def seen():
        return [mark for mark in sorted(marks, key=lambda m: m.rank) if mark.observed]

    def lapse():
        last = seen()[-1]
        marks.append(Mark(last.rank + 0.5, "unconfirmed", *ends, observed=True, was=last.status))

    for rank, event in enumerate(counted):
        first = event.earliest or date.min
        if ends and ends[0] <= first and (event.planned or first != event.latest or ends[0] < first):
            lapse()
            ends = None
        own = None
        if event.until:
            own = max(event.until[0] + DAY, first), max(event.until[1] + DAY, first)
        if event.planned:
            standing = [m for m in sorted(marks, key=lambda m: m.rank) if m.gone > first]
            before = standing[-1] if standing else None
            working = any(m.status in ("in_force", "eased") for m in marks)
        else:
            before = seen()[-1] if seen() else None
            working = any(m.status in ("in_force", "eased") for m in seen())
        status = after(event.kind, before and before.status, working)
        if event.kind == "amended" and event.until and before and not event.planned:
            if before.was is None:
                ends = own
                continue
            status = before.was
        if status is None:
            continue
        if event.planned:
            if own and own[1] <= first:
                continue
            if before and before.status == status:
                if not before.observed and own:
                    before.gone = own[1]
                continue
            marks.append(Mark(rank, status, first, date.max, False, own[1] if own else date.max))
            continue
        if before and before.status != status and ends:
            for mark in sorted(marks, key=lambda m: -m.rank):
                if mark.rank > before.rank:
                    continue
                if mark.status != before.status:
                    break
                mark.gone = min(mark.gone, ends[1])
        if own:
            ends = own
        elif not before or before.status != status or (ends and first >= ends[0]):
            ends = None
        marks.append(Mark(rank, status, first, event.latest, True))
    if ends:
        lapse()
    return marks


def after(kind, before, working):
    match kind:
        case "consultation" | "announced" | "published":
            return "announced" if before in (None, "lifted", "expired", "withdrawn") else None
        case "effective" | "resumed" | "confirmed" | "tightened":
            return "in_force"
        case "revoked":
            return "lifted" if working else "withdrawn"
        case "eased" | "suspended" | "expired":
            return kind
    return None


def on(marks, day):
    """The statuses that are certain, and those that are possible, on this day."""
    begun = [mark for mark in marks if mark.first <= day]
    certain = {
        mark.status
        for mark in begun
        if mark.observed
        and mark.last <= day
        and not any(later.rank > mark.rank and later.status != mark.status for later in begun)
    }
    possible = {
        mark.status
        for mark in begun
        if day < mark.gone
        and not any(later.rank > mark.rank and later.observed and later.last <= day for later in begun)
    }
    return certain, possible


WINDOW = 40
KINDS = [
    *["consultation", "announced", "published", "effective", "effective", "resumed", "confirmed"],
    *["tightened", "eased", "suspended", "suspended", "revoked", "expired"],
    *["amended", "amended", "statement", "licence", "dispute", "negotiation"],
]


@st.composite
def an_event(draw):
    first = draw(st.integers(1, 25))
    # Most dates are days, as in life; ties and overlaps are where the rules meet.
    last = first + draw(st.sampled_from([0, 0, 0, 1, 3, 12]))
    until = draw(st.none() | st.none() | st.integers(1, 32))
    spread = draw(st.sampled_from([0, 0, 2, 8]))
    return Event(
        key=0,
        kind=draw(st.sampled_from(KINDS)),
        earliest=None if draw(st.integers(0, 15)) == 0 else day_of(first),
        latest=day_of(last),
        order=draw(st.integers(0, 2)),
        planned=draw(st.integers(0, 4)) == 0,
        until=(day_of(until), day_of(until + spread)) if until else None,
        then=draw(st.sampled_from([None, "in_force", "lifted", "unstated"])),
        background=draw(st.integers(0, 9)) == 0,
        overtaken=draw(st.integers(0, 9)) == 0,
    )


some_events = st.lists(an_event(), max_size=8).map(
    lambda events: [replace(event, key=n, position=n) for n, event in enumerate(events)]
)


@settings(max_examples=400, deadline=None)
@given(some_events)
@example(course("effective 1 until 5..9", "amended 7 until 20"))
@example(course("effective 1..12 until 5", "eased 3", "revoked 4 planned", "tightened 6"))
def test_both_readings_agree_on_every_day(events):
    periods, marks = fold(events), read(events)
    for number in range(WINDOW):
        day = day_of(number)
        standings = statuses_on(periods, day)
        certain, possible = on(marks, day)
        assert {s.status for s in standings} == possible
        assert {s.status for s in standings if s.certainty == "certain"} == certain


def check_shape(periods: list[Period]):
    certain = sorted((p.certain for p in periods if p.certain), key=lambda days: days[0])
    for (_, end), (first, _) in pairwise(certain):
        assert end is not None
        assert end <= first
    for period, following in pairwise(periods):
        gap = period.until_earliest is not None and period.until_earliest < (following.since_earliest or date.min)
        assert period.status != following.status or gap
    for period in periods:
        assert period.until_latest is None or (period.since_earliest or date.min) < period.until_latest
        assert not (period.planned and period.certain)
        assert period.events
        if period.certain and period.until_earliest:
            assert period.until_latest is None or period.until_earliest <= period.until_latest


@settings(max_examples=200, deadline=None)
@given(some_events, st.randoms(use_true_random=False))
def test_periods_are_in_shape_and_the_order_of_loading_never_matters(events, random):
    periods = fold(events)
    check_shape(periods)
    shuffled = list(events)
    random.shuffle(shuffled)
    assert fold(shuffled) == periods
    for number in range(WINDOW):
        standings = statuses_on(periods, day_of(number))
        assert len(standings) == 1 or all(s.certainty == "possible" for s in standings)


@settings(max_examples=100, deadline=None)
@given(some_events)
def test_once_something_was_observed_some_status_is_always_possible(events):
    periods = fold(events)
    begun = [p.since_earliest or date.min for p in periods if not p.planned]
    for number in range(WINDOW):
        if begun and day_of(number) >= min(begun):
            assert statuses_on(periods, day_of(number))
