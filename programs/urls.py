from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from programs.feeds import ProgramFeed
from programs.models import Program
from programs.views.charts import DependenceFile
from programs.views.programs import ProgramDetail, ProgramList
from programs.views.projects import ProjectList
from programs.views.reports import ReportDetail, ReportDownload, ReportList, ReportOrder
from records.changes import RecordHistory
from records.citing.views import Cite
from records.feeds.links import route
from records.lists import choices

app_name = "programs"
urlpatterns = [
    path("programs/", ProgramList.as_view(), name="list"),
    path("projects/", ProjectList.as_view(), name="project_list"),
    path("projects/choices/<slug:name>/", choices(ProjectList, _("Projects")), name="project_choices"),
    path("programs/choices/<slug:name>/", choices(ProgramList, _("Programs")), name="choices"),
    path("programs/<slug:slug>/", ProgramDetail.as_view(), name="detail"),
    path("programs/<slug:slug>/report/", ReportOrder.as_view(), name="report"),
    path("materials/<slug:slug>/dependence.<slug:format>", DependenceFile.as_view(), name="dependence"),
    path("reports/", ReportList.as_view(), name="report_list"),
    path("reports/<uuid:key>/", ReportDetail.as_view(), name="report_detail"),
    path("reports/<uuid:key>/<slug:format>", ReportDownload.as_view(), name="report_file"),
    re_path(route("programs"), ProgramFeed.as_view(), name="feed"),
    path("programs/<slug:slug>/history/", RecordHistory.as_view(model=Program), name="history"),
    path("programs/<slug:slug>/cite.<slug:format>", Cite.as_view(model=Program), name="cite"),
]
