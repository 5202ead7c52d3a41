from django.urls import path

from programs.views.programs import ProgramDetail, ProgramList

app_name = "programs"
urlpatterns = [
    path("programs/", ProgramList.as_view(), name="list"),
    path("programs/<slug:slug>/", ProgramDetail.as_view(), name="detail"),
]
