"""What search looks through, derived from the records."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.history import track

# Materials and organizations are looked for by themselves in every search: what is about them is found by their names.
NAMED = ~Q(names=[])


@track
class SearchEntry(models.Model):
    """What one record, or one piece of an archived copy, is found by; derived, and there for what visitors may read."""

    is_derived = True

    kind = models.CharField(_("kind"), max_length=20, help_text=_("Kind of record, as addresses name it."))
    subject_id = models.BigIntegerField(help_text=_("Number of the record, or of the archived copy."))
    part = models.PositiveIntegerField(
        _("part"), default=0, help_text=_("Which piece of an archived copy; 0 for records.")
    )
    slug = models.CharField(_("id"), max_length=120, help_text=_("Public id of the record, or of the copy's source."))
    title = models.TextField(_("title"))
    path = models.CharField(_("address"), max_length=300, help_text=_("Where the record is shown."))
    texts = models.JSONField(
        _("texts"), help_text=_("Lists of weight, field, language and text, in the order in which they count.")
    )
    links = ArrayField(
        models.TextField(),
        verbose_name=_("links"),
        help_text=_("The records, countries and codes that it is about, such as @material12."),
    )
    names = ArrayField(
        models.TextField(),
        verbose_name=_("names"),
        help_text=_("Of a material or organization all it is called, folded; else none."),
    )
    spellings = models.TextField(
        _("spellings"), help_text=_("What is looked through for words that are spelled alike; empty for most kinds.")
    )
    vector = SearchVectorField(_("vector"), help_text=_("Words and pairs of characters with their places and weights."))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        ordering = ["kind", "subject_id", "part"]
        indexes = [
            GinIndex(fields=["vector"], name="records_search_vector"),
            GinIndex(fields=["vector"], condition=NAMED, name="records_search_named"),
            GinIndex(fields=["names"], condition=NAMED, name="records_search_names"),
            GinIndex(
                fields=["spellings"],
                opclasses=["gin_trgm_ops"],
                condition=~Q(spellings=""),
                name="records_search_spellings",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id", "part"], name="records_searchentry_once")]

    def __str__(self):
        return f"{self.kind} {self.slug}"
