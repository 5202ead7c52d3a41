"""Facts that bodies tell differently."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from measures.models.organizations import Organization
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Cited, Record, RecordQuerySet


class DisputedFactQuerySet(RecordQuerySet):
    def about(self, subjects):
        """Those about any of these records, of whatever models."""
        ids = {}
        for subject in subjects:
            ids.setdefault(ContentType.objects.get_for_model(subject), []).append(subject.pk)
        about = Q(pk__in=[])
        for subject_type, pks in ids.items():
            about |= Q(subject_type=subject_type, subject_id__in=pks)
        return self.filter(about)

    def touching(self, model):
        """Those that readers may read about the row of an outer query: a record of this model."""
        subject = ContentType.objects.get_for_model(model)
        return self.readable().filter(subject_type=subject, subject_id=OuterRef("pk")).order_by()

    def mark(self, rows):
        """These rows, which derive from a `subject`, each with whether that `is_disputed`."""
        about = self.readable().filter(subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id"))
        return rows.annotate(is_disputed=Exists(about.order_by()))


@track
class DisputedFact(Record):
    """A question to which bodies give different answers."""

    facts = ()  # its claims have theirs

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    field = models.CharField(
        _("field"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Name of the field that is told differently; empty where it is none in particular."),
    )
    question = models.CharField(_("question"), max_length=200, help_text=_("One line, as a question."))

    objects = DisputedFactQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("disputed fact")
        verbose_name_plural = _("disputed facts")
        ordering = ["slug"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="measures_disputed_subject")]

    def __str__(self):
        return self.question


@track
class Claim(Cited):
    """One body's version of a disputed fact."""

    disputed_fact = models.ForeignKey(
        DisputedFact, models.CASCADE, related_name="claims", verbose_name=_("disputed fact")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("claimant"),
        help_text=_("The body that says so, where it is recorded here."),
    )
    claimant = models.CharField(
        _("claimant in words"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("Who says so, where it is no recorded body."),
    )
    date = EDTFField(_("date"), help_text=_("When it was said (EDTF)."))
    statement = models.TextField(_("statement"), help_text=_("The version in our own words."))
    value = models.CharField(
        _("value"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("The version in short, where it is a date, a number or a word."),
    )
    quote = models.CharField(
        _("quote"), max_length=400, null=True, blank=True, help_text=_("At most 25 words from a source.")
    )
    preferred = models.BooleanField(
        _("preferred"), default=False, help_text=_("At most one version is; none is hidden.")
    )
    reason = models.TextField(_("reason"), null=True, blank=True, help_text=_("Why this version is preferred."))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["disputed_fact", "position", "pk"]
        constraints = [
            ordered_bounds("date"),
            models.UniqueConstraint(
                fields=["disputed_fact"],
                condition=Q(preferred=True),
                name="measures_claim_one_preferred",
                violation_error_message=_("Another version is preferred already; at most one can be."),
            ),
            models.CheckConstraint(
                condition=Q(organization=None, claimant__isnull=False) | Q(organization__isnull=False, claimant=None),
                name="measures_claim_one_claimant",
                violation_error_message=_("Name the claimant once: a recorded body, or words."),
            ),
            models.CheckConstraint(
                condition=Q(preferred=False) | Q(reason__isnull=False),
                name="measures_claim_preferred_with_reason",
                violation_error_message=_("A preferred version needs the reason."),
            ),
            models.CheckConstraint(
                condition=Q(quote=None) | ~Q(quote__regex=r"^\s*(\S+\s+){25}\S"),
                name="measures_claim_quote_short",
                violation_error_message=_("A quote has at most 25 words."),
            ),
        ]

    def __str__(self):
        return self.value or self.statement
