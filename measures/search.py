"""What a word is looked for in, for each kind of record: conditions for records.search.matching."""

from django.db.models import Q

from measures.models import Material, MaterialHSCode, Measure, MeasureEvent, MeasureMaterial, Organization
from records import search


def measure_has(word: str) -> Q:
    """Condition: the word occurs in a measure, its authority or a material it lists."""
    materials = Material.objects.published().filter(material_has(word)).values("pk")
    return (
        search.in_record(Measure, word, "title", "slug", "legal_basis", "summary")
        | Q(authority__in=Organization.objects.published().filter(organization_has(word)).values("pk"))
        | Q(pk__in=MeasureMaterial.objects.filter(material__in=materials).order_by().values("measure"))
    )


def material_has(word: str) -> Q:
    """Condition: the word occurs in a material, its names, its CAS number or the code of a heading it falls under."""
    digits = word.replace(".", "")
    found = search.in_record(Material, word, "name", "slug", "cas", "formula", "description")
    if digits.isdecimal():
        codes = MaterialHSCode.objects.filter(hs_code__code__startswith=digits)
        found |= Q(pk__in=codes.order_by().values("material"))
    return found


def organization_has(word: str) -> Q:
    return search.in_record(Organization, word, "name", "slug", "abbreviation", "field")


def event_has(word: str) -> Q:
    """Condition: the word occurs in an event or in its measure."""
    measures = Measure.objects.published().filter(measure_has(word)).values("pk")
    return search.in_record(MeasureEvent, word, "title", "slug", "description", "quote") | Q(measure__in=measures)
