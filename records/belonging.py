"""Which rows belong to which record with a page of its own, and by which columns they lead to it.

A row of a link, a citation, an event: each belongs to the record on whose page it is shown. The columns are those that
pages follow (`Pages.leads`), the keys of what a row dies with, and what names, citations and disputes are about.

The database follows them too, in functions whose plans it keeps: one statement over every way there is takes longer to
plan than to run.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import CASCADE, Field, ForeignKey, Model

from records.derived import derived_models
from records.fields import EDTFField
from records.history import version_model, version_table
from records.models import Cited, Name, Named, Record, SlugRedirect
from records.pages import Pages


@dataclass(frozen=True)
class Hop:
    """One step towards the record with the page: from a row, by this column, to a row of another model."""

    column: str
    to: type[Model]
    # Where the column may lead to rows of several models, the one that says to which.
    type_column: str = ""

    @property
    def type_id(self) -> int:
        return ContentType.objects.get_for_model(self.to).pk


@functools.cache
def owners() -> dict[str, type[Record]]:
    """The kinds of records that have a page of their own, by the name of their model."""
    leads = _leads()
    return {
        model._meta.model_name: model
        for model in _tracked()
        if issubclass(model, Record) and model not in leads and hasattr(model, "get_absolute_url")
    }


@functools.cache
def hops() -> dict[type[Model], tuple[Hop, ...]]:
    """Every model with rows that readers are told of, and the steps that lead on from them; from owners none."""
    found = {model: () if model in owners().values() else tuple(_hops(model)) for model in _tracked()}
    return {model: steps for model, steps in found.items() if steps or model in owners().values()}


def owner_kind(model: type[Model]) -> str:
    """The kind of record on whose pages rows of a model are told of; that of the model itself where it has pages."""
    kinds = {owner: name for name, owner in owners().items()}
    while model not in kinds:
        model = hops()[model][0].to
    return kinds[model]


@functools.cache
def ways(part: type[Model]) -> tuple[tuple[type[Model], tuple[Hop, ...]], ...]:
    """Each model whose rows lead to a part of records, with every way there; the part itself with no step to go."""
    steps = family(part)

    def onward(model: type[Model]) -> Iterator[tuple[Hop, ...]]:
        if model is part:
            yield ()
        for hop in steps[model]:
            for rest in onward(hop.to):
                yield (hop, *rest)

    return tuple((model, way) for model in steps for way in onward(model))


@functools.cache
def family(owner: type[Record]) -> dict[type[Model], tuple[Hop, ...]]:
    """The models whose rows lead to records of a kind, each after those that it leads to."""
    found: dict[type[Model], tuple[Hop, ...]] = {owner: ()}
    while True:
        more = {
            model: towards
            for model, steps in hops().items()
            if model not in found
            and (towards := tuple(hop for hop in steps if hop.to in found))
            # What leads to several members comes once all of them are there.
            and not any(hop.to in _leading_to(owner) - set(found) for hop in steps)
        }
        if not more:
            return found
        found |= more


@functools.cache
def _leading_to(owner: type[Record]) -> set[type[Model]]:
    reached = {owner}
    while more := {model for model, steps in hops().items() if any(hop.to in reached for hop in steps)} - reached:
        reached |= more
    return reached


@functools.cache
def status_columns() -> dict[type[Model], tuple[str, ...]]:
    """The derived rows that tell the status of records, and the columns that readers know it by."""
    return {model: names for pages in Pages.__subclasses__() for model, names in pages.statuses.items()}


def dates_of(model: type[Model]) -> list[Field]:
    return [column for column in model._meta.concrete_fields if isinstance(column, EDTFField)]


def links_of(model: type[Model]) -> list[Field]:
    """The columns by which a row that is no record joins what it is a part of to other records."""
    if issubclass(model, Record):
        return []
    onward = {hop.column for hop in hops()[model]}
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, ForeignKey) and column.column not in onward and issubclass(column.related_model, Record)
    ]


def _tracked() -> list[type[Model]]:
    """Models with history whose rows readers are told of."""
    derived = derived_models() | {model for pages in Pages.__subclasses__() for model in pages.derived}
    left_out = {SlugRedirect} | (derived - set(status_columns()))
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and version_model(model) is not None and model not in left_out
    ]


def _leads() -> dict[type[Model], tuple[str, ...]]:
    return {model: names for pages in Pages.__subclasses__() for model, names in pages.leads.items()}


def _hops(model: type[Model]) -> Iterator[Hop]:
    names = _leads().get(model)
    for column in model._meta.concrete_fields:
        if isinstance(column, ForeignKey) and version_model(column.related_model) is not None:
            leads = column.name in names if names else column.remote_field.on_delete is CASCADE
            if leads:
                yield Hop(column.column, column.related_model._meta.concrete_model)
    for column in model._meta.private_fields:
        if isinstance(column, GenericForeignKey) and (names is None or column.name in names):
            types = model._meta.get_field(column.ct_field).column
            wanted = Named if model is Name else Record if issubclass(model, Record) else Cited
            for to in _tracked():
                if issubclass(to, wanted) and to is not model:
                    yield Hop(model._meta.get_field(column.fk_field).column, to, types)


# No clock is asked: a change lifts an embargo that is over.
PUBLIC = "({0}.state IN ('published', 'withdrawn') AND {0}.embargo_until IS NULL)"


def make_functions(*, using: str = DEFAULT_DB_ALIAS, **_signal) -> None:
    """Tell the database of the ways that rows lead to records; a receiver of post_migrate, after the views."""
    import_module(settings.ROOT_URLCONF)  # with it come the pages
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('as_known') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_functions())


def _functions() -> str:
    """The functions `public_now` and `owner_at` of the schema that shows what was known."""
    records = {model for model in hops() if issubclass(model, Record)}
    now = "\n".join(
        f"WHEN '{model._meta.db_table}' THEN SELECT {PUBLIC.format('this')} INTO told"
        f" FROM {model._meta.db_table} this WHERE id = row_id;"
        for model in records
    )
    steps = "\n".join(
        f"WHEN '{model._meta.db_table}' THEN {_step(model)}"
        for model in hops()
        if model in records or any(hop.to is model for steps in hops().values() for hop in steps)
    )
    return f"""
