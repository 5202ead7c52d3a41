"""What a citation names: a source as the publication it is, a record as an entry of this base with both clocks."""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from records import dates
from records.clocks import Clocks
from records.models import Citation, Record, Source

SITE = "policytrack"


@dataclass(frozen=True)
class Work:
    """A thing to cite. `kind` is one of Source.Kind, or "entry" for a record of this base; `date` is EDTF text.

    `part_of` is what holds it, `read_on` the day it was looked at, `permalink` the address that says for ever the same.
    """

    key: str
    kind: str
    title: str
    publisher: str = ""
    part_of: str = ""
    date: str = ""
    url: str = ""
    language: str = ""
    read_on: datetime.date | None = None
    notes: tuple[str, ...] = ()
    permalink: str = ""

    @property
    def day(self) -> dates.EDTF | None:
        return dates.parse(self.date) if self.date else None

    @property
    def year(self) -> str:
        """The year in four digits where it is certain that it is this one, else nothing."""
        day = self.day
        if day is None or not day.earliest or not day.latest or day.earliest.year != day.latest.year:
            return ""
        return f"{day.earliest.year:04}"

    @property
    def moment(self) -> str:
        """Year, year-month or year-month-day where that is what the date says, else nothing."""
        return (self.day and self.day.datetime_attribute) or ""


@dataclass(frozen=True)
class Citing:
    """From where things are cited: the clocks of the page, and how its addresses become whole ones."""

    clocks: Clocks
    absolute: Callable[[str], str]

    def permalink(self, path: str) -> str:
        """The address of a page that says for ever what it says now."""
        path, mark, anchor = path.partition("#")
        return self.absolute(f"{path}?{urlencode(self.clocks.pinned, safe=':')}{mark}{anchor}")

    @property
    def known_on(self) -> datetime.date:
        knowledge = self.clocks.knowledge
        return knowledge.at.astimezone(datetime.UTC).date() if knowledge and knowledge.at else self.clocks.today

    def work(self, record: Record) -> Work:
        return self.source(record) if isinstance(record, Source) else self.entry(record)

    def entry(self, record: Record) -> Work:
        """A record as an entry of this base, dated by what was known."""
        link = self.permalink(record.get_absolute_url())
        name = str(record._meta.verbose_name)
        title = withdrawn(record) if record.state == Record.State.WITHDRAWN else str(record)
        return Work(
            key=f"{SITE}-{record._meta.model_name}-{record.slug}",
            kind="entry",
            title=title,
            publisher=SITE,
            part_of=SITE,
            date=self.known_on.isoformat(),
            url=link,
            language="en",
            read_on=self.clocks.today,
            notes=(f"{name}: {record.slug}", self.told_clocks(), *notice(record)),
            permalink=link,
        )

    def source(self, source: Source) -> Work:
        """A source as the publication it is; one that was withdrawn here says nothing but that."""
        link = self.permalink(source.get_absolute_url())
        key = f"{SITE}-source-{source.slug}"
        if source.state == Record.State.WITHDRAWN:
            return Work(key, "entry", withdrawn(source), SITE, SITE, url=link, notes=notice(source), permalink=link)
        notes = [f"{SITE}: {link}"]
        if source.translation:
            notes.insert(0, str(source.get_translation_display()))
        return Work(
            key=key,
            kind=source.kind,
            title=source.title,
            publisher=source.publisher,
            date=source.date or "",
            url=source.url or "",
            language=source.language,
            read_on=source.checked_on if source.url else None,
            notes=tuple(notes),
            permalink=link,
        )

    def passage(self, citation: Citation) -> Work:
        """A source with the place in it and the words that a fact stands on."""
        work, digest = self.source(citation.source), passage_of(citation)
        told = [f"“{citation.quote}”" if citation.quote else "", citation.locator or ""]
        return replace(work, key=f"{work.key}-{digest}", notes=(" ".join(filter(None, told)), *work.notes))

    def told_clocks(self) -> str:
        """Both clocks in words."""
        known = self.clocks.pinned.get("known", "")
        told = _("True on %(day)s; known on %(moment)s") % {"day": self.clocks.on.isoformat(), "moment": known}
        return told if known else _("True on %(day)s") % {"day": self.clocks.on.isoformat()}


def citing(request) -> Citing:
    return Citing(request.clocks, request.build_absolute_uri)


def passage_of(citation: Citation) -> str:
    """The name of a passage in addresses: the same for all facts that stand on the same words at the same place."""
    return hashlib.sha256(f"{citation.quote or ''}\n{citation.locator or ''}".encode()).hexdigest()[:12]


def withdrawn(record: Record) -> str:
    return _("Withdrawn: %(kind)s %(id)s") % {"kind": record._meta.verbose_name, "id": record.slug}


def notice(record: Record) -> tuple[str, ...]:
    return (record.withdrawal_notice,) if record.state == Record.State.WITHDRAWN else ()
