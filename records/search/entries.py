"""What search looks through: one entry for each record that visitors may read, derived after each change of it.

Every kind of record is a `SearchSource`; the apps above add theirs. An entry follows from the record, its parts and its
citations alone. What it is about stands in it as a link, so that a new name of a material is written once, and not into
everything that mentions the material. docs/adr/0015 tells why.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model, Value

from records import outbox
from records.derived import Derivation
from records.history import take_turn
from records.models import Citation, Record, SearchEntry, Snapshot, Source

COLUMNS = ("kind", "subject_id", "part", "slug", "title", "path", "texts", "links", "names", "spellings")
READABLE = "{0}.state = 'published' AND {0}.embargo_until IS NULL"
# A piece of an archived copy, in characters, and how much of it the next piece repeats.
PIECE, OVERLAP = 4000, 200

# So many numbers of records are derived anew by one statement, which so stays short however large the base is.
AT_ONCE = 5_000

Pks = dict[type[Model], set[int]]


@dataclass(frozen=True)
class Text:
    """A text of a record: its field, what it counts for (A most, D least), and SQL for itself and its language."""

    field: str
    column: str
    weight: str = "C"
    language: str = "'en'"


class SearchSource:
    """One kind of record, found through `__subclasses__()`.

    The SQL of a kind calls its row `this`. `joins` brings the records that it is shown with; of those in `shown_with`
    each has to be readable too. `leads` tells, for each model whose state shows in these entries, the look-up that
    leads from the record to it. Each of `extra` selects weight, field, language, place and text of further texts, and
    each of `links` the links of the entry. `told_with` is like `leads`, for records without which a part of an entry is
    not told: they are followed only where readers may read them now and could not before, or the other way round.
    """

    kind: str
    model: type[Model]
    title = "this.title"
    path: str
    texts: tuple[Text, ...]
    extra: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    joins = ""
    shown_with: tuple[str, ...] = ()
    condition = "true"
    leads: dict[type[Model], str] = {}
    told_with: dict[type[Model], str] = {}
    # Whether all that it is called leads to what is about it, and whether its title helps where a word is misspelt.
    is_named = False
    spells = True

    @classmethod
    def select(cls) -> str:
        """SQL for the entries of this kind, with a column for each of `COLUMNS`."""
        subject_type = ContentType.objects.get_for_model(cls.model).pk
        own = ", ".join(
            f"('{text.weight}', '{text.field}', {text.language}, {place}, ({text.column})::text)"
            for place, text in enumerate((*cls.texts, Text("id", "this.slug", "D", "'mul'")))
        )
        pieces = [f"SELECT * FROM (VALUES {own}) own (weight, field, language, place, told)"]
        pieces += cls.extra
        if hasattr(cls.model, "names"):
            pieces.append(
                "SELECT 'A', CASE name.kind WHEN 'official' THEN 'name' ELSE name.kind END, name.language,"
                " 100 + name.position, name.text FROM records_name name"
                f" WHERE name.subject_type_id = {subject_type} AND name.subject_id = this.id"
            )
        cited = (
            "FROM records_citation citation JOIN records_source source ON source.id = citation.source_id"
            f" WHERE citation.subject_type_id = {subject_type} AND citation.subject_id = this.id"
            f" AND {READABLE.format('source')}"
        )
        pieces.append(f"SELECT 'C', 'quote', source.language, 1000 + citation.position, citation.quote {cited}")
        links = [f"VALUES ('@{cls.kind}' || this.id)", *cls.links, f"SELECT '@source' || citation.source_id {cited}"]
        return f"""
            SELECT '{cls.kind}' AS kind, this.id AS subject_id, 0 AS part, this.slug, {cls.title} AS title,
                   {cls.path} AS path, said.texts,
                   ARRAY(SELECT DISTINCT link COLLATE "C" FROM ({" UNION ALL ".join(links)}) about (link)
                         WHERE link IS NOT NULL ORDER BY 1) AS links,
                   {cls._names() if cls.is_named else "'{}'::text[]"} AS names, {cls._spellings()} AS spellings
            FROM {cls.model._meta.db_table} this {cls.joins}
            CROSS JOIN LATERAL (
                SELECT jsonb_agg(ordered.piece) AS texts FROM (
                    SELECT jsonb_build_array(weight, field, language, told) AS piece
                    FROM ({" UNION ALL ".join(pieces)}) piece (weight, field, language, place, told)
                    WHERE told <> ''
                    ORDER BY weight, place, field COLLATE "C", language COLLATE "C", told COLLATE "C"
                ) ordered
            ) said
            WHERE {" AND ".join(READABLE.format(alias) for alias in ("this", *cls.shown_with))} AND {cls.condition}
        """

    @classmethod
    def about(cls, turned: Pks) -> set[int]:
        """The records of this kind that are about one of these, by other ways than `leads`."""
        return set()

    @classmethod
    def _names(cls) -> str:
        """All that it is called, each as `records_search_name` writes it; also without what stands in brackets."""
        return """ARRAY(
            SELECT DISTINCT records_search_name(told) COLLATE "C" FROM (
                SELECT unnest(ARRAY[piece ->> 3, regexp_replace(piece ->> 3, '\\s*\\([^()]*\\)\\s*$', '')]) AS told
                FROM jsonb_array_elements(said.texts) piece WHERE piece ->> 0 = 'A'
            ) called WHERE records_search_name(told) <> '' ORDER BY 1
        )"""

    @classmethod
    def _spellings(cls) -> str:
        if not cls.spells:
            return "''"
        return """coalesce((
            SELECT string_agg(records_search_folded(piece ->> 3), E'\\n' ORDER BY place)
            FROM jsonb_array_elements(said.texts) WITH ORDINALITY pieces (piece, place) WHERE piece ->> 0 = 'A'
        ), '')"""


class PublicationSource(SearchSource):
    """Sources, by what they are called and who published them."""

    kind = "source"
    model = Source
    path = "'/sources/' || this.slug || '/'"
    texts = (
        Text("title", "this.title", "A", "this.language"),
        Text("publisher", "this.publisher", "B", "this.language"),
        Text("note", "this.note"),
        Text("address", "this.url", "D", "'mul'"),
    )


class PassageSource(SearchSource):
    """The newest archived copy of each source, in pieces that overlap."""

    kind = "passage"
    model = Snapshot
    leads = {Source: "source"}

    @classmethod
    def select(cls):
        step = PIECE - OVERLAP
        return f"""
            SELECT 'passage' AS kind, this.id AS subject_id, part, source.slug, source.title,
                   '/sources/' || source.slug || '/' AS path,
                   jsonb_build_array(jsonb_build_array(
                       'C', 'passage', source.language, substr(this.text, 1 + {step} * part, {PIECE})
                   )) AS texts,
                   ARRAY['@source' || source.id] AS links, '{{}}'::text[] AS names, '' AS spellings
            FROM records_snapshot this JOIN records_source source ON source.id = this.source_id
            CROSS JOIN LATERAL generate_series(0, greatest(length(this.text) - {OVERLAP + 1}, 0) / {step}) AS part
            WHERE {READABLE.format("source")} AND NOT EXISTS (
                SELECT FROM records_snapshot newer WHERE newer.source_id = this.source_id
                AND (newer.fetched_at, newer.id) > (this.fetched_at, this.id)
            )
        """


class SearchDerivation(Derivation):
    """What readers may not read any more is gone from search in the very change that hides it, wherever it was told.

    Everything else follows a moment later, through the outbox: making the words of an entry takes longer than saving
    the record.
    """

    def refresh(self, records: Iterable[Record], *, rows_only: bool = False) -> None:
        doubtful = _by_model(record for record in records if not (rows_only and record.is_readable))
        if hidden := _hidden(doubtful):
            _apply(_following(hidden, hidden, hidden))

    @transaction.atomic
    def rebuild(self) -> None:
        take_turn()
        for source in sources():
            for first in range(*_extent(source), AT_ONCE):
                _apply({source.kind: range(first, first + AT_ONCE)})


class SearchConsequence(outbox.Consequence):
    """After a change: `{"records": ["measures.measure:12", …]}`, or after an upgrade, for all that was there: `{}`."""

    topic = "search"
    of_records = True

    def carry_out(self, key, payload):
        if "records" in payload:
            refresh(payload["records"])
        else:
            SearchDerivation().rebuild()


@transaction.atomic
def refresh(labels: Iterable[str]) -> None:
    """Derive anew the entries that follow from these records, given as "measures.measure:12"; some may be gone."""
    touched: Pks = {}
    for label in labels:
        name, pk = label.split(":")
        touched.setdefault(apps.get_model(name)._meta.concrete_model, set()).add(int(pk))
    # Before anything is read: whoever comes second reads what the first has committed.
    take_turn()
    _apply(_following(touched, touched, _turned(touched)))


def sources() -> list[type[SearchSource]]:
    return SearchSource.__subclasses__()


def source_of(kind: str) -> type[SearchSource]:
    return next(source for source in sources() if source.kind == kind)


def _by_model(records: Iterable[Record]) -> Pks:
    found: Pks = {}
    for record in records:
        found.setdefault(record._meta.concrete_model, set()).add(record.pk)
    return found


def _turned(touched: Pks) -> Pks:
    """Of the touched records those that readers may read now and could not before, or the other way round."""
    before, now = _entered(touched), _readable(touched)
    turned = {model: before[model] ^ now[model] for model in now}
    return {model: pks for model, pks in turned.items() if pks}


def _hidden(touched: Pks) -> Pks:
    """Of the touched records those that have entries and that readers may not read; all of a kind without entries."""
    readable = _readable(touched)
    unreadable = {model: pks - readable[model] for model, pks in touched.items() if model in readable}
    hidden = {model: pks for model, pks in touched.items() if model not in readable} | _entered(unreadable)
    return {model: pks for model, pks in hidden.items() if pks}


def _entered(touched: Pks) -> Pks:
    """For each touched kind with entries the records that have some."""
    entered: Pks = {}
    for source in sources():
        if source.model in touched:
            entries = SearchEntry.objects.filter(kind=source.kind, subject_id__in=touched[source.model])
            entered[source.model] = set(entries.values_list("subject_id", flat=True))
    return entered


def _readable(touched: Pks) -> Pks:
    """For each touched kind with entries the records that readers may read: one statement, since every save waits."""
    asked = {source.kind: source.model for source in sources() if touched.get(source.model)}
    selects = [
        model._base_manager.filter(pk__in=touched[model], state=Record.State.PUBLISHED, embargo_until=None)
        .order_by()
        .values_list(Value(kind), "pk")
        for kind, model in asked.items()
    ]
    readable: Pks = {model: set() for model in asked.values()}
    for kind, pk in selects[0].union(*selects[1:], all=True) if selects else ():
        readable[asked[kind]].add(pk)
    return readable


def _following(touched: Pks, changed: Pks, turned: Pks) -> dict[str, set[int]]:
    """The entries that may differ now, by kind.

    They are those of the touched records, of what is shown with the changed ones, and of what tells of the turned ones.
    """
    following: dict[str, set[int]] = {}
    for source in sources():
        pks = set(touched.get(source.model, ()))
        for model, lead in source.leads.items():
            # The pieces of a copy are called as their source is.
            pks |= _led(source, lead, (touched if source is PassageSource else changed).get(model))
        for model, lead in source.told_with.items():
            pks |= _led(source, lead, turned.get(model))
        pks |= source.about(changed)
        if pks:
            following[source.kind] = pks
    if hidden := turned.get(Source):
        kinds = {ContentType.objects.get_for_model(source.model).pk: source.kind for source in sources()}
        cited = Citation.objects.filter(source__in=hidden, subject_type__in=kinds).order_by()
        for subject_type, pk in cited.values_list("subject_type", "subject_id").distinct():
            following.setdefault(kinds[subject_type], set()).add(pk)
    return following


def _led(source: type[SearchSource], lead: str, pks: set[int] | None) -> set[int]:
    """The records of a kind that a look-up leads to some others from."""
    if not pks:
        return set()
    rows = source.model._base_manager.filter(**{f"{lead}__in": pks})
    return set(rows.order_by().values_list("pk", flat=True))


def _extent(source: type[SearchSource]) -> tuple[int, int]:
    """The numbers of all records of a kind, and of all that have entries: the first, and one after the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(min(least), 0), coalesce(max(most), -1) + 1 FROM ("
            f"SELECT min(id) AS least, max(id) AS most FROM {source.model._meta.db_table} UNION ALL"
            " SELECT min(subject_id), max(subject_id) FROM records_searchentry WHERE kind = %s) both_sides",
            [source.kind],
        )
        return cursor.fetchone()


