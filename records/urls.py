from django.urls import path

from records.views import SourceDetail, SourceList

app_name = "records"
urlpatterns = [
    path("sources/", SourceList.as_view(), name="source_list"),
    path("sources/<slug:slug>/", SourceDetail.as_view(), name="source_detail"),
]
