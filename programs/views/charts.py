"""The charts of indicators as files."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import View

from measures.models import Material
from programs.views.parts import ProgramsOfMaterial
from records import chart_files, naming
from records.clocks import PARAMETERS
from records.queries import BadQuery, refuse_unknown


class DependenceFile(View):
    """What is measured about a material, drawn as on its page."""

    def get(self, request, slug: str, format: str):
        if problems := refuse_unknown(request.GET, PARAMETERS, single=PARAMETERS):
            raise BadQuery(problems)
        material = get_object_or_404(Material.objects.readable(), slug=slug)
        naming.fetch([material])
        chart = ProgramsOfMaterial(material, request.clocks).chart
        if chart is None or format not in chart_files.FORMATS:
            raise Http404(_("There is no such chart."))
        return chart_files.answer(chart, format, request)
