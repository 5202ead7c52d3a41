"""The status of measures: derived from their published events, and read for any day.

What a course is: a measure, one of its provisions or none, and one of its materials or none where it lists none.
Each course has its periods; the rules that make them are in `folding`.
"""

import datetime
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Q

from measures import folding
from measures.models import (
    Material,
    Measure,
    MeasureEvent,
    Provision,
    StatusPeriod,
)
from records import prepared
from records.derived import Derivation
from records.history import take_turn
from records.models import Citation, Record, Source
from records.statuses import ENDED, STRICTEST_FIRST

# The courses of measures. A provision that lists no material reaches all of the measure's.
COURSES = """
    WITH reach AS (
        SELECT provision.measure_id, provision.id AS provision_id, provision.position AS provision_position,
               coalesce(own.material_id, listed.material_id) AS material_id,
               coalesce(own.position, listed.position) AS material_position
        FROM measures_provision provision
        LEFT JOIN measures_provisionmaterial own ON own.provision_id = provision.id
        LEFT JOIN measures_measurematerial listed ON own.id IS NULL AND listed.measure_id = provision.measure_id
        WHERE provision.measure_id = ANY(%(measures)s) AND provision.state = 'published'
          AND provision.embargo_until IS NULL
    ), course AS (
        SELECT * FROM reach
        UNION ALL
        SELECT measure.id, NULL, NULL, listed.material_id, listed.position
        FROM measures_measure measure
        LEFT JOIN measures_measurematerial listed ON listed.measure_id = measure.id
        WHERE measure.id = ANY(%(measures)s) AND NOT EXISTS (
            SELECT FROM reach
            WHERE reach.measure_id = measure.id AND reach.material_id IS NOT DISTINCT FROM listed.material_id
        )
    )
"""
KEY = ("measure_id", "provision_id", "material_id", "sequence")
DERIVED = (
    "status",
    "planned",
    "never_in_force",
    "then",
    "since_earliest",
    "since_latest",
    "until_earliest",
    "until_latest",
    "event_id",
    "last_evidence",
)
MEANT = "(SELECT measures FROM meant)::bigint[]"
# All that the periods of some measures follow from, and the periods that are stored, in one answer: the events that
# visitors may take for true, with the materials that they are scoped to and the newest day of a source that cites them,
# and the courses. Of a source dated by month or year, only its first day is certain not to lie after it. Where events
# are given, the measures that they stand in, and stood in before the open change moved them, are meant as well.
BEARING = f"""
    WITH meant AS (
        SELECT array_agg(measure_id) AS measures FROM (
            SELECT unnest(%(measures)s) AS measure_id
            UNION SELECT measure_id FROM measures_measureevent WHERE id = ANY(%(events)s)
            UNION SELECT measure_id FROM measures_measureeventversion
            WHERE superseded_by = nullif(current_setting('policytrack.change_set', true), '')::bigint
              AND pgh_obj_id = ANY(%(events)s)
        ) either
    ), {COURSES.strip().removeprefix("WITH ").replace("%(measures)s", MEANT)}, event AS (
        SELECT json_build_array(
            event.measure_id, event.provision_id, event.id, event.kind, event.earliest, event.start_latest,
            coalesce(event."order", 0), event.position, event.planned,
            CASE WHEN event.until IS NOT NULL THEN ARRAY[event.until_earliest, event.until_start_latest] END,
            event."then", event.background, event.overtaken_by IS NOT NULL,
            ARRAY (SELECT scope.material_id FROM measures_eventmaterial scope WHERE scope.event_id = event.id),
            (SELECT max(coalesce(source.earliest, source.latest))
             FROM records_citation citation JOIN records_source source ON source.id = citation.source_id
             WHERE citation.subject_type_id = %(event_type)s AND citation.subject_id = event.id
               AND source.state = 'published' AND source.embargo_until IS NULL)
        ) AS told
        FROM measures_measureevent event
        WHERE event.measure_id = ANY({MEANT}) AND event.state = 'published' AND event.embargo_until IS NULL
    )
    SELECT (SELECT json_agg(told) FROM event),
           (SELECT json_agg(json_build_array(measure_id, provision_id, material_id)) FROM course),
           (SELECT json_agg(json_build_array(id, {", ".join(map('"{}"'.format, (*KEY, *DERIVED)))}))
            FROM measures_statusperiod WHERE measure_id = ANY({MEANT}))
"""
# Stored periods anew: their keys, and as many values of each column of DERIVED.
REWRITTEN = f"""
    UPDATE measures_statusperiod period SET {", ".join(f'"{name}" = told."{name}"' for name in DERIVED)}
    FROM unnest({", ".join(f"%({name})s" for name in ("id", *DERIVED))})
         told ({", ".join(map('"{}"'.format, ("id", *DERIVED)))})
    WHERE period.id = told.id RETURNING period.id
"""
# Of so many measures one plan does; of more, the database chooses anew.
FEW = 50
AT_ONCE = 5_000
DAYS_WITHOUT_EVIDENCE = 730


