"""The vocabulary of instruments beside those of others."""

from django.db.models import Count, Q
from django.views.generic import TemplateView

from measures.models import Instrument, MastCode, Measure
from records.views import cited, documents


class InstrumentList(TemplateView):
    """Every instrument with its nearest neighbours in MAST, the OECD inventory and Global Trade Alert."""

    template_name = "measures/instrument_list.html"

    def get_context_data(self, **kwargs):
        published = Measure.objects.readable()
        using = Count("measures", filter=Q(measures__in=published), distinct=True)
        instruments = Instrument.objects.select_related("mast").prefetch_related(cited()).annotate(using=using)
        codes = MastCode.objects.prefetch_related(cited(), "instruments").annotate(using=using)
        return super().get_context_data(**kwargs) | {
            "instruments": instruments,
            "mast_codes": codes,
            "documents": documents([*instruments, *codes]),
        }
