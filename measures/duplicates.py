"""How measures, their events, acts, materials and organizations give away that two of them are one."""

import datetime
import re

from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from measures.models import Announcement, Material, Measure, MeasureEvent, Organization
from records import dates
from records.duplicates import (
    ALIKE,
    MOST,
    MOST_PAIRS,
    SHORTEST,
    Found,
    Pair,
    Resemblance,
    address,
    both_differ,
    by_name,
    by_names,
    by_title,
    by_value,
    folded,
    same_names,
    same_values,
    similar,
    standing,
)
from records.search.plain import Folded

NEAR_DAYS = 31


class MaterialResemblance(Resemblance):
    model = Material
    typed = ("name", "cas", "formula")

    def compare(self, values, others, found):
        by_value(others, "cas", values.get("cas", ""), found, reason=_("it has the same CAS number"))
        name = values.get("name", "")
        by_name(others, name, found)
        if formula := values.get("formula"):
            # A formula alone tells little: oxides of one metal share it with its mixtures.
            for record in others.filter(pk__in=found, formula=formula):
                found.add(record, _("it has the same formula"), 0.3)

    def pairs(self):
        materials = standing(Material)
        yield from same_values(materials, F("cas"), _("they have the same CAS number"), 2)
        yield from same_values(materials, Folded(F("name")), _("they have the same name"), 1.5)
        yield from same_names(Material, materials)
        yield from similar(materials, "name", ("category",), _("same category, similar names (%(percent)d %%)"))
        yield from self._same_headings(materials)

    def are_told_apart(self, first, second):
        """By their numbers and formulas, and where one is recorded as a form of the other or of the same material."""
        forms = {first.pk, first.broader_id} & {second.pk, second.broader_id} - {None}
        return bool(forms) or both_differ(first.cas, second.cas) or both_differ(first.formula, second.formula)

    def _same_headings(self, materials):
        """Materials that fall under the same headings and whose names are alike."""
        rows = Material.objects.raw(
            "SELECT a.id, b.id AS other, string_agg(DISTINCT mine.hs_code_id, ', ') AS headings"
            " FROM measures_material a JOIN measures_materialhscode mine ON mine.material_id = a.id"
            " JOIN measures_materialhscode theirs ON theirs.hs_code_id = mine.hs_code_id"
            " JOIN measures_material b ON b.id = theirs.material_id AND a.id < b.id"
            " WHERE similarity(lower(normalize(a.name, NFKC)), lower(normalize(b.name, NFKC))) >= %s"
            " GROUP BY a.id, b.id ORDER BY a.id, b.id LIMIT %s",
            [ALIKE, MOST_PAIRS],
        )
        hits = [(row.pk, row.other, row.headings) for row in rows]
        found = materials.in_bulk({pk for first, second, _headings in hits for pk in (first, second)})
        for first, second, headings in hits:
            if first in found and second in found:
                reason = _("similar names, same HS code %(codes)s") % {"codes": headings}
                yield Pair(found[first], found[second], [reason], 0.5)


class OrganizationResemblance(Resemblance):
    model = Organization
    typed = ("name", "abbreviation", "website", "country")

    def compare(self, values, others, found):
        name = values.get("name", "")
        by_name(others, name, found)
        country = values.get("country", "")
        if short := values.get("abbreviation"):
            # Of one country: there are ministries of trade that are called MOTI in many.
            near = others.filter(country=country) if country else others
            for record in near.annotate(short=Folded(F("abbreviation"))).filter(short=folded(short))[:MOST]:
                found.add(record, _("it has the same short name"), 1)
            by_names(near, short, found)
        if key := address(values.get("website", "")):
            for record in others.filter(website__icontains=key.partition("?")[0])[: 4 * MOST]:
                if address(record.website) == key:
                    found.add(record, _("it has the same website"), 1.5)

    def pairs(self):
        organizations = standing(Organization)
        yield from same_values(organizations, Folded(F("name")), _("they have the same name"), 1.5)
        yield from same_values(organizations, Folded(F("website")), _("they have the same website"), 1)
        yield from same_names(Organization, organizations)
        yield from similar(organizations, "name", ("country_id",), _("same country, similar names (%(percent)d %%)"))

    def are_told_apart(self, first, second):
        """Ministries of many countries have the same name; institutes of one country are known by their short names."""
        return first.country_id != second.country_id or both_differ(first.abbreviation, second.abbreviation)


def first_days():
    """The first day that a measure's own events tell."""
    events = MeasureEvent.objects.filter(measure=OuterRef("pk"), background=False, earliest__isnull=False)
    return Subquery(events.order_by("earliest").values("earliest")[:1])


