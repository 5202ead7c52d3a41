"""Tables of materials, organizations, measures and events, for import and export."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.dataset.materials import cas_adds_up
from measures.dataset.measures import check_event, event_slug
from measures.dataset.nomenclatures import not_six_digits
from measures.models import (
    EventMaterial,
    HSCode,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
    Provision,
)
from records.dataset.reading import shown
from records.imports.columns import Column, LookUp, Reference, Refused, plains
from records.imports.kinds import ID, NEW, Alike, Fault, Line, RowKind, same
from records.imports.links import Beside, Links, names, sources


def not_of_edition(code: object) -> str | None:
    """Complaint about what is no subheading; a spreadsheet that took a code for a number has lost its first zero."""
    if complaint := not_six_digits(code):
        return f"{complaint} Format the column as text, so that no zero is lost." if len(str(code)) == 5 else complaint
    return None


class HSEdition(Column):
    """The edition that HS codes are of. Codes of another one would be read as something else."""

    @property
    def about(self):
        return _("Edition of the Harmonized System; only %(edition)s is known here") % {"edition": HSCode.EDITION}

    def text(self, record, *, public):
        return HSCode.EDITION if record.read_hs else ""

    def read(self, text, record, look_up):
        if text not in ("", HSCode.EDITION):
            raise Refused(_("Codes have to be of edition %(edition)s; translate them.") % {"edition": HSCode.EDITION})
        # It follows from the codes and is kept nowhere by itself.
        return text if record is None else self.text(record, public=False)

    def written(self, value):
        return value

    def stored(self, value):
        return {}


class HSLinks(Links):
    """HS codes; what is unknown is most likely of another edition."""

    def _found(self, part, look_up):
        try:
            return super()._found(part, look_up)
        except Refused as refusal:
            edition = _("It may be of another edition than %(edition)s.") % {"edition": HSCode.EDITION}
            raise Refused(f"{refusal} {edition}") from refusal


class MaterialRows(RowKind):
    name = "materials"
    title = gettext_lazy("Materials")
    model = Material
    order = ("name", "slug")
    columns = (
        *plains(Material, name="name"),
        names("aliases", "alias"),
        Reference("broader", Material, "broader"),
        *plains(Material, cas="cas", formula="formula"),
        HSLinks("hs", MaterialHSCode, "material", "hs_code", "code", related_name="hs_links", complaint=not_of_edition),
        HSEdition("hs_edition"),
        *plains(Material, category="category", description="description"),
        sources(),
    )
    alikes = (
        Alike(("name",), ("name",)),
        Alike(("cas",), ("cas",)),
    )

    @classmethod
    def check(cls, line, row, look_up, fault):
        if "cas" in line.values and row["cas"] and not cas_adds_up(row["cas"]):
            fault(
                line,
                "cas",
                _("“%(cas)s” is no CAS number: its last digit does not fit the others.") % {"cas": row["cas"]},
            )


class OrganizationRows(RowKind):
    name = "organizations"
    title = gettext_lazy("Organizations")
    model = Organization
    order = ("name", "slug")
    columns = (
        Reference("country", Organization, "country", "code"),
        *plains(Organization, name="name"),
        names("names", "official"),
        *plains(Organization, abbreviation="abbreviation", website="website", kind="kind"),
        Reference("parent", Organization, "parent"),
        *plains(Organization, field="field"),
        sources(),
    )
    alikes = (
        Alike(("name", "country"), ("name", "country_id")),
        Alike(("website",), ("website",), is_address=True),
    )


def countries(header: str, model, related_name: str) -> Links:
    return Links(header, model, "measure", "country", "code", related_name=related_name, required=True)


materials_of_measure = Links("materials", MeasureMaterial, "measure", "material", related_name="material_links")


class MeasureRows(RowKind):
    name = "measures"
    title = gettext_lazy("Measures")
    model = Measure
    columns = (
        *plains(Measure, title="title"),
        names("names", "official"),
        countries("imposed_by", MeasureIssuer, "issuer_links"),
        countries("affects", MeasureDestination, "destination_links"),
        Reference("authority", Measure, "authority"),
        Links(
            "instruments",
            MeasureInstrument,
            "measure",
            "instrument",
            "code",
            related_name="instrument_links",
            required=True,
        ),
        *plains(Measure, effect="effect"),
        Reference("mast", Measure, "mast", "code"),
        *plains(Measure, legal_basis="legal_basis", summary="summary"),
        materials_of_measure,
        Beside("scopes", materials_of_measure, "scope"),
        Beside("control_refs", materials_of_measure, "control_ref"),
        *plains(Measure, verification="verification"),
        sources(),
    )
    alikes = (
        Alike(("title", "authority"), ("title", "authority__slug")),
        Alike(("legal_basis",), ("legal_basis",)),
    )

    @classmethod
    def check(cls, line, row, look_up, fault):
        if line.record is None or "materials" not in line.values:
            return
        kept = cls.linked(line, "materials")
        used = EventMaterial.objects.filter(event__measure=line.record).exclude(material__slug__in=kept)
        if lost := used.values_list("material__slug", flat=True).first():
            fault(
                line, "materials", _("lacks “%(material)s”, which events of the measure concern.") % {"material": lost}
            )


class ProvisionCode(Reference):
    """A provision by its code within the measure."""

    def text(self, record, *, public):
        return record.provision.code if super().text(record, public=public) else ""

    def gather(self, texts, look_up):
        """Its id needs the measure of the row; `EventRows.identify` finds it."""

    def read(self, text, record, look_up):
        # Which one it is depends on the measure; `EventRows.check` tells, and `derived` writes it.
        return text or None

    def written(self, value):
        return value or ""

    def stored(self, value):
        return {}


class EventRows(RowKind):
    name = "events"
    title = gettext_lazy("Events")
    model = MeasureEvent
    positioned_in = followed_by = "measure"
    needs_id = False
    without_id = gettext_lazy(
        ". Empty for a new event; where one of the same measure, date and kind is recorded, its id, or “new”"
    )
    within = ("measure",)
    order = ("measure__slug", "position")
    columns = (
        Reference("measure", MeasureEvent, "measure"),
        ProvisionCode("provision", MeasureEvent, "provision"),
        *plains(
            MeasureEvent,
            kind="kind",
            date="date",
            order="order",
            title="title",
            description="description",
            quote="quote",
        ),
        Links("materials", EventMaterial, "event", "material", related_name="material_links"),
        *plains(
            MeasureEvent,
            until="until",
            then="then",
            planned="planned",
            overtaken_by="overtaken_by",
            background="background",
        ),
        sources(),
    )
    rules = (check_event,)
    alikes = (
        Alike(
            ("measure", "date", "title"),
            ("measure__slug", "date", "title"),
            grave=True,
        ),
        Alike(("measure", "date", "kind"), ("measure__slug", "date", "kind")),
    )

    @classmethod
    def identify(cls, lines: list[Line], look_up: LookUp, fault: Fault) -> None:
        """An event without an id is new, and gets one from its measure, date and kind.

        Where these are recorded already it may be the same event told otherwise: which it is, the file has to say.
        """
        unnamed = [line for line in lines if line.cell(ID) in ("", NEW) and line.cell("measure") and line.cell("date")]
        standing = cls._standing(unnamed)
        tried = {line.number: cls._ids(line) for line in unnamed}
        given = {slug for each in tried.values() for slug in each}
        taken = set(MeasureEvent.objects.filter(slug__in=given).values_list("slug", flat=True))
        taken |= {line.cell(ID) for line in lines} | look_up.coming.setdefault(MeasureEvent, set())
        matched: set[str] = set()
        for line in unnamed:
            alike = standing.get(cls._told(line), {})
            is_new = line.cell(ID) == NEW
            same_title = [
                slug for slug, title in alike.items() if same(title) == same(line.cell("title")) and slug not in matched
            ]
            if same_title:
                line.cells[ID] = same_title[0]
                line.asks = cls._asked(same_title[0], is_new=is_new)
                matched.add(same_title[0])
                continue
            if alike and not is_new:
                fault(line, ID, cls._asked(next(iter(alike)), is_new=False))
            line.cells[ID] = next((slug for slug in tried[line.number] if slug not in taken), "")
            taken.add(line.cells[ID])
        super().identify(lines, look_up, fault)
        cls._read_measures(lines, look_up)

    @staticmethod
    def _told(line: Line) -> tuple[str, ...]:
        return tuple(line.cell(header) for header in ("measure", "date", "kind"))

    @classmethod
    def _standing(cls, lines: list[Line]) -> dict[tuple[str, ...], dict[str, str]]:
        """The recorded events of the measures, dates and kinds of these rows: {what is told: {id: title}}."""
        told = [cls._told(line) for line in lines]
        measures, days, happened = (set(each) for each in zip(*told, strict=True)) if told else ((), (), ())
        events = MeasureEvent.objects.filter(measure__slug__in=measures, date__in=days, kind__in=happened)
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for *key, slug, title in events.order_by("slug").values_list("measure__slug", "date", "kind", "slug", "title"):
            found.setdefault(tuple(key), {})[slug] = title
        return found

    @staticmethod
    def _ids(line: Line) -> list[str]:
        slug = event_slug((line.cell("measure"),), {"date": line.cell("date"), "kind": line.cell("kind")})
        return [numbered(slug, number) for number in range(1, MOST_ALIKE + 1)]

    @staticmethod
    def _asked(slug: str, *, is_new: bool) -> str:
        if is_new:
            told = _("is said to be new, and the record “%(id)s” has the same measure, date, kind and title.")
        else:
            told = _(
                "is empty, and the record “%(id)s” has the same measure, date and kind."
                " Write that id here to change it, or “new” where this is another event."
            )
        return told % {"id": slug}

    @classmethod
    def _read_measures(cls, lines: list[Line], look_up: LookUp) -> None:
        """The materials and provisions of the measures of these rows, for the check of each."""
        slugs = {line.cell("measure") for line in lines} | {line.record.measure.slug for line in lines if line.record}
        missing = slugs - {"", *look_up.remembered}
        look_up.remembered |= {slug: (set(), {}) for slug in missing}
        links = MeasureMaterial.objects.filter(measure__slug__in=missing)
        for slug, material in links.values_list("measure__slug", "material__slug"):
            look_up.remembered[slug][0].add(material)
        parts = Provision.objects.filter(measure__slug__in=missing)
        for slug, code, pk in parts.values_list("measure__slug", "code", "pk"):
            look_up.remembered[slug][1][code] = pk

    @classmethod
    def check(cls, line: Line, row: dict[str, Any], look_up: LookUp, fault: Fault) -> None:
        measure = line.record.measure.slug if line.record is not None else line.cell("measure")
        materials, parts = look_up.remembered.get(measure, (set(), {}))
        if "materials" in line.values:
            for material in cls.linked(line, "materials"):
                if material not in materials:
                    fault(
                        line,
                        "materials",
                        _("“%(material)s” is not among the materials of the measure.") % {"material": material},
                    )
        if "provision" in line.values:
            code = line.values["provision"]
            if code is not None and code not in parts:
                fault(line, "provision", _("“%(code)s” is no provision of the measure.") % {"code": shown(code)})
            line.derived["provision_id"] = parts.get(code)


MOST_ALIKE = 9


def numbered(slug: str, number: int) -> str:
    return f"{slug}-{number}" if number > 1 else slug