-- Whether visitors may know of a record, as of now or as of the moment that is read from.
CREATE OR REPLACE FUNCTION as_known.public_now(row_table text, row_id bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    told boolean;
BEGIN
    IF row_id IS NULL THEN RETURN true; END IF;
    CASE row_table
    {now}
    END CASE;
    RETURN coalesce(told, false);
END $$;

-- The record whose page shows a row, as the rows stood after a change set, and whether everything on the way there was
-- public then, and is.
CREATE OR REPLACE FUNCTION as_known.owner_at(
    INOUT row_table text, INOUT row_id bigint, change_set bigint, OUT told_then boolean, OUT told_now boolean
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    onto_table text;
    onto_id bigint;
    was boolean;
BEGIN
    told_then := true;
    told_now := true;
    LOOP
        was := NULL;
        CASE row_table
        {steps}
        ELSE was := NULL;
        END CASE;
        told_then := told_then AND coalesce(was, false);
        IF was IS NULL OR onto_table IS NULL THEN RETURN; END IF;
        row_table := onto_table;
        row_id := onto_id;
    END LOOP;
END $$;
"""


def _step(model: type[Model]) -> str:
    """One step of `owner_at` from a row of this model."""
    table, versions, key = model._meta.db_table, version_table(model), model._meta.pk.column
    steps = hops()[model]
    columns = list(dict.fromkeys(column for hop in steps for column in (hop.column, hop.type_column) if column))
    columns += ["state", "embargo_until"] if issubclass(model, Record) else []
    listed = "".join(f', "{column}"' for column in columns)
    public = PUBLIC.format("this") if issubclass(model, Record) else "true"
    if not steps:
        onto = "NULL, NULL"
    elif steps[0].type_column:
        type_of = f"(SELECT app_label || '_' || model FROM django_content_type WHERE id = this.{steps[0].type_column})"
        onto = f"{type_of}, this.{steps[0].column}"
    else:
        tables = "".join(f" WHEN this.{hop.column} IS NOT NULL THEN '{hop.to._meta.db_table}'" for hop in steps)
        onto = f"CASE{tables} END, coalesce({', '.join(f'this.{hop.column}' for hop in steps)})"
    step = (
        f"SELECT {onto}, {public} INTO onto_table, onto_id, was FROM (SELECT {key}{listed} FROM public.{table}"
        f" WHERE {key} = row_id AND known_since <= change_set UNION ALL"
        f" SELECT pgh_obj_id{listed} FROM public.{versions}"
        " WHERE pgh_obj_id = row_id AND known_since <= change_set AND superseded_by > change_set) this;"
    )
    if issubclass(model, Record):
        step += f" told_now := told_now AND as_known.public_now('{table}', row_id);"
    return step
