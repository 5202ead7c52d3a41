"""The derived timeline."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models.measures import Measure
from measures.models.organizations import Country
from records.history import track


@track
class TimelineEntry(models.Model):
    """One line of the timeline; derived from a dated record, never typed in."""

    key = models.CharField(
        _("key"),
        max_length=200,
        unique=True,
        help_text=_("Kind and id of the record, and which of its dates."),
    )
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    kind = models.CharField(
        _("kind"),
        max_length=20,
        help_text=_("Event, milestone, directive, response, survey, statement, or a status that is due."),
    )
    role = models.CharField(
        _("role"),
        max_length=20,
        help_text=_("What the date says of the record: announced, in force, expected …"),
    )
    title = models.CharField(_("title"), max_length=300)
    date = models.CharField(_("date"), max_length=64, help_text=_("EDTF text."))
    earliest = models.DateField(_("earliest"), null=True)
    start_latest = models.DateField(_("latest start"), null=True)
    end_earliest = models.DateField(_("earliest end"), null=True)
    latest = models.DateField(_("latest"), null=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    planned = models.BooleanField(_("planned"), default=False, help_text=_("Expected, not observed."))
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+", help_text=_("Whose act it is."))
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, related_name="timeline_entries")
    program = models.CharField(_("program"), max_length=120, null=True, help_text=_("Id of the program it belongs to."))
    path = models.CharField(_("address"), max_length=300, help_text=_("Where the record is shown."))
    published = models.BooleanField(
        _("published"), help_text=_("Whether visitors may see the record and what it belongs to.")
    )

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["earliest", "order", "key"]
        indexes = [
            models.Index(fields=["earliest", "order", "key"], name="measures_timeline_order"),
            models.Index(fields=["subject_type", "subject_id"], name="measures_timeline_subject"),
        ]

    def __str__(self):
        return self.title
