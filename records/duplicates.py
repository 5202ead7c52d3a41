"""Records that may be one: found by what tells a kind apart, each with the reasons, so that a person can judge.

Nothing is decided here. Texts are compared as people read them: without differences of width and case (NFKC), by
their groups of three letters (pg_trgm) where they are not the same.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, FloatField, Func, QuerySet, Value
from django.utils.translation import gettext as _

from records.models import Name, Named, Record, SlugRedirect, Source
from records.search.plain import Folded

# From which likeness on a name or title is worth a look; 1 is the same.
ALIKE, NEARLY_SAME = 0.4, 0.75
MOST, MOST_PAIRS = 8, 200
SHORTEST = 3


@dataclass
class Likeness:
    """A record that may be the one in question, and why; `weight` puts the likeliest first."""

    record: Record
    reasons: list[str] = field(default_factory=list)
    weight: float = 0

    def add(self, reason: str, weight: float) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
            self.weight += weight


@dataclass
class Pair:
    """Two stored records that may be one."""

    first: Record
    second: Record
    reasons: list[str]
    weight: float


class Resemblance:
    """How two records of a kind give themselves away; apps subclass it, found through `__subclasses__()`.

    `typed` are the names of the form fields that tell a record apart while it is being typed.
    """

    model: type[Record]
    typed: tuple[str, ...] = ()

    def compare(self, values: Mapping[str, str], others: QuerySet, found: "Found") -> None:
        """Add to `found` the records among `others` that what is typed may be about."""
        raise NotImplementedError

    def values(self, record: Record) -> dict[str, str]:
        """What would be typed for a stored record."""
        texts = {name: getattr(record, record._meta.get_field(name).attname) for name in self.typed}
        return {name: str(text) for name, text in texts.items() if text is not None}

    def pairs(self) -> Iterable[Pair]:
        """Stored records that share what hardly two have in common; cheap also where there are very many."""
        raise NotImplementedError

    def are_told_apart(self, first: Record, second: Record) -> bool:
        """Whether what is stored says that they are two, so that the report need not ask."""
        return False


class Found(dict):
    """Record → likeness, gathered from several hints."""

    def add(self, record: Record, reason: str, weight: float) -> None:
        self.setdefault(record.pk, Likeness(record)).add(reason, weight)

    def first(self, most: int = MOST) -> list[Likeness]:
        return sorted(self.values(), key=lambda like: (-like.weight, str(like.record), like.record.pk))[:most]


def resemblances() -> dict[type[Record], Resemblance]:
    return {kind.model: kind() for kind in Resemblance.__subclasses__()}


def find(model: type[Record], values: Mapping[str, str], *, apart_from: int | None = None) -> list[Likeness]:
    """Records of the kind that what is typed may be about, the likeliest first."""
    resemblance = resemblances().get(model._meta.concrete_model)
    if resemblance is None:
        return []
    others = SlugRedirect.objects.leave_out(resemblance.model.objects.all())
    found = Found()
    values = {name: text.strip() for name, text in values.items() if name in resemblance.typed and text.strip()}
    resemblance.compare(values, others.exclude(pk=apart_from) if apart_from else others, found)
    return found.first()


def like(record: Record) -> list[Likeness]:
    """Stored records that may be the same as this one."""
    resemblance = resemblances().get(type(record)._meta.concrete_model)
    return find(type(record), resemblance.values(record), apart_from=record.pk) if resemblance else []


def standing(model: type[Record]) -> QuerySet:
    """The records of a kind that should be told apart: neither withdrawn nor gone into another."""
    return SlugRedirect.objects.leave_out(model.objects.exclude(state=Record.State.WITHDRAWN))


def report(model: type[Record]) -> list[Pair]:
    """Pairs of stored records of a kind that may be one, the likeliest first, each once."""
    pairs: dict[tuple[int, int], Pair] = {}
    resemblance = resemblances()[model]
    for pair in resemblance.pairs():
        if resemblance.are_told_apart(pair.first, pair.second):
            continue
        first, second = sorted((pair.first, pair.second), key=lambda record: record.pk)
        kept = pairs.setdefault((first.pk, second.pk), Pair(first, second, [], 0))
        kept.reasons += [reason for reason in pair.reasons if reason not in kept.reasons]
        kept.weight += pair.weight
    return sorted(pairs.values(), key=lambda pair: (-pair.weight, pair.first.pk, pair.second.pk))[:MOST_PAIRS]


def both_differ(first: str | None, second: str | None) -> bool:
    """Whether two texts are given and not the same."""
    return bool(first and second) and folded(first) != folded(second)


def folded(text: str) -> str:
    """A text as it is compared: what the database makes of it with `Folded`."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def by_text(others: QuerySet, column: str, text: str, found: Found, *, same: str, alike: str) -> None:
    """Records whose text in a column is the same as this one or alike; the reasons may name %(percent)d."""
    if len(text) < SHORTEST:
        return
    rows = others.annotate(
        likeness=Func(Folded(F(column)), Value(folded(text)), function="similarity", output_field=FloatField())
    )
    for record in rows.filter(likeness__gte=ALIKE).order_by("-likeness", "pk")[:MOST]:
        if record.likeness > 0.999:
            found.add(record, same, 1.5)
        else:
            found.add(record, alike % {"percent": round(record.likeness * 100)}, record.likeness)


