"""What people propose to change in records that readers see."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.changes import ChangeSet

# Upkeep is derived, and nobody proposes it.
KINDS = [(code, label) for code, label in ChangeSet.Kind.choices if code != ChangeSet.Kind.UPKEEP]


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """What waits for a decision."""
        return self.filter(state=Proposal.State.OPEN)

    def about(self, record):
        return self.filter(
            subject_type=ContentType.objects.get_for_model(record, for_concrete_model=True), subject_id=record.pk
        )


class Decided(pgtrigger.Trigger):
    """A decision is taken once, and by somebody else unless the desk has one person only."""

    name = "decided"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP <> 'INSERT' AND OLD.state <> 'open' THEN
            RAISE EXCEPTION 'This proposal is decided; what comes after is another proposal.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_proposal_decided_once';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NEW.self_approved AND records_second_person() THEN
            RAISE EXCEPTION 'Nobody approves their own work at this desk.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';
        END IF;
        RETURN NEW;
    """


class Proposal(models.Model):
    """A change of one record that readers see, worked out by one person, on which another decides."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("taken back")

    class Check(models.TextChoices):
        """What a reviewer looks at before deciding."""

        CITED = "cited", _("Every changed fact is cited, and the passage says so.")
        DATES = "dates", _("Each date has the right role and precision.")
        SCOPE = "scope", _("The materials it reaches are right.")
        ONCE = "once", _("It is recorded once: there is no duplicate.")

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind of record"))
    subject_id = models.BigIntegerField(_("number of the record"))
    subject = GenericForeignKey("subject_type", "subject_id")
    page = models.CharField(
        _("page"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Address at the desk of the form in which it was made; empty where it was made elsewhere."),
    )
    read_version = models.PositiveIntegerField(
        _("version read"), help_text=_("Version of the record that it was worked out on.")
    )
    rows = models.JSONField(
        _("rows"),
        encoder=DjangoJSONEncoder,
        help_text=_("What it changes, row by row: the columns, each as it was and as it should be."),
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=KINDS, help_text=ChangeSet._meta.get_field("kind").help_text
    )
    reason = models.TextField(_("reason"), help_text=_("Why, in one sentence a reader can follow."))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals", verbose_name=_("proposed by")
    )
    created_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_proposals",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.TextField(
        _("reasons of the decision"), blank=True, default="", help_text=_("What its author is told.")
    )
    checks = models.JSONField(
        _("checked"), default=list, blank=True, help_text=_("What the reviewer ticked: the codes of the checklist.")
    )
    edited = models.BooleanField(
        _("edited"),
        default=False,
        help_text=_("The reviewer changed it before approving; the change set has the result."),
    )
    self_approved = models.BooleanField(
        _("approved by its author"),
        default=False,
        help_text=_("No second person looked at it; possible only at a desk of one."),
    )
    change_set = models.ForeignKey(
        ChangeSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("change set"),
        help_text=_("The change that it became; several proposals can become one."),
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="records_proposal_subject"),
            models.Index(fields=["created_at"], condition=Q(state="open"), name="records_proposal_open"),
        ]
        triggers = [Decided()]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "rejected", "withdrawn"]),
                name="records_proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["development", "correction", "source_only"]), name="records_proposal_kind_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="records_proposal_reason_given"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | ~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="records_proposal_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", change_set__isnull=False) | ~Q(state="approved") & Q(change_set=None),
                name="records_proposal_approval_applied",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(decision=""), name="records_proposal_rejection_reasoned"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | Q(self_approved=True) | ~Q(decided_by=F("by")),
                name="records_proposal_decided_by_another",
                violation_error_message=_("Nobody decides on what they proposed."),
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("by")), name="records_proposal_taken_back_by_author"
            ),
        ]

    def __str__(self):
        return self.reason

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
