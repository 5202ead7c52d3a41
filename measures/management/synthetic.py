"""A synthetic base for measuring speed: as many invented measures as asked, shaped like real ones. None is a fact.

Seeded, and made in chunks that have a random stream each: the first 100,000 measures of a million are the hundred
thousand. Words, countries, instruments and goods are drawn by rank with the frequencies of Zipf, so that a search meets
common, middling and rare words, and a facet long and short values.
"""

import datetime
import io
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.db import connection
from tqdm import tqdm

from measures.models import (
    Instrument,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
)
from records.models import Name

SEED = 1
CHUNK = 10_000
FIRST_DAY, LAST_DAY = datetime.date(2009, 1, 1), datetime.date(2026, 6, 30)
LATER = ("amended", "tightened", "eased", "suspended", "resumed", "statement")
VOCABULARY = Path(__file__).with_name("vocabulary.yaml")
WORDS = 12_000
NATIVE_SHARE, NOT_IN_FORCE_SHARE, ENDED_SHARE = 0.30, 0.05, 0.40


@dataclass(frozen=True)
class Ranked:
    """Values that are drawn by rank: the second half as often as the first, or nearly, as `slope` says."""

    values: Sequence[str | int]
    upto: Sequence[float]

    @classmethod
    def of(cls, values: Sequence[str | int], slope: float) -> "Ranked":
        return cls(values, list(itertools.accumulate(1 / rank**slope for rank in range(1, len(values) + 1))))

    def draw(self, chance: random.Random, count: int) -> list:
        return chance.choices(self.values, cum_weights=self.upto, k=count)


@dataclass(frozen=True)
class Vocabulary:
    """What measures are made of, by rank; whom and what they touch has an order of its own."""

    issuers: Ranked
    affected: Ranked
    instruments: Ranked
    goods: Ranked
    subjects: Ranked
    words: Ranked
    native: dict[str, list[str]]

    @classmethod
    def read(cls, goods: int) -> "Vocabulary":
        told = yaml.safe_load(VOCABULARY.read_text())
        countries, subject, plain = (told[name].split() for name in ("countries", "subject", "plain"))
        chance = random.Random(SEED)
        begins = [consonant + vowel for consonant in "bcdfghklmnprstvxz" for vowel in "aeio"]
        invented: dict[str, None] = {}
        while len(invented) < WORDS - len(plain) - len(subject):
            word = "".join(chance.choices(begins, k=chance.choice((1, 2, 2, 3))))
            invented[word + chance.choice(told["endings"].split())] = None
        return cls(
            issuers=Ranked.of(countries, 1.0),
            affected=Ranked.of(chance.sample(countries, len(countries)), 0.8),
            instruments=Ranked.of(told["instruments"].split(), 0.9),
            goods=Ranked.of(chance.sample(range(1, goods + 1), goods), 1.05),
            subjects=Ranked.of(subject, 0.6),
            words=Ranked.of([*plain, *subject, *invented], 1.0),
            native={language: words.split() for language, words in told["native"].items()},
        )


