"""Phase reports that were asked for, and their files."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.models.programs import Program


class PhaseReport(models.Model):
    """One report on a program's phases, asked for by a manager and built by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        BUILDING = "building", _("building")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    key = models.UUIDField(_("key"), unique=True, help_text=_("Unguessable part of its address."))
    program = models.ForeignKey(Program, models.PROTECT, related_name="reports", verbose_name=_("program"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="phase_reports", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    manifest = models.JSONField(_("manifest"), help_text=_("What was asked: program, day, language, sections."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0, help_text=_("Percent."))
    step = models.CharField(_("step"), max_length=100, blank=True, default="", help_text=_("What the worker is doing."))
    claim = models.UUIDField(_("claim"), null=True, help_text=_("Token of the worker that builds it."))
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), null=True, blank=True)
    data_hash = models.CharField(
        _("data hash"), max_length=64, null=True, blank=True, help_text=_("SHA-256 of the figures it shows.")
    )
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)

    class Meta:
        verbose_name = _("phase report")
        verbose_name_plural = _("phase reports")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "building", "ready", "failed"]),
                name="programs_phasereport_state_known",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="programs_phasereport_progress_percent"),
        ]

    def __str__(self):
        return f"{self.program_id} {self.requested_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("programs:report_detail", args=[self.key])

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.BUILDING)

    @property
    def downloads(self) -> list["PhaseReportFile"]:
        """Its files, the one for reading first."""
        order = PhaseReportFile.Format.values
        return sorted(self.files.all(), key=lambda file: order.index(file.format))

    @property
    def on(self) -> datetime.date:
        """The day that it is about."""
        return datetime.date.fromisoformat(self.manifest["on"])

    @property
    def known_at(self) -> datetime.datetime | None:
        """When the last of what it knows was written; None for reports from before this was kept."""
        at = self.manifest.get("known_at")
        return at and datetime.datetime.fromisoformat(at)


class PhaseReportFile(models.Model):
    """One file of a report."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV (zip)"

    report = models.ForeignKey(PhaseReport, models.CASCADE, related_name="files")
    format = models.CharField(_("format"), max_length=4, choices=Format)
    file = models.FileField(_("file"), upload_to="reports/%Y/%m/")
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("file of a phase report")
        verbose_name_plural = _("files of phase reports")
        ordering = ["report", "format"]
        constraints = [models.UniqueConstraint(fields=["report", "format"], name="programs_phasereportfile_once")]

    def __str__(self):
        return f"{self.report_id} {self.format}"