def by_names(others: QuerySet, text: str, found: Found) -> None:
    """Records with a name, in whatever language, that is the same as this text or alike."""
    if len(text) < 2:
        return
    kind = ContentType.objects.get_for_model(others.model)
    likeness = Func(Folded(F("text")), Value(folded(text)), function="similarity", output_field=FloatField())
    names = Name.objects.filter(subject_type=kind).annotate(likeness=likeness, folded=Folded(F("text")))
    # Of two characters, as many Chinese and Korean names are, likeness says little.
    close = names.filter(likeness__gte=NEARLY_SAME) if len(text) > SHORTEST else names.filter(folded=folded(text))
    hits = {name.subject_id: name for name in close.order_by("likeness", "-pk")[: 4 * MOST]}
    for record in others.filter(pk__in=hits):
        name = hits[record.pk]
        if folded(name.text) == folded(text):
            found.add(record, _("it is also called “%(name)s”") % {"name": name.text}, 1.2)
        else:
            words = _("it has a similar name, “%(name)s” (%(percent)d %%)")
            found.add(record, words % {"name": name.text, "percent": round(name.likeness * 100)}, name.likeness)


def by_title(others: QuerySet, title: str, found: Found) -> None:
    """Records with a title, or a name in whatever language, that is the same as this text or alike."""
    by_text(
        others,
        "title",
        title,
        found,
        same=_("it has the same title"),
        alike=_("its title is similar (%(percent)d %%)"),
    )
    if issubclass(others.model, Named):
        by_names(others, title, found)


def by_name(others: QuerySet, name: str, found: Found) -> None:
    """As `by_title`, of records that have a name instead."""
    by_text(
        others, "name", name, found, same=_("it has the same name"), alike=_("its name is similar (%(percent)d %%)")
    )
    by_names(others, name, found)


def by_value(others: QuerySet, column: str, value: str, found: Found, *, reason: str, weight: float = 2) -> None:
    """Records with the same value in a column that tells records apart."""
    if value:
        for record in others.filter(**{column: value}).order_by("pk")[:MOST]:
            found.add(record, reason, weight)


