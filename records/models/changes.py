"""Who changed what, when and why."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ChangeSet(models.Model):
    """Changes made together, for one reason, by one person or job; rows and versions carry its number.

    Change sets come one after another: whoever begins one waits until the one before is committed, and its moment is
    that of its end. The database writes them, and lets nobody alter one of another transaction. So what was known at a
    moment is what the change sets up to the last one before it had written.
    """

    class Kind(models.TextChoices):
        DEVELOPMENT = "development", _("new development")
        CORRECTION = "correction", _("correction")
        SOURCE_ONLY = "source_only", _("source only")
        UPKEEP = "upkeep", _("upkeep")

    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind,
        help_text=_("Did the world change, our knowledge, or only its footing? Upkeep is what jobs derive."),
    )
    reason = models.TextField(_("reason"), help_text=_("Why, in one sentence a reader can follow."))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="change_sets",
        verbose_name=_("by"),
        help_text=_("Empty for a job or a command."),
    )
    at = models.DateTimeField(
        _("at"), default=timezone.now, db_index=True, help_text=_("When it was complete; later than the one before.")
    )

    class Meta:
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["development", "correction", "source_only", "upkeep"]),
                name="records_changeset_kind_known",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="records_changeset_reason_given"),
        ]

    def __str__(self):
        return self.reason
