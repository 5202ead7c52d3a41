"""On which pages the facts of each app are shown: what leads from a fact to the record that has the page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, prefetch_related_objects

from records.models import Record, Source


class Pages:
    """On which pages the facts of an app are shown, found through `__subclasses__()`.

    `leads`: for each model without a page of its own, the attributes of which one leads on towards the record that has
    it. `files`: which model the records of a file of the data set are. `statuses`: derived rows that tell the status of
    a record, with the columns by which readers know it; `derived`: others, which tell what the records tell already.
    """

    leads: dict[type[Model], tuple[str, ...]] = {}
    statuses: dict[type[Model], tuple[str, ...]] = {}
    derived: tuple[type[Model], ...] = ()
    files: dict[str, type[Record]] = {}


class SourcePages(Pages):
    files = {"sources.yaml": Source}


@dataclass(frozen=True)
class Place:
    """Where a fact is shown: the record with the page, and of it the nearest part that has an anchor."""

    owner: Record
    anchor: str = ""

    @property
    def url(self) -> str:
        return self.owner.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")


def places(facts: Iterable[Model]) -> dict[Model, Place]:
    """Where these facts are shown; those are left out that visitors may not read, or that stand in such a record."""
    leads = {model: names for pages in Pages.__subclasses__() for model, names in pages.leads.items()}
    found, anchors = {}, {}
    reached = {fact: fact for fact in facts}
    while reached:
        by_model: dict[type[Model], list[Model]] = {}
        for record in reached.values():
            by_model.setdefault(type(record), []).append(record)
        for model, records in by_model.items():
            prefetch_related_objects(records, *leads.get(model, ()))
        following = {}
        for fact, record in reached.items():
            if isinstance(record, Record) and not record.is_readable:
                continue
            names = leads.get(type(record), ())
            if not names:
                found[fact] = Place(record, anchors.get(fact, ""))
                continue
            if isinstance(record, Record):
                anchors.setdefault(fact, record.slug)
            if onward := next(filter(None, (getattr(record, name) for name in names)), None):
                following[fact] = onward
        reached = following
    return found
