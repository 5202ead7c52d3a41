"""Why a number changed: one list, asked for with the same filters at two moments, and what makes the difference."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Model
from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from records import belonging, known, touched
from records.changed_parts import changed_parts
from records.changes import Change, TouchedRecord, change_of, history_address, reasons, records_of
from records.clocks import BadClock, Clocks, knowledge_of
from records.filtersets import RecordFilterSet
from records.known import Knowledge
from records.lists import FilteredList, chips
from records.models import Record
from records.queries import BadQuery
from records.search.entries import sources

# As many rows are looked at to find the records that changed in between, and as many of a sort are named.
MOST_ROWS, SHOWN = 5_000, 50
# As many change sets are looked at for those that touched a record of the list, the newest first.
MOST_CHANGES = 50
MOMENTS = ("since", "until")


def lists() -> dict[str, type[FilteredList]]:
    """The lists of records, and of parts of records, by what addresses call their kind."""
    kinds = {source.model: source.kind for source in sources()}
    return {kinds[view.filter_class._meta.model]: view for view in FilteredList.__subclasses__()}


def comparison_address(view: FilteredList, clocks: Clocks) -> str:
    """The page that compares a list as it is known on with the same list now; empty where there is none."""
    kind = next((kind for kind, each in lists().items() if isinstance(view, each)), None)
    if kind is None:
        return ""
    asked = [(name, value) for name in view.filterset.filters for value in view.request.GET.getlist(name) if value]
    day = [] if clocks.is_today else [("on", clocks.on.isoformat())]
    query = [*asked, *day, ("since", clocks.asked_known)]
    return f"{reverse('records:comparison', args=[kind])}?{urlencode(query, safe=':')}"


@dataclass(frozen=True)
class Side:
    """The list at one moment: which records it had."""

    knowledge: Knowledge
    found: set[int]
    # Those of the records that are asked about which visitors could see then.
    there: set[int]
    withdrawn: set[int]


class Comparison(TemplateView):
    """The same list at two moments: what was added, removed and changed, and why."""

    template_name = "records/comparison.html"

    @cached_property
    def view(self) -> type[FilteredList]:
        try:
            return lists()[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    @property
    def model(self) -> type[Record]:
        return self.view.filter_class._meta.model

    def moment(self, name: str) -> Knowledge:
        text = self.request.GET.get(name, "").strip()
        if not text:
            if name == "since":
                raise BadQuery({"since": [_("“since” must say which moment to compare with.")]})
            return self.request.clocks.knowledge
        try:
            return knowledge_of(text)
        except BadClock as error:
            raise BadQuery({name: [str(error)]}) from error

    def filterset(self) -> RecordFilterSet:
        """Made anew for each moment: what there is to choose from is read with it."""
        return self.view.filter_class(self.request.GET, request=self.request, also=MOMENTS)

    def side(self, knowledge: Knowledge) -> Side:
        with self.reading(knowledge):
            # A choice that was not there yet, or is not any more, chooses nothing.
            filterset = self.filterset()
            missing = {name for name in filterset.problems if name in filterset.filters}
            if set(filterset.problems) - missing:
                raise BadQuery(filterset.problems)
            found = set() if missing else set(filterset.qs.order_by().values_list("pk", flat=True))
            seen = dict(self.model.objects.published().order_by().values_list("pk", "state"))
        withdrawn = {pk for pk, state in seen.items() if state == Record.State.WITHDRAWN}
        return Side(knowledge, found, set(seen), withdrawn)

    def reading(self, knowledge: Knowledge) -> ExitStack:
        stack = ExitStack()
        if knowledge != self.request.clocks.knowledge:
            stack.enter_context(known.as_of(knowledge))
        return stack

    def get(self, request, *args, **kwargs):
        _exists = self.view  # what is no list is 404, whatever is asked of it
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        since, until = self.moment("since"), self.moment("until")
        if self.filterset().problems and not any(self.filterset_is_valid(knowledge) for knowledge in (since, until)):
            raise BadQuery(self.filterset().problems)
        before, after = self.side(since), self.side(until)
        added, removed = after.found - before.found, before.found - after.found
        written = self.written(since, until)
        changed = (after.found & before.found) & set(written.values())
        gone = removed - set(self.model.objects.published().filter(pk__in=removed).values_list("pk", flat=True))
        changes, has_more = self.changes(
            since, until, {row for row, pk in written.items() if pk in before.found | after.found}
        )
        filterset = self.filterset()
        list_query = self.request.GET.copy()
        for name in (*MOMENTS, "known"):
            list_query.pop(name, None)
        return super().get_context_data(**kwargs) | {
            "since": since,
            "until": until,
            "since_text": self.request.GET.get("since", ""),
            "sizes": (len(before.found), len(after.found)),
            "list_name": capfirst(self.model._meta.verbose_name_plural),
            "list_url": reverse(self.view.address),
            "list_query": list_query.urlencode(),
            "chips": chips(filterset) if not filterset.problems else [],
            "gone": len(gone),
            "changes": changes,
            "more_changes": self.all_changes(since, until) if has_more else "",
            "groups": [
                (label, len(pks), self.rows(pks, since, until), len(pks) > SHOWN)
                for label, pks in (
                    (_("New records"), added - before.there),
                    (_("Match now"), added & before.there),
                    (_("Withdrawn"), (removed & after.withdrawn) - gone),
                    (_("Do not match any more"), removed - after.withdrawn - gone),
                    (_("Still there, and changed"), changed),
                )
                if pks
            ],
        }

    def written(self, since: Knowledge, until: Knowledge) -> dict[tuple[type[Model], int], int]:
        """What change sets between the moments wrote of records of the list: rows, each with the key of its record."""
        window = {"after": since.number, "until": until.number, "at_most": MOST_ROWS}
        if self.model in belonging.owners().values():
            return {(self.model, pk): pk for pk in touched.changed_records(**window, of=self.kind)}
        return changed_parts(self.model, **window)

    def changes(
        self, since: Knowledge, until: Knowledge, rows: set[tuple[type[Model], int]]
    ) -> tuple[list[Change], bool]:
        """The change sets between the moments that wrote these rows, and whether there were more to look at."""
        kind = self.kind
        sets = touched.change_sets(after=since.number, until=until.number, of=kind, limit=MOST_CHANGES + 1)
        page = sets[:MOST_CHANGES]
        did = {
            number: [
                touch for touch in touches if (self.model, touch.owner[1]) in rows or not touch.rows.isdisjoint(rows)
            ]
            for number, touches in touched.touched([each.number for each in page], of=kind).items()
        }
        page = [each for each in page if did[each.number]]
        told, records = reasons(page), records_of(touch for each in page for touch in did[each.number])
        return [change_of(each, told, did[each.number], records) for each in page], len(sets) > MOST_CHANGES

    def all_changes(self, since: Knowledge, until: Knowledge) -> str:
        query = {"since": since.number, "until": until.number, "of": self.kind}
        return f"{reverse('records:changes')}?{urlencode(query)}"

    def filterset_is_valid(self, knowledge: Knowledge) -> bool:
        with self.reading(knowledge):
            return self.filterset().is_valid()

    @property
    def kind(self) -> str:
        """The kind of record that the list is of, or that it lists parts of."""
        return belonging.owner_kind(self.model)

    def rows(self, pks: Iterable[int], since: Knowledge, until: Knowledge) -> list[tuple[TouchedRecord, str, str]]:
        """Records by title, each with its page, and that of its differences between the two moments."""
        records = self.model.objects.published().filter(pk__in=sorted(pks)[:SHOWN]).order_by("pk")
        if self.model not in belonging.owners().values():
            owner = belonging.hops()[self.model][0].column.removesuffix("_id")
            records = records.select_related(owner)
        else:
            owner = ""
        told = []
        for record in records:
            paged = getattr(record, owner) if owner else record
            address = (record if hasattr(record, "get_absolute_url") else paged).get_absolute_url()
            differences = f"{history_address(paged)}?since={since.number}&until={until.number}"
            told.append((TouchedRecord(record, until.number), address, differences))
        return told
