"""What every fact has: a public id, a publication state, a version, citations, names."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.fields import BOUNDS, EDTFField, bound_name

# Set by what is done with a record, and never typed or proposed.
DRIVEN_FIELDS = ("state", "withdrawal_notice", "submitted_by", "approved_by", "self_approved", "version")


class Stale(Exception):
    """Somebody else changed or deleted the record since it was read; nothing was written."""

    def __init__(self, record):
        self.record = record
        super().__init__(f"{record} was changed by somebody else since you read it.")


class Guard(pgtrigger.Trigger):
    """Refuses what no row tells by itself: it depends on the rules of the desk, or on the row as it was before."""

    name = "guard"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    # Asked before the function is called, which most writes are spared.
    condition = pgtrigger.Q(new__self_approved=True) | pgtrigger.Q(new__embargo_until__isnull=False)
    func = """
        IF NEW.self_approved AND records_second_person()
           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)
        THEN
            RAISE EXCEPTION 'Nobody approves their own work at this desk.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL
           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')
        THEN
            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';
        END IF;
        RETURN NEW;
    """


class RecordQuerySet(models.QuerySet):
    def published(self):
        """What a visitor may see: published, or withdrawn with its notice, and not under embargo.

        No clock is asked. An embargo that is over is lifted by a change, so that what readers saw can be told later.
        """
        return self.filter(embargo_until=None, state__in=[Record.State.PUBLISHED, Record.State.WITHDRAWN])

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

    def _get_FIELD_display(self, field):
        """What `get_…_display` says; Django's own hashes the label of every choice, which translates all of them."""
        value = getattr(self, field.attname)
        label = next((label for choice, label in field.flatchoices if choice == value), value)
        return label if label is None else str(label)

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
        PUBLISHED = "published", pgettext_lazy("state of a record", "published")
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
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("Hidden from visitors until this moment, though published; set before readers have seen it."),
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
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,  # nobody looks records up by it
        verbose_name=_("approved by"),
        help_text=_("Who let readers see it as it stands; empty for what was loaded."),
    )
    self_approved = models.BooleanField(
        _("approved by its author"),
        default=False,
        editable=False,
        help_text=_("No second person looked at it; possible only at a desk of one."),
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
            models.CheckConstraint(
                condition=Q(self_approved=True)
                | Q(approved_by=None)
                | Q(submitted_by=None)
                | ~Q(approved_by=F("submitted_by")),
                name="%(app_label)s_%(class)s_approved_by_another",
                violation_error_message=_("Nobody approves what they submitted."),
            ),
        ]
        triggers = [Guard()]

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
        return self.is_shown and self.embargo_until is None

    @property
    def is_shown(self) -> bool:
        """Whether it went through its review; under embargo visitors nevertheless do not know of it."""
        return self.state in (self.State.PUBLISHED, self.State.WITHDRAWN)

    @property
    def is_readable(self) -> bool:
        """Whether visitors may read what it says; the same as `RecordQuerySet.readable`."""
        return self.is_visible and self.state == self.State.PUBLISHED