def fill(count: int, *, progress=None) -> None:
    """Replace the measures of a base with `count` invented ones, and its goods with one for each HS subheading.

    Needs a loaded base, whose first rows show what a row looks like, and the owner of its tables. What is derived stays
    as it was: to be rebuilt.
    """
    with connection.cursor() as cursor:
        # Neither history nor derived rows: what is invented here was never changed.
        cursor.execute("SET session_replication_role = replica")
        patterns = (Measure, MeasureEvent, MeasureIssuer, MeasureDestination, MeasureInstrument, MeasureMaterial)
        for model in (*patterns, Material, MaterialHSCode, Name):
            table = model._meta.db_table
            cursor.execute(f"CREATE TEMPORARY TABLE first_{table} AS SELECT * FROM {table} ORDER BY id LIMIT 1")
        cursor.execute("TRUNCATE measures_measure, measures_material RESTART IDENTITY CASCADE")
        cursor.execute(
            "CREATE TEMPORARY TABLE invented (id int, title text, native text, language text, summary text,"
            " issuer text, instrument text, destinations text[], goods int[]);"
            "CREATE TEMPORARY TABLE happened (measure int, position int, kind text, day date)"
        )
        cursor.execute("SELECT code FROM measures_hscode WHERE length(code) = 6 ORDER BY code")
        codes = [code for (code,) in cursor.fetchall()]
        vocabulary = Vocabulary.read(len(codes))
        for chunk in tqdm(range(0, count, CHUNK), unit="chunk", file=progress, disable=progress is None):
            measures, events = io.StringIO(), io.StringIO()
            for measure, happened in _invented(chunk, min(CHUNK, count - chunk), vocabulary):
                measures.write(measure)
                events.writelines(happened)
            for table, rows in (("invented", measures), ("happened", events)):
                rows.seek(0)
                cursor.copy_expert(f"COPY {table} FROM STDIN", rows)
        chance = random.Random(SEED)
        names = [" ".join(chance.sample(vocabulary.subjects.values, 3)).capitalize() for _ in codes]
        cursor.execute(
            "CREATE TEMPORARY TABLE goods AS SELECT * FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY"
            " AS goods (code, name, id)",
            [codes, names],
        )
        cursor.execute("ANALYZE invented; ANALYZE happened; ANALYZE goods")
        _insert(
            cursor, Material, "goods row", id="row.id", slug="'goods-' || row.code", name="row.name", broader_id="NULL"
        )
        _insert(cursor, MaterialHSCode, "goods row", material_id="row.id", hs_code_id="row.code")
        _insert(
            cursor,
            Measure,
            "invented row",
            id="row.id",
            slug="'invented-' || row.id",
            title="row.title",
            summary="row.summary",
        )
        links = {"measure_id": "row.id", "position": "place - 1"}
        destinations = "invented row, unnest(row.destinations) WITH ORDINALITY AS one (value, place)"
        _insert(cursor, MeasureDestination, destinations, **links, country_id="value")
        goods = "invented row, unnest(row.goods) WITH ORDINALITY AS one (value, place)"
        _insert(cursor, MeasureMaterial, goods, **links, material_id="value")
        _insert(cursor, MeasureIssuer, "invented row", measure_id="row.id", position="0", country_id="row.issuer")
        instruments = f"invented row JOIN {Instrument._meta.db_table} kind ON kind.code = row.instrument"
        _insert(cursor, MeasureInstrument, instruments, measure_id="row.id", position="0", instrument_id="kind.id")
        _insert(
            cursor,
            MeasureEvent,
            "happened row JOIN invented ON invented.id = row.measure",
            slug="'invented-' || row.measure || '-' || row.position",
            title="initcap(row.kind) || ': ' || left(invented.title, 60)",
            kind="row.kind",
            measure_id="row.measure",
            position="row.position",
            date="row.day::text",
            **dict.fromkeys(("earliest", "start_latest", "end_earliest", "latest"), "row.day"),
            **dict.fromkeys(("until", "until_earliest", "until_start_latest", "until_end_earliest"), "NULL"),
            **dict.fromkeys(("until_latest", "then", "overtaken_by", "provision_id", "quote"), "NULL"),
            **dict.fromkeys(("planned", "background"), "false"),
        )
        cursor.execute("DELETE FROM records_name; DELETE FROM records_citation")
        cursor.execute("SELECT id FROM django_content_type WHERE app_label = 'measures' AND model = 'measure'")
        subject = {"subject_type_id": str(cursor.fetchone()[0]), "subject_id": "row.id"}
        native = "(SELECT * FROM invented WHERE native <> '') row"
        told = {"language": "row.language", "kind": "'official'", "text": "row.native", "position": "0"}
        _insert(cursor, Name, native, **subject, **told)
        cursor.execute("SET session_replication_role = origin")
        for model in (Measure, Material):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _invented(first: int, count: int, vocabulary: Vocabulary) -> Iterator[tuple[str, list[str]]]:
    """Rows of a chunk in the format of COPY: a measure, and what happened to it."""
    chance = random.Random(f"{SEED}:{first}")
    span = (LAST_DAY - FIRST_DAY).days
    for number in range(first + 1, first + count + 1):
        (issuer,), (instrument,) = vocabulary.issuers.draw(chance, 1), vocabulary.instruments.draw(chance, 1)
        title = " ".join(vocabulary.subjects.draw(chance, chance.randint(5, 11))).capitalize()
        summary = " ".join(vocabulary.words.draw(chance, chance.randint(40, 80))).capitalize()
        native = language = ""
        if chance.random() < NATIVE_SHARE:
            language = chance.choice(tuple(vocabulary.native))
            words = chance.choices(vocabulary.native[language], k=chance.randint(3, 7))
            native = (" " if language == "ko" else "").join(words)
        destinations = dict.fromkeys(vocabulary.affected.draw(chance, chance.choice((1, 1, 1, 2, 2, 3, 4, 5))))
        destinations = [one for one in destinations if one != issuer] or ["KR" if issuer != "KR" else "JP"]
        materials = dict.fromkeys(vocabulary.goods.draw(chance, chance.choice((1, 1, 1, 2, 2, 3, 4, 6))))
        day = FIRST_DAY + datetime.timedelta(int(chance.betavariate(3, 1.2) * span))
        happened = [("announced", day)]
        if chance.random() >= NOT_IN_FORCE_SHARE:
            day += datetime.timedelta(1 + int(chance.gammavariate(2, 30)))
            happened.append(("effective", day))
            later = day
            for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3, 4))):
                later += datetime.timedelta(1 + int(chance.gammavariate(1.5, 120)))
                happened.append((chance.choice(LATER), later))
            if chance.random() < ENDED_SHARE:
                ended = later + datetime.timedelta(30 + min(int(chance.lognormvariate(6.6, 0.8)), 6000))
                happened.append((chance.choice(("revoked", "expired", "expired")), ended))
        fields = (number, title, native, language, f"{summary}.", issuer, instrument, _array(destinations))
        yield (
            "\t".join(map(str, (*fields, _array(materials)))) + "\n",
            [f"{number}\t{place}\t{kind}\t{day}\n" for place, (kind, day) in enumerate(happened)],
        )


def _array(values) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _insert(cursor, model, rows: str, **changed: str) -> None:
    """Repeat the first row of a model for each of some rows, with some columns computed from them."""
    table = model._meta.db_table
    columns = [
        field.column
        for field in model._meta.local_concrete_fields
        if not field.generated and (field.column != "id" or "id" in changed)
    ]
    values = [changed.get(column, f'pattern."{column}"') for column in columns]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(map(connection.ops.quote_name, columns))})"
        f" SELECT {', '.join(values)} FROM first_{table} pattern, {rows}"
    )
