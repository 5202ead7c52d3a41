from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from measures.feeds import EventFeed, MaterialFeed, MeasureFeed, OrganizationFeed, TimelineFeed
from measures.models import Material, Measure, Organization
from measures.views.charts import ChartFile, Charts
from measures.views.events import EventList
from measures.views.instruments import InstrumentList
from measures.views.materials import MaterialDetail, MaterialList
from measures.views.measure_list import MeasureList
from measures.views.measures import MeasureDetail
from measures.views.organizations import OrganizationDetail, OrganizationList
from measures.views.timeline import Timeline
from records.changes import RecordHistory
from records.citing.views import Cite
from records.feeds.links import route
from records.lists import choices

app_name = "measures"
urlpatterns = [
    path("measures/", MeasureList.as_view(), name="list"),
    path("measures/instruments/", InstrumentList.as_view(), name="instruments"),
    path("measures/choices/<slug:name>/", choices(MeasureList, _("Measures")), name="choices"),
    path("measures/<slug:slug>/", MeasureDetail.as_view(), name="detail"),
    path("events/", EventList.as_view(), name="event_list"),
    path("events/choices/<slug:name>/", choices(EventList, _("Events")), name="event_choices"),
    path("timeline/", Timeline.as_view(), name="timeline"),
    path("timeline/choices/<slug:name>/", choices(Timeline, _("Timeline")), name="timeline_choices"),
    path("charts/", Charts.as_view(), name="charts"),
    path("charts/choices/<slug:name>/", choices(Charts, _("Charts")), name="chart_choices"),
    path("charts/<slug:name>.<slug:format>", ChartFile.as_view(), name="chart"),
    path("materials/", MaterialList.as_view(), name="material_list"),
    path("materials/choices/<slug:name>/", choices(MaterialList, _("Materials")), name="material_choices"),
    path("materials/<slug:slug>/", MaterialDetail.as_view(), name="material_detail"),
    path("organizations/", OrganizationList.as_view(), name="organization_list"),
    path(
        "organizations/choices/<slug:name>/",
        choices(OrganizationList, _("Organizations")),
        name="organization_choices",
    ),
    path("organizations/<slug:slug>/", OrganizationDetail.as_view(), name="organization_detail"),
    re_path(route("measures"), MeasureFeed.as_view(), name="feed"),
    re_path(route("events"), EventFeed.as_view(), name="event_feed"),
    re_path(route("timeline"), TimelineFeed.as_view(), name="timeline_feed"),
    re_path(route("materials"), MaterialFeed.as_view(), name="material_feed"),
    re_path(route("organizations"), OrganizationFeed.as_view(), name="organization_feed"),
    path("measures/<slug:slug>/history/", RecordHistory.as_view(model=Measure), name="history"),
    path("measures/<slug:slug>/cite.<slug:format>", Cite.as_view(model=Measure), name="cite"),
    path("materials/<slug:slug>/history/", RecordHistory.as_view(model=Material), name="material_history"),
    path("materials/<slug:slug>/cite.<slug:format>", Cite.as_view(model=Material), name="material_cite"),
    path("organizations/<slug:slug>/history/", RecordHistory.as_view(model=Organization), name="organization_history"),
    path("organizations/<slug:slug>/cite.<slug:format>", Cite.as_view(model=Organization), name="organization_cite"),
]
