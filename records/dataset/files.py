"""From the files to the database and back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, connection, models
from django.utils.module_loading import autodiscover_modules
from psycopg2.errors import SerializationFailure

from records import derived, outbox, publishing
from records.dataset import desk
from records.dataset.format import File
from records.dataset.reading import Fault, Grouped, Place, Reading, shown
from records.dataset.reference import Reference
from records.dataset.rows import COMMON_LAYOUTS, Difference, Key, Layout, State, Store
from records.models import ChangeSet
from records.moments import one_moment

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
    """YAML whose keys are text, each once in its mapping; what is otherwise goes into `faults`, with its line."""

    def __init__(self, stream):
        super().__init__(stream)
        self.faults: list[tuple[int, str]] = []

    def construct_mapping(self, node, deep=False):
        mapping = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if key_node.tag != "tag:yaml.org,2002:str":
                self.faults.append((line, f"the key “{shown(str(key))}” must be text (in quotes, if need be)."))
            elif key in mapping:
                self.faults.append((line, f"the key “{shown(key)}” stands twice in one mapping."))
            mapping[str(key)] = self.construct_object(value_node, deep=deep)
        return mapping

    def construct_object(self, node, deep=False):
        try:
            return super().construct_object(node, deep=deep)
        except ValueError:
            # An unquoted date that is none, or a number with thousands of digits.
            self.faults.append((node.start_mark.line + 1, f"“{shown(node.value)}” cannot be read; put it into quotes."))
            return ""


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


def read(directory: Path, held: State | None = None) -> Reading:
    """Everything the files say, with every fault; `held` is what the database holds, where there is one."""
    reading = Reading(Grouped(State() if held is None else held))
    for reference in references():
        reference.read(directory, reading)
    for each in formats():
        document = _document(directory / each.name, reading)
        if document is None:
            reading.unread |= {layout.model for layout in each.layouts()}
        reading.documents[each.name] = document
    for path in sorted(directory.glob("*.yaml")):
        if path.name not in reading.documents:
            reading.fault(Place(path.name), "is no file of the format.")
    for each in formats():
        each.read(reading.documents[each.name] or [], reading)
    reading.look_up()
    for each in formats():
        each.finish(reading)
    return reading


def _document(path: Path, reading: Reading) -> list | None:
    """The records of the file; None where it cannot be read."""
    at = Place(path.name)
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        document = loader.get_single_data()
    except FileNotFoundError:
        reading.fault(at, "is missing.")
    except UnicodeDecodeError as error:
        reading.fault(at, f"is not UTF-8 at byte {error.start}.")
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        mark = getattr(error, "problem_mark", None)
        reading.fault(Place(path.name, f"line {mark.line + 1}") if mark else at, f"is not YAML: {problem}.")
    else:
        for line, message in loader.faults:
            reading.fault(Place(path.name, f"line {line}"), message)
        if isinstance(document, list):
            return document
        # Nothing at all is more likely a slip than a file that was meant to be emptied.
        reading.fault(at, "must be a list of records; an empty one is written [].")
    return None


def load(directory: Path, *, overwrite: bool = False, tick=lambda done, of: None) -> Outcome:
    """Make the database say what the files say, in one transaction.

    What people did at the desk since the last load stays as it is, unless `overwrite`. Raises Faulty.
    """
    try:
        # Whoever writes at the desk meanwhile is not overwritten: the load breaks off instead.
        with one_moment(writing=True):
            return _load(directory, overwrite, tick)
    except IntegrityError as error:
        told = error.__cause__.diag
        message = f"refuses the rows by its rule {told.constraint_name}: {told.message_detail} {BRING_BACK}"
        raise Faulty([Fault(Place("database"), message)]) from error
    except OperationalError as error:
        if not isinstance(error.__cause__, SerializationFailure):
            raise
        raise Faulty([Fault(Place("database"), "was changed at the desk meanwhile; load once more.")]) from error


BRING_BACK = "Perhaps the desk has records that the files lack; `dump_data` writes them into the files."


def _load(directory: Path, overwrite: bool, tick) -> Outcome:
    store = Store(layouts())
    held = store.read()
    reading = read(directory, held)
    if reading.faults:
        raise Faulty(reading.faults)
    wanted = reading.state
    outcome = Outcome(store.compare(wanted, held))
    if not overwrite:
        outcome.kept = desk.keep(outcome.differences, store, wanted, held)
    if not outcome.changes:
        return outcome
    if pointing := desk.still_pointing(outcome.differences, store):
        raise Faulty(
            [
                Fault(
                    Place("database", f"{model._meta.verbose_name} {key[0]}"),
                    f"left the files, but at the desk the {row._meta.verbose_name} “{row}” still points at it.",
                )
                for model, key, row in pointing
            ]
        )
    done = 0

    def count(rows):
        nonlocal done
        done += rows
        tick(done, outcome.changes)

    with publishing.change(by=None, reason="Load the data set", kind=ChangeSet.Kind.SOURCE_ONLY) as change_set:
        store.apply(outcome.differences, wanted, count)
        derived.rebuild()
        outbox.write(key=f"timeline:{change_set.pk}", topic="timeline", payload={"rebuild": True})
        # Rules that wait for the end of the transaction speak now, while somebody can still put them in words.
        connection.check_constraints()
    return outcome


def dump(directory: Path) -> list[Path]:
    """Write what is published back into the files; the order and the head comment of a file stay.

    The files are replaced when all of them are written, each at once, so that none is ever found half.
    """
    with one_moment():
        state = Grouped(Store(layouts()).read(published=True))
    written = {}
    for each in formats():
        path = directory / each.name
        document = _in_the_order_of(path, each.write(state), each)
        head = _head_comment(path)
        body = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
        written[path] = path.with_name(f"{path.name}.new")
        written[path].write_text(head + body, encoding="utf-8")
    for path, beside in written.items():
        beside.replace(path)
    return list(written)


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
    present = [row.get(first) for row in _document(path, reading) or []] if path.exists() else []
    places = {identity: place for place, identity in reversed(list(enumerate(present)))}
    return sorted(document, key=lambda mapping: places.get(mapping[first], len(places)))
