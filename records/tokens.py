"""Keys for the API: made once, shown once, kept as a digest, counted, and revoked."""

import datetime
import hashlib
import secrets

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from records.models import ApiToken

# By its head a key that was published by mistake is found; what follows has 256 bits.
HEAD = "policytrack_"


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def issue(user, *, name: str, scopes: list[str], expires_at: datetime.datetime) -> tuple[ApiToken, str]:
    """Make a token; the key is told this once and cannot be told again."""
    key = HEAD + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, scopes=sorted(scopes), expires_at=expires_at, digest=digest_of(key)
    )
    return token, key


def find(key: str) -> ApiToken | None:
    """The token of this key, if it is neither expired nor revoked and its account is active."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()
    return token if token and token.is_good and token.user.is_active else None


def revoke(token: ApiToken) -> None:
    """From now on it is refused; revoked twice, the first moment stands."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now())


def seconds_to_wait(token: ApiToken) -> int:
    """Count one write; 0 where it may go on, else the seconds after which the token may write again.

    One statement on the database's clock, so that of many at one moment no more get through than may.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_apitoken SET
                written = CASE WHEN written_at > now() - interval '1 minute' THEN written + 1 ELSE 1 END,
                written_at = CASE WHEN written_at > now() - interval '1 minute' THEN written_at ELSE now() END
            WHERE id = %s
            RETURNING written, ceil(extract(epoch FROM written_at + interval '1 minute' - now()))
            """,
            [token.pk],
        )
        written, left = cursor.fetchone()
    return max(1, int(left)) if written > settings.API_WRITES_PER_MINUTE else 0
