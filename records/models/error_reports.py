"""What readers say is wrong. Only the desk sees it."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ErrorReportQuerySet(models.QuerySet):
    def open(self):
        """Those that somebody still has to deal with, the most urgent and then the oldest first."""
        return self.filter(state__in=ErrorReport.OPEN_STATES).in_order()

    def in_order(self):
        return self.order_by("-priority", "sent_at", "pk")


class ErrorReport(models.Model):
    """A reader's word that a fact is wrong, and what the desk did about it; never shown to the public."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        TAKEN = "taken", _("taken")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    OPEN_STATES = (State.NEW, State.TAKEN)

    class Priority(models.IntegerChoices):
        LOW = 1, _("low")
        NORMAL = 2, _("normal")
        HIGH = 3, _("high")

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    field = models.CharField(
        _("fact"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Name of the field that is said to be wrong; empty for the record as a whole."),
    )
    record_version = models.PositiveIntegerField(
        _("version of the record"), help_text=_("Version that the record had when the report was sent.")
    )
    page = models.CharField(
        _("page"),
        max_length=500,
        blank=True,
        default="",
        help_text=_("Address within the site from which the reader came, with the clocks it was read by."),
    )
    text = models.TextField(_("what is wrong"), max_length=2000, help_text=_("In the reader's words."))
    cites = models.CharField(
        _("what shows it"),
        max_length=1000,
        blank=True,
        default="",
        help_text=_("A publication or address that the reader names."),
    )
    mail = models.EmailField(
        _("mail address"),
        blank=True,
        default="",
        help_text=_("Where the reader may be answered; used for nothing else and shown to nobody outside the desk."),
    )
    language = models.CharField(_("language"), max_length=12, help_text=_("Language the reader saw the site in."))
    sender = models.CharField(
        _("sender"),
        max_length=32,
        blank=True,
        default="",
        editable=False,
        help_text=_("Keyed digest of the network address, to bound how much one sends; forgotten after some days."),
    )
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=State,
        default=State.NEW,
        help_text=_("New, taken by somebody, answered (the record was corrected or the reader told why not), closed."),
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="error_reports",
        verbose_name=_("assignee"),
        help_text=_("Who deals with it."),
    )
    note = models.TextField(
        _("note"), null=True, blank=True, help_text=_("What was found and done; for the desk only.")
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["sent_at"], name="records_errorreport_sent"),
            models.Index(fields=["subject_type", "subject_id"], name="records_errorreport_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "taken", "answered", "closed"]), name="records_errorreport_state_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=[1, 2, 3]), name="records_errorreport_priority_known"),
            models.CheckConstraint(condition=~Q(text=""), name="records_errorreport_text_given"),
        ]

    def __str__(self):
        return self.text if len(self.text) <= 60 else f"{self.text[:59]}…"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES
