"""From the files to the database and back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import autodiscover_modules

from records import derived, outbox, publishing
from records.dataset.format import Fault, File, Grouped, Place, Reading
from records.dataset.reference import Reference
from records.dataset.rows import COMMON_LAYOUTS, Difference, Key, Layout, Store
from records.models import ChangeSet

WIDTH = 115


class Faulty(Exception):
    """The files cannot be loaded; `faults` says why, all of it. Nothing was written."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass
class Outcome:
    """What a load did."""

    differences: list[Difference] = field(default_factory=list)
    kept: list[tuple[type, Key]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(len(d.created) + len(d.changed) + len(d.removed) for d in self.differences)


class _Loader(yaml.CSafeLoader):
    """YAML that refuses the same key twice in one mapping."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"key “{key}” stands twice, line {line}")
            seen.add(key)
        return super().construct_mapping(node, deep)


def _subclasses(base: type) -> Iterator[type]:
    for each in base.__subclasses__():
        yield from _subclasses(each)
        yield each


def formats() -> list[type[File]]:
    """Every file of the format, in reading order."""
    autodiscover_modules("dataset")
    from records.dataset import sources  # noqa: F401 - this app's own declarations

    return sorted((each for each in _subclasses(File) if "name" in vars(each)), key=lambda each: each.rank)


def references() -> list[type[Reference]]:
    autodiscover_modules("dataset")
    return Reference.__subclasses__()


def layouts() -> list[Layout]:
    """How every row of the data set is laid out; what is pointed at comes first."""
    found: dict[type[models.Model], Layout] = {}
    for layout in (
        *(each.layout for each in references()),
        *(layout for each in formats() for layout in each.layouts()),
        *COMMON_LAYOUTS,
    ):
        found.setdefault(layout.model, layout)
    ordered: dict[type[models.Model], Layout] = {}

    def place(layout):
        if layout.model in ordered:
            return
        for column in layout.columns:
            target = layout.points_at(column)
            if target is not None and target is not layout.model and target is not ContentType:
                place(found[target])
        ordered[layout.model] = layout

    for layout in found.values():
        place(layout)
    return list(ordered.values())


def read(directory: Path) -> Reading:
    """Everything the files say, with every fault that can be found without a database."""
    reading = Reading()
    for reference in references():
        place = Place(reference.__name__)
        for row in reference.rows(directory):
            reading.add(reference.layout.model, tuple(row[c] for c in reference.layout.key), row, place)
    documents = [(each, _document(directory / each.name, reading)) for each in formats()]
    names = {each.name for each, _ in documents}
    for path in sorted(directory.glob("*.yaml")):
        if path.name not in names:
            reading.fault(Place(path.name), "is no file of the format.")
    for each, document in documents:
        each.read(document, reading)
    reading.look_up()
    for each, _document_read in documents:
        each.finish(reading)
    return reading


def _document(path: Path, reading: Reading) -> list:
    at = Place(path.name)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        reading.fault(at, "is missing.")
    except UnicodeDecodeError as error:
        reading.fault(at, f"is not UTF-8 at byte {error.start}.")
    except yaml.YAMLError as error:
        reading.fault(at, f"is not YAML: {' '.join(str(error).split())}")
    else:
        if document is None or isinstance(document, list):
            return document or []
        reading.fault(at, "must be a list of records.")
    return []


def load(directory: Path, *, overwrite: bool = False, tick=lambda done, of: None) -> Outcome:
    """Make the database say what the files say, in one transaction.

    Rows that a person changed at the desk since the last load are kept as they are, unless `overwrite`. Raises Faulty.
    """
    reading = read(directory)
    if reading.faults:
        raise Faulty(reading.faults)
    with transaction.atomic():
        store = Store(layouts())
        held = store.read()
        outcome = Outcome(store.compare(reading.state, held))
        if not overwrite:
            outcome.kept = _keep_work_of_the_desk(outcome.differences, store)
        if not outcome.changes:
            return outcome
        done = 0

        def count(rows):
            nonlocal done
            done += rows
            tick(done, outcome.changes)

        with publishing.change(by=None, reason="Load the data set", kind=ChangeSet.Kind.SOURCE_ONLY) as change_set:
            try:
                store.apply(outcome.differences, reading.state, count)
            except IntegrityError as error:
                constraint = getattr(error.__cause__.diag, "constraint_name", None)
                raise Faulty(
                    [Fault(Place("database"), f"refuses the rows by its rule {constraint}: {error}")]
                ) from error
            derived.rebuild()
            outbox.write(key=f"timeline:{change_set.pk}", topic="timeline", payload={"rebuild": True})
    return outcome


def _keep_work_of_the_desk(differences: list[Difference], store: Store) -> list[tuple[type, Key]]:
    """Take rows that a person wrote last out of the differences; nobody is overwritten."""
    kept = []
    for difference in differences:
        touched = [*difference.changed, *difference.removed]
        versions = getattr(difference.model, "versions", None)
        if not touched or versions is None:
            continue
        latest = (
            difference.model.versions.rel.related_model.objects.filter(
                pgh_obj_id__in=[store.pks[difference.model][key] for key in touched]
            )
            .order_by("pgh_obj_id", "-pgh_id")
            .distinct("pgh_obj_id")
            .values_list("pgh_obj_id", "pgh_context__metadata__by")
        )
        written_by = dict(latest)
        for key in touched:
            if written_by.get(store.pks[difference.model][key]) is not None:
                difference.changed.pop(key, None)
                if key in difference.removed:
                    difference.removed.remove(key)
                kept.append((difference.model, key))
    return kept


def dump(directory: Path) -> list[Path]:
    """Write what is published back into the files; the order and the head comment of a file stay."""
    store = Store(layouts())
    state = Grouped(store.read(published=True))
    written = []
    for each in formats():
        path = directory / each.name
        document = _in_the_order_of(path, each.write(state), each)
        head = _head_comment(path)
        body = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
        path.write_text(head + body, encoding="utf-8")
        written.append(path)
    return written


class _Dumper(yaml.CSafeDumper):
    """YAML without anchors, so that each record can be read alone."""

    def ignore_aliases(self, data):
        return True


def _head_comment(path: Path) -> str:
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(lines[: next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))])


def _in_the_order_of(path: Path, document: list[dict], each: type[File]) -> list[dict]:
    """The records in the order of the file as it is, new ones at its end."""
    first = each.parts[0].keys[0]
    reading = Reading()
    present = [row.get(first) for row in _document(path, reading)] if path.exists() else []
    places = {identity: place for place, identity in reversed(list(enumerate(present)))}
    return sorted(document, key=lambda mapping: places.get(mapping[first], len(places)))
