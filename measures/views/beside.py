"""What measures, materials and organizations say, fact by fact, to be laid beside each other."""

import datetime
from collections.abc import Iterable, Iterator

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures import folding, status
from measures.filters.reach import reach
from measures.models import (
    Announcement,
    DisputedFact,
    Instrument,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureRelation,
    Organization,
)
from measures.views.materials import Bearing, bearings, sides, with_sides
from measures.views.measures import beginning, key_dates
from records import naming, statuses
from records.beside import Entry, Fact, Kind, dated, footing, link, linked, names, said, title
from records.lists import worded
from records.models import Record
from records.views import cited


def disputed(records: Iterable[Record], parts: Iterable[Record] = ()) -> dict[tuple[int, int], list[DisputedFact]]:
    """The disputed facts about records and parts of them, by the content type and id of what they are about."""
    found: dict[tuple[int, int], list[DisputedFact]] = {}
    for fact in DisputedFact.objects.readable().about([*records, *parts]):
        found.setdefault((fact.subject_type_id, fact.subject_id), []).append(fact)
    return found


def disputed_fact(record: Record, found: dict, parts: Iterable[Record] = (), *, page: str = "") -> Fact:
    """What bodies tell differently about a record and parts of it; `page` where its own page does not show it."""
    about = [(ContentType.objects.get_for_model(each).pk, each.pk) for each in (record, *parts)]
    facts = [fact for subject in about for fact in found.get(subject, ())]
    entries = tuple(Entry(fact.question, f"{page or record.get_absolute_url()}#{fact.slug}", "en") for fact in facts)
    return Fact(("disputed",), _("Disputed"), entries, _("nothing"))


def status_entry(row: status.Row, note: str = "") -> Entry:
    """The status of one course on the day; without one, words."""
    if row.status is None:
        return Entry(_("no dated status"), note=note)
    then = {
        MeasureEvent.Then.IN_FORCE: _("by its own words back in force; not yet confirmed"),
        MeasureEvent.Then.LIFTED: _("by its own words lifted; not yet confirmed"),
    }
    notes = [note, then.get(row.period.then, ""), statuses.evidence(row)]
    return Entry(
        status=row.status,
        possible=not row.is_certain,
        never_began=row.period.never_in_force,
        since=row.since,
        note=" · ".join(filter(None, notes)),
    )


def group_entry(group: status.Group) -> Entry:
    """A status that courses of a measure share, since when only where they share that too."""
    count, first = len(group.rows), group.rows[0]
    note = "" if group.is_all else ngettext("%(count)s material", "%(count)s materials", count) % {"count": count}
    if len({row.since for row in group.rows}) == 1:
        return status_entry(first, note)
    never_began = first.is_certain and first.period.never_in_force
    return Entry(status=group.status, possible=not first.is_certain, never_began=never_began, note=note)


