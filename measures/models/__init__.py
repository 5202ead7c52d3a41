from measures.models.disputes import Claim, DisputedFact
from measures.models.events import EventMaterial, MeasureEvent
from measures.models.instruments import Instrument, MastCode
from measures.models.materials import HSCode, HSSection, Material, MaterialHSCode
from measures.models.measures import (
    Announcement,
    AnnouncementMeasure,
    Measure,
    MeasureDestination,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureQuerySet,
    MeasureRelation,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
)
from measures.models.organizations import Country, Ministry, Organization
from measures.models.status import Status, StatusPeriod
from measures.models.timeline import TimelineEntry

__all__ = [
    "Announcement",
    "AnnouncementMeasure",
    "Claim",
    "Country",
    "DisputedFact",
    "EventMaterial",
    "HSCode",
    "HSSection",
    "Instrument",
    "MastCode",
    "Material",
    "MaterialHSCode",
    "Measure",
    "MeasureDestination",
    "MeasureEvent",
    "MeasureInstrument",
    "MeasureIssuer",
    "MeasureMaterial",
    "MeasureQuerySet",
    "MeasureRelation",
    "Ministry",
    "Organization",
    "Provision",
    "ProvisionDestination",
    "ProvisionMaterial",
    "Status",
    "StatusPeriod",
    "TimelineEntry",
]
