"""Facts that bodies tell differently: setting one version beside another, and preferring one."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from measures.models import Claim, DisputedFact
from records import proposals, publishing
from records.models import ChangeSet, Proposal, Record


def dispute(fact: DisputedFact, versions: Iterable[Claim], *, by, reason: str) -> DisputedFact:
    """Record a new disputed fact, a draft, with its versions in this order."""
    with publishing.change(by=by, reason=reason) as change_set:
        fact.save()
        for position, claim in enumerate(versions):
            claim.disputed_fact, claim.position = fact, position
            claim.save()
        publishing.carry([fact], change_set)
    return fact


def prefer(fact: DisputedFact, version: Claim | None, *, by, reason: str) -> ChangeSet | Proposal:
    """Prefer a version for a reason that readers are told, or none any more; the others stay as they are.

    Of a fact that readers see, it is proposed. Raises Stale where somebody changed the fact since it was read,
    NotAllowed while it waits for its review.
    """
    if fact.state == Record.State.IN_REVIEW:
        raise publishing.NotAllowed(_("“%(record)s” waits for its review.") % {"record": fact})
    if fact.is_shown:
        with proposals.rehearsal(fact) as rehearsed:
            _prefer(fact, version, reason)
        return proposals.propose(fact, rehearsed, by=by, reason=reason, kind=ChangeSet.Kind.CORRECTION)
    with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.CORRECTION) as change_set:
        _prefer(fact, version, reason)
        publishing.carry([fact], change_set)
    return change_set


def _prefer(fact: DisputedFact, version: Claim | None, reason: str) -> None:
    fact.save()
    # One after another: of two preferred versions the database refuses the second.
    for other in fact.claims.filter(preferred=True):
        if other != version:
            other.preferred, other.reason = False, None
            other.save()
    if version is not None:
        version.preferred, version.reason = True, reason
        version.save()
