"""Feeds of sources, and of what changed."""

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import changes
from records.changes import Change, ChangeList
from records.feeds import links
from records.feeds.entries import Entry, Fact, Feed, Moments, dated, fact
from records.feeds.kinds import RecordKind, key_of
from records.feeds.views import ListFeed
from records.filtersets import SourceFilter
from records.models import Source
from records.naming import language_label


class SourceKind(RecordKind):
    model = Source
    day = "coalesce(earliest, latest)"

    def entry(self, source):
        address = [Fact(_("Address"), [(source.url, source.url)])] if source.url else []
        return Entry(
            key_of(source),
            source.title,
            self.whole(source.get_absolute_url()),
            [
                fact(_("Publisher"), source.publisher),
                *dated(source.date or "", _("published")),
                fact(_("Rank"), source.get_kind_display()),
                fact(_("Language"), language_label(source.language)),
                fact(_("Consulted"), source.get_consulted_display()),
                *address,
            ],
            date=source.date or "",
            role=_("published"),
            tags=[str(source.get_kind_display())],
            language=source.language,
        )


class SourceFeed(ListFeed):
    name, page_name = "records:source_feed", "records:source_list"
    title = gettext_lazy("Sources")
    filter_class = SourceFilter

    def parts(self, by_day):
        return [(SourceKind(self.request), self.filterset.checked)]


class ChangeFeed(ListFeed):
    """What changed in this base and why: of everything, of one kind of record, or of one record."""

    name, page_name = "records:change_feed", "records:changes"
    title = gettext_lazy("Changes")
    formats = links.WITHOUT_DAYS
    without = {"ics": gettext_lazy("Changes of this base have no place in a calendar; take atom or json.")}

    def feed(self, format):
        page = ChangeList()
        page.setup(self.request)
        shown = page.get_context_data()
        absolute, query = self.request.build_absolute_uri, links.kept(self.request.GET, self.request.GET)
        entries = [self.entry(change) for change in shown["changes"]]
        older = f"{self.request.path}{shown['older']}" if shown["older"] else ""
        return Feed(
            key=f"feed:{self.name}:{links.language()}:{self.asked}",
            title=" · ".join([f"policytrack: {self.title}", *(str(chip.label) for chip in shown["chips"])]),
            description=_("What changed in this knowledge base, when and why, the newest first.")
            + " "
            + _("%(count)d entries to a page.") % {"count": changes.ON_PAGE},
            language=links.language(),
            page=absolute(self.page_address),
            url=absolute(f"{self.request.path}?{query}" if query else self.request.path),
            updated=max((entry.moments.told for entry in entries), default=self.moment),
            entries=entries,
            next=absolute(older) if older else "",
            others=self.others(format),
        )

    def entry(self, change: Change) -> Entry:
        at = change.listed.at.astimezone(datetime.UTC)
        absolute = self.request.build_absolute_uri
        touched = [
            Fact(label, [(one.title, absolute(one.url)) for one in records[: changes.SHOWN_RECORDS]])
            for label, records in change.parts
        ]
        return Entry(
            f"change:{change.number}",
            change.reason,
            absolute(f"{reverse(self.page_name)}?until={change.number}&since={change.number - 1}"),
            [fact(_("Kind"), change.kind, change.by), *touched],
            tags=[change.listed.kind],
            moments=Moments(at, at, None, at),
        )