class MeasureFacts(Kind):
    """A measure: its status for each material, what it is, what happened by the day, who disputes what."""

    model = Measure

    def __init__(self, records, day):
        self.day = day
        shown = Measure.objects.readable()
        links = MeasureMaterial.objects.filter(material__in=Material.objects.published())
        prefetch_related_objects(
            records,
            "mast",
            "names",
            cited(),
            "authority",
            Prefetch("issuer_links", MeasureIssuer.objects.select_related("country")),
            Prefetch("destination_links", MeasureDestination.objects.select_related("country")),
            Prefetch("instrument_links", MeasureInstrument.objects.select_related("instrument")),
            Prefetch("material_links", links.select_related("material").prefetch_related(cited())),
            Prefetch("events", MeasureEvent.objects.readable().prefetch_related(cited())),
            Prefetch(
                "announcements", Announcement.objects.readable().order_by("earliest", "slug").prefetch_related(cited())
            ),
            Prefetch(
                "relations",
                MeasureRelation.objects.filter(other__in=shown).select_related("other").prefetch_related(cited()),
            ),
            Prefetch(
                "reverse_relations",
                MeasureRelation.objects.filter(measure__in=shown).select_related("measure").prefetch_related(cited()),
            ),
        )
        self.rows = status.rows_on(records, day)
        self.disputed = disputed(records, [event for record in records for event in record.events.all()])
        naming.fetch(
            (row.material for record in records for row in self.rows[record.pk]),
            (listed.material for record in records for listed in record.material_links.all()),
            (relation.other for record in records for relation in record.relations.all()),
            (relation.measure for record in records for relation in record.reverse_relations.all()),
            (record.authority for record in records),
        )

    @classmethod
    def days(cls, record):
        events = MeasureEvent.objects.readable().filter(
            measure=record, background=False, overtaken_by=None, kind__in=folding.STATUS_AFTER
        )
        return [
            (event.latest or event.earliest, event.date, event.title)
            for event in sorted(events, key=beginning)
            if event.latest or event.earliest
        ]

    def of(self, record):
        rows, links = self.rows[record.pk], list(record.material_links.all())
        events = sorted(record.events.all(), key=lambda event: (beginning(event), event.order or 0, event.position))
        relations = list(self.related(record))
        announcements = list(record.announcements.all())
        yield Fact(("status",), _("Status"), tuple(map(group_entry, status.grouped(rows))), _("no dated status"))
        yield from self.statuses(rows)
        yield title(record)
        yield names(record.names.all())
        yield said("issuers", _("Issued by"), *(str(each.country.name) for each in record.issuer_links.all()))
        yield Fact(
            ("authority",),
            _("Authority"),
            (link(record.authority),) if record.authority.is_readable else (),
            _("not published here"),
        )
        yield said("destinations", _("Against"), *(str(each.country.name) for each in record.destination_links.all()))
        yield said("effect", _("Effect"), capfirst(record.get_effect_display()))
        instruments = (str(Instrument.LABELS[each.instrument.code]) for each in record.instrument_links.all())
        yield said("instruments", _("Instruments"), *instruments)
        yield said("mast", "MAST", record.mast and str(record.mast))
        for name, label in (("summary", _("Summary")), ("legal_basis", _("Legal basis"))):
            yield said(name, label, getattr(record, name), citations=record.footing(name))
        yield Fact(
            ("materials",), _("Materials"), tuple(link(each.material, citations=each.citations.all()) for each in links)
        )
        for each in links:
            texts = filter(None, (each.scope, each.control_ref))
            yield Fact(
                ("scope", each.material.slug),
                _("Scope"),
                tuple(Entry(text) for text in texts),
                absent=_("not listed"),
                part=naming.called(each.material),
            )
        for kind, same in key_dates(events):
            yield Fact(("date", same[0].kind), _("Date: %(kind)s") % {"kind": kind}, tuple(map(event_entry, same)))
        happened = [event for event in events if event.earliest is None or event.earliest <= self.day]
        yield Fact(
            ("events",),
            _("Happened by the day"),
            tuple(event_entry(event, self.day) for event in happened),
            _("nothing"),
        )
        yield Fact(("acts",), _("Announcements"), tuple(map(act_entry, announcements)), _("none recorded"))
        yield Fact(
            ("relations",),
            _("Related measures"),
            tuple(link(far, note, relation.citations.all()) for relation, far, note in relations),
            _("none recorded"),
        )
        yield disputed_fact(record, self.disputed, events)
        yield footing([record, *links, *events, *announcements, *(relation for relation, _far, _note in relations)])
        yield said("verification", _("Checked"), capfirst(record.get_verification_display()))
        yield dated("checked_on", _("Last checked"), record.checked_on and record.checked_on.isoformat())

    def statuses(self, rows: list[status.Row]) -> Iterator[Fact]:
        """The status for each material, and of each part that runs its own course."""
        for row in rows:
            if row.material is None and row.provision is None:
                continue
            provision = row.provision if row.provision and row.material is None else None
            name = naming.called(row.material) if row.material else provision.title
            if row.material and row.provision:
                name = f"{name} ({row.provision.title})"
            key = ("status", row.provision.code if row.provision else "", row.material.slug if row.material else "")
            yield Fact(key, _("Status"), (status_entry(row),), absent=_("not listed"), part=name)

    @staticmethod
    def related(record: Measure) -> Iterator[tuple[MeasureRelation, Measure, str]]:
        """How it stands to other measures, seen from either side: the other one, and how in words."""
        for relation in record.relations.all():
            yield (
                relation,
                relation.other,
                _("this one %(relation)s it") % {"relation": relation.get_relation_display()},
            )
        for relation in record.reverse_relations.all():
            words = _("it %(relation)s this one") % {"relation": relation.get_relation_display()}
            yield relation, relation.measure, words


def event_entry(event: MeasureEvent, day: datetime.date | None = None) -> Entry:
    """A dated event, with what keeps it from being certain; with a day, whether it may have happened after it."""
    notes = [
        _("planned, not observed") if event.planned else "",
        _("background") if event.background else "",
        _("perhaps later") if day and (event.latest is None or event.latest > day) else "",
    ]
    return Entry(
        event.title,
        event.get_absolute_url(),
        "en",
        date=event.date,
        note=", ".join(filter(None, notes)),
        citations=tuple(event.citations.all()),
    )


def act_entry(announcement: Announcement) -> Entry:
    note = announcement.legal_number or ""
    cited = tuple(announcement.citations.all())
    return Entry(announcement.title, language="en", date=announcement.date, note=note, citations=cited)


