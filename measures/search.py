"""What each kind of record of measures is found by."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from measures.models import Announcement, DisputedFact, Material, Measure, MeasureEvent, Organization, Provision
from records.search.entries import READABLE, Pks, SearchSource, Text, sources

# What is told of a link goes with the record at its other end.
REACHED = (
    "FROM measures_measurematerial reached JOIN measures_material material ON material.id = reached.material_id"
    f" WHERE reached.measure_id = this.id AND {READABLE.format('material')}"
)
CLAIMED = (
    "FROM measures_claim claim LEFT JOIN measures_organization claimant ON claimant.id = claim.organization_id"
    f" WHERE claim.disputed_fact_id = this.id AND (claimant.id IS NULL OR {READABLE.format('claimant')})"
)


class MaterialSource(SearchSource):
    kind = "material"
    model = Material
    title = "this.name"
    path = "'/materials/' || this.slug || '/'"
    texts = (
        Text("title", "this.name", "A"),
        Text("cas", "this.cas", "A", "'mul'"),
        Text("formula", "this.formula", "A", "'mul'"),
        Text("category", "replace(this.category, '_', ' ')"),
        Text("description", "this.description"),
    )
    extra = (
        "SELECT 'A', 'hs', 'mul', 50 + code.position, shown.told FROM measures_materialhscode code"
        " CROSS JOIN LATERAL (VALUES (code.hs_code_id),"
        " (left(code.hs_code_id, 4) || nullif('.' || substr(code.hs_code_id, 5), '.'))) shown (told)"
        " WHERE code.material_id = this.id",
    )
    links = (
        "SELECT '@material' || this.broader_id",
        "SELECT '@cas' || this.cas",
        "SELECT '@hs' || code.hs_code_id FROM measures_materialhscode code WHERE code.material_id = this.id",
    )
    is_named = True


class OrganizationSource(SearchSource):
    kind = "organization"
    model = Organization
    title = "this.name"
    path = "'/organizations/' || this.slug || '/'"
    texts = (
        Text("title", "this.name", "A"),
        Text("abbreviation", "this.abbreviation", "A"),
        Text("field", "this.field"),
    )
    links = ("SELECT '@country' || this.country_id", "SELECT '@organization' || this.parent_id")
    is_named = True


class MeasureSource(SearchSource):
    kind = "measure"
    model = Measure
    path = "'/measures/' || this.slug || '/'"
    texts = (
        Text("title", "this.title", "A"),
        Text("legal_basis", "this.legal_basis", "B"),
        Text("summary", "this.summary"),
    )
    extra = (
        f"SELECT 'B', 'control_ref', 'mul', 50 + reached.position, reached.control_ref {REACHED}",
        f"SELECT 'C', 'scope', 'en', 50 + reached.position, reached.scope {REACHED}",
    )
    told_with = {Material: "material_links__material"}
    links = (
        "VALUES ('@authority' || this.authority_id), ('@organization' || this.authority_id)",
        "SELECT '@material' || listed.material_id FROM measures_measurematerial listed"
        " WHERE listed.measure_id = this.id",
        "SELECT '@issuer' || issuer.country_id FROM measures_measureissuer issuer WHERE issuer.measure_id = this.id",
        "SELECT '@destination' || aim.country_id FROM measures_measuredestination aim WHERE aim.measure_id = this.id",
    )
    # Titles of measures are too many to be looked through for what is spelled alike.
    spells = False


class EventSource(SearchSource):
    kind = "event"
    model = MeasureEvent
    path = "'/measures/' || measure.slug || '/#' || this.slug"
    texts = (
        Text("title", "this.title", "A"),
        Text("description", "this.description"),
        Text("quote", "this.quote", "C", "'mul'"),
    )
    joins = "JOIN measures_measure measure ON measure.id = this.measure_id"
    shown_with = ("measure",)
    leads = {Measure: "measure"}
    links = (
        "VALUES ('@measure' || this.measure_id)",
        "SELECT '@material' || named.material_id FROM measures_eventmaterial named WHERE named.event_id = this.id",
    )
    spells = False


class ProvisionSource(SearchSource):
    kind = "provision"
    model = Provision
    path = "'/measures/' || measure.slug || '/#' || this.slug"
    texts = (Text("title", "this.title", "A"), Text("code", "this.code", "B", "'mul'"))
    joins = EventSource.joins
    shown_with = ("measure",)
    leads = {Measure: "measure"}
    links = (
        "VALUES ('@measure' || this.measure_id)",
        "SELECT '@material' || reached.material_id FROM measures_provisionmaterial reached"
        " WHERE reached.provision_id = this.id",
        "SELECT '@destination' || aim.country_id FROM measures_provisiondestination aim"
        " WHERE aim.provision_id = this.id",
    )


class AnnouncementSource(SearchSource):
    kind = "announcement"
    model = Announcement
    path = (
        f"CASE WHEN {READABLE.format('authority')} THEN '/organizations/' || authority.slug || '/#' || this.slug"
        " ELSE '/timeline/' END"
    )
    texts = (Text("title", "this.title", "A"), Text("legal_number", "this.legal_number", "B", "'mul'"))
    joins = "JOIN measures_organization authority ON authority.id = this.authority_id"
    leads = {Organization: "authority"}
    links = (
        "VALUES ('@authority' || this.authority_id), ('@organization' || this.authority_id),"
        " ('@issuer' || this.country_id)",
        "SELECT '@measure' || brought.measure_id FROM measures_announcementmeasure brought"
        " WHERE brought.announcement_id = this.id",
    )


class DisputeSource(SearchSource):
    """Questions to which bodies give different answers, with the answers."""

    kind = "dispute"
    model = DisputedFact
    title = "this.question"
    path = "subject.path"
    texts = (Text("title", "this.question", "A"),)
    extra = (
        f"SELECT 'C', 'claim', 'en', 10 * claim.position, claim.statement {CLAIMED}",
        f"SELECT 'C', 'quote', 'mul', 10 * claim.position + 1, claim.quote {CLAIMED}",
    )
    told_with = {Organization: "claims__organization"}
    links = (
        "SELECT '@organization' || claim.organization_id FROM measures_claim claim"
        " WHERE claim.disputed_fact_id = this.id",
        "VALUES (subject.link)",
    )

    @classmethod
    def select(cls):
        # A record of whatever kind, where readers may read it.
        subjects = " UNION ALL ".join(
            f"SELECT {source.path} AS path, '@{source.kind}' || this.id AS link"
            f" FROM {source.model._meta.db_table} this {source.joins}"
            f" WHERE this.id = fact.subject_id AND fact.subject_type_id = {type_of(source)}"
            f" AND {' AND '.join(READABLE.format(alias) for alias in ('this', *source.shown_with))}"
            for source in _subjects()
        )
        cls.joins = (
            "CROSS JOIN LATERAL (SELECT this.subject_id, this.subject_type_id) fact"
            f" CROSS JOIN LATERAL ({subjects}) subject"
        )
        return super().select()

    @classmethod
    def about(cls, turned: Pks) -> set[int]:
        """The disputes about these records."""
        about = Q(pk__in=[])
        for source in _subjects():
            if pks := turned.get(source.model):
                about |= Q(subject_type=type_of(source), subject_id__in=pks)
        return set(DisputedFact.objects.filter(about).values_list("pk", flat=True)) if about != Q(pk__in=[]) else set()


def _subjects() -> list[type[SearchSource]]:
    own = (DisputeSource, MeasureSource)
    return [MeasureSource, *(source for source in sources() if source not in own and hasattr(source.model, "slug"))]


def type_of(source: type[SearchSource]) -> int:
    return ContentType.objects.get_for_model(source.model).pk
