"""Filters by headings of the Harmonized System."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.models import HSCode, Material, MaterialHSCode
from records.filters import RowsFilter, pairs


class HSFilter(RowsFilter):
    """Materials that fall under a heading of the Harmonized System or a part of it."""

    DIGITS = (2, 4, 6)

    def __init__(self, **kwargs):
        super().__init__(
            rows=HSCode.objects.all, key="code", pattern=r"^-?([0-9]{2}){1,3}$", label=_("HS code"), **kwargs
        )

    def coded(self) -> QuerySet:
        """The codes of materials."""
        return MaterialHSCode.objects.order_by()

    # The column of `coded` that leads to the record.
    record = "material"

    def narrowed(self, queryset, value):
        under = Q()
        for code in value:
            under |= Q(hs_code__code__startswith=code)
        return queryset.filter(pk__in=self.coded().filter(under).values(self.record))

    def valued(self):
        return Q(pk__in=self.coded().values(self.record))

    def pairs(self):
        described = HSCode.objects.filter(code=OuterRef("wide")).values("description")
        return [
            pairs(
                self.coded().alias(wide=Left("hs_code__code", digits)),
                self.record,
                F("wide"),
                label=Subquery(described),
            )
            for digits in self.DIGITS
        ]

    def told(self, value, label):
        # Chapters are translated; headings and subheadings are in English, as the nomenclature is here.
        return Truncator(f"{value} {gettext(label)}" if label and label != value else value).chars(60)

    def above(self, value):
        return value[:-2] if value.isdigit() and len(value) > self.DIGITS[0] else ""


class MeasureHSFilter(HSFilter):
    """Measures that list a material under a heading or a part of it."""

    record = "material__measure_links__measure"

    def coded(self):
        return (
            super()
            .coded()
            .filter(material__in=Material.objects.readable().values("pk"), material__measure_links__isnull=False)
        )
