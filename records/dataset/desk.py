"""What people did at the desk since the last load: it stays, whatever the files say.

The history tells who wrote what: what a change set without a person wrote is the data set's.
"""

from collections.abc import Iterable

from django.db import models

from records.dataset.rows import SUBJECT, Difference, Key, State, Store
from records.history import version_model
from records.models import ChangeSet

Kept = list[tuple[type[models.Model], Key]]


def keep(differences: Iterable[Difference], store: Store, wanted: State, held: State) -> Kept:
    """Take the work of people out of the differences; return the rows of the files that were left as they are.

    The files win where people changed something else of the same row. Nothing is changed back, nothing that people
    made is removed, and nothing that they removed is made again.
    """
    kept: Kept = []
    staying: set[tuple[type, Key]] = set()
    missing: set[tuple[type, Key]] = set()
    for difference in differences:
        model, layout = difference.model, store.layouts[difference.model]
        if version_model(model) is None:
            continue
        touched = _touched(difference, store)
        for key, columns in list(difference.changed.items()):
            if theirs := touched[key] & set(columns):
                kept.append((model, key))
                difference.changed[key] = [column for column in columns if column not in theirs]
                if not difference.changed[key]:
                    del difference.changed[key]
        for key in list(difference.removed):
            if touched[key] or any(each in staying for each in store.referred(layout, held[model][key])):
                staying.add((model, key))
                difference.removed.remove(key)
                if not touched[key] >= set(layout.columns):
                    kept.append((model, key))
        gone = _removed_by_people(difference, store) if difference.created else set()
        for key in list(difference.created):
            if key in gone or any(each in missing for each in store.referred(layout, wanted[model][key])):
                missing.add((model, key))
                difference.created.remove(key)
                if key in gone:
                    kept.append((model, key))
    return kept


def _by_people() -> models.QuerySet:
    """The numbers of the change sets that people made."""
    return ChangeSet.objects.filter(by__isnull=False).order_by().values("pk")


def _touched(difference: Difference, store: Store) -> dict[Key, set[str]]:
    """Of the rows that the files would change or remove: the columns that people wrote since; all, if they made it."""
    model, layout = difference.model, store.layouts[difference.model]
    keys = {store.pks[model][key]: key for key in (*difference.changed, *difference.removed)}
    if not keys:
        return {}
    stored = {column: store.stored(layout, column) for column in layout.columns}
    names = [name for group in stored.values() for name in group]
    people = _by_people()
    live = model._base_manager.filter(pk__in=keys).values("pk", *names)
    # What the data set wrote last: the row as it stands, or the newest of its versions that no person wrote.
    written = {row["pk"]: row for row in live.exclude(known_since__in=people)}
    for version in (
        version_model(model)
        .objects.filter(pgh_obj_id__in=keys.keys() - written.keys())
        .exclude(known_since__in=people)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values("pgh_obj_id", *names)
    ):
        written[version.pop("pgh_obj_id")] = version
    touched = {}
    for row in live:
        before = written.get(row["pk"])
        touched[keys[row["pk"]]] = {
            column
            for column, group in stored.items()
            if before is None or any(before[name] != row[name] for name in group)
        }
    return touched


def _removed_by_people(difference: Difference, store: Store) -> set[Key]:
    layout = store.layouts[difference.model]
    names = [name for column in layout.columns for name in store.stored(layout, column)]
    there = difference.model._base_manager.filter(pk=models.OuterRef("pgh_obj_id"))
    deleted = (
        version_model(difference.model)
        .objects.filter(~models.Exists(there), superseded_by__in=_by_people())
        # The newest version of a deleted row is the one that its deletion superseded.
        .exclude(pk__in=_superseded_again(difference.model))
        .values(*names)
    )
    rows = (store.row(layout, version) for version in deleted)
    return {tuple(row[column] for column in layout.key) for row in rows if row is not None}


def _superseded_again(model) -> models.QuerySet:
    """Versions with a later one of the same row."""
    versions = version_model(model).objects
    later = versions.filter(pgh_obj_id=models.OuterRef("pgh_obj_id"), pgh_id__gt=models.OuterRef("pgh_id"))
    return versions.filter(models.Exists(later)).order_by().values("pk")


def still_pointing(differences: Iterable[Difference], store: Store) -> list[tuple[type, Key, models.Model]]:
    """The rows that are to be removed, each with one that the files do not speak of and that still points at it."""
    differences = {difference.model: difference for difference in differences}
    found = []
    for model, difference in differences.items():
        keys = {store.pks[model][key]: key for key in difference.removed}
        if keys:
            for pointing, name, subject in _pointing_at(model, store):
                query = pointing._base_manager.filter(**{f"{name}__in": keys}, **subject)
                if pointing in differences:
                    there = differences[pointing]
                    column = SUBJECT if subject else name
                    leaving = [*there.removed, *(key for key, changed in there.changed.items() if column in changed)]
                    query = query.exclude(pk__in=[store.pks[pointing][key] for key in leaving])
                attname = name if subject else pointing._meta.get_field(name).attname
                found += [(model, keys[getattr(row, attname)], row) for row in query]
    return found


def _pointing_at(model, store: Store):
    """Models that may point at rows of the model: with which column, and under which further condition.

    What is neither of the data set nor protected is derived, and goes with the row.
    """
    for relation in model._meta.related_objects:
        if relation.many_to_many:
            continue
        if relation.related_model in store.layouts or relation.on_delete is models.PROTECT:
            yield relation.related_model, relation.field.name, {}
    for pointing, layout in store.layouts.items():
        if SUBJECT in layout.columns:
            yield pointing, "subject_id", {"subject_type": store.type_of(model)}
