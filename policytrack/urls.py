from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

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
    # Without a token, so that public pages are the same for everybody; there is nothing to gain in another's language.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
]

handler400 = "policytrack.errors.bad_request"
handler403 = "policytrack.errors.forbidden"
handler404 = "policytrack.errors.not_found"
handler500 = "policytrack.errors.server_error"
