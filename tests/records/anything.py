"""One row of any model, made from its fields; for tests that walk over every model."""

import itertools
import string
import uuid

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django_countries import countries

from records.fields import EDTFBoundField, EDTFField
from records.models import Source

numbers = itertools.count(1)
# Codes that stand for no country, so that none is one that a test names.
no_countries = itertools.cycle(
    code
    for code in map("".join, itertools.product(string.ascii_uppercase, repeat=2))
    if code not in countries.countries
)

# What the constraints of a model ask for beyond its fields.
WANTED = {
    "Claim": {"claimant": "somebody"},
    "Response": {"actor": "somebody"},
    "ProjectPerformer": {"name": "somebody"},
    "Snapshot": {"sha256": "0" * 64},
    "Ministry": {"kind": "ministry"},
    "Institute": {"kind": "company"},
    "MastCode": {"code": lambda: f"P{400 + next(numbers) % 500}"},
    "Country": {"code": lambda: next(no_countries)},
    "HSCode": {"code": lambda: f"{next(numbers):06d}"},
    "HSSection": {"code": lambda: str(next(numbers))},
    "Name": {"language": "ko"},
    "StatusPeriod": {"planned": True, "never_in_force": False},
}


def row(model, **values):
    """A saved row; what it needs to point at is made as well."""
    wanted = {name: value() if callable(value) else value for name, value in WANTED.get(model.__name__, {}).items()}
    if model.__name__ == "Instrument":
        return model.objects.get_or_create(code="export_ban")[0]
    if model.__name__ == "DeskRules":
        return model.objects.get_or_create(pk=1)[0]
    if model.__name__ == "CoverageNote" and "program" not in values:
        wanted["program"] = row(model._meta.get_field("program").related_model)
    if model.__name__ in ("SurveyFeed", "IntegrationInput"):
        name = "phase" if model.__name__ == "SurveyFeed" else "survey"
        if name not in values:
            wanted[name] = row(model._meta.get_field(name).related_model)
    values = {**wanted, **values}
    for field in model._meta.concrete_fields:
        if field.name in values or isinstance(field, EDTFBoundField) or field.generated or field.auto_created:
            continue
        if not field.null and not field.has_default() and not getattr(field, "auto_now_add", False):
            values[field.name] = _value(field)
    return model._base_manager.create(**values)


def _value(field):
    if field.is_relation:
        if field.related_model is ContentType:
            return ContentType.objects.get_for_model(Source)
        return row(field.related_model)
    if isinstance(field, EDTFField):
        return "2019-07"
    if field.choices:
        return next(iter(field.flatchoices))[0]
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.IntegerField | models.DecimalField):
        return next(numbers)
    return f"{field.name.replace('_', '-')}-{next(numbers)}"[: field.max_length]