class StatusDerivation(Derivation):
    """Keeps the status periods of measures in step with their events."""

    def refresh(self, records: Iterable[Record], *, rows_only: bool = False) -> None:
        # Nothing in a measure's own row bears on its status; its materials, provisions and events do.
        records = [record for record in records if not (rows_only and isinstance(record, Measure))]
        events = {record.pk for record in records if isinstance(record, MeasureEvent)} - {None}
        if (measures := _touched(records)) or events:
            _apply(measures, events)

    @transaction.atomic
    def rebuild(self) -> None:
        # Beside a change, a rebuild waits here, and then reads what the change has committed.
        take_turn()
        # In parts: memory holds the events of so many measures.
        measures = list(Measure.objects.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(measures), AT_ONCE):
            _apply(set(measures[first : first + AT_ONCE]), set())


@dataclass(frozen=True)
class Row:
    """The status of one course on one day; `status` None where nothing had happened yet.

    `certainty` tells whether the status certainly holds or possibly; then `others` may be possible as well, the newest
    first.
    """

    material: Material | None
    provision: Provision | None
    status: str | None
    certainty: Literal["certain", "possible"]
    period: StatusPeriod | None
    on: datetime.date
    others: tuple[str, ...] = ()

    @cached_property
    def _told(self) -> folding.Period | None:
        return self.period and folding.Period(
            self.period.status,
            self.period.since_earliest,
            self.period.since_latest,
            self.period.until_earliest,
            self.period.until_latest,
            planned=self.period.planned,
        )

    @property
    def is_certain(self) -> bool:
        return self.certainty == "certain"

    @property
    def since(self) -> str | None:
        """When the status began, as EDTF."""
        return self._told and self._told.since

    @property
    def until(self) -> str | None:
        """The last day on which it holds, as EDTF; None where no end is known."""
        return self._told and self._told.until

    @property
    def is_stale(self) -> bool:
        """No source has touched the status for longer than STATUS_STALE_AFTER_DAYS; what ended needs none."""
        if self.period is None or self.status in ENDED:
            return False
        limit = datetime.timedelta(getattr(settings, "STATUS_STALE_AFTER_DAYS", DAYS_WITHOUT_EVIDENCE))
        return self.period.last_evidence is None or self.on - self.period.last_evidence > limit


@dataclass(frozen=True)
class Group:
    """The courses of one measure that share a status, and what else is possible instead."""

    status: str | None
    certainty: Literal["certain", "possible"]
    others: tuple[str, ...]
    rows: list[Row]
    is_all: bool


@dataclass(frozen=True)
class Count:
    """How many measures have a status for certain, and how many possibly only."""

    certain: int = 0
    possible: int = 0

    @property
    def total(self) -> int:
        return self.certain + self.possible


