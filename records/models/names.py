"""Names of records in the languages of their readers and sources."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.history import track


@track
class Name(models.Model):
    """One name of one record in one language; what search matches and pages display."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        ALIAS = "alias", _("also called")
        ABBREVIATION = "abbreviation", _("abbreviation")
        FORMER = "former", _("former name")
        TRADE = "trade", _("trade name")

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    language = models.CharField(_("language"), max_length=12, help_text=_("BCP 47 tag, such as ko or zh-Hans."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OFFICIAL)
    text = models.CharField(_("name"), max_length=300)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Place among the names of the same record, language and kind.")
    )

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["subject_type", "subject_id", "kind", "language", "position", "pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="records_name_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "language", "kind", "text"], name="records_name_once"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="records_name_text_given"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["official", "alias", "abbreviation", "former", "trade"]),
                name="records_name_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(language__regex=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
                name="records_name_language_tag",
            ),
        ]

    def __str__(self):
        return self.text
