"""Strict lists of records, and each record by its id. Reading is open: nobody is asked who they are."""

import hashlib
from functools import partial

from django.db.models import QuerySet
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework import filters, negotiation, pagination, serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from records.api.description import Description
from records.api.visible import told
from records.api.writing import WritingMixin
from records.clocks import PARAMETERS
from records.filters import ChoicesFilter, RecordFilterSet
from records.models import Record, SlugRedirect
from records.queries import refuse_unknown, shown, unprintable
from records.views import moved_to


class JSONAlways(negotiation.BaseContentNegotiation):
    """There is one format; what a client says it accepts, or `?format=`, does not turn it away."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Paging(pagination.LimitOffsetPagination):
    """Pages by limit and offset; numbers out of bounds are refused, not trimmed."""

    default_limit, max_limit, max_offset = 50, 200, 1_000_000

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

    def get_paginated_response_schema(self, schema):
        # Rest framework's own writes "nullable", which OpenAPI 3.1 no longer knows.
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"count": {"type": "integer"}, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view):
        bounds = {"limit": (1, self.max_limit, self.default_limit), "offset": (0, self.max_offset, 0)}
        return [
            {
                "name": name,
                "in": "query",
                "schema": {"type": "integer", "minimum": least, "maximum": most, "default": default},
            }
            for name, (least, most, default) in bounds.items()
        ]


class AskedFor(filters.BaseFilterBackend):
    """The list as its FilterSet narrows it."""

    def filter_queryset(self, request, queryset, view):
        paging = (view.paginator.limit_query_param, view.paginator.offset_query_param)
        filterset = view.filterset_class(request.query_params, queryset, request=request, also=paging)
        if filterset.problems:
            raise ValidationError(filterset.problems)
        return filterset.qs

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": name,
                "in": "query",
                "description": str(declared.label),
                "schema": declared.schema,
                **({"explode": True, "style": "form"} if isinstance(declared, ChoicesFilter) else {}),
            }
            for name, declared in view.filterset_class.base_filters.items()
        ]


class RecordViewSet(WritingMixin, viewsets.ReadOnlyModelViewSet):
    """Records of one kind: a list to filter, and each by its id.

    Subclasses name `filterset_class`, `ordering`, `serializer_class` for one record and `row_serializer_class` for
    a row of the list, and say in `for_list` and `for_detail` what is read.
    """

    permission_classes = ()
    content_negotiation_class = JSONAlways
    metadata_class = None  # OPTIONS would describe forms that there are not
    schema = Description()
    pagination_class = Paging
    filter_backends = (AskedFor,)
    http_method_names = ("get", "head", "post", "patch", "delete")
    lookup_field = "slug"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    filterset_class: type[RecordFilterSet]
    ordering: tuple[str, ...] = ("slug",)
    row_serializer_class: type[serializers.Serializer] | None = None

    def get_queryset(self):
        visible = self.filterset_class.visible().order_by(*self.ordering)
        return self.for_list(visible) if self.action == "list" else self.for_detail(visible)

    def get_serializer_class(self):
        return (self.row_serializer_class if self.action == "list" else None) or self.serializer_class

    def for_list(self, queryset: QuerySet) -> QuerySet:
        return queryset

    def for_detail(self, queryset: QuerySet) -> QuerySet:
        return self.for_list(queryset)

    def prepare(self, records: list[Record]) -> None:
        """Give the records of an answer what no queryset carries; withdrawn ones are not among them."""

    def paginate_queryset(self, queryset):
        records = super().paginate_queryset(queryset)
        self.prepare(told(records))
        return records

    def get_object(self):
        if problems := refuse_unknown(self.request.query_params, PARAMETERS, single=PARAMETERS):
            raise ValidationError(problems)
        slug = self.kwargs[self.lookup_url_kwarg]
        record = None if unprintable(slug) else self.get_queryset().filter(slug=slug).first()
        if record is None:
            kind = self.filterset_class._meta.model._meta.verbose_name
            raise NotFound(_("There is no %(kind)s with the id “%(id)s”.") % {"kind": kind, "id": shown(slug)})
        self.prepare(told([record]))
        return record

    def retrieve(self, request, *args, **kwargs):
        """The id of a record that was merged into another leads to that one."""
        try:
            record = self.get_object()
        except NotFound:
            if moved := self.moved():
                return moved
            raise
        if record.state == Record.State.WITHDRAWN and (moved := self.moved()):
            return moved
        answer = Response(self.get_serializer(record).data)
        answer.add_post_render_callback(partial(_tagged, request, record.version))
        return answer

    def moved(self) -> HttpResponsePermanentRedirect | None:
        slug = self.kwargs[self.lookup_url_kwarg]
        model = self.filterset_class._meta.model
        target = None if unprintable(slug) else SlugRedirect.objects.target(model, slug)
        if target is None:
            return None
        return moved_to(self.request, reverse(self.request.resolver_match.view_name, args=[target.slug]))

    @property
    def on(self):
        """The day that is asked about."""
        return self.request.clocks.on


def _tagged(request, version: int, answer):
    """With an ETag, or as not modified. The version comes first in it: whoever writes names it."""
    tag = f'"{version}.{hashlib.sha256(answer.content).hexdigest()[:16]}"'
    answer.headers["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=answer)