class MaterialFacts(Kind):
    """A material: whether it is restricted on the day, by whom and against whom, by which measures, what it is."""

    model = Material

    def __init__(self, records, day):
        visible = Material.objects.readable()
        prefetch_related_objects(
            records,
            "names",
            cited(),
            Prefetch("broader", visible),
            Prefetch("narrower", visible.order_by("name", "pk")),
            Prefetch("hs_links", MaterialHSCode.objects.select_related("hs_code")),
        )
        self.bearings = bearings(reach([record.slug for record in records]).values(), day)
        self.disputed = disputed(records)
        naming.fetch(
            (bearing.measure for found in self.bearings.values() for bearing in found),
            (other for record in records for other in (record.broader, *record.narrower.all())),
        )

    def of(self, record):
        bearing = self.bearings.get(record.pk, [])
        yield restricted_fact([each for each in bearing if each.restricts])
        for key, label, found in (
            ("running", _("Measures running"), [each for each in bearing if each.has_begun and not each.has_ended]),
            ("ended", _("Measures ended"), [each for each in bearing if each.has_begun and each.has_ended]),
            ("ahead", _("Measures not begun"), [each for each in bearing if not each.has_begun]),
        ):
            yield Fact((key,), label, tuple(map(bearing_entry, found)), _("none recorded"))
        yield title(record)
        yield names(record.names.all())
        yield said("formula", _("Formula"), record.formula)
        yield said("cas", _("CAS number"), record.cas)
        yield said("category", _("Category"), worded(record.category))
        yield said("hs", _("HS codes"), *(each.hs_code.dotted for each in record.hs_links.all()))
        yield linked("broader", _("Part or form of"), [record.broader])
        yield linked("narrower", _("Parts and forms"), record.narrower.all())
        yield said("description", _("Description"), record.description, citations=record.citations.all())
        yield disputed_fact(record, self.disputed)
        yield footing([record])
        yield dated("checked_on", _("Last checked"), record.checked_on and record.checked_on.isoformat())


def restricted_fact(restrictions: list[Bearing]) -> Fact:
    """Who restricts a material against whom, certain and possible told apart."""
    entries = []
    for one in sides(restrictions):
        against = ", ".join(str(country.name) for country in one.destinations) or _("not stated")
        by = ", ".join(str(country.name) for country in one.issuers)
        note = ngettext("by %(count)s measure", "by %(count)s measures", one.count) % {"count": one.count}
        entries.append(Entry(f"{by} → {against}", status="in_force", possible=not one.certain, note=note))
    return Fact(("restricted",), _("Restricted on the day"), tuple(entries), _("no restriction in force"))


def bearing_entry(bearing: Bearing) -> Entry:
    row = bearing.strictest
    never_began = bool(row.is_certain and row.period and row.period.never_in_force)
    return Entry(
        naming.called(bearing.measure),
        bearing.measure.get_absolute_url(),
        status=row.status,
        possible=not row.is_certain,
        never_began=never_began,
    )


class OrganizationFacts(Kind):
    """A body: what it is, and what it issued with the status on the day."""

    model = Organization

    def __init__(self, records, day):
        visible = Organization.objects.readable()
        prefetch_related_objects(
            records,
            "names",
            "country",
            cited(),
            Prefetch("parent", visible),
            Prefetch("children", visible.order_by("name", "pk")),
            Prefetch("measures", with_sides(Measure.objects.readable()).order_by("title", "pk")),
            Prefetch(
                "announcements", Announcement.objects.readable().order_by("earliest", "slug").prefetch_related(cited())
            ),
        )
        measures = [measure for record in records for measure in record.measures.all()]
        self.rows = status.rows_on(measures, day)
        self.disputed = disputed(records)
        naming.fetch(measures, (other for record in records for other in (record.parent, *record.children.all())))

    def of(self, record):
        announcements = list(record.announcements.all())
        yield title(record)
        yield names(record.names.all())
        yield said("abbreviation", _("Abbreviation"), record.abbreviation)
        yield said("country", _("Country"), str(record.country.name))
        yield said("kind", _("Kind"), capfirst(record.get_kind_display()))
        yield said("field", _("Field"), record.field)
        yield linked("parent", _("Part of"), [record.parent])
        yield linked("children", _("Bodies that belong to it"), record.children.all())
        measures = tuple(
            Entry(
                naming.called(measure),
                measure.get_absolute_url(),
                status=group.status,
                possible=group.certainty == "possible",
            )
            for measure in record.measures.all()
            for group in status.grouped(self.rows[measure.pk])[:1]
        )
        yield Fact(("measures",), _("Measures issued"), measures, _("none recorded"))
        yield Fact(("acts",), _("Announcements"), tuple(map(act_entry, announcements)), _("none recorded"))
        yield said("website", _("Website"), record.website)
        yield disputed_fact(record, self.disputed)
        yield footing([record, *announcements])
        yield dated("checked_on", _("Last checked"), record.checked_on and record.checked_on.isoformat())
