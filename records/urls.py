from django.urls import path

from records.reporting import ErrorReported, ReportError
from records.uncited import UncitedFacts
from records.views import SourceDetail, SourceList

app_name = "records"
urlpatterns = [
    path("report-error/", ReportError.as_view(), name="report_error"),
    path("report-error/sent/", ErrorReported.as_view(), name="error_reported"),
    path("sources/", SourceList.as_view(), name="source_list"),
    path("uncited/", UncitedFacts.as_view(), name="uncited"),
    path("sources/<slug:slug>/", SourceDetail.as_view(), name="source_detail"),
]
