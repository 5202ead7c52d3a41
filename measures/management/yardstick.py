"""The plainest SQL that does what a page does, on narrow tables of its own: what speed is measured against.

Each task is one or more statements, prepared, of which all rows are fetched over one connection. The tables are made of
what the base holds, so that both find the same measures.
"""

import statistics
import time
from dataclasses import dataclass

from django.db import connection

TABLES = """
CREATE SCHEMA yardstick;
CREATE TABLE yardstick.status AS
    SELECT row_number() OVER (ORDER BY status)::smallint AS id, status AS code
    FROM (SELECT DISTINCT status FROM measures_statusperiod) known;
CREATE TABLE yardstick.country AS
    SELECT row_number() OVER (ORDER BY code)::smallint AS id, code, english_name AS name FROM measures_country;
CREATE TABLE yardstick.measure AS
    SELECT measure.id::int, measure.title, measure.summary, country.id AS issuer_id,
           instrument.instrument_id::smallint, standing.status_id, dates.announced, dates.effective,
           ARRAY (SELECT against.id FROM measures_measuredestination link
                  JOIN yardstick.country against ON against.code = link.country_id
                  WHERE link.measure_id = measure.id ORDER BY 1) AS destinations,
           setweight(to_tsvector('english', measure.title), 'A')
           || setweight(to_tsvector('english', measure.summary), 'C') AS search
    FROM measures_measure measure
    JOIN measures_measureissuer issuer ON issuer.measure_id = measure.id
    JOIN yardstick.country ON country.code = issuer.country_id
    JOIN measures_measureinstrument instrument ON instrument.measure_id = measure.id
    LEFT JOIN LATERAL (
        SELECT status.id AS status_id FROM measures_statusperiod period
        JOIN yardstick.status ON status.code = period.status
        WHERE period.measure_id = measure.id AND period.certain @> CURRENT_DATE LIMIT 1
    ) standing ON true
    CROSS JOIN LATERAL (
        SELECT min(earliest) FILTER (WHERE kind = 'announced') AS announced,
               min(earliest) FILTER (WHERE kind = 'effective') AS effective
        FROM measures_measureevent event WHERE event.measure_id = measure.id
    ) dates
    ORDER BY measure.id;
CREATE TABLE yardstick.facet AS
    SELECT id, issuer_id, instrument_id, status_id, extract(year FROM announced)::smallint AS year, destinations
    FROM yardstick.measure ORDER BY instrument_id, status_id, issuer_id, announced DESC, id DESC;
CREATE TABLE yardstick.in_force AS
    SELECT country.id AS country_id, measure.id AS measure_id, measure.announced, period.certain AS days
    FROM yardstick.measure JOIN measures_measuredestination link ON link.measure_id = measure.id
    JOIN yardstick.country ON country.code = link.country_id
    JOIN LATERAL (
        SELECT DISTINCT certain FROM measures_statusperiod
        WHERE measure_id = measure.id AND status = 'in_force' AND NOT isempty(certain)
    ) period ON true
    ORDER BY country.id, measure.announced DESC, measure.id DESC;
ALTER TABLE yardstick.measure ADD PRIMARY KEY (id);
CREATE INDEX ON yardstick.measure (announced DESC, id DESC);
CREATE INDEX ON yardstick.measure (instrument_id, status_id, issuer_id, announced DESC, id DESC);
CREATE INDEX ON yardstick.measure (status_id, announced DESC, id DESC);
CREATE INDEX ON yardstick.measure USING gin (search);
CREATE INDEX ON yardstick.facet (instrument_id, status_id, issuer_id);
CREATE INDEX ON yardstick.in_force (country_id, announced DESC, measure_id DESC) INCLUDE (days);
ANALYZE yardstick.status; ANALYZE yardstick.country; ANALYZE yardstick.measure; ANALYZE yardstick.facet;
ANALYZE yardstick.in_force;
"""
_PAGE = """
SELECT measure.id, measure.title, country.code, instrument.code, status.code, measure.announced,
       measure.effective
FROM yardstick.measure JOIN yardstick.country ON country.id = measure.issuer_id
JOIN measures_instrument instrument ON instrument.id = measure.instrument_id
LEFT JOIN yardstick.status ON status.id = measure.status_id"""
_NEWEST = "ORDER BY measure.announced DESC, measure.id DESC LIMIT 50"
_FACETS = """
WITH found AS MATERIALIZED (SELECT * FROM yardstick.facet WHERE {condition})
SELECT 'one', issuer_id, instrument_id, status_id, year, count(*) FROM found
GROUP BY GROUPING SETS ((), (issuer_id), (instrument_id), (status_id), (year))
UNION ALL SELECT 'destination', country, NULL, NULL, NULL, count(*)
FROM found, unnest(destinations) country GROUP BY 2"""
_CN, _KR = (f"(SELECT id FROM yardstick.country WHERE code = '{code}')" for code in ("CN", "KR"))
_STANDING = "status_id = (SELECT id FROM yardstick.status WHERE code = 'in_force')"
_LICENSING = "instrument_id = (SELECT id FROM measures_instrument WHERE code = 'export_licensing')"
_THREE = f"{_STANDING} AND {_LICENSING} AND issuer_id = {_CN}"
_RANKED = """
SELECT measure.id, measure.title, measure.announced, ts_rank(search, query) AS rank, count(*) OVER () AS found
FROM yardstick.measure, plainto_tsquery('english', '{words}') query
WHERE search @@ query ORDER BY rank DESC, measure.id DESC LIMIT 50"""
_ON = f"country_id = {_KR} AND announced <= '2023-07-01' AND days @> '2023-07-01'::date"


