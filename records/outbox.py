"""Consequences of committed changes: written with the change, carried out soon after, each exactly once.

PostgreSQL is the truth and Redis a hint. A lost or late message delays a consequence until beat's next relay;
nothing in Redis is needed to know what is still to be done.
"""

import datetime
import json
import time
import uuid

import structlog
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from records.models import OutboxEntry

log = structlog.get_logger(__name__)

# The lease covers the moment between claim and work, and a crash. While a relay works it holds the row's lock, so a
# consequence may take longer than this and still nobody else touches it.
LEASE = datetime.timedelta(seconds=10)
LONGEST_WAIT = datetime.timedelta(hours=1)
KEPT = datetime.timedelta(days=30)
# Entries as `values` gives them, for a statement that does something else as well.
WRITTEN = """
    INSERT INTO records_outboxentry (key, topic, payload, created_at, attempts)
    SELECT key, topic, payload::jsonb, now(), 0
    FROM unnest(%(keys)s, %(topics)s, %(payloads)s) AS entry (key, topic, payload)
    ON CONFLICT DO NOTHING
"""
WRITTEN_TYPES = {"keys": "text[]", "topics": "text[]", "payloads": "text[]"}
NUDGE_TIMEOUT = 0.5
NUDGE_PAUSE = 10.0

_no_nudge_before = 0.0


class Consequence:
    """What a topic leads to; apps subclass it and are found through `__subclasses__()`."""

    topic: str
    # Whether every change of records asks for it, with `{"records": ["measures.measure:12", …]}`.
    of_records = False

    def carry_out(self, key: str, payload: dict) -> None:
        """Do it, inside a transaction that also marks the entry as done. Effects elsewhere must carry the key."""
        raise NotImplementedError


class UnknownTopic(LookupError):
    """No consequence answers to this topic, perhaps because it was written by a newer release."""


def write(*, key: str, topic: str, payload: dict, not_before: datetime.datetime | None = None) -> None:
    """Ask for a consequence of the transaction that is open; a key that was written before asks for nothing."""
    entry = OutboxEntry(key=key, topic=topic, payload=payload)
    if not_before is not None:
        # A claim that nobody works on: when its lease runs out, the entry is due.
        entry.claim, entry.claimed_until = uuid.uuid4(), not_before
    OutboxEntry.objects.bulk_create([entry], ignore_conflicts=True)
    transaction.on_commit(nudge, robust=True)


def following(records: list[str], *, key: str) -> list[OutboxEntry]:
    """Entries for all that follows from a change of these records, given as "measures.measure:12"; not written yet."""
    topics = [consequence.topic for consequence in Consequence.__subclasses__() if consequence.of_records]
    return [OutboxEntry(key=f"{topic}:{key}", topic=topic, payload={"records": records}) for topic in topics]


def values(entries: list[OutboxEntry]) -> dict[str, list[str]]:
    """The parameters of WRITTEN for entries that are due at once; their transaction is to nudge when it commits."""
    return {
        "keys": [entry.key for entry in entries],
        "topics": [entry.topic for entry in entries],
        "payloads": [json.dumps(entry.payload) for entry in entries],
    }


def nudge() -> None:
    """Wake a relay now instead of at beat's next tick. Never fails, and a dead broker costs half a second.

    After a failure this process does not try again for a while: many changes must not wait for a dead broker each.
    """
    global _no_nudge_before
    if time.monotonic() < _no_nudge_before:
        return
    try:
        # The broker's client tries four times with pauses, ten times what a request may wait: ask first whether it
        # answers at all, with a client that does not.
        with Redis.from_url(
            settings.CELERY_BROKER_URL,
            socket_timeout=NUDGE_TIMEOUT,
            socket_connect_timeout=NUDGE_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        ) as broker:
            broker.ping()
        current_app.send_task("records.tasks.relay_outbox", retry=False, expires=60)
    except Exception as error:
        _no_nudge_before = time.monotonic() + NUDGE_PAUSE
        log.warning("broker not reached, the relay will run at beat's next tick", error=str(error))


def relay(limit: int = 100) -> int:
    """Carry out up to `limit` entries that are due, oldest first; return how many succeeded.

    Any number of relays may run at once. An entry that fails keeps its error and is tried again, ever more rarely.
    """
    succeeded = 0
    for _ in range(limit):
        entry = _claim()
        if entry is None:
            break
        try:
            succeeded += _carry_out(entry)
        except Exception as error:
            log.exception("consequence failed", key=entry.key, topic=entry.topic, attempts=entry.attempts)
            _postpone(entry, error)
            if isinstance(error, SoftTimeLimitExceeded):
                raise
    return succeeded


def pending():
    """Entries that still have to be carried out."""
    return OutboxEntry.objects.filter(done_at=None)


def prune() -> int:
    """Forget what was done long ago; return how many entries went."""
    return OutboxEntry.objects.filter(done_at__lt=Now() - KEPT).delete()[0]


def _claim() -> OutboxEntry | None:
    """Take the oldest entry that nobody holds, for the length of a lease on the database's clock."""
    with transaction.atomic():
        due = pending().filter(Q(claimed_until=None) | Q(claimed_until__lte=Now()))
        entry = due.select_for_update(skip_locked=True).order_by("pk").first()
        if entry is not None:
            entry.claim = uuid.uuid4()
            entry.attempts += 1
            pending().filter(pk=entry.pk).update(
                claim=entry.claim, claimed_until=Now() + LEASE, attempts=F("attempts") + 1
            )
    return entry


def _carry_out(entry: OutboxEntry) -> bool:
    """Carry the entry out unless somebody else claimed it since; the effect and its mark commit together."""
    with transaction.atomic():
        held = pending().filter(pk=entry.pk, claim=entry.claim)
        # Waits: a relay that looks for work locks rows for a moment even where it finds them claimed.
        if not held.select_for_update().exists():
            return False
        _consequence(entry.topic).carry_out(entry.key, entry.payload)
        held.update(done_at=Now(), claim=None, claimed_until=None, error=None)
    return True


def _postpone(entry: OutboxEntry, error: Exception) -> None:
    # Where the database is what failed, this fails too: then the lease runs out and the entry is due again.
    wait = min(datetime.timedelta(seconds=2 ** min(entry.attempts, 20)), LONGEST_WAIT)
    text = f"{type(error).__name__}: {error}".encode(errors="replace").decode().replace("\0", "?")
    pending().filter(pk=entry.pk, claim=entry.claim).update(claimed_until=Now() + wait, error=text)


def _consequence(topic: str) -> Consequence:
    for consequence in Consequence.__subclasses__():
        if consequence.topic == topic:
            return consequence()
    raise UnknownTopic(topic)
