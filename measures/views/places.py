"""On whose pages the facts about measures, materials and organizations are shown."""

from measures.models import (
    Announcement,
    Claim,
    DisputedFact,
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    MeasureRelation,
    Organization,
    Provision,
    StatusPeriod,
    TimelineEntry,
)
from records.pages import Pages


class MeasurePages(Pages):
    leads = {
        MeasureEvent: ("measure",),
        MeasureMaterial: ("measure",),
        MeasureRelation: ("measure",),
        Provision: ("measure",),
        Announcement: ("authority",),
        Claim: ("disputed_fact",),
        DisputedFact: ("subject",),
        StatusPeriod: ("measure",),
    }
    statuses = {
        StatusPeriod: (
            "status",
            "planned",
            "never_in_force",
            "then",
            "since_earliest",
            "since_latest",
            "until_earliest",
            "until_latest",
        )
    }
    derived = (TimelineEntry,)
    files = {
        "announcements.yaml": Announcement,
        "claims.yaml": DisputedFact,
        "institutes.yaml": Organization,
        "materials.yaml": Material,
        "measures.yaml": Measure,
        "ministries.yaml": Organization,
    }
