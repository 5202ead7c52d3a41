"""The data dictionary, made from the models: what one row is, and what each field means."""

import inspect
from collections.abc import Iterator

from django.apps import apps
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.fields import ArrayField
from django.db import models

from records.fields import EDTFBoundField, EDTFField

APPS = ("records", "measures", "programs")


def documented_models() -> Iterator[type[models.Model]]:
    """Every model that people named; not the version tables that history generates."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "pgh_tracked_model"):
                yield model


def markdown() -> str:
    """The whole dictionary as one Markdown page."""
    parts = [
        "# Data dictionary",
        "Made from the models by `manage.py data_dictionary`; change the `help_text` there, not here.",
        "Every EDTF field has four date columns beside it, `earliest`, `start_latest`, `end_earliest` and `latest` "
        "(with the field's name in front unless it is `date`); they are derived and not listed again.",
    ]
    app_label = None
    for model in documented_models():
        meta = model._meta
        if meta.app_label != app_label:
            app_label = meta.app_label
            parts.append(f"## {apps.get_app_config(app_label).verbose_name}")
        parts.append(f"### {meta.object_name}")
        parts.append(inspect.cleandoc(model.__doc__))
        if meta.proxy:
            parts.append(f"The rows of {meta.concrete_model.__name__} that are such bodies; same fields.")
        else:
            parts.append("\n".join(["| Field | Holds | Meaning |", "| --- | --- | --- |", *_rows(model)]))
    return "\n\n".join(parts) + "\n"


def _rows(model) -> Iterator[str]:
    for field in model._meta.get_fields():
        if (
            field.auto_created
            or isinstance(field, (EDTFBoundField, GenericRelation))
            or not hasattr(field, "help_text")
        ):
            continue
        meaning = str(field.help_text or field.verbose_name).replace("|", "\\|")
        yield f"| `{field.name}` | {_kind(field)} | {meaning[0].upper()}{meaning[1:]} |"


def _kind(field) -> str:
    if isinstance(field, EDTFField):
        kind = "EDTF date"
    elif isinstance(field, ArrayField):
        kind = f"list of {_kind(field.base_field)}"
    elif field.is_relation:
        # A generic relation has no model of its own.
        target = field.related_model.__name__ if field.related_model else "any record"
        kind = f"→ {target}" + (" (several)" if field.many_to_many else "")
    elif getattr(field, "choices", None):
        kind = "one of " + ", ".join(f"`{value}`" for value, _ in field.flatchoices)
    else:
        kind = {
            "CharField": "text",
            "TextField": "text",
            "URLField": "address",
            "DateField": "day",
            "DateTimeField": "moment",
            "BooleanField": "yes or no",
            "DecimalField": "number",
            "JSONField": "JSON",
            "FileField": "file",
            "UUIDField": "UUID",
            "GeneratedField": "range of days",
        }.get(field.get_internal_type(), "whole number")
    return f"{kind}, may be empty" if field.null and not field.primary_key else kind
