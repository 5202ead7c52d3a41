"""Sources, their archived copies, and the footing of facts on them."""

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models.record import Record, RecordQuerySet


class SourceQuerySet(RecordQuerySet):
    def for_list(self):
        return self.published().order_by("-latest", "slug")


@track
class Source(Record):
    """A publication that facts cite."""

    facts = ()  # a source stands for itself

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official")
        LEGAL_TEXT = "legal_text", _("legal text")
        PRESS_RELEASE = "press_release", _("press release")
        NEWS = "news", _("news")
        REPORT = "report", _("report")
        DATASET = "dataset", _("data set")
        ACADEMIC = "academic", _("academic")
        ENCYCLOPEDIA = "encyclopedia", _("encyclopedia")

    OFFICIAL_KINDS = (Kind.OFFICIAL, Kind.LEGAL_TEXT, Kind.PRESS_RELEASE)

    class Consulted(models.TextChoices):
        EXCERPT = "excerpt", _("read as an excerpt")
        NONE = "none", _("not read")

    class Translation(models.TextChoices):
        MACHINE = "machine", _("machine translation")
        HUMAN = "human", _("human translation")

    title = models.CharField(_("title"), max_length=300, help_text=_("Title as published, in its own language."))
    publisher = models.CharField(
        _("publisher"), max_length=200, help_text=_("Who published it, as the source names itself.")
    )
    url = models.URLField(
        _("address"),
        max_length=1000,
        null=True,
        blank=True,
        help_text=_("Where it was found; empty when not on the web."),
    )
    date = EDTFField(
        pgettext_lazy("of a source", "published"),
        null=True,
        blank=True,
        help_text=_("Day of publication (EDTF), as far as it is known."),
    )
    language = models.CharField(_("language"), max_length=12, help_text=_("BCP 47 tag of the text that was read."))
    kind = models.CharField(
        _("kind"),
        max_length=14,
        choices=Kind,
        help_text=_("What sort of publication it is; its rank as evidence follows from it."),
    )
    consulted = models.CharField(
        _("consulted"),
        max_length=8,
        choices=Consulted,
        help_text=_("How much of it was read when the facts were recorded."),
    )
    derived_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derivatives",
        verbose_name=_("derived from"),
        help_text=_("The source that this one translates or reports."),
    )
    translation = models.CharField(
        _("translation"),
        max_length=8,
        choices=Translation,
        null=True,
        blank=True,
        help_text=_("Made by a machine or a person, where it is a translation."),
    )
    note = models.TextField(_("note"), null=True, blank=True, help_text=_("What a reader should know about this text."))

    merges = True

    objects = SourceQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["slug"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("date"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "official",
                        "legal_text",
                        "press_release",
                        "news",
                        "report",
                        "dataset",
                        "academic",
                        "encyclopedia",
                    ]
                ),
                name="records_source_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(consulted__in=["excerpt", "none"]), name="records_source_consulted_known"
            ),
            models.CheckConstraint(
                condition=Q(translation=None) | Q(translation__in=["machine", "human"]),
                name="records_source_translation_known",
            ),
            models.CheckConstraint(
                condition=Q(derived_from=None) | ~Q(derived_from=F("pk")), name="records_source_not_of_itself"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("records:source_detail", args=[self.slug])

    @property
    def is_official(self) -> bool:
        return self.kind in self.OFFICIAL_KINDS


@pgtrigger.register(pgtrigger.Protect(name="immutable", operation=pgtrigger.Update))
class Snapshot(models.Model):
    """An archived copy of a source, never changed; passages point at it, not at the live page."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="snapshots", verbose_name=_("source"))
    fetched_at = models.DateTimeField(_("fetched at"))
    media_type = models.CharField(_("media type"), max_length=100)
    file = models.FileField(_("bytes"), upload_to="snapshots/%Y/", help_text=_("The copy as it was received."))
    text = models.TextField(_("text"), help_text=_("Its text, which passages count their offsets in."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, help_text=_("Digest of the bytes, in hexadecimal."))

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["source", "-fetched_at"]
        constraints = [
            models.UniqueConstraint(fields=["source", "sha256"], name="records_snapshot_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="records_snapshot_sha256_hex"),
        ]

    def __str__(self):
        return f"{self.source_id} {self.fetched_at:%Y-%m-%d}"


class CitationQuerySet(models.QuerySet):
    def shown(self):
        """With their sources, for pages: those that rest on a source visitors may see."""
        return self.filter(source__in=Source.objects.published()).select_related("source")


@track
class Citation(models.Model):
    """One fact's footing on one source: a field of a record, or the record as a whole."""

    class Stance(models.TextChoices):
        SUPPORTS = "supports", _("supports")
        DISPUTES = "disputes", _("disputes")

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    field = models.CharField(
        _("field"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Name of the field that is cited; empty for the record as a whole."),
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    snapshot = models.ForeignKey(
        Snapshot,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("archived copy"),
    )
    quote = models.CharField(
        _("quote"),
        max_length=400,
        null=True,
        blank=True,
        help_text=_("At most 25 words, as they stand in the source."),
    )
    start = models.PositiveIntegerField(
        _("start"), null=True, blank=True, help_text=_("Offset of the quote in the copy's text.")
    )
    end = models.PositiveIntegerField(
        _("end"), null=True, blank=True, help_text=_("Offset of the first character after the quote.")
    )
    locator = models.CharField(
        _("locator"), max_length=100, null=True, blank=True, help_text=_("Page, clause or table.")
    )
    stance = models.CharField(_("stance"), max_length=8, choices=Stance, default=Stance.SUPPORTS)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Place among the citations of the same fact.")
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["subject_type", "subject_id", "field", "position", "pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "field"], name="records_citation_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(stance__in=["supports", "disputes"]), name="records_citation_stance_known"
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(snapshot__isnull=False, quote__isnull=False, start__lt=F("end")),
                name="records_citation_offsets_paired",
                violation_error_message=_(
                    "Offsets belong to a quote in an archived copy, and the end lies after the start."
                ),
            ),
            models.CheckConstraint(
                condition=Q(quote=None) | ~Q(quote__regex=r"^\s*(\S+\s+){25}\S"),
                name="records_citation_quote_short",
                violation_error_message=_("A quote has at most 25 words."),
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field", "source", "quote", "locator"],
                name="records_citation_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return self.quote or self.locator or self.field or str(_("the whole record"))

    def clean(self):
        """A quote with offsets stands, to the letter, where they say."""
        super().clean()
        if self.snapshot and self.snapshot.source_id != self.source_id:
            raise ValidationError({"snapshot": _("The copy is one of another source.")})
        if self.start is not None and self.snapshot and self.snapshot.text[self.start : self.end] != self.quote:
            raise ValidationError({"quote": _("The copy of the source does not say this at that place.")})


@track
class SourceStatement(models.Model):
    """One statement that a source makes, in our words, and the rows that hold it."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="statements", verbose_name=_("source"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("statement"), help_text=_("What the source says, in our own words."))

    class Meta:
        verbose_name = _("statement of a source")
        verbose_name_plural = _("statements of sources")
        ordering = ["source", "number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="records_sourcestatement_number_once")]

    def __str__(self):
        return self.text


@track
class StatementTrace(models.Model):
    """One field of the data set that holds what a source's statement says."""

    statement = models.ForeignKey(SourceStatement, models.CASCADE, related_name="traces", verbose_name=_("statement"))
    position = models.PositiveSmallIntegerField(_("position"))
    file = models.CharField(_("file"), max_length=60, help_text=_("File of the data set."))
    record = models.CharField(_("record"), max_length=120, help_text=_("Id of the record in that file."))
    path = models.CharField(
        _("path"),
        max_length=300,
        help_text=_("Steps to the field, parted by “/”: keys, ids of list elements, or positions from 0."),
    )

    class Meta:
        verbose_name = _("trace of a statement")
        verbose_name_plural = _("traces of statements")
        ordering = ["statement", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="records_statementtrace_position_once")
        ]

    def __str__(self):
        return f"{self.file}/{self.record}/{self.path}"
