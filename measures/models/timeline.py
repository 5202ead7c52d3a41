"""The derived timeline."""

import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from measures.models.measures import Measure
from measures.models.organizations import Country
from records.history import track


class TimelineEntryQuerySet(models.QuerySet):
    def visible(self):
        """What visitors may see now."""
        return self.filter(published=True)

    def for_list(self):
        """For pages, the newest first, with the measure and the country that each line names."""
        return self.select_related("measure", "country").order_by("-sorted_on", "-order", "key")

    def open_on(self, day: datetime.date):
        """What was expected and, as far as is recorded, had not happened by that day."""
        return self.filter(Q(settled_on=None) | Q(settled_on__gt=day), planned=True)

    def overdue_on(self, day: datetime.date):
        """Of what was open, that of which the last possible day had passed."""
        return self.open_on(day).filter(latest__lt=day)

    def between(self, first: datetime.date, last: datetime.date):
        """What certainly or possibly falls on these days, the last included."""
        return self.filter(
            Q(earliest=None) | Q(earliest__lte=last), Q(latest=None) | Q(latest__gte=first), sorted_on__isnull=False
        )


# Ids are plain ASCII, and compared as such: a third of the time that a rebuild takes goes without it into comparing.
IDENTIFIERS = "C"


@track
class TimelineEntry(models.Model):
    """One line of the timeline; derived from a dated record, never typed in."""

    is_derived = True

    key = models.CharField(
        _("key"),
        db_collation=IDENTIFIERS,
        max_length=200,
        help_text=_("Kind and id of the record, and which of its dates."),
    )
    # What it refers to is held by the records that it derives from: constraints and indexes of its own here would
    # only slow its rebuild.
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    subject_id = models.BigIntegerField()
    owner = models.CharField(
        _("owner"),
        db_collation=IDENTIFIERS,
        max_length=80,
        help_text=_("Model and number of the record whose page shows it."),
    )
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
    sorted_on = models.DateField(
        _("sorted on"), null=True, help_text=_("The first of its bounds that is known; its place in the timeline.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    planned = models.BooleanField(_("planned"), default=False, help_text=_("Expected, not observed."))
    settled_on = models.DateField(
        _("settled on"), null=True, help_text=_("First day on which what was expected was reached or given up.")
    )
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text=_("Whose act it is."),
    )
    measure = models.ForeignKey(
        Measure, models.CASCADE, null=True, related_name="timeline_entries", db_constraint=False
    )
    program = models.CharField(
        _("program"),
        db_collation=IDENTIFIERS,
        max_length=120,
        null=True,
        help_text=_("Id of the program it belongs to."),
    )
    path = models.CharField(_("address"), max_length=300, help_text=_("Where the record is shown."))
    published = models.BooleanField(
        _("published"), help_text=_("Whether visitors may see the record and what it belongs to.")
    )

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = [F("sorted_on").asc(nulls_last=True), "order", "key"]
        indexes = [
            models.Index(fields=["sorted_on", "order"], name="measures_timeline_order"),
            models.Index(fields=["subject_type", "subject_id"], name="measures_timeline_subject"),
            models.Index(fields=["owner"], name="measures_timeline_owner"),
            models.Index(fields=["program"], name="measures_timeline_program"),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="measures_timelineentry_key_once")]

    def __str__(self):
        return self.title
