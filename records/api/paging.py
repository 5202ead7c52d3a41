"""Pages of lists: on and on by a cursor, or by limit and offset near the beginning."""

import base64
import binascii
import json

from django.core.exceptions import FieldError
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from records import bitmaps
from records.queries import unprintable

LONGEST = 500  # characters of a cursor


class Paging(pagination.LimitOffsetPagination):
    """A page after a cursor, or from an offset on; what cannot be is refused, not trimmed.

    The cursor names the row that the page before ended with, by the columns that the list is ordered by, so that no row
    is told twice or left out because others come or go. Where no offset is asked for, the next page is after a cursor.
    """

    default_limit, max_limit, max_offset = 50, 200, 10_000
    cursor_query_param = "cursor"

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.limit_query_param, self.offset_query_param, self.cursor_query_param

    def get_count(self, queryset):
        filterset = getattr(self.view, "filterset", None)
        found = bitmaps.found(filterset) if filterset else None
        return super().get_count(queryset) if found is None else len(found)

    def get_limit(self, request):
        return self._number(request, self.limit_query_param, 1, self.max_limit, self.default_limit)

    def get_offset(self, request):
        return self._number(request, self.offset_query_param, 0, self.max_offset, 0)

    def _number(self, request, name, least, most, default):
        text = request.query_params.get(name, "").strip()
        if not text:
            return default
        # Digits of other scripts, signs and underscores are numbers to int(), but not in an address.
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            words = _("“%(name)s” has to be a whole number from %(least)d to %(most)d.")
            raise ValidationError({name: [words % {"name": name, "least": least, "most": most}]})
        return int(text)

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.limit, self.view = request, self.get_limit(request), view
        cursor = request.query_params.get(self.cursor_query_param, "").strip()
        self.by_offset = bool(request.query_params.get(self.offset_query_param, "").strip())
        if cursor and self.by_offset:
            raise ValidationError({self.cursor_query_param: [_("Ask by a cursor or by an offset, not by both.")]})
        if self.by_offset:
            return super().paginate_queryset(queryset, request, view)
        self.offset, self.order = 0, Order(queryset)
        # How many there are is told once: counting them takes longer than reading a page.
        self.count = None if cursor else self.get_count(queryset)
        rows = list((self.order.after(queryset, cursor) if cursor else queryset)[: self.limit + 1])
        self.next_cursor = self.order.cursor(rows[self.limit - 1]) if len(rows) > self.limit else None
        return rows[: self.limit]

    def get_next_link(self):
        if self.by_offset:
            # What lies beyond the last offset is reached by cursors.
            return super().get_next_link() if self.offset + self.limit <= self.max_offset else None
        if self.next_cursor is None:
            return None
        address = remove_query_param(self.request.build_absolute_uri(), self.offset_query_param)
        return replace_query_param(address, self.cursor_query_param, self.next_cursor)

    def get_previous_link(self):
        return super().get_previous_link() if self.by_offset else None

    def get_paginated_response(self, data):
        return Response({**self.page(), "results": data})

    def page(self) -> dict:
        return {"count": self.count, "next": self.get_next_link(), "previous": self.get_previous_link()}

    def get_paginated_response_schema(self, schema):
        # Rest framework's own writes "nullable", which OpenAPI 3.1 no longer knows.
        address = {"type": ["string", "null"], "format": "uri"}
        count = {"type": ["integer", "null"], "description": "How many there are; null after a cursor."}
        properties = {"count": count, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view):
        bounds = {"limit": (1, self.max_limit, self.default_limit), "offset": (0, self.max_offset, 0)}
        numbers = [
            {
                "name": name,
                "in": "query",
                "schema": {"type": "integer", "minimum": least, "maximum": most, "default": default},
            }
            for name, (least, most, default) in bounds.items()
        ]
        return [
            *numbers,
            {
                "name": self.cursor_query_param,
                "in": "query",
                "description": "Where to go on, as “next” says it; there is no end to how far.",
                "schema": {"type": "string", "maxLength": LONGEST},
            },
        ]


class Order:
    """The order of a list by columns of its own, the last of which no two rows share."""

    def __init__(self, queryset: QuerySet):
        model = queryset.model
        named = [(name.lstrip("-"), name.startswith("-")) for name in queryset.query.order_by]
        self.name = model._meta.model_name
        self.columns: list[tuple[Field, bool]] = [(model._meta.get_field(name), down) for name, down in named]
        alone = {constraint.fields for constraint in model._meta.total_unique_constraints}
        last = self.columns[-1][0] if self.columns else None
        if last is None or not (last.unique or (last.name,) in alone):
            raise FieldError(f"The list of {model._meta.verbose_name_plural} has no total order.")

    def cursor(self, row) -> str:
        values = [
            None if getattr(row, column.attname) is None else column.value_to_string(row)
            for column, _down in self.columns
        ]
        text = json.dumps([self.name, *values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def after(self, queryset: QuerySet, cursor: str) -> QuerySet:
        """The rows that come after the one that a cursor names. PostgreSQL puts null after all values."""
        beyond = Q(pk__in=[])
        for (column, down), value in reversed(list(zip(self.columns, self._read(cursor), strict=True))):
            same = Q(**{f"{column.name}__isnull": True}) if value is None else Q(**{column.name: value})
            further = Q(pk__in=[])
            if value is None and down:
                further = Q(**{f"{column.name}__isnull": False})
            elif value is not None:
                further = Q(**{f"{column.name}__{'lt' if down else 'gt'}": value})
                if column.null and not down:
                    further |= Q(**{f"{column.name}__isnull": True})
            beyond = further | (same & beyond)
        return queryset.filter(beyond)

    def _read(self, cursor: str) -> list:
        try:
            if len(cursor) > LONGEST:
                raise ValueError(cursor)
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
            name, *values = json.loads(text)
            if name != self.name or len(values) != len(self.columns):
                raise ValueError(cursor)
            return [_read(column, value) for (column, _down), value in zip(self.columns, values, strict=True)]
        except (ValueError, TypeError, RecursionError, binascii.Error, InvalidValue) as error:
            raise ValidationError(
                {"cursor": [_("This is no cursor of this list. Take the address that “next” gives.")]}
            ) from error


def _read(column: Field, value: str | None):
    """A value of a column as a cursor tells it. Raises ValueError or ValidationError where there can be none such."""
    if value is None:
        if not column.null:
            raise ValueError(value)
        return None
    if not isinstance(value, str) or unprintable(value):
        raise ValueError(value)
    return column.clean(value, None)
