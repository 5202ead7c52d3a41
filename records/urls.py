from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from records.changes import ChangeList, Corrections, RecordHistory
from records.citing.views import Cite
from records.compare import Compare
from records.comparison import Comparison
from records.editions.views import EditionFile, EditionList
from records.feeds.links import route
from records.feeds.lists import ChangeFeed, SourceFeed
from records.lists import choices
from records.models import Source
from records.reporting import ErrorReported, ReportError
from records.results import SearchPage, Suggestions
from records.uncited import UncitedFacts
from records.views import SourceDetail, SourceList

app_name = "records"
urlpatterns = [
    path("search/", SearchPage.as_view(), name="search"),
    path("search/suggestions/", Suggestions.as_view(), name="suggestions"),
    path("report-error/", ReportError.as_view(), name="report_error"),
    path("report-error/sent/", ErrorReported.as_view(), name="error_reported"),
    path("sources/", SourceList.as_view(), name="source_list"),
    path("uncited/", UncitedFacts.as_view(), name="uncited"),
    path("sources/choices/<slug:name>/", choices(SourceList, _("Sources")), name="source_choices"),
    path("sources/<slug:slug>/", SourceDetail.as_view(), name="source_detail"),
    path("changes/", ChangeList.as_view(), name="changes"),
    path("changes/of/<slug:kind>/", Comparison.as_view(), name="comparison"),
    path("compare/", Compare.as_view(), name="compare"),
    path("data/", EditionList.as_view(), name="editions"),
    path("data/<str:day>/<str:name>", EditionFile.as_view(), name="edition_file"),
    path("corrections/", Corrections.as_view(), name="corrections"),
    re_path(route("sources"), SourceFeed.as_view(), name="source_feed"),
    re_path(route("changes"), ChangeFeed.as_view(), name="change_feed"),
    path("sources/<slug:slug>/history/", RecordHistory.as_view(model=Source), name="source_history"),
    path("sources/<slug:slug>/cite.<slug:format>", Cite.as_view(model=Source), name="source_cite"),
]
