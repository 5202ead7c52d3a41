"""Numbers, amounts of money and phases, as the parts of programs show them."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs.models.programs import Per
from records.api import (
    is_visible,
)

NUMBER_OR_NULL = {"type": ["number", "null"]}
MONEY = {
    "type": "object",
    "properties": {
        "amount": {**NUMBER_OR_NULL, "description": "In whole units of the currency; null where none is known."},
        "currency": {"type": ["string", "null"], "description": "ISO 4217 code."},
        "approximate": {"type": "boolean"},
        "per": {"type": ["string", "null"], "enum": [*Per.values, None], "description": "What it is counted for."},
    },
    "required": ["amount", "currency", "approximate", "per"],
}


def number(value: Decimal | None) -> int | float | None:
    """A stored decimal as a JSON number, without zeros that nobody measured."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field):
    def to_representation(self, value):
        return number(value)


@extend_schema_field(MONEY)
class MoneyField(serializers.Field):
    """The columns of an amount as one object."""

    def __init__(self, prefix: str = "", **kwargs):
        self.prefix = prefix
        super().__init__(source="*", **kwargs)

    def to_representation(self, record):
        amount, *others = (
            getattr(record, f"{self.prefix}{name}") for name in ("amount", "currency", "approximate", "per")
        )
        return dict(zip(MONEY["required"], [number(amount), *others], strict=True))


@extend_schema_field({"type": ["integer", "null"], "description": "Number of the phase within the program."})
class PhaseField(serializers.Field):
    def to_representation(self, phase):
        return phase.number if is_visible(phase) else None
