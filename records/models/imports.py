"""Tables that people brought, and what came of them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.models.changes import ChangeSet


class ImportQuerySet(models.QuerySet):
    def standing(self):
        """Those that have not come to nothing; of one file there is one for each kind of rows."""
        return self.exclude(state__in=Import.GONE)


class SecondPerson(pgtrigger.Trigger):
    """Somebody else decides about an import, unless the desk has one person only."""

    name = "second_person"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
        IF NEW.self_approved AND records_second_person() THEN
            RAISE EXCEPTION 'Nobody decides about an import of their own at this desk.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';
        END IF;
        RETURN NEW;
    """


class Import(models.Model):
    """A file with rows of one kind, brought by one person, checked by a worker, and decided by another person."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting for its check")
        ASKING = "asking", _("encoding not certain")
        CHECKING = "checking", _("being checked")
        FAULTY = "faulty", _("has faults")
        CHECKED = "checked", _("checked, not submitted")
        SUBMITTED = "submitted", _("waiting for a reviewer")
        APPROVED = "approved", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        REJECTED = "rejected", _("rejected")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("failed")

    WAITING = (State.UPLOADED, State.CHECKING, State.APPROVED, State.UNDOING)
    GONE = (State.REJECTED, State.UNDONE, State.FAILED)
    CHECKABLE = (State.ASKING, State.FAULTY, State.CHECKED)

    key = models.UUIDField(_("key"), unique=True, help_text=_("Part of its address at the desk."))
    kind = models.CharField(_("kind of rows"), max_length=30, help_text=_("What its rows are: measures, events …"))
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", help_text=_("The bytes as they were sent."))
    file_name = models.CharField(_("name of the file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, help_text=_("Digest of the bytes, in hexadecimal."))
    encoding = models.CharField(
        _("encoding"), max_length=20, blank=True, default="", help_text=_("Of a text file; empty for a workbook.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", verbose_name=_("brought by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.UPLOADED)
    claim = models.UUIDField(_("claim"), null=True, blank=True, help_text=_("Token of the worker that works on it."))
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    asked_at = models.DateTimeField(
        _("asked at"), auto_now_add=True, help_text=_("When a worker was last asked to check or apply it.")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0, help_text=_("Percent."))
    step = models.CharField(_("step"), max_length=100, blank=True, default="", help_text=_("What the worker is doing."))
    error = models.TextField(_("error"), null=True, blank=True, help_text=_("Why it came to nothing."))
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    created_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    fault_count = models.PositiveIntegerField(_("faults"), default=0, help_text=_("All of them; the first are kept."))
    doubt_count = models.PositiveIntegerField(
        _("doubts"), default=0, help_text=_("What somebody should look at, such as likely duplicates.")
    )
    reason = models.TextField(_("reason"), blank=True, default="", help_text=_("Why, as the history will tell it."))
    change_kind = models.CharField(
        _("kind of change"), max_length=12, choices=ChangeSet.Kind, default=ChangeSet.Kind.DEVELOPMENT
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Who approved or rejected it; never who brought it."),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    verdict = models.TextField(_("verdict"), blank=True, default="", help_text=_("What the reviewer said."))
    self_approved = models.BooleanField(
        _("decided by who brought it"),
        default=False,
        help_text=_("No second person looked at it; possible only at a desk of one."),
    )
    change_set = models.OneToOneField(
        ChangeSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applied_import",
        verbose_name=_("change set"),
        help_text=_("The change that it made."),
    )

    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undoing asked by"),
        help_text=_("Who last asked to have it undone."),
    )
    undo_reason = models.TextField(_("reason of undoing"), blank=True, default="", help_text=_("Why, as asked."))

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-uploaded_at", "-pk"]
        triggers = [SecondPerson()]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "uploaded",
                        "asking",
                        "checking",
                        "faulty",
                        "checked",
                        "submitted",
                        "approved",
                        "applied",
                        "undoing",
                        "rejected",
                        "undone",
                        "failed",
                    ]
                ),
                name="records_import_state_known",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="records_import_progress_percent"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="records_import_sha256_hex"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")) | Q(self_approved=True),
                name="records_import_second_person",
                violation_error_message=_("Nobody decides about an import of their own."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "applied", "undoing", "rejected", "undone"])
                | Q(decided_by__isnull=False),
                name="records_import_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "undoing", "undone"]) | Q(change_set__isnull=False),
                name="records_import_applied_in_change_set",
            ),
            models.CheckConstraint(
                condition=~Q(state="undoing") | Q(undo_asked_by__isnull=False),
                name="records_import_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["sha256", "kind"],
                condition=~Q(state__in=["rejected", "undone", "failed"]),
                name="records_import_once",
                violation_error_message=_("This file was brought already."),
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("admin:import_detail", args=[self.key])

    @property
    def is_under_way(self) -> bool:
        return self.state in self.WAITING

    @property
    def difference_count(self) -> int:
        return self.created_count + self.changed_count


class ImportRow(models.Model):
    """What one row of a file would do: make a record, or change one. Rows that do nothing are only counted."""

    class Act(models.TextChoices):
        CREATE = "create", _("new")
        CHANGE = "change", _("changed")

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"), help_text=_("As the sender's program numbers it."))
    act = models.CharField(_("act"), max_length=6, choices=Act)
    record_key = models.CharField(_("record"), max_length=200, help_text=_("Public id, or what else names the record."))
    record_id = models.BigIntegerField(
        _("number of the record"), null=True, blank=True, help_text=_("Of a new one, once it is made.")
    )
    version = models.PositiveIntegerField(
        _("version"), null=True, blank=True, help_text=_("The version that the row was compared with.")
    )
    values = models.JSONField(_("values"), help_text=_("What will be written, by column of the tables."))
    before = models.JSONField(_("before"), help_text=_("Cells of the record, where they differ."))
    after = models.JSONField(_("after"), help_text=_("Cells of the file, where they differ."))
    rejected_for = models.TextField(
        _("rejected for"), null=True, blank=True, help_text=_("Why the reviewer left this row out.")
    )

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["of", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="records_importrow_number_once"),
            models.CheckConstraint(condition=Q(act__in=["create", "change"]), name="records_importrow_act_known"),
            models.CheckConstraint(
                condition=Q(act="create") | Q(record_id__isnull=False, version__isnull=False),
                name="records_importrow_changes_version",
            ),
        ]

    def __str__(self):
        return self.record_key

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Column, old and new cell."""
        return [(header, self.before.get(header, ""), new) for header, new in self.after.items()]


class ImportFault(models.Model):
    """What is wrong with one cell of a file, or should be looked at."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="faults", verbose_name=_("import"))
    row = models.PositiveIntegerField(_("row"), null=True, help_text=_("Empty where it is about the whole file."))
    column = models.CharField(_("column"), max_length=100, blank=True, default="")
    reason = models.TextField(_("reason"))
    is_doubt = models.BooleanField(_("doubt"), default=False, help_text=_("To be looked at; it hinders nothing."))

    class Meta:
        verbose_name = _("fault of an import")
        verbose_name_plural = _("faults of imports")
        ordering = ["of", "pk"]

    def __str__(self):
        return f"{self.row} {self.column}: {self.reason}"