class MeasureResemblance(Resemblance):
    model = Measure
    typed = ("title", "legal_basis", "authority")

    def compare(self, values, others, found):
        title, basis = values.get("title", ""), folded(values.get("legal_basis", ""))
        by_title(others, title, found)
        authority = values.get("authority", "")
        if authority.isdecimal() and len(authority) < 19:
            for record in others.filter(pk__in=found, authority=int(authority)):
                found.add(record, _("it has the same authority"), 0.5)
        if len(basis) >= 4:
            self._same_number(basis, others, found)

    def _same_number(self, basis: str, others, found: Found) -> None:
        """Measures of an announcement whose legal number stands in what is typed."""
        numbered = Announcement.objects.exclude(Q(legal_number=None) | Q(legal_number=""))
        for number, measure in numbered.order_by("pk").values_list("legal_number", "measures"):
            if measure and len(number) >= 4 and folded(number) in basis:
                record = others.filter(pk=measure).first()
                if record:
                    found.add(record, _("it belongs to the act with the number %(number)s") % {"number": number}, 1)

    def are_told_apart(self, first, second):
        """By the years and numbers in their titles."""
        numbers = [set(re.findall(r"\d+", record.title)) for record in (first, second)]
        return all(numbers) and numbers[0] != numbers[1]

    def pairs(self):
        measures = standing(Measure)
        yield from same_values(measures, Folded(F("title")), _("they have the same title"), 1.5)
        yield from same_names(Measure, measures)
        alike = list(
            similar(measures, "title", ("authority_id",), _("same authority, similar titles (%(percent)d %%)"))
        )
        days = dict(
            measures.filter(pk__in={record.pk for pair in alike for record in (pair.first, pair.second)})
            .annotate(first_day=first_days())
            .values_list("pk", "first_day")
        )
        for pair in alike:
            first, second = days[pair.first.pk], days[pair.second.pk]
            if first and second and abs(first - second) <= datetime.timedelta(NEAR_DAYS):
                words = _("first dates %(days)d days apart") if first != second else _("same first date")
                pair.reasons.append(words % {"days": abs((first - second).days)})
                pair.weight += 0.5
            yield pair


class EventResemblance(Resemblance):
    model = MeasureEvent
    typed = ("measure", "kind", "date", "title")

    # Of these a measure sees several on one day.
    OFTEN = (
        MeasureEvent.Kind.STATEMENT,
        MeasureEvent.Kind.DISPUTE,
        MeasureEvent.Kind.NEGOTIATION,
        MeasureEvent.Kind.LICENCE,
    )

    def compare(self, values, others, found):
        measure = values.get("measure", "")
        if not (measure.isascii() and measure.isdigit() and len(measure) < 19):
            return
        others = others.filter(measure=int(measure))
        title = folded(values.get("title", ""))
        if len(title) >= SHORTEST:
            for event in others.annotate(folded=Folded(F("title"))).filter(folded=title)[:MOST]:
                found.add(event, _("it has the same title"), 1)
        try:
            day = dates.parse(values.get("date", ""))
        except dates.EDTFError:
            return
        for event in others.filter(_meets(day), kind=values.get("kind", "")).order_by("earliest", "pk")[:MOST]:
            if event.date == values["date"]:
                found.add(event, _("the same happened to the measure on the same date"), 1.5)
            else:
                words = _("the same happened to the measure, and the dates may be one: %(date)s")
                found.add(event, words % {"date": dates.label(event.date)}, 0.8)

    def pairs(self):
        key = Concat(Cast("measure", CharField()), Value(" "), "kind", Value(" "), "date", output_field=CharField())
        events = standing(MeasureEvent).prefetch_related("material_links")
        yield from same_values(events, key, _("the same happened to one measure on one date"), 1.5)

    def are_told_apart(self, first, second):
        """By the part or the materials that they concern; of what is frequent, by the titles."""
        concerned = [{link.material_id for link in event.material_links.all()} for event in (first, second)]
        return (
            (all(concerned) and not concerned[0] & concerned[1])
            or first.provision_id != second.provision_id
            or (first.kind in self.OFTEN and both_differ(first.title, second.title))
        )


def _meets(day: dates.EDTF) -> Q:
    """Whether a stored date can be this one; an open end reaches for ever."""
    met = Q()
    if day.latest:
        met &= Q(earliest=None) | Q(earliest__lte=day.latest)
    if day.earliest:
        met &= Q(latest=None) | Q(latest__gte=day.earliest)
    return met


class AnnouncementResemblance(Resemblance):
    model = Announcement
    typed = ("title", "legal_number", "country", "date")

    def compare(self, values, others, found):
        by_title(others, values.get("title", ""), found)
        country = values.get("country", "")
        if number := folded(values.get("legal_number", "")):
            # Of one country: every ministry counts its acts from one each year.
            near = others.filter(country=country) if country else others
            for record in near.annotate(folded=Folded(F("legal_number"))).filter(folded=number)[:MOST]:
                found.add(record, _("it has the same legal number"), 1.5)
        if date := values.get("date"):
            for record in others.filter(pk__in=found, date=date):
                found.add(record, _("it has the same date"), 0.5)

    def pairs(self):
        acts = standing(Announcement)
        yield from same_values(acts, Folded(F("legal_number")), _("they have the same legal number"), 1.5)
        yield from same_values(acts, Folded(F("title")), _("they have the same title"), 1.5)
        yield from similar(acts, "title", ("country_id", "date"), _("same date, similar titles (%(percent)d %%)"))

    def are_told_apart(self, first, second):
        return first.country_id != second.country_id or both_differ(first.legal_number, second.legal_number)
