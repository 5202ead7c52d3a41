"""Measures, their events, materials and organizations in the API."""

from measures.api.disputes import DisputedFactSerializer, disputed_facts
from measures.api.events import EventViewSet
from measures.api.materials import MaterialViewSet
from measures.api.measures import MeasureViewSet
from measures.api.organizations import OrganizationViewSet

__all__ = [
    "DisputedFactSerializer",
    "EventViewSet",
    "MaterialViewSet",
    "MeasureViewSet",
    "OrganizationViewSet",
    "disputed_facts",
]
