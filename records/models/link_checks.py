"""Whether the addresses of sources still answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.models.citations import Source


class LinkCheckQuerySet(models.QuerySet):
    def newest(self):
        """The last check of each source's address."""
        newest = LinkCheck.objects.filter(source=models.OuterRef("source")).order_by("-checked_at", "-pk")
        return self.filter(pk=models.Subquery(newest.values("pk")[:1]))


class LinkCheck(models.Model):
    """One attempt to open the address of a source, and what came of it."""

    class Outcome(models.TextChoices):
        OK = "ok", _("answers")
        MOVED = "moved", _("answers elsewhere")
        REFUSED = "refused", _("does not let us in")
        GONE = "gone", _("gone")
        FAILING = "failing", _("does not answer properly")
        UNFIT = "unfit", _("not an address to open")

    BROKEN = (Outcome.GONE, Outcome.FAILING, Outcome.UNFIT)

    source = models.ForeignKey(Source, models.CASCADE, related_name="link_checks", verbose_name=_("source"))
    url = models.CharField(_("address"), max_length=1000, help_text=_("The address as it was then."))
    checked_at = models.DateTimeField(_("checked at"))
    outcome = models.CharField(
        _("outcome"),
        max_length=8,
        choices=Outcome,
        help_text=_("Answers, answers elsewhere, refuses, gone (404 or 410), fails, or cannot be opened from here."),
    )
    status = models.PositiveSmallIntegerField(
        _("status"), null=True, help_text=_("HTTP status of the last answer; empty where there was none.")
    )
    final_url = models.CharField(
        _("led to"), max_length=2000, blank=True, default="", help_text=_("The address that redirects ended at.")
    )
    detail = models.CharField(_("detail"), max_length=300, blank=True, default="", help_text=_("What went wrong."))

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")
        ordering = ["-checked_at", "-pk"]
        indexes = [models.Index(fields=["source", "-checked_at"], name="records_linkcheck_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["ok", "moved", "refused", "gone", "failing", "unfit"]),
                name="records_linkcheck_outcome_known",
            )
        ]

    def __str__(self):
        return f"{self.url} {self.checked_at:%Y-%m-%d}"