def rows_on(measures: Iterable[Measure | int], day: datetime.date) -> dict[int, list[Row]]:
    """The status of every course that visitors may see, by measure id, in one query; provisions come last."""
    ids = [getattr(measure, "pk", measure) for measure in measures]
    fields = [field.attname for field in StatusPeriod._meta.concrete_fields]
    rows: dict[int, list[Row]] = {pk: [] for pk in ids}
    materials: dict[int, Material] = {}
    provisions: dict[int, Provision] = {}
    columns = ", ".join(f"period.{connection.ops.quote_name(name)}" for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{COURSES}
            SELECT course.measure_id, material.id, material.slug, material.name,
                   provision.id, provision.slug, provision.code, provision.title, period.holds, beside.others,
                   {columns}
            FROM course
            LEFT JOIN measures_material material ON material.id = course.material_id
            LEFT JOIN measures_provision provision ON provision.id = course.provision_id
            LEFT JOIN LATERAL (
                SELECT period.*, period.certain @> %(day)s::date AS holds FROM measures_statusperiod period
                WHERE period.measure_id = course.measure_id AND period.possible @> %(day)s::date
                  AND period.material_id IS NOT DISTINCT FROM course.material_id
                  AND period.provision_id IS NOT DISTINCT FROM course.provision_id
                ORDER BY holds DESC, period.sequence DESC LIMIT 1
            ) period ON true
            LEFT JOIN LATERAL (
                SELECT array_agg(other.status::text ORDER BY other.sequence DESC) AS others
                FROM measures_statusperiod other
                WHERE NOT period.holds AND other.possible @> %(day)s::date AND other.id <> period.id
                  AND other.measure_id = course.measure_id AND other.material_id IS NOT DISTINCT FROM course.material_id
                  AND other.provision_id IS NOT DISTINCT FROM course.provision_id
            ) beside ON true
            WHERE material.id IS NULL OR (material.state IN ('published', 'withdrawn')
              AND material.embargo_until IS NULL)
            ORDER BY course.provision_position NULLS FIRST, course.provision_id, course.material_position,
                     course.material_id
            """,
            {"measures": ids, "day": day},
        )
        for measure, *values in cursor:
            # The same material stands in many courses.
            material = materials.get(values[0]) or _instance(Material, ["id", "slug", "name"], values[0:3])
            provision = provisions.get(values[3]) or _instance(Provision, ["id", "slug", "code", "title"], values[3:7])
            if material:
                materials[material.pk] = material
            if provision:
                provisions[provision.pk] = provision
            holds, others, period = values[7], values[8], _instance(StatusPeriod, fields, values[9:])
            rows[measure].append(
                Row(
                    material=material,
                    provision=provision,
                    status=period and period.status,
                    certainty="certain" if period is None or holds else "possible",
                    period=period,
                    on=day,
                    others=tuple(others or ()),
                )
            )
    return rows


def grouped(rows: Iterable[Row]) -> list[Group]:
    """The status of a whole measure: "in force; resist eased" is two groups, what most courses share first."""
    rows = list(rows)
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault((row.status, row.certainty, row.others), []).append(row)
    rank = [*STRICTEST_FIRST, None].index
    return sorted(
        (Group(*key, members, is_all=len(groups) == 1) for key, members in groups.items()),
        key=lambda group: (-len(group.rows), rank(group.status), group.certainty),
    )


def counts_on(measures: models.QuerySet, day: datetime.date) -> dict[str, Count]:
    """How many of the measures have each status on that day; a mixed measure counts under each of its statuses."""
    certain, possible = (
        models.Count("measure", distinct=True, filter=Q(certain__contains=day)),
        models.Count("measure", distinct=True),
    )
    periods = StatusPeriod.objects.filter(pk__in=_visible_on(day), measure__in=measures.order_by().values("pk"))
    counted = (
        periods.order_by().values("status").annotate(sure=certain, any=possible).values_list("status", "sure", "any")
    )
    return {status: Count(sure, either - sure) for status, sure, either in counted}


def _visible_on(day: datetime.date) -> models.QuerySet:
    return StatusPeriod.objects.visible().standing_on(day).values("pk")


def _instance(model: type[models.Model], fields: list[str], values: list) -> models.Model | None:
    """A row of a left join as an instance with only these fields loaded."""
    return model.from_db(connection.alias, fields, values) if values[0] is not None else None


def _touched(records: list[Record]) -> set[int]:
    """Measures whose status may follow from these records."""
    measures = {record.pk for record in records if isinstance(record, Measure)}
    measures |= {record.measure_id for record in records if isinstance(record, MeasureEvent | Provision)}
    if sources := [record.pk for record in records if isinstance(record, Source) and record.pk]:
        cited = _citations().filter(source__in=sources).values("subject_id")
        measures.update(MeasureEvent.objects.filter(pk__in=cited).order_by().values_list("measure_id", flat=True))
    return measures - {None}


def _citations() -> models.QuerySet:
    return Citation.objects.filter(subject_type=ContentType.objects.get_for_model(MeasureEvent)).order_by()


def _apply(measures: set[int], events: set[int]) -> None:
    """Derive the periods of these measures, and of those that these events touch, and write what differs."""
    told, courses, rows = _bearing(measures, events)
    stored = {tuple(row[1 : 1 + len(KEY)]): row for row in rows}
    created, changed = [], []
    for period in _periods(told, courses):
        old = stored.pop(period[: len(KEY)], None)
        if old is None:
            created.append(period)
        elif old[1:] != [value.isoformat() if isinstance(value, datetime.date) else value for value in period]:
            changed.append((old[0], *period[len(KEY) :]))
    if stored:
        StatusPeriod.objects.filter(pk__in=[row[0] for row in stored.values()]).delete()
    if changed:
        _rewrite(changed)
    if created:
        _copy(created)


def _rewrite(rows: list[tuple]) -> None:
    """Write what differs into stored rows, each given as its key and its values of DERIVED."""
    fields = {name: StatusPeriod._meta.get_field(name.removesuffix("_id")) for name in ("id", *DERIVED)}
    types = {name: f"{field.rel_db_type(connection)}[]" for name, field in fields.items()}
    parameters = dict(zip(types, map(list, zip(*rows, strict=True)), strict=True))
    if len(rows) <= FEW:
        prepared.fetch("status_rewritten", REWRITTEN, types, parameters)
    else:
        with connection.cursor() as cursor:
            cursor.execute(REWRITTEN % {name: f"%({name})s::{kind}" for name, kind in types.items()}, parameters)


def _copy(periods: list[tuple]) -> None:
    """Write new rows the quick way: making statements of them takes longer than the database takes over the rows."""
    columns = ", ".join(connection.ops.quote_name(name) for name in (*KEY, *DERIVED))
    lines = io.StringIO(
        "".join("\t".join("\\N" if value is None else str(value) for value in period) + "\n" for period in periods)
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {StatusPeriod._meta.db_table} ({columns}) FROM STDIN", lines)


def _periods(told: list[list], courses: list[list]) -> Iterator[tuple]:
    """The periods that follow from the events told of some measures, each as its values of KEY and DERIVED."""
    events: dict[int, list[_Touching]] = {}
    for measure, *event in told:
        events.setdefault(measure, []).append(_touching(*event))
    # Most materials of a measure share its events, and so their course.
    folded: dict[tuple, list[tuple]] = {}
    for measure, provision, material in courses:
        touching = [
            event
            for event in events.get(measure, [])
            if event.provision in (None, provision) and (not event.materials or material in event.materials)
        ]
        key = tuple(event.folded.key for event in touching)
        if key not in folded:
            folded[key] = list(_derived(touching))
        for sequence, derived in enumerate(folded[key]):
            yield (measure, provision, material, sequence, *derived)


def _derived(touching: "list[_Touching]") -> Iterator[tuple]:
    """The periods that follow from some events, each as its values of DERIVED."""
    evidence = {event.folded.key: event.evidence for event in touching}
    for period in folding.fold(event.folded for event in touching):
        newest = max(filter(None, map(evidence.get, period.events)), default=None)
        told = (getattr(period, name) for name in DERIVED[:-2])
        yield (*told, period.events[0], newest)


@dataclass(frozen=True, slots=True)
class _Touching:
    """An event, what it is scoped to, and the newest day of a source that cites it."""

    folded: folding.Event
    provision: int | None
    materials: list[int]
    evidence: datetime.date | None


def _touching(provision, key, kind, earliest, latest, order, position, planned, until, *rest) -> _Touching:
    """An event as BEARING tells it: days are text there."""
    then, background, overtaken, materials, evidence = rest
    event = folding.Event(
        key=key,
        kind=kind,
        earliest=_day(earliest),
        latest=_day(latest),
        order=order,
        position=position,
        planned=planned,
        until=until and (_day(until[0]), _day(until[1])),
        then=then,
        background=background,
        overtaken=overtaken,
    )
    return _Touching(event, provision, materials, _day(evidence))


def _day(text: str | None) -> datetime.date | None:
    return text and datetime.date.fromisoformat(text)


def _bearing(measures: set[int], events: set[int]) -> list[list]:
    """What BEARING tells: events, courses, stored periods."""
    event_type = ContentType.objects.get_for_model(MeasureEvent).pk
    parameters = {"measures": list(measures), "events": list(events), "event_type": event_type}
    if len(measures) <= FEW:
        # Every save asks about one measure, and a plan made once does for each; a rebuild asks about thousands.
        types = {"measures": "bigint[]", "events": "bigint[]", "event_type": "integer"}
        (answer,) = prepared.fetch("status_bearing", BEARING, types, parameters)
    else:
        with connection.cursor() as cursor:
            cursor.execute(BEARING, parameters)
            answer = cursor.fetchone()
    return [rows or [] for rows in answer]
