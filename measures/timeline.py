"""The timeline: one line for each date of a record, derived in SQL and written only where it differs.

Every kind of dated record is a `TimelineSource` with one SELECT; programs add theirs. Nothing here depends on what
day it is: whether an entry is overdue on some day follows from its bounds and from the day on which it was settled.
"""

import datetime
from collections.abc import Iterable

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Q

from measures.models import Announcement, Measure, MeasureEvent, Provision, TimelineEntry
from records import outbox
from records.history import take_turn
from records.models import Heartbeat, Record

HEARTBEAT = "timeline"

Owners = dict[type[models.Model], set[int]]


class TimelineSource:
    """One kind of dated record, found through `__subclasses__()`.

    `select` yields the columns of `SELECTED` for every record there is, a column `owner_id` that a condition can be
    pushed down to, and nothing that depends on the day. `leads` tells, for each model whose change shows in these
    entries, the look-up that leads from it to the owner.
    """

    subject: type[models.Model]
    owner: type[Record]
    leads: dict[type[models.Model], str]
    select: str


SELECTED = (
    "key",
    "subject_id",
    "kind",
    "role",
    "title",
    "date",
    "earliest",
    "start_latest",
    "end_earliest",
    "latest",
    '"order"',
    "planned",
    "settled_on",
    "country_id",
    "measure_id",
    "program",
    "path",
    "published",
)
COLUMNS = (*SELECTED, "subject_type_id", "owner", "sorted_on")
# Columns of ids, which are stored in a collation of their own; whatever meets them has to be read in it.
IDENTIFIERS = frozenset({"key", "program"})


class EventSource(TimelineSource):
    """What happened to measures, or is to happen."""

    subject = MeasureEvent
    owner = Measure
    leads = {Measure: "pk", MeasureEvent: "measure", Provision: "measure"}
    select = """
        SELECT 'event:' || event.slug AS key, event.id AS subject_id, 'event' AS kind,
               CASE WHEN event.background THEN 'background' ELSE event.kind END AS role,
               event.title, event.date, event.earliest, event.start_latest, event.end_earliest, event.latest,
               least(coalesce(event."order", 0) * 100 + event.position, 32767) AS "order",
               event.planned, event.overtaken_by_earliest AS settled_on,
               (SELECT issuer.country_id FROM measures_measureissuer issuer
                WHERE issuer.measure_id = measure.id ORDER BY issuer.position, issuer.id LIMIT 1) AS country_id,
               measure.id AS measure_id, NULL::text AS program,
               '/measures/' || measure.slug || '/#' || event.slug AS path,
               event.state = 'published' AND measure.state = 'published'
                   AND event.embargo_until IS NULL AND measure.embargo_until IS NULL AS published,
               measure.id AS owner_id
        FROM measures_measureevent event
        JOIN measures_measure measure ON measure.id = event.measure_id
    """


class LapseSource(TimelineSource):
    """The last days of suspensions and time-limited acts after which nothing is confirmed."""

    subject = MeasureEvent
    owner = Measure
    leads = EventSource.leads
    select = """
        SELECT 'event:' || event.slug || ':until' AS key, event.id AS subject_id, 'status' AS kind,
               'until' AS role, event.title, event.until AS date, event.until_earliest AS earliest,
               event.until_start_latest AS start_latest, event.until_end_earliest AS end_earliest,
               event.until_latest AS latest,
               least(coalesce(event."order", 0) * 100 + event.position, 32767) AS "order",
               true AS planned, NULL::date AS settled_on,
               (SELECT issuer.country_id FROM measures_measureissuer issuer
                WHERE issuer.measure_id = measure.id ORDER BY issuer.position, issuer.id LIMIT 1) AS country_id,
               measure.id AS measure_id, NULL::text AS program,
               '/measures/' || measure.slug || '/#' || event.slug AS path,
               event.state = 'published' AND measure.state = 'published'
                   AND event.embargo_until IS NULL AND measure.embargo_until IS NULL AS published,
               measure.id AS owner_id
        FROM measures_measureevent event
        JOIN measures_measure measure ON measure.id = event.measure_id
        WHERE event.until IS NOT NULL AND EXISTS (
            SELECT FROM measures_statusperiod period
            WHERE period.event_id = event.id AND period.status = 'unconfirmed'
        )
    """


class AnnouncementSource(TimelineSource):
    """Acts that bring in or change several measures; shown with the first of them that visitors may see."""

    subject = Announcement
    owner = Announcement
    leads = {Announcement: "pk", Measure: "announcement_links__announcement"}
    select = """
        SELECT 'announcement:' || announcement.slug AS key, announcement.id AS subject_id, 'announcement' AS kind,
               'announced' AS role, announcement.title, announcement.date, announcement.earliest,
               announcement.start_latest, announcement.end_earliest, announcement.latest, 0 AS "order",
               false AS planned, NULL::date AS settled_on, announcement.country_id,
               NULL::bigint AS measure_id, NULL::text AS program,
               coalesce('/measures/' || (
                   SELECT measure.slug FROM measures_announcementmeasure link
                   JOIN measures_measure measure ON measure.id = link.measure_id
                   WHERE link.announcement_id = announcement.id AND measure.state = 'published'
                     AND measure.embargo_until IS NULL
                   ORDER BY link.position, link.id LIMIT 1
               ) || '/', '/timeline/') || '#' || announcement.slug AS path,
               announcement.state = 'published' AND announcement.embargo_until IS NULL AS published,
               announcement.id AS owner_id
        FROM measures_announcement announcement
    """


