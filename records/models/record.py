"""What every fact has: a public id, a publication state, a version, citations, names."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.fields import BOUNDS, EDTFField, bound_name


class Stale(Exception):
    """Somebody else changed or deleted the record since it was read; nothing was written."""

    def __init__(self, record):
        self.record = record
        super().__init__(f"{record} was changed by somebody else since you read it.")


class RecordQuerySet(models.QuerySet):
    def published(self):
        """What a visitor may see: published, or withdrawn with its notice, and no longer under embargo."""
        return self.filter(
            Q(embargo_until=None) | Q(embargo_until__lte=timezone.now()),
            state__in=[Record.State.PUBLISHED, Record.State.WITHDRAWN],
        )

    def readable(self):
        """What a visitor may read: published; what was withdrawn says nothing any more."""
        return self.published().filter(state=Record.State.PUBLISHED)


class Cited(models.Model):
    """Anything whose facts rest on sources."""

    # What of it needs a source: names of fields, and "" for all that is left of the row, taken as one fact.
    facts: tuple[str, ...] = ("",)

    citations = GenericRelation("records.Citation", "subject_id", "subject_type")

    class Meta:
        abstract = True

    def footing(self, fact: str = "") -> list:
        """The citations that carry a fact: those of the field, and those of the record as a whole."""
        others = {own for own in self.facts if own and own != fact}
        found = self.citations.all()
        if fact:
            return [citation for citation in found if citation.field in ("", fact)]
        return [citation for citation in found if citation.field not in others]


class Named(models.Model):
    """Anything with names in several languages."""

    names = GenericRelation("records.Name", "subject_id", "subject_type")

    class Meta:
        abstract = True


class Record(Cited):
    """A dated, cited, versioned fact with a public id."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    slug = models.CharField(
        _("id"),
        max_length=120,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Lower-case letters, digits and hyphens."))],
        help_text=_("Public id, lower-case kebab-case; part of every address and never changed."),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text=_("Draft, in review, published, or withdrawn; visitors see the last two."),
    )
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("Hidden from visitors before this moment.")
    )
    withdrawal_notice = models.TextField(
        _("withdrawal notice"),
        blank=True,
        default="",
        help_text=_("What readers of a withdrawn record are told."),
    )
    checked_on = models.DateField(
        _("last checked"),
        null=True,
        blank=True,
        help_text=_("Day on which somebody last compared it with its sources."),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
        help_text=_("Who asked for the review; somebody else has to approve it."),
    )
    version = models.PositiveIntegerField(
        _("version"),
        default=1,
        editable=False,
        help_text=_("Grows by one with each save; a save with an old one is refused."),
    )

    # Whether two of the kind that turn out to be one can be merged; the id of the one leads to the other from then on.
    merges = False

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "withdrawn"]),
                name="%(app_label)s_%(class)s_state_known",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="%(app_label)s_%(class)s_slug_kebab",
                violation_error_message=_("An id has lower-case letters, digits and hyphens only."),
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal_notice=""),
                name="%(app_label)s_%(class)s_withdrawal_told",
                violation_error_message=_("A withdrawn record tells its readers why."),
            ),
        ]

    def __str__(self):
        return self.slug

    def save(self, *, update_fields=None, **kwargs):
        """Save only if nobody else has since this row was read, or raise Stale."""
        if update_fields is not None:
            update_fields = set(update_fields) | {"version"}
            for field in self._meta.local_fields:
                if isinstance(field, EDTFField) and field.name in update_fields:
                    update_fields |= {bound_name(field.name, bound) for bound in BOUNDS}
        super().save(update_fields=update_fields, **kwargs)

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update):
        read_version = self.version
        values = [
            (field, model, read_version + 1 if field.name == "version" else value) for field, model, value in values
        ]
        updated = super()._do_update(
            base_qs.filter(version=read_version), using, pk_val, values, update_fields, forced_update
        )
        if updated:
            self.version = read_version + 1
        elif not self._state.adding:
            raise Stale(self)
        return updated

    @property
    def is_visible(self) -> bool:
        """Whether visitors may know of it; the same as `RecordQuerySet.published`."""
        embargoed = self.embargo_until is not None and self.embargo_until > timezone.now()
        return self.state in (self.State.PUBLISHED, self.State.WITHDRAWN) and not embargoed

    @property
    def is_readable(self) -> bool:
        """Whether visitors may read what it says; the same as `RecordQuerySet.readable`."""
        return self.is_visible and self.state == self.State.PUBLISHED
