"""Whether the addresses of sources still answer: asked in small portions, each host rarely, and only where told to."""

import datetime
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from records import fetching
from records.models import LinkCheck, Record, Source

log = structlog.get_logger(__name__)

PORTION = 20
# A page is asked again after a month; one that failed, after three days, to tell a bad hour from a lost page.
AGAIN, AGAIN_AFTER_FAILURE = datetime.timedelta(days=30), datetime.timedelta(days=3)
MOST_BYTES, SECONDS, PAUSE = 16 * 1024, 20.0, 2.0
KEPT = datetime.timedelta(days=400)

Outcome = LinkCheck.Outcome


def check(source: Source) -> LinkCheck:
    """Open a source's address and keep what came of it."""
    status, final_url, detail = None, "", ""
    try:
        answer = fetching.fetch(source.url, most_bytes=MOST_BYTES, seconds=SECONDS)
    except fetching.NotFetched as error:
        outcome, detail = Outcome.UNFIT if error.refused else Outcome.FAILING, str(error)
    else:
        status, outcome = answer.status, outcome_of(answer)
        final_url = answer.url[:2000] if answer.redirects else ""
    return LinkCheck.objects.create(
        source=source,
        url=source.url,
        checked_at=timezone.now(),
        outcome=outcome,
        status=status,
        final_url=final_url,
        detail=detail[:300],
    )


def outcome_of(answer: fetching.Answer) -> str:
    if answer.status in (404, 410):
        return Outcome.GONE
    if answer.status in (401, 402, 403, 405, 406, 429, 451):
        # Many sites turn programs away and show the same page to people.
        return Outcome.REFUSED
    if not 200 <= answer.status < 300:
        return Outcome.FAILING
    return Outcome.MOVED if answer.permanently else Outcome.OK


def due() -> QuerySet[Source]:
    """Sources whose address is to be opened again, those that never were first; drafts and withdrawn ones are not."""
    newest = LinkCheck.objects.filter(source=OuterRef("pk"), url=OuterRef("url")).order_by("-checked_at", "-pk")
    sources = Source.objects.filter(state=Record.State.PUBLISHED).exclude(Q(url=None) | Q(url=""))
    sources = sources.annotate(
        last_checked=Subquery(newest.values("checked_at")[:1]), last_outcome=Subquery(newest.values("outcome")[:1])
    )
    failed = Q(last_outcome__in=LinkCheck.BROKEN) & Q(last_checked__lte=Now() - AGAIN_AFTER_FAILURE)
    return sources.filter(Q(last_checked=None) | Q(last_checked__lte=Now() - AGAIN) | failed).order_by(
        F("last_checked").asc(nulls_first=True), "pk"
    )


def check_portion(most: int = PORTION) -> int:
    """Open some of the addresses that are due, no host twice; return how many. Nothing where it is switched off."""
    if not settings.LINK_CHECKS:
        return 0
    checked = 0
    for source in _one_of_each_host(due()[: most * 10]):
        if checked:
            time.sleep(PAUSE)
        outcome = check(source).outcome
        log.info("link checked", source=source.slug, outcome=outcome)
        checked += 1
        if checked == most:
            break
    return checked


def prune() -> int:
    """Forget old checks, but never the last one of a source."""
    newest = LinkCheck.objects.newest().values("pk")
    return LinkCheck.objects.filter(checked_at__lt=Now() - KEPT).exclude(pk__in=newest).delete()[0]


def broken() -> QuerySet[LinkCheck]:
    """The last checks of the addresses that do not answer, and have not the time before either, or are gone."""
    before = LinkCheck.objects.filter(
        source=OuterRef("source"), url=OuterRef("url"), checked_at__lt=OuterRef("checked_at")
    ).order_by("-checked_at", "-pk")
    newest = LinkCheck.objects.newest().filter(url=F("source__url"), source__state=Record.State.PUBLISHED)
    twice = Q(outcome=Outcome.FAILING, before__in=[Outcome.FAILING, Outcome.GONE])
    return (
        newest.annotate(before=Subquery(before.values("outcome")[:1]))
        .filter(twice | Q(outcome__in=[Outcome.GONE, Outcome.UNFIT]))
        .select_related("source")
        .order_by("source__publisher", "source__slug", "pk")
    )


def _one_of_each_host(sources) -> Iterator[Source]:
    hosts: set[str] = set()
    for source in sources:
        host = urlsplit(source.url).netloc.lower()
        if host not in hosts:
            hosts.add(host)
            yield source
