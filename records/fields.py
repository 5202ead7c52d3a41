"""A model field for EDTF dates: the text as entered, and its four bounds in columns beside it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records import dates

BOUNDS = ("earliest", "start_latest", "end_earliest", "latest")


def bound_name(field_name: str, bound: str) -> str:
    """Column that holds one bound: `earliest` beside `date`, `expected_earliest` beside `expected`."""
    return bound if field_name == "date" else f"{field_name}_{bound}"


class EDTFField(models.CharField):
    """EDTF text (levels 0 and 1, and `[a..b]`), stored as entered.

    Adds four date columns: `earliest` and `latest`, and between them `start_latest` and `end_earliest`, which
    differ from those two only for intervals. NULL is an open or unknown bound.
    """

    def __init__(self, *args, bounds=True, **kwargs):
        kwargs.setdefault("max_length", 64)
        self.bounds = bounds
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        # Migrations and history models list the bound columns themselves.
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bounds": False}

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        if self.bounds and not cls._meta.abstract:
            for bound in BOUNDS:
                column = EDTFBoundField(of=name, bound=bound)
                column.contribute_to_class(cls, bound_name(name, bound))

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value:
            try:
                dates.parse(value)
            except dates.EDTFError as error:
                raise ValidationError(str(error), code="edtf") from error

    def formfield(self, **kwargs):
        return super().formfield(**{"strip": True, "empty_value": None if self.null else "", **kwargs})


class EDTFBoundField(models.DateField):
    """One derived bound of an EDTFField; computed when the row is saved, never typed in."""

    def __init__(self, *, of, bound):
        self.of, self.bound = of, bound
        super().__init__(null=True, editable=False)

    def deconstruct(self):
        name, _, _, _ = super().deconstruct()
        return name, "django.db.models.DateField", [], {"null": True, "editable": False}

    def __deepcopy__(self, memodict):
        copied = super().__deepcopy__(memodict)
        copied.of, copied.bound = self.of, self.bound
        return copied

    def clone(self):
        return EDTFBoundField(of=self.of, bound=self.bound)

    def pre_save(self, model_instance, add):
        text = getattr(model_instance, self.of)
        value = getattr(dates.parse(text), self.bound) if text else None
        setattr(model_instance, self.attname, value)
        return value


def ordered_bounds(field_name: str) -> models.CheckConstraint:
    """Constraint: the start of an EDTF date does not lie after its end, and without text there are no bounds."""
    earliest, start_latest, end_earliest, latest = (bound_name(field_name, b) for b in BOUNDS)

    def ordered(first, last):
        return Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__isnull": True}) | Q(**{f"{first}__lte": F(last)})

    return models.CheckConstraint(
        condition=ordered(earliest, start_latest)
        & ordered(end_earliest, latest)
        & ordered(earliest, latest)
        & (Q(**{f"{field_name}__isnull": False}) | Q(**{f"{earliest}__isnull": True, f"{latest}__isnull": True})),
        name=f"%(app_label)s_%(class)s_{field_name}_ordered",
        violation_error_message=_("A date cannot end before it starts."),
    )
