from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("desk/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "policytrack.errors.bad_request"
handler403 = "policytrack.errors.forbidden"
handler404 = "policytrack.errors.not_found"
handler500 = "policytrack.errors.server_error"