def same_values(records: QuerySet, key, reason: str, weight: float) -> Iterable[Pair]:
    """Pairs of records with the same key, an expression; records without one are like none."""
    keyed = records.annotate(key=key).exclude(key=None).exclude(key="")
    keys = keyed.order_by().values("key").annotate(many=_count()).filter(many__gt=1).values("key")[:MOST_PAIRS]
    groups: dict[str, list[Record]] = {}
    for record in keyed.filter(key__in=keys).order_by("key", "pk")[: 4 * MOST_PAIRS]:
        groups.setdefault(record.key, []).append(record)
    for same in groups.values():
        for number, first in enumerate(same):
            for second in same[number + 1 :]:
                yield Pair(first, second, [reason], weight)


def same_names(model: type[Record], records: QuerySet, weight: float = 1.2) -> Iterable[Pair]:
    """Pairs of records that share a name in some language."""
    names = Name.objects.filter(subject_type=ContentType.objects.get_for_model(model)).annotate(key=Folded(F("text")))
    keys = names.order_by().values("key").annotate(many=_count("subject_id")).filter(many__gt=1).values("key")
    sharing: dict[str, dict[int, str]] = {}
    for name in names.filter(key__in=keys[:MOST_PAIRS]).order_by("key", "subject_id")[: 4 * MOST_PAIRS]:
        sharing.setdefault(name.key, {})[name.subject_id] = name.text
    found = records.in_bulk({pk for same in sharing.values() for pk in same})
    for same in sharing.values():
        pks = [pk for pk in same if pk in found]
        for number, first in enumerate(pks):
            for second in pks[number + 1 :]:
                reason = _("both are called “%(name)s”") % {"name": same[first]}
                yield Pair(found[first], found[second], [reason], weight)


def similar(records: QuerySet, column: str, within: tuple[str, ...], reason: str) -> Iterable[Pair]:
    """Pairs of records with nearly the same text among those that agree in other columns; `within` keeps it cheap."""
    table, shown = records.model._meta.db_table, records.values_list("pk", flat=True).query
    statement, parameters = shown.sql_with_params()
    agree = " AND ".join(f'a."{name}" IS NOT DISTINCT FROM b."{name}"' for name in within) or "true"
    text = 'lower(normalize({}."' + column + '", NFKC))'
    rows = records.model._base_manager.raw(
        f"SELECT a.id, b.id AS other, similarity({text.format('a')}, {text.format('b')}) AS likeness"
        f' FROM "{table}" a JOIN "{table}" b ON a.id < b.id AND {agree}'
        f" WHERE a.id IN ({statement}) AND b.id IN ({statement})"
        f" AND similarity({text.format('a')}, {text.format('b')}) >= %s"
        " ORDER BY likeness DESC, a.id, b.id LIMIT %s",
        [*parameters, *parameters, NEARLY_SAME, MOST_PAIRS],
    )
    hits = [(row.pk, row.other, row.likeness) for row in rows]
    found = records.in_bulk({pk for first, second, _likeness in hits for pk in (first, second)})
    for first, second, likeness in hits:
        words = reason % {"percent": round(likeness * 100)}
        yield Pair(found[first], found[second], [words], likeness)


def _count(column: str = "pk"):
    return Count(column, distinct=True)


def address(url: str) -> str:
    """An address without what does not tell pages apart: scheme, "www.", the last slash, and its fragment."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}" if host else ""


class SourceResemblance(Resemblance):
    model = Source
    typed = ("url", "title", "publisher")

    def compare(self, values, others, found):
        if key := address(values.get("url", "")):
            near = others.filter(url__icontains=key.partition("?")[0])[: 4 * MOST]
            for source in near:
                if address(source.url) == key:
                    found.add(source, _("it has the same address"), 2)
        by_title(others, values.get("title", ""), found)

    def pairs(self):
        sources = standing(Source)
        plain = Func(
            Func(
                F("url"), Value(r"^https?://(www\.)?|#.*$|/(?=#|$)"), Value(""), Value("g"), function="regexp_replace"
            ),
            function="lower",
        )
        yield from same_values(sources, plain, _("they have the same address"), 2)
        yield from similar(sources, "title", ("publisher",), _("same publisher, similar titles (%(percent)d %%)"))
