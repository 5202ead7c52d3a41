from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from policytrack.home import Home
from records.api.description import SchemaView
from records.api.documentation import DocumentationView

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("desk/", admin.site.urls),
    path("api/v1/", include("programs.api.urls")),
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
    path("api/docs/", DocumentationView.as_view(), name="api_docs"),
    path("", include("records.urls")),
    path("", include("measures.urls")),
    path("", include("programs.urls")),
    path("login/", LoginView.as_view(template_name="login.html", redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "policytrack.errors.bad_request"
handler403 = "policytrack.errors.forbidden"
handler404 = "policytrack.errors.not_found"
handler500 = "policytrack.errors.server_error"
