"""The timeline and the vocabulary of instruments in the API: lists of what is no record of its own."""

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from measures.models import Instrument, Measure, TimelineEntry
from measures.views.line_filter import TimelineFilter
from measures.views.lines import expectation
from measures.views.timeline import asked_lines
from measures.views.zooms import PARAMETERS as PERIOD
from measures.views.zooms import TEXT
from records.api import CitedSerializer, LinkField, ReadOnlySerializer
from records.api.asking import FIELDS
from records.api.views import AskedFor, ListViewSet
from records.clocks import FIRST_YEAR, LAST_YEAR, PARAMETERS
from records.queries import BadQuery, refuse_unknown


class TimelineEntrySerializer(ReadOnlySerializer, serializers.ModelSerializer):
    """One date of a record."""

    key = serializers.CharField(help_text="Kind and id of the record, and which of its dates.")
    country = serializers.CharField(source="country_id", allow_null=True, help_text="Whose act it is.")
    measure = LinkField(help_text="The measure that it belongs to.")
    address = serializers.CharField(source="path", help_text="The page that shows the record.")
    overdue = serializers.SerializerMethodField(help_text="On the day asked about: expected by then, and not settled.")

    class Meta:
        model = TimelineEntry
        fields = [
            "key",
            "kind",
            "role",
            "title",
            "date",
            "earliest",
            "start_latest",
            "end_earliest",
            "latest",
            "planned",
            "settled_on",
            "overdue",
            "country",
            "measure",
            "program",
            "address",
        ]

    def get_overdue(self, line) -> bool:
        on, settled, latest = self.context["request"].clocks.on, line.settled_on, line.latest
        told = expectation(kind=line.kind, planned=line.planned, settled_on=settled, latest=latest, on=on)
        return told == "overdue"


class InTimeline(AskedFor):
    """The lines that the words find, of the measures asked for; of everything where no filter of measures is used."""

    def filter_queryset(self, request, queryset, view):
        also = (*view.paginator.parameters, FIELDS, *PERIOD)
        filterset = TimelineFilter(request.query_params, Measure.objects.readable(), request=request, also=also)
        try:
            return asked_lines(filterset, request.query_params).order_by(*view.ordering)
        except BadQuery as error:
            raise ValidationError(error.problems) from error

    def get_schema_operation_parameters(self, view):
        schema = {"type": "string", "pattern": f"^{TEXT.pattern}$", "example": "2019-07"}
        meant = {
            "from": f"Lines that may fall into this year, month or day or a later one, from {FIRST_YEAR} on.",
            "to": f"Or an earlier one, until {LAST_YEAR}.",
        }
        period = [{"name": name, "in": "query", "description": meant[name], "schema": schema} for name in PERIOD]
        return [*super().get_schema_operation_parameters(view), *period]


class TimelineViewSet(ListViewSet):
    """Every dated line of measures and programs, the oldest first, with the filters of measures.

    Words find lines of every kind, by themselves and by what they belong to.
    """

    queryset = TimelineEntry.objects.visible()
    filterset_class = TimelineFilter
    filter_backends = (InTimeline,)
    ordering = ("sorted_on", "order", "key")
    serializer_class = TimelineEntrySerializer

    def filter_queryset(self, queryset):
        return self.reading(super().filter_queryset(queryset), {"measure": "measure"})


class InstrumentSerializer(CitedSerializer):
    name = serializers.CharField(source="get_code_display")
    mast = serializers.CharField(source="mast.code", allow_null=True, help_text="Nearest code of MAST chapter P.")

    class Meta:
        model = Instrument
        fields = ["code", "name", "mast", "oecd_type", "gta_type", "note", "sources", "citations"]


class InstrumentViewSet(ListViewSet):
    """What a restriction can be, and its nearest neighbours in the vocabularies of others."""

    queryset = Instrument.objects.all()
    ordering = ("position", "code")
    serializer_class = InstrumentSerializer

    def get_queryset(self):
        known = (*self.paginator.parameters, FIELDS, *PARAMETERS)
        if problems := refuse_unknown(self.request.query_params, known, single=known):
            raise ValidationError(problems)
        return self.reading(super().get_queryset().order_by(*self.ordering), {"mast": "mast"})

    def paginate_queryset(self, queryset):
        instruments = super().paginate_queryset(queryset)
        self.footing({("sources", "citations"): instruments})
        return instruments