@dataclass(frozen=True)
class Task:
    """What a reader asks for: an address of this app, and the statements that are its yardstick.

    `most` are the goals, as multiples of the yardstick, for a hundred thousand and for a million measures.
    """

    name: str
    about: str
    address: str
    statements: tuple[str, ...]
    most: tuple[float | None, float | None] = (None, None)


TASKS = (
    Task(
        "T1",
        "list, three filters, facets",
        "/measures/?issuer=CN&instrument=export_licensing&status=in_force",
        (f"{_PAGE} WHERE {_THREE} {_NEWEST}", _FACETS.format(condition=_THREE)),
        (None, 0.75),
    ),
    Task(
        "T1wide",
        "list, one filter, facets",
        "/measures/?status=in_force",
        (f"{_PAGE} WHERE {_STANDING} {_NEWEST}", _FACETS.format(condition=_STANDING)),
        (0.5, 0.1),
    ),
    Task("T2", "search, two words", "/search/?q=gallium+quota", (_RANKED.format(words="gallium quota"),), (3, 1.1)),
    Task(
        "T2common",
        "search, two common words",
        "/search/?q=export+control",
        (_RANKED.format(words="export control"),),
        (1.5, 0.5),
    ),
    Task("T3", "page 20 of a list", "/measures/?page=20", (f"{_PAGE} {_NEWEST} OFFSET 950",)),
    Task(
        "T4",
        "a measure's page",
        "/measures/invented-4242/",
        (
            f"{_PAGE} WHERE measure.id = 4242",
            "SELECT country_id FROM measures_measuredestination WHERE measure_id = 4242",
            "SELECT material.slug, material.name FROM measures_measurematerial link JOIN measures_material material"
            " ON material.id = link.material_id WHERE link.measure_id = 4242 ORDER BY link.position",
            "SELECT kind, date, title FROM measures_measureevent WHERE measure_id = 4242 ORDER BY earliest, id",
        ),
        (3, 3.5),
    ),
    Task(
        "T5",
        "in force on a day, against a country",
        "/measures/?status=in_force&destination=KR&on=2023-07-01",
        (
            f"{_PAGE} JOIN (SELECT measure_id FROM yardstick.in_force WHERE {_ON} ORDER BY announced DESC,"
            " measure_id DESC LIMIT 50) found ON found.measure_id = measure.id"
            " ORDER BY measure.announced DESC, measure.id DESC",
            f"SELECT count(*) FROM yardstick.in_force WHERE {_ON}",
        ),
        (2, 0.6),
    ),
    Task(
        "T6",
        "everything as CSV",
        "/measures/?format=csv",
        ("SELECT * FROM yardstick.measure",),
        (1.2, 1.2),
    ),
    Task(
        "T7",
        "a hundred measures as JSON",
        "/api/v1/measures/?limit=100",
        (
            f"SELECT json_agg(page) FROM (SELECT measure.summary, listed.* FROM ({_PAGE} ORDER BY measure.id LIMIT 100)"
            " listed (id, title, issuer, instrument, status, announced, effective)"
            " JOIN yardstick.measure ON measure.id = listed.id) page",
        ),
        (3, 3),
    ),
)


def make() -> None:
    """Make the tables of the yardstick from what the base holds."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute("SELECT name FROM pg_prepared_statements")
        earlier = {name for (name,) in cursor.fetchall()}
        for task in TASKS:
            for number, statement in enumerate(task.statements):
                name = f"{task.name}_{number}".lower()
                if name in earlier:
                    cursor.execute(f"DEALLOCATE {name}")
                cursor.execute(f"PREPARE {name} AS {statement}")


def seconds(task: Task, rounds: int) -> float:
    """The median of the seconds that the statements of a task take together."""
    return statistics.median(_once(task) for _ in range(rounds))


def _once(task: Task) -> float:
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for number in range(len(task.statements)):
            cursor.execute(f"EXECUTE {task.name}_{number}")
            cursor.fetchall()
    return time.perf_counter() - start
