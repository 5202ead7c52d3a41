"""What people did at the desk since the last load: it stays, whatever the files say.

The history tells who wrote what: a version without a person is the data set's.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from records.dataset.rows import SUBJECT, Difference, Key, State, Store

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
        if not hasattr(model, "versions"):
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


def _versions(model) -> models.QuerySet:
    """The versions of the model's rows, with the person who wrote each, None for the data set."""
    versions = model.versions.rel.related_model.objects
    # The cast makes JSON's null one of SQL's.
    return versions.annotate(person=Cast(KeyTextTransform("by", "pgh_context__metadata"), models.BigIntegerField()))


def _touched(difference: Difference, store: Store) -> dict[Key, set[str]]:
    """Of the rows that the files would change or remove: the columns that people wrote since; all, if they made it."""
    model, layout = difference.model, store.layouts[difference.model]
    keys = {store.pks[model][key]: key for key in (*difference.changed, *difference.removed)}
    if not keys:
        return {}
    stored = {column: store.stored(layout, column) for column in layout.columns}
    names = [name for group in stored.values() for name in group]
    written = {
        version.pop("pgh_obj_id"): version
        for version in _versions(model)
        .filter(pgh_obj_id__in=keys, person__isnull=True)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values("pgh_obj_id", *names)
    }
    touched = {}
    for row in model._base_manager.filter(pk__in=keys).values("pk", *names):
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
    deleted = _versions(difference.model).filter(pgh_label="delete", person__isnull=False).values(*names)
    rows = (store.row(layout, version) for version in deleted)
    return {tuple(row[column] for column in layout.key) for row in rows if row is not None}


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
