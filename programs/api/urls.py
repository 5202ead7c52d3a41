"""The addresses of the API: one list for each kind of record, each record by its id, and the search."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from measures.api import (
    EventViewSet,
    MaterialViewSet,
    MeasureViewSet,
    OrganizationViewSet,
)
from programs.api.programs import ProgramViewSet
from records.api import (
    SourceViewSet,
)
from records.api.search import SearchView

router = SimpleRouter()
for prefix, viewset in (
    ("measures", MeasureViewSet),
    ("materials", MaterialViewSet),
    ("organizations", OrganizationViewSet),
    ("programs", ProgramViewSet),
    ("events", EventViewSet),
    ("sources", SourceViewSet),
):
    router.register(prefix, viewset, basename=prefix)
app_name = "api"
urlpatterns = [path("search/", SearchView.as_view(), name="search"), *router.urls]
