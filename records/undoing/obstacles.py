"""What stands in the way of undoing a change set: rows that changed since, and rows that depend on others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records import history
from records.derived import derived_models
from records.models import ChangeSet
from records.undoing import footprints
from records.undoing.footprints import Footprint, Keys

SHOWN = 100


@dataclass(frozen=True)
class Obstacle:
    """One row that hinders the undoing, why, and the later change sets that wrote it."""

    model: type[models.Model] | None
    key: object
    why: str
    change_sets: tuple[ChangeSet, ...] = ()
    title: str = ""

    @property
    def kind(self) -> str:
        return capfirst(str(self.model._meta.verbose_name)) if self.model else ""

    def __str__(self):
        what = f"{self.kind} “{self.title}” {self.why}" if self.model else self.why
        if not self.change_sets:
            return what
        sets = ", ".join(f"{each.pk} “{each.reason}”" for each in self.change_sets)
        return _("%(what)s (change set %(sets)s)") % {"what": what, "sets": sets}


@dataclass(frozen=True)
class _Found:
    model: type[models.Model]
    key: object
    why: str


def obstacles(found: Iterable[Footprint]) -> list[Obstacle]:
    """Everything that hinders the undoing, at most `SHOWN` of each kind and table."""
    touched = {footprint.model: footprint for footprint in found}
    hindering: list[_Found] = []
    number = 0
    for footprint in touched.values():
        number = footprint.number
        with connection.cursor() as cursor, footprints.many_rows(cursor):
            hindering += _overwritten(cursor, footprint)
            hindering += _pointing(cursor, footprint, touched)
            hindering += _missing(cursor, footprint, touched)
            hindering += _taken(cursor, footprint)
    return list(_told(hindering, number))


def _overwritten(cursor, footprint: Footprint) -> Iterator[_Found]:
    keys = footprint.overwritten[:SHOWN]
    model = footprint.model
    cursor.execute(f'SELECT {_key(model)} FROM "{model._meta.db_table}" WHERE {_key(model)} = ANY(%s)', [keys])
    there = {key for (key,) in cursor.fetchall()}
    gone = set(footprint.deleted)
    for key in keys:
        why = _("was deleted since") if key not in there else _("was changed since")
        yield _Found(model, key, _("was made again since") if key in gone else why)


def _pointing(cursor, footprint: Footprint, touched: dict) -> Iterator[_Found]:
    """Rows that would point at nothing once what the change set made is gone."""
    if not footprint.made:
        return
    why = _("belongs to what would be removed, or refers to it")
    derived = derived_models()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or hasattr(model, "pgh_tracked_model") or model in derived:
            continue
        conditions = [
            f'"{column.column}" = ANY(%(made)s)'
            for column in model._meta.concrete_fields
            if column.remote_field
            and column.db_constraint
            and column.related_model._meta.concrete_model is footprint.model
        ]
        if history.version_model(model) and (generic := footprints.generic(model)):
            kind = ContentType.objects.get_for_model(footprint.model)
            conditions.append(f'"{generic.ct_field}_id" = {kind.pk} AND "{generic.fk_field}" = ANY(%(made)s)')
        if conditions:
            own = touched.get(model)
            cursor.execute(
                f'SELECT {_key(model)} FROM "{model._meta.db_table}" WHERE ({" OR ".join(conditions)})'
                f" AND NOT {_key(model)} = ANY(%(own)s) ORDER BY 1 LIMIT {SHOWN}",
                {"made": footprint.made, "own": own.keys if own else []},
            )
            yield from (_Found(model, key, why) for (key,) in cursor.fetchall())


def _missing(cursor, footprint: Footprint, touched: dict) -> Iterator[_Found]:
    """Rows that would come back and point at something that is gone."""
    model = footprint.model
    if not footprint.coming:
        return
    before = f'"{history.version_table(model)}" before WHERE superseded_by = %(number)s AND pgh_obj_id = ANY(%(keys)s)'
    parameters = {"number": footprint.number, "keys": footprint.coming}
    targets = [
        (column.column, column.related_model._meta.concrete_model, "true")
        for column in model._meta.concrete_fields
        if column.remote_field and column.db_constraint
    ]
    if generic := footprints.generic(model):
        cursor.execute(f'SELECT DISTINCT "{generic.ct_field}_id" FROM {before}', parameters)
        for (kind,) in cursor.fetchall():
            subject = ContentType.objects.get_for_id(kind).model_class()
            if subject is not None:
                where = f'"{generic.ct_field}_id" = {kind}'
                targets.append((generic.fk_field, subject._meta.concrete_model, where))
    for column, target, where in targets:
        own = touched.get(target)
        cursor.execute(
            f'SELECT DISTINCT "{column}" FROM {before} AND {where}'
            f' AND "{column}" IS NOT NULL AND NOT "{column}" = ANY(%(coming)s) AND NOT EXISTS'
            f' (SELECT FROM "{target._meta.db_table}" target WHERE target.{_key(target)} = before."{column}")'
            f" ORDER BY 1 LIMIT {SHOWN}",
            {**parameters, "coming": own.deleted if own else []},
        )
        yield from (
            _Found(target, key, _("is gone, and what would come back needs it")) for (key,) in cursor.fetchall()
        )


def _taken(cursor, footprint: Footprint) -> Iterator[_Found]:
    """Rows that have meanwhile what only one row may have, such as a public id."""
    model = footprint.model
    if not footprint.coming:
        return
    cursor.execute(
        """
        SELECT array_agg(attname::text), pg_get_expr(indpred, indrelid)
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey::smallint[])
        WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary AND indexprs IS NULL
        GROUP BY indexrelid, indpred, indrelid
        """,
        [f'"{model._meta.db_table}"'],
    )
    for names, condition in cursor.fetchall():
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"""
            SELECT {_key(model)} FROM "{model._meta.db_table}"
            WHERE ({columns}) IN (
                SELECT {columns} FROM "{history.version_table(model)}"
                WHERE superseded_by = %(number)s AND pgh_obj_id = ANY(%(coming)s) AND {condition or "true"}
            ) AND NOT {_key(model)} = ANY(%(keys)s) AND {condition or "true"}
            ORDER BY 1 LIMIT {SHOWN}
            """,
            {"number": footprint.number, "coming": footprint.coming, "keys": footprint.keys},
        )
        labels = ", ".join(str(each.verbose_name) for each in model._meta.concrete_fields if each.column in names)
        why = _("has by now what would come back: %(columns)s") % {"columns": labels}
        yield from (_Found(model, key, why) for (key,) in cursor.fetchall())


# In words


def _told(hindering: list[_Found], number: int) -> Iterator[Obstacle]:
    writers: dict[tuple, list[int]] = {}
    by_model: dict[type[models.Model], Keys] = {}
    for each in hindering:
        by_model.setdefault(each.model, set()).add(each.key)
    for model, keys in by_model.items():
        for key, writer in _writers(model, keys, number):
            writers.setdefault((model, key), []).append(writer)
    change_sets = ChangeSet.objects.select_related("by").in_bulk({each for some in writers.values() for each in some})
    rows = {(model, key): row for model, keys in by_model.items() for key, row in rows_of(model, keys).items()}
    for each in hindering:
        place = each.model, each.key
        yield Obstacle(
            each.model,
            each.key,
            each.why,
            tuple(change_sets[writer] for writer in sorted(writers.get(place, ())) if writer in change_sets),
            title_of(rows[place]) if place in rows else str(each.key),
        )


def _writers(model: type[models.Model], keys: Keys, number: int) -> list[tuple]:
    """The later change sets that wrote these rows."""
    if history.version_model(model) is None:
        return []
    past = history.version_table(model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {_key(model)}, known_since FROM "{model._meta.db_table}"
            WHERE {_key(model)} = ANY(%(keys)s) AND known_since > %(number)s
            UNION SELECT pgh_obj_id, known_since FROM "{past}"
            WHERE pgh_obj_id = ANY(%(keys)s) AND known_since > %(number)s
            UNION SELECT pgh_obj_id, superseded_by FROM "{past}"
            WHERE pgh_obj_id = ANY(%(keys)s) AND superseded_by > %(number)s
            """,
            {"keys": list(keys), "number": number},
        )
        return cursor.fetchall()


