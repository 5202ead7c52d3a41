"""Where records went whose id leads somewhere else now."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.history import track


class SlugRedirectQuerySet(models.QuerySet):
    def target(self, model: type[models.Model], slug: str):
        """The record that an old id of this kind leads to, as far as visitors may know of it; None for no old id."""
        kind = ContentType.objects.get_for_model(model)
        redirect = self.filter(subject_type=kind, slug=slug).first()
        return redirect and kind.model_class().objects.published().filter(pk=redirect.subject_id).first()

    def leave_out(self, records: models.QuerySet) -> models.QuerySet:
        """The records without those whose id leads to another one."""
        kind = ContentType.objects.get_for_model(records.model)
        return records.exclude(
            models.Exists(self.filter(subject_type=kind, slug=models.OuterRef("slug"))), state="withdrawn"
        )


@track
class SlugRedirect(models.Model):
    """The public id of a record that was merged into another one, to which it leads for ever."""

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    slug = models.CharField(_("old id"), max_length=120, help_text=_("Never given to another record of the kind."))
    subject_id = models.BigIntegerField(help_text=_("The record that it leads to."))
    subject = GenericForeignKey("subject_type", "subject_id")

    objects = SlugRedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("old id")
        verbose_name_plural = _("old ids")
        ordering = ["subject_type", "slug"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="records_slugredirect_subject")]
        constraints = [models.UniqueConstraint(fields=["subject_type", "slug"], name="records_slugredirect_once")]

    def __str__(self):
        return self.slug
