"""The addresses of the API: one list for each kind of record, each record by its id, and the search."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from measures.api import (
    EventViewSet,
    MaterialViewSet,
    MeasureViewSet,
    OrganizationViewSet,
)
from measures.api.reconciliation import (
    MaterialPreview,
    MaterialProperties,
    MaterialReconciliation,
    MaterialSuggestions,
    OrganizationPreview,
    OrganizationProperties,
    OrganizationReconciliation,
    OrganizationSuggestions,
)
from measures.api.timeline import InstrumentViewSet, TimelineViewSet
from programs.api.programs import ProgramViewSet
from programs.api.projects import ProjectViewSet
from records.api import (
    SourceViewSet,
)
from records.api.changes import ChangesView
from records.api.search import SearchView

router = SimpleRouter()
for prefix, viewset in (
    ("measures", MeasureViewSet),
    ("materials", MaterialViewSet),
    ("organizations", OrganizationViewSet),
    ("programs", ProgramViewSet),
    ("events", EventViewSet),
    ("sources", SourceViewSet),
    ("timeline", TimelineViewSet),
    ("instruments", InstrumentViewSet),
    ("projects", ProjectViewSet),
):
    router.register(prefix, viewset, basename=prefix)
app_name = "api"


def reconciled(kind, service, entities, properties, preview) -> list:
    """The addresses of the service that reconciles names with records of a kind."""
    base, name = f"reconcile/{kind}/", f"reconcile-{kind}"
    return [
        path(base, service.as_view(), name=name),
        path(f"{base}suggest/entity/", entities.as_view(), name=f"{name}-entities"),
        path(f"{base}suggest/property/", properties.as_view(), name=f"{name}-properties"),
        path(f"{base}preview/<str:id>/", preview.as_view(), name=f"{name}-preview"),
    ]


urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    path("changes/", ChangesView.as_view(), name="changes"),
    *reconciled("materials", MaterialReconciliation, MaterialSuggestions, MaterialProperties, MaterialPreview),
    *reconciled(
        "organizations",
        OrganizationReconciliation,
        OrganizationSuggestions,
        OrganizationProperties,
        OrganizationPreview,
    ),
    *router.urls,
]
