"""Who writes through the API: a token in the header tells, and nothing else; a browser's session does not count."""

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions

from records import tokens
from records.models import ApiToken


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    keyword = "Bearer"

    def authenticate(self, request):
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        token = tokens.find(key.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not known, or not good any more."))
        return token.user, token

    def authenticate_header(self, request):
        return self.keyword


def demand(request, scope: str) -> ApiToken:
    """The token of a request, which has to be there and to be made for this."""
    token = request.auth
    if token is None:
        raise exceptions.NotAuthenticated(_("This takes a token of an account at the desk: “Authorization: Bearer …”."))
    if scope not in token.scopes:
        raise exceptions.PermissionDenied(_("This token was not made for that."))
    return token
