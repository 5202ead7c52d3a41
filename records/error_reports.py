"""Error reports from readers: taken in within bounds, and dealt with at the desk."""

import datetime
import ipaddress

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from records.models import ErrorReport, Record, Stale

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# Within how long how many reports are taken from one sender, and from all together.
LIMITS_EACH = ((HOUR, 5), (DAY, 20))
LIMITS_ALL = ((HOUR, 60), (DAY, 400))
SENDER_KEPT = datetime.timedelta(days=30)


class TooMany(Exception):
    """More reports came than are taken for now; the message is written for readers."""


def sender_of(request) -> str:
    """A digest that tells one network address from another without keeping it; one home or office is one IPv6 /64."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # Only the last entry is the proxy's own; what stands before it, anybody can send.
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        pass
    else:
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        bits = 64 if parsed.version == 6 else 32
        address = str(ipaddress.ip_network((parsed, bits), strict=False))
    return salted_hmac("records.error_reports", address, algorithm="sha256").hexdigest()[:32]


def send(
    record: Record, *, field: str, text: str, cites: str, mail: str, page: str, language: str, sender: str
) -> ErrorReport:
    """Take in what a reader reports. Raises TooMany where this sender, or all together, sent too much."""
    with transaction.atomic():
        # Counted rows: two reports at one moment must not both be the last one that is taken.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('records.error_reports'))")
        if not _taken(sender):
            raise TooMany(
                _("So many reports have come in that no more are taken for now. Please try again in an hour.")
            )
        return ErrorReport.objects.create(
            subject=record,
            field=field,
            record_version=record.version,
            text=text,
            cites=cites,
            mail=mail,
            page=page,
            language=language,
            sender=sender,
        )


def _taken(sender: str) -> bool:
    longest = max(within for within, _count in (*LIMITS_EACH, *LIMITS_ALL))
    recent = ErrorReport.objects.filter(sent_at__gt=Now() - longest)
    return not any(
        rows.filter(sent_at__gt=Now() - within).count() >= most
        for rows, limits in ((recent.filter(sender=sender), LIMITS_EACH), (recent, LIMITS_ALL))
        for within, most in limits
    )


def handle(report: ErrorReport, *, by, state: str, priority: int, assignee, note: str | None) -> None:
    """Save what the desk did about a report; whoever takes one that nobody has is its assignee.

    Raises Stale where somebody else changed it since it was read.
    """
    if state == ErrorReport.State.TAKEN and assignee is None:
        assignee = by
    updated = ErrorReport.objects.filter(pk=report.pk, version=report.version).update(
        state=state,
        priority=priority,
        assignee=assignee,
        note=note or None,
        changed_at=Now(),
        changed_by=by,
        version=F("version") + 1,
    )
    if not updated:
        raise Stale(report)
    report.refresh_from_db()


def forget_senders() -> int:
    """Forget from where reports came that are too old to count; return how many did."""
    return ErrorReport.objects.filter(~Q(sender=""), sent_at__lt=Now() - SENDER_KEPT).update(sender="")
