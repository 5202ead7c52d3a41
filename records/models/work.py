"""What drives the jobs: consequences to be carried out, slots taken, signs of life."""

import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OutboxEntry(models.Model):
    """A consequence that a committed change must have; written in the change's own transaction, relayed later."""

    key = models.CharField(_("key"), max_length=200, unique=True, help_text=_("Idempotency key; effects carry it."))
    topic = models.CharField(_("topic"), max_length=60)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    claim = models.UUIDField(_("claim"), null=True, blank=True, help_text=_("Token of the relay that works on it."))
    claimed_until = models.DateTimeField(
        _("claimed until"), null=True, blank=True, help_text=_("End of the lease, on the database's clock.")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), null=True, blank=True, help_text=_("What the last attempt failed with."))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outbox entry")
        verbose_name_plural = _("outbox entries")
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=models.Q(done_at=None), name="records_outbox_pending")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claim=None, claimed_until=None)
                | models.Q(claim__isnull=False, claimed_until__isnull=False),
                name="records_outboxentry_claim_leased",
            )
        ]

    def __str__(self):
        return self.key


class JobSlotQuerySet(models.QuerySet):
    def take(self, job: str, slot: str, *, lease: datetime.timedelta) -> "JobSlot | None":
        """Take the run, or None where it is done or somebody took it less than `lease` ago.

        One statement on the database's clock, so that of many takers at one moment exactly one gets it.
        """
        taken = self.raw(
            """
            INSERT INTO records_jobslot (job, slot, taken_at, outcome) VALUES (%(job)s, %(slot)s, clock_timestamp(), '')
            ON CONFLICT (job, slot) DO UPDATE SET taken_at = clock_timestamp(), outcome = ''
            WHERE records_jobslot.done_at IS NULL AND records_jobslot.taken_at <= clock_timestamp() - %(lease)s
            RETURNING *
            """,
            {"job": job, "slot": slot, "lease": lease},
        )
        return next(iter(taken), None)


class JobSlot(models.Model):
    """One run of a scheduled job that somebody took; the unique key lets only one taker have it."""

    job = models.CharField(_("job"), max_length=100)
    slot = models.CharField(_("slot"), max_length=40, help_text=_("What the run is for, such as the day that begins."))
    taken_at = models.DateTimeField(_("taken at"), auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True, default="")

    objects = JobSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("job slot")
        verbose_name_plural = _("job slots")
        ordering = ["-taken_at"]
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="records_jobslot_once")]

    def __str__(self):
        return f"{self.job} {self.slot}"

    def finish(self, outcome: str) -> bool:
        """Mark the run as done; False where somebody else took it meanwhile, because the lease had run out."""
        return bool(self._held().update(done_at=Now(), outcome=outcome))

    def release(self, outcome: str) -> None:
        """Let somebody else take the run at once, after it failed."""
        self._held().update(taken_at=datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), outcome=outcome)

    def _held(self):
        return JobSlot.objects.filter(pk=self.pk, done_at=None, taken_at=self.taken_at)


class HeartbeatQuerySet(models.QuerySet):
    def note(self, name: str, note: str = "") -> None:
        """Tell that this part is alive now, on the database's clock."""
        self.bulk_create(
            [Heartbeat(name=name, at=Now(), note=note)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at", "note"],
        )


class Heartbeat(models.Model):
    """When a part that must not fall silent last spoke."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    at = models.DateTimeField(_("at"))
    note = models.TextField(_("note"), blank=True, default="")

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name"]

    def __str__(self):
        return self.name
