"""Charts of the measures that an address asks for: the page, and each chart as a file."""

import datetime
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from measures.charts import flow, heat, stock
from measures.charts.asked import AskedChart
from measures.filters import MeasureFilter
from measures.models import Measure
from records import chart_files, naming
from records.charts.shapes import Chart
from records.clocks import FIRST_YEAR, LAST_YEAR, PARAMETERS
from records.facets import COUNTED_AT_ONCE, LEADING, facets, named
from records.lists import chips, cleared
from records.queries import BadQuery

BY = {"year": gettext_lazy("year"), "month": gettext_lazy("month")}
CELLS = {"most": gettext_lazy("with the most"), "all": gettext_lazy("all")}
CHOICES = {"by": BY, "cells": CELLS}
# How many years are shown unasked, and at most.
USUAL_YEARS, MOST_YEARS = {"year": 12, "month": 3}, {"year": 60, "month": 10}
CHARTS: dict[str, Callable[..., Chart]] = {stock.NAME: stock.chart, flow.NAME: flow.chart, heat.NAME: heat.chart}


def period(first: int | None, last: int | None, year: int, by: str) -> tuple[int, int]:
    """The first and the last year to draw; what is not asked for reaches to the chosen year, or as far as is usual."""
    usual = USUAL_YEARS[by] - 1
    if last is None:
        reaches = first is None or first <= year < first + MOST_YEARS[by]
        last = year if reaches else min(first + usual, LAST_YEAR)
    return max(last - usual, FIRST_YEAR) if first is None else first, last


def asked_years(data, problems: dict[str, list[str]]) -> dict[str, int]:
    """The years that an address gives as “from” and “to”; what is wrong with them is added to the problems."""
    years: dict[str, int] = {}
    for name in ("from", "to"):
        text = (data.get(name) or "").strip()
        if not text:
            continue
        if text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
            years[name] = int(text)
        else:
            problems[name] = [
                _("“%(name)s” must be a year from %(first)d to %(last)d.")
                % {"name": name, "first": FIRST_YEAR, "last": LAST_YEAR}
            ]
    return years


class AskingForCharts(View):
    """What charts take from an address: all filters of the list of measures, years, and how closely to look."""

    filter_class = MeasureFilter
    also: tuple[str, ...] = ("from", "to", *CHOICES)

    @cached_property
    def filterset(self) -> MeasureFilter:
        return self.filter_class(self.request.GET, Measure.objects.readable(), request=self.request, also=self.also)

    def asked(self) -> AskedChart:
        """Raises BadQuery with the reasons where an address asks for what cannot be."""
        problems = dict(self.filterset.problems)
        data, on = self.request.GET, self.request.clocks.on
        chosen = {name: data.get(name) or next(iter(known)) for name, known in CHOICES.items()}
        for name, known in CHOICES.items():
            if chosen[name] not in known:
                problems[name] = [
                    _("“%(name)s” must be one of: %(known)s.") % {"name": name, "known": ", ".join(known)}
                ]
        years = asked_years(data, problems)
        if problems:
            raise BadQuery(problems)
        by = chosen["by"]
        first, last = period(years.get("from"), years.get("to"), on.year, by)
        if first > last:
            raise BadQuery({"from": [_("The period must not end before it begins: “from” is later than “to”.")]})
        if last - first >= MOST_YEARS[by]:
            reason = _("Drawn by the %(by)s, a chart can show at most %(years)d years at once.")
            raise BadQuery({"to": [reason % {"by": BY[by], "years": MOST_YEARS[by]}]})
        # What is still to come is drawn where somebody asks for it.
        until = on if "to" not in years and last == on.year else datetime.date(last, 12, 31)
        return AskedChart(self.filterset, self.request.clocks, first, last, until, by, chosen["cells"] == "all")


class Charts(AskingForCharts, TemplateView):
    """Stock, flow, and who restricts what, drawn for the measures that the address asks for."""

    template_name = "measures/charts.html"

    def get_context_data(self, **kwargs):
        asked = self.asked()
        count = self.filterset.checked.count()
        # Of very many measures the charts take their time, and the choices are counted when somebody asks for them.
        offered = facets(self.filterset, count, leads=LEADING if count <= COUNTED_AT_ONCE else 0)
        naming.fetch(named(offered))
        charts = [
            stock.chart(asked),
            flow.chart(asked),
            heat.chart(asked, self.with_material),
        ]
        return super().get_context_data(**kwargs) | {
            "asked": asked,
            "charts": [(chart, self.files_of(chart)) for chart in charts],
            "count": count,
            "list_url": asked.list_address(),
            "choices": [(name, label, self.tabs(name)) for name, label in (("by", _("Seen by the")),)],
            "cells": self.tabs("cells"),
            "facets": offered,
            "chips": chips(self.filterset),
            "clear_url": cleared(self.filterset),
            "q": self.request.GET.get("q", ""),
            "kept": self.kept(),
            "first_year": FIRST_YEAR,
            "last_year": LAST_YEAR,
        }

    def files_of(self, chart: Chart) -> list[tuple[str, str]]:
        given = [(name, value) for name, values in self.request.GET.lists() for value in values if value]
        query = f"?{urlencode(given, safe=':')}" if given else ""
        return [
            (chart_files.LABELS[format], reverse("measures:chart", args=[chart.name, format]) + query)
            for format in chart_files.FORMATS
        ]

    def with_material(self, slug: str) -> str:
        data = self.request.GET.copy()
        data.setlist("material", [slug, *(value for value in data.getlist("material") if value.startswith("-"))])
        return f"?{data.urlencode(safe=':')}"

    def tabs(self, name: str) -> list[tuple[str, str, str, bool]]:
        """Value, label, address and whether it is the current one, for each choice of a parameter."""
        current, made = self.request.GET.get(name) or next(iter(CHOICES[name])), []
        for value, label in CHOICES[name].items():
            data = self.request.GET.copy()
            data[name] = value
            if name == "by":
                # Other steps show other years.
                data.pop("from", None), data.pop("to", None)
            made.append((value, str(label), f"?{data.urlencode(safe=':')}", value == current))
        return made

    def kept(self) -> list[tuple[str, str]]:
        """What the form has no field for and must not lose."""
        asked_for = {*PARAMETERS, "q", "from", "to", *MeasureFilter.facets}
        return [(name, value) for name, values in self.request.GET.lists() for value in values if name not in asked_for]


class ChartFile(AskingForCharts):
    """One of the charts as a file."""

    def get(self, request, name: str, format: str):
        if name not in CHARTS or format not in chart_files.FORMATS:
            raise Http404(_("There is no such chart."))
        chart = CHARTS[name](self.asked())
        filters = "; ".join(chip.label for chip in chips(self.filterset))
        return chart_files.answer(chart, format, request, filters)