def _apply(following: dict[str, set[int] | range]) -> None:
    """Bring the entries of these records to what they should be; one statement, which writes differences only."""
    selects, scope, parameters = [], [], {}
    for source in sources():
        if source.kind not in following:
            continue
        wanted = following[source.kind]
        if isinstance(wanted, range):
            condition = f"BETWEEN {wanted.start} AND {wanted.stop - 1}"
        else:
            parameters[source.kind] = sorted(wanted)
            condition = f"= ANY(%({source.kind})s)"
        selects.append(f"SELECT {', '.join(COLUMNS)} FROM ({source.select()} AND this.id {condition}) selected")
        scope.append(f"(kind = '{source.kind}' AND subject_id {condition})")
    if not selects:
        return
    columns = ", ".join(COLUMNS)
    old, new = (", ".join(f"{table}.{column}" for column in COLUMNS) for table in ("entry", "fresh"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH fresh ({columns}) AS ({" UNION ALL ".join(selects)}),
            differing AS MATERIALIZED (
                SELECT entry.id AS entry_id, {new}
                FROM fresh FULL JOIN (
                    SELECT * FROM records_searchentry WHERE {" OR ".join(scope)}
                ) entry ON entry.kind = fresh.kind AND entry.subject_id = fresh.subject_id AND entry.part = fresh.part
                WHERE ({old}) IS DISTINCT FROM ({new})
            ), gone AS (
                DELETE FROM records_searchentry WHERE id IN (SELECT entry_id FROM differing WHERE kind IS NULL)
            ), changed AS (
                UPDATE records_searchentry entry
                SET ({columns}, vector) = ROW (
                    {new.replace("fresh.", "differing.")}, records_search_vector(differing.texts, differing.links)
                )
                FROM differing WHERE differing.entry_id = entry.id AND differing.kind IS NOT NULL
            )
            INSERT INTO records_searchentry ({columns}, vector)
            SELECT {columns}, records_search_vector(texts, links) FROM differing WHERE entry_id IS NULL
            """,
            parameters,
        )


def kinds() -> list[str]:
    """The kinds of entries there are, sorted."""
    return sorted(source.kind for source in sources())