class TimelineConsequence(outbox.Consequence):
    """After a change: `{"records": ["measures.measure:12", …]}`, or after many: `{"rebuild": true}`."""

    topic = "timeline"
    of_records = True

    def carry_out(self, key, payload):
        if payload.get("rebuild"):
            rebuild()
        else:
            refresh(payload["records"])
            if outbox.pending().filter(topic=self.topic).exclude(key=key).exists():
                return
            Heartbeat.objects.note(HEARTBEAT)


def refreshed_at() -> datetime.datetime | None:
    """When the timeline was last known to agree with all records."""
    return Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()


def owners_turning_on(day: datetime.date) -> set[str]:
    """Owners, as "measures.measure:12", of entries that begin on that day, or are overdue from that day on."""
    yesterday = day - datetime.timedelta(1)
    turning = Q(earliest=day) | Q(start_latest=day) | Q(latest=yesterday, planned=True)
    return set(TimelineEntry.objects.filter(turning).order_by().values_list("owner", flat=True))


@transaction.atomic
def rebuild() -> int:
    """Derive every entry anew and write the differences; return how many were written."""
    take_turn()
    with connection.cursor() as cursor:
        # Applying many differences must not depend on what the planner believes about the size of the table: each is
        # quadratic when wrong.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        written = _apply()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
    Heartbeat.objects.note(HEARTBEAT)
    return written


@transaction.atomic
def refresh(records: Iterable[Record | str]) -> int:
    """Derive the entries that follow from these records, given as such or as "measures.measure:12".

    A record may be gone by now. Takes as long as those entries need, however long the timeline is.
    """
    touched: Owners = {}
    for record in records:
        name, pk = record.split(":") if isinstance(record, str) else (record._meta.label_lower, record.pk)
        touched.setdefault(apps.get_model(name)._meta.concrete_model, set()).add(int(pk))
    # Before anything is read: whoever comes second reads what the first has committed.
    take_turn()
    owners = _owners(touched)
    if not any(owners.get(source.owner) for source in sources()):
        return 0
    return _apply(owners)


def _owners(touched: Owners) -> Owners:
    """The records whose entries may differ now: where the touched ones belong, and where they belonged before."""
    owners = {model: set(pks) for model, pks in touched.items()}
    leads = {(source.owner, model, lead) for source in sources() for model, lead in source.leads.items()}
    for owner, model, lead in leads:
        if model in touched and lead != "pk":
            found = model._base_manager.filter(pk__in=touched[model]).values_list(lead, flat=True)
            owners.setdefault(owner, set()).update(filter(None, found))
    formerly = Q()
    for model, pks in touched.items():
        formerly |= Q(subject_type=ContentType.objects.get_for_model(model), subject_id__in=pks)
    if formerly:
        for label in TimelineEntry.objects.filter(formerly).order_by().values_list("owner", flat=True):
            owner, pk = label.split(":")
            owners.setdefault(apps.get_model(owner), set()).add(int(pk))
    return owners


def _labels(owners: Owners) -> set[str]:
    return {f"{model._meta.label_lower}:{pk}" for model, pks in owners.items() for pk in pks}


def sources() -> list[type[TimelineSource]]:
    return TimelineSource.__subclasses__()


def _fresh(owners: Owners | None = None) -> tuple[str, dict]:
    """The SELECT of all entries as they should be, of these owners or of all, and its parameters."""
    selects, parameters = [], {}
    columns = ", ".join(f'{name} COLLATE "C"' if name in IDENTIFIERS else name for name in SELECTED)
    for number, source in enumerate(sources()):
        if owners is not None and not owners.get(source.owner):
            continue
        label = source.owner._meta.label_lower
        condition = ""
        if owners is not None:
            condition = f"WHERE owner_id = ANY(%(owners_{number})s)"
            parameters[f"owners_{number}"] = sorted(owners[source.owner])
        selects.append(
            f"""SELECT {columns}, {ContentType.objects.get_for_model(source.subject).pk},
                ('{label}:' || owner_id) COLLATE "C", coalesce(earliest, start_latest, end_earliest, latest)
                FROM ({source.select}) selected {condition}"""
        )
    return " UNION ALL ".join(selects), parameters


def _apply(owners: Owners | None = None) -> int:
    """Bring the entries of these owners, or all, to what they should be; one statement, which writes differences only.

    A swap or truncate would be quicker into an empty table, but would write a version of every row.
    """
    fresh, parameters = _fresh(owners)
    parameters["scope"] = None if owners is None else sorted(_labels(owners))
    columns = ", ".join(COLUMNS)
    old, new = (", ".join(f"{table}.{column}" for column in COLUMNS) for table in ("entry", "fresh"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH fresh ({columns}) AS ({fresh}),
            -- A full join is hashed or merged. Where statistics are out of date, two anti-joins become nested loops
            -- over this list: 17 s for 10,000 entries.
            differing AS MATERIALIZED (
                SELECT entry.id AS entry_id, {new}
                FROM fresh FULL JOIN (
                    SELECT * FROM measures_timelineentry WHERE %(scope)s::text[] IS NULL OR owner = ANY(%(scope)s)
                ) entry ON entry.key = fresh.key
                WHERE ({old}) IS DISTINCT FROM ({new})
            ), gone AS (
                DELETE FROM measures_timelineentry
                WHERE id IN (SELECT entry_id FROM differing WHERE key IS NULL)
                RETURNING 1
            ), changed AS (
                UPDATE measures_timelineentry entry SET ({columns}) = ROW ({new.replace("fresh.", "differing.")})
                FROM differing WHERE differing.entry_id = entry.id AND differing.key IS NOT NULL
                RETURNING 1
            ), added AS (
                INSERT INTO measures_timelineentry ({columns})
                SELECT {columns} FROM differing WHERE entry_id IS NULL
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
            """,
            parameters,
        )
        return cursor.fetchone()[0]
