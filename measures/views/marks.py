"""The dated lines that bars do not show, as marks below them, and the list that is behind each of these."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from measures.models import StatusPeriod, TimelineEntry
from records.clocks import Clocks
from records.queries import BadQuery
from records.shapes import Dot, Row

PLACES = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
# In SQL, what records.drawing.place_of says of one.
MIDDLE = ExpressionWrapper(F("earliest") + (F("latest") - F("earliest")) / 2, output_field=DateTimeField())
PLACE = Coalesce(Cast(MIDDLE, DateField()), "earliest", "latest", "sorted_on")


@dataclass(frozen=True)
class Mark:
    """One dated line as records.drawing takes it."""

    title: str
    date: str
    earliest: datetime.date | None
    latest: datetime.date | None
    solid: bool
    address: str


@dataclass(frozen=True)
class Marking:
    """Marks the lines of rows, and leads from each mark to what it stands for; `query` is that of the timeline."""

    query: QueryDict
    clocks: Clocks

    def marks(self, entries: Iterable[TimelineEntry], begun: set[int]) -> list[Mark]:
        """The marks of a row: what begins a status, or only ends an act, is seen by its bar."""
        return [
            Mark(
                entry.title,
                entry.date,
                entry.earliest,
                entry.latest,
                entry.earliest is not None and entry.earliest == entry.latest and not entry.planned,
                self.kept(entry.path),
            )
            for entry in entries
            if entry.measure_id is None or (entry.kind != "status" and entry.subject_id not in begun)
        ]

    def kept(self, path: str) -> str:
        """An address of this site with both clocks."""
        path, hash_mark, fragment = path.partition("#")
        query = f"?{self.clocks.query}" if self.clocks.query else ""
        return f"{path}{query}{hash_mark}{fragment}"

    def linked(self, row: Row, lane: str, of: str) -> Row:
        """The row with each of its discs leading to the list of exactly the lines that it counts."""
        row.dots = [replace(dot, address=self.listed(dot, lane, of)) if dot.count > 1 else dot for dot in row.dots]
        return row

    def listed(self, dot: Dot, lane: str, of: str) -> str:
        query = self.query.copy()
        query.pop("page", None)
        for name, value in (
            ("view", "list"),
            ("lane", lane),
            ("row", of),
            ("marks", f"{dot.first.isoformat()}..{dot.last.isoformat()}"),
        ):
            query[name] = value
        return f"?{query.urlencode()}"


def asked_places(data) -> tuple[datetime.date, datetime.date] | None:
    """Between which places the marks stand that an address asks for. Raises BadQuery."""
    text = (data.get("marks") or "").strip()
    if not text:
        return None
    found = PLACES.fullmatch(text)
    try:
        first, last = map(datetime.date.fromisoformat, found.groups()) if found else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or first > last:
        raise BadQuery({"marks": [_("“marks” must be two days in order, such as 2019-07-01..2019-07-04.")]})
    return first, last


def marked(
    entries: QuerySet[TimelineEntry],
    begun: QuerySet[StatusPeriod],
    places: tuple[datetime.date, datetime.date],
) -> QuerySet[TimelineEntry]:
    """Those of the lines that are drawn as marks between these places, where bars show which statuses `begun`."""
    shown = begun.filter(event=OuterRef("subject_id"), measure=OuterRef("measure"))
    is_mark = Q(measure=None) | (~Q(kind="status") & ~Exists(shown))
    return entries.annotate(place=PLACE).filter(is_mark, place__range=places)
