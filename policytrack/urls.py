from django.contrib import admin
from django.urls import path

urlpatterns = [path("desk/", admin.site.urls)]

handler400 = "policytrack.errors.bad_request"
handler403 = "policytrack.errors.forbidden"
handler404 = "policytrack.errors.not_found"
handler500 = "policytrack.errors.server_error"
