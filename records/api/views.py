"""Strict lists of records, and each record by its id. Reading is open: nobody is asked who they are."""

import hashlib
from functools import partial

from django.db.models import QuerySet
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework import filters, mixins, negotiation, serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from records import bitmaps
from records.api.asking import FIELDS, AskingMixin
from records.api.description import Description
from records.api.paging import Paging
from records.api.visible import told
from records.api.writing import WritingMixin
from records.clocks import PARAMETERS
from records.filters import ChoicesFilter
from records.filtersets import RecordFilterSet
from records.models import Record, SlugRedirect
from records.queries import refuse_unknown, shown, unprintable
from records.views import moved_to


class JSONAlways(negotiation.BaseContentNegotiation):
    """There is one format; what a client says it accepts, or `?format=`, does not turn it away."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class AskedFor(filters.BaseFilterBackend):
    """The list as its FilterSet narrows it."""

    def filter_queryset(self, request, queryset, view):
        also = (*view.paginator.parameters, FIELDS)
        filterset = view.filterset_class(request.query_params, queryset, request=request, also=also, is_whole=True)
        if filterset.problems:
            raise ValidationError(filterset.problems)
        view.filterset = filterset
        return bitmaps.rows(filterset)

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


class OpenToAll:
    """Read without an account, always as JSON."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = JSONAlways
    metadata_class = None  # OPTIONS would describe forms that there are not


class ListViewSet(OpenToAll, AskingMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """A list of what is no record of its own, to be read only."""

    schema = Description()
    pagination_class = Paging
    filter_backends = ()
    http_method_names = ("get", "head")

    def list(self, request, *args, **kwargs):
        return tagged(request, super().list(request, *args, **kwargs))


class RecordViewSet(AskingMixin, WritingMixin, viewsets.ReadOnlyModelViewSet):
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

    def list(self, request, *args, **kwargs):
        return tagged(request, super().list(request, *args, **kwargs))

    def paginate_queryset(self, queryset):
        records = super().paginate_queryset(queryset)
        self.prepare(told(records))
        return records

    def get_object(self):
        known = (*PARAMETERS, FIELDS)
        if problems := refuse_unknown(self.request.query_params, known, single=known):
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
        return tagged(request, Response(self.get_serializer(record).data), record.version)

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


def tagged(request, answer: Response, version: int | None = None) -> Response:
    """The answer with an ETag, or as not modified. Of a record the version comes first: whoever writes names it."""
    answer.add_post_render_callback(partial(_tag, request, version))
    return answer


def _tag(request, version: int | None, answer):
    digest = hashlib.sha256(answer.content).hexdigest()[:16]
    tag = f'"{digest}"' if version is None else f'"{version}.{digest}"'
    answer.headers["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=answer)