def rows_of(model: type[models.Model], keys: Keys) -> dict[object, models.Model]:
    """The rows as they are, or as they were last."""
    rows = {row.pk: row for row in model._base_manager.filter(pk__in=keys)}
    missing = keys - set(rows)
    if missing and history.version_model(model) is not None:
        for version in footprints.version_of(model).filter(pgh_obj_id__in=missing).order_by("pgh_id"):
            rows[version.pgh_obj_id] = as_row(model, version)
    return rows


def as_row(model: type[models.Model], version: models.Model) -> models.Model:
    """A row as a version tells it."""
    columns = [each.attname for each in model._meta.concrete_fields if not each.primary_key and not each.generated]
    return model(pk=version.pgh_obj_id, **{name: getattr(version, name) for name in columns})


def title_of(row: models.Model) -> str:
    """Words that tell a row from others: its own, or of a row without any those of what it stands in and points at."""
    for name in ("slug", "title", "name", "text", "statement"):
        if isinstance(value := getattr(row, name, None), str) and value:
            return value
    generic = footprints.generic(type(row))
    names = [generic.name] if generic else []
    names += [each.name for each in row._meta.concrete_fields if each.remote_field and not each.null]
    pointed_at = []
    for name in names:
        if generic and name == generic.ct_field:
            continue
        try:
            pointed_at.append(str(getattr(row, name)))
        except models.ObjectDoesNotExist:
            pointed_at.append(_("deleted"))
    return " · ".join(pointed_at) or str(row)


def _key(model: type[models.Model]) -> str:
    return f'"{model._meta.pk.column}"'
