"""Who changed what, when and why."""

import pgtrigger
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

    # What has to follow from it, asked for when it is closed; entries of the outbox.
    following: list

    def __str__(self):
        return self.reason


class TakenBack(pgtrigger.Trigger):
    """What readers saw is taken back by somebody else than who wrote it, unless the desk has one person only."""

    name = "taken_back"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
        IF NEW.seen AND NEW.alone AND records_second_person() THEN
            RAISE EXCEPTION 'Nobody takes back alone what readers saw of their own change.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';
        END IF;
        RETURN NEW;
    """


class Undoing(models.Model):
    """That one change set took back what another had written."""

    undone = models.ForeignKey(
        ChangeSet,
        models.PROTECT,
        related_name="undoings",
        verbose_name=_("undone"),
        help_text=_("What was taken back."),
    )
    change_set = models.OneToOneField(
        ChangeSet,
        models.PROTECT,
        related_name="undoing",
        verbose_name=_("change set"),
        help_text=_("What took it back."),
    )
    seen = models.BooleanField(_("seen"), help_text=_("Whether readers had seen records that it was about."))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
        help_text=_("Who had made the change set that was undone; empty for a job or a command."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Who undid it; of what readers had seen, never who had written it."),
    )
    alone = models.BooleanField(
        _("undone alone"),
        default=False,
        help_text=_("Undone by who wrote it, which for what readers had seen takes a team of one person."),
    )

    class Meta:
        verbose_name = _("undoing")
        verbose_name_plural = _("undoings")
        ordering = ["-change_set"]
        triggers = [TakenBack()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(change_set__gt=models.F("undone")), name="records_undoing_of_an_earlier_one"
            ),
            models.CheckConstraint(
                condition=models.Q(seen=False)
                | models.Q(alone=True)
                | models.Q(by=None)
                | ~models.Q(by=models.F("written_by")),
                name="records_undoing_second_person",
                violation_error_message=_("Nobody takes back alone what readers saw of their own change."),
            ),
        ]

    def __str__(self):
        return f"{self.change_set_id}: {self.undone_id}"
