"""Keys with which people's programs write through the API."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApiToken(models.Model):
    """A key with which somebody's programs act through the API in their name; only its digest is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("read drafts")
        WRITE = "write", _("write drafts and propose changes")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("What it is for, such as “nightly import”."))
    digest = models.CharField(
        _("digest"), max_length=64, unique=True, editable=False, help_text=_("SHA-256 of the key, in hexadecimal.")
    )
    scopes = ArrayField(
        models.CharField(max_length=5, choices=Scope),
        verbose_name=pgettext_lazy("of a token", "may"),
        help_text=_("What it is good for; never more than its account may at the desk."),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("good until"), help_text=_("From this moment on it is refused."))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    written_at = models.DateTimeField(
        _("last used to write"), null=True, blank=True, help_text=_("Start of the minute in which it last wrote.")
    )
    written = models.PositiveIntegerField(
        _("writes"), default=0, help_text=_("How often it was used to write in that minute.")
    )

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="records_apitoken_sha256_hex"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=["read", "write"]) & ~Q(scopes=[]),
                name="records_apitoken_scopes_known",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def scopes_in_words(self) -> list[str]:
        return [str(self.Scope(scope).label) for scope in self.scopes]

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
