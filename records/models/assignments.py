"""Who deals with what waits at the desk, and how urgent it is."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Priority(models.IntegerChoices):
    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")


class Assignment(models.Model):
    """Who takes care of one thing that waits at the desk, and how urgent it is; without a row, nobody and normal."""

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    subject_id = models.BigIntegerField(_("number"), help_text=_("Of the draft, proposal, import or failed job."))
    subject = GenericForeignKey("subject_type", "subject_id")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("assignee"),
        help_text=_("Who deals with it."),
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["subject_type", "subject_id"]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="records_assignment_once"),
            models.CheckConstraint(
                condition=models.Q(priority__in=[1, 2, 3]), name="records_assignment_priority_known"
            ),
        ]

    def __str__(self):
        return f"{self.subject_type_id}:{self.subject_id}"
