"""Two clocks, exactly: what every door said after each of several hundred edits, it says again for that moment."""

import random
import re
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from measures.models import (
    EventMaterial,
    Material,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureMaterial,
)
from programs.models import Indicator, Observation, Program
from records import known, publishing, undoing
from records.models import ChangeSet, Citation, Name, Record, Source
from tests.consequences import carry_out
from tests.measures import recorded
from tests.records.anything import row
from tests.records.brought import apply, check, faults, somebody, table

pytestmark = pytest.mark.django_db

EDITS = 300
DAY = "2020-03-01"
# Asked after every edit are ALWAYS and one of EXACT, PAGES, FEEDS or CHARTS in turn.
LIST, RECORD, TIMELINE = "/measures/?on={day}", "/measures/{measure}/?on={day}", "/timeline/?on={day}&from=2018&to=2022"
FEEDS = ("/measures/feed.en.json?on={day}", "/timeline/feed.en.ics?on={day}", "/events/feed.en.atom?on={day}")
ALWAYS = ("/api/v1/measures/?limit=200&on={day}", "/measures/?format=csv&on={day}", LIST, RECORD, TIMELINE)
EXACT = (
    "/api/v1/measures/{measure}/?on={day}",
    "/api/v1/events/?limit=200&on={day}",
    "/api/v1/materials/?on={day}",
    "/api/v1/search/?q=measure&limit=200&on={day}",
    "/api/v1/search/?q=hydrogen-fluoride+-word&kind=measure&kind=event&limit=200&on={day}",
)
PAGES = (
    "/timeline/?on={day}&view=lanes",
    "/materials/hydrogen-fluoride/?on={day}",
    "/?on={day}",
    "/search/?q=measure&on={day}",
)
# As tables, which hold all that their drawings do.
CHARTS = (
    "/charts/stock.csv?on={day}&from=2018",
    "/charts/flow.csv?on={day}&by=month&from=2019&to=2020",
    "/charts/heat.csv?on={day}&cells=all",
    "/materials/hydrogen-fluoride/dependence.csv?on={day}",
)
KINDS = ("announced", "effective", "eased", "tightened", "suspended", "resumed", "revoked", "expired")


class Editors:
    """Everything that people and jobs do to the base, at random; each act is one or more change sets."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.editor, self.reviewer = somebody("editor"), somebody("reviewer")
        self.chief = get_user_model().objects.create_superuser("chief")
        self.materials = [recorded.material(slug) for slug in ("hydrogen-fluoride", "photoresist", "gallium")]
        self.source = row(Source, state="published", title="Gazette", publisher="Ministry")
        self.number = 0
        self.indicator = row(Indicator, slug="imports", title="Imports", material=self.materials[0], state="published")
        Program.objects.filter(pk=self.indicator.program_id).update(state="published")
        for _ in range(3):
            self.create()

    def change(self, *records, kind="development"):
        """A change by the editor, whose consequences follow."""
        return publishing.change(by=self.editor, reason=f"Edit {self.number}", kind=kind)

    def any(self, model, **conditions):
        found = list(model.objects.filter(**conditions).order_by("pk"))
        return self.random.choice(found) if found else None

    def create(self):
        self.number += 1
        with self.change() as change_set:
            measure = recorded.measure(f"measure-{self.number}", ["hydrogen-fluoride"])
            MeasureDestination.objects.create(measure=measure, country=recorded.country("KR"), position=0)
            event = recorded.event(measure, "effective", f"2019-{self.random.randint(1, 12):02d}-01")
            publishing.carry([measure, event], change_set)

    def reword(self):
        measure = self.any(Measure, state="published")
        measure.title = f"Measure {self.number} reworded"
        publishing.save(measure, by=self.editor, reason="Clearer words", kind="correction")

    def happen(self):
        measure = self.any(Measure, state="published")
        with self.change() as change_set:
            day = f"20{self.random.randint(19, 20)}-{self.random.randint(1, 12):02d}"
            event = recorded.event(
                measure, self.random.choice(KINDS), self.random.choice((day, f"{day}-15")), slug=f"event-{self.number}"
            )
            publishing.carry([measure, event], change_set)

    def redate(self):
        event = self.any(MeasureEvent, state="published")
        event.date = f"2020-0{self.random.randint(1, 9)}"
        publishing.save(event, by=self.editor, reason="The gazette says otherwise", kind="correction")

    def link(self):
        measure, material = self.any(Measure, state="published"), self.random.choice(self.materials)
        with self.change() as change_set:
            found = MeasureMaterial.objects.filter(measure=measure, material=material)
            if not found.delete()[0]:
                MeasureMaterial.objects.create(measure=measure, material=material, position=10 + self.number)
            publishing.carry([measure], change_set)

    def scope(self):
        event = self.any(MeasureEvent, state="published")
        with self.change() as change_set:
            if not EventMaterial.objects.filter(event=event).delete()[0]:
                EventMaterial.objects.create(event=event, material=self.materials[0], position=0)
            publishing.carry([event], change_set)

    def withdraw(self):
        measure = self.any(Measure, state="published")
        if Measure.objects.filter(state="published").count() > 3:
            publishing.withdraw(measure, by=self.reviewer, reason="It was a mistake", notice="Recorded by mistake.")

    def restore(self):
        if measure := self.any(Measure, state="withdrawn"):
            publishing.publish(measure, by=self.reviewer, reason="It was none")

    def draft(self):
        measure = Measure(
            slug=f"draft-{self.number}",
            title=f"Draft {self.number}",
            authority=recorded.authority(),
            effect="restricts",
            legal_basis="an act",
            summary="…",
            verification="verified",
        )
        publishing.save(measure, by=self.editor, reason="First sketch")

    def delete_draft(self):
        if draft := self.any(Measure, state="draft"):
            publishing.delete(draft, by=self.editor, reason="Not needed")

    def review(self):
        if draft := self.any(Measure, state="draft"):
            publishing.submit(draft, by=self.editor, reason="Ready")
            publishing.publish(Measure.objects.get(pk=draft.pk), by=self.reviewer, reason="Sound")

    def bulk(self):
        with self.change(kind="source_only") as change_set:
            measures = Measure.objects.filter(state="published")
            measures.update(verification=self.random.choice(("verified", "partly", "unverified")))
            publishing.carry(measures, change_set)

    def cite(self):
        event = self.any(MeasureEvent, state="published")
        with self.change(kind="source_only") as change_set:
            Citation.objects.create(
                subject=event, source=self.source, quote=f"word {self.number}", position=self.number
            )
            publishing.carry([event], change_set)

    def name(self):
        material = self.random.choice(self.materials)
        with self.change() as change_set:
            Name.objects.create(subject=material, text=f"名前{self.number}", language="ja", kind="alias")
            publishing.carry([material], change_set)

    def retell(self):
        material = self.random.choice(self.materials)
        recorded.later()  # a statement outside of a change set is one of its own; in a test, all are one transaction
        Material.objects.filter(pk=material.pk).update(description=f"Told anew {self.number}")

    def measure(self):
        """Another year of an indicator, and no more than ten of them."""
        with self.change() as change_set:
            value = {"value": self.random.randint(1, 99), "position": self.number}
            Observation.objects.update_or_create(
                indicator=self.indicator, date=f"{self.random.randint(2011, 2020)}", defaults=value
            )
            publishing.carry([self.indicator], change_set)

    def bring(self):
        """An import: one row for a new event and one that changes another."""
        event, measure = self.any(MeasureEvent, state="published"), self.any(Measure, state="published")
        new = {"id": f"brought-{self.number}", "measure": measure.slug, "kind": "tightened", "date": "2020"}
        rows = [
            new | {"title": f"New {self.number}"},
            {"id": event.slug, "measure": event.measure.slug, "kind": event.kind, "date": "2019", "title": "Brought"},
        ]
        order = check("events", table(rows), by=self.editor)
        assert order.state == "checked", faults(order)
        apply(order, by=self.reviewer)

    def undo(self):
        """The newest change set of a person that nothing stands in the way of."""
        for change_set in ChangeSet.objects.filter(by__isnull=False)[:5]:
            try:
                with transaction.atomic():
                    undoing.undo(change_set, by=self.chief, reason="It was wrong")
            except (undoing.Obstructed, publishing.NotAllowed):
                continue
            return

    def jobs(self):
        carry_out()

    def edit(self):
        self.number += 1
        acts = [self.create, self.reword, self.happen, self.happen, self.redate, self.link, self.scope, self.withdraw]
        acts += [self.restore, self.draft, self.delete_draft, self.review, self.bulk, self.cite, self.name, self.retell]
        acts += [self.measure, self.bring, self.undo]
        self.random.choice(acts)()
        if self.random.random() < 0.6:
            self.jobs()


def without_moment(feed: str) -> str:
    """A feed without the moment that its addresses carry along, by which its own id differs too."""
    feed = re.sub(r"(?:&amp;amp;|&amp;|&)known=[\w:.%+-]*", "", feed.replace("\r\n ", ""))
    return re.sub(r"policytrack: \w[^<\"\r]*|<id>[^<]*</id><updated>", "", feed, count=2)


def without_known(table: str) -> str:
    """A table without the moment that the addresses in it carry along."""
    return re.sub(r"&known=[^,\r\"]*", "", table)


def without_clock(page: str) -> str:
    """A page without its clock bar, and without the moment that its links and forms carry along."""
    page = re.sub(r'<div class="clock.*?\n</div></div>', "", page, flags=re.DOTALL)
    page = re.sub(r"(?:&amp;|&)known=[^\"&#]*", "", page)
    page = re.sub(r"\?known=[^\"&#]*(?:&amp;|&)?", "?", page)
    page = re.sub(r'<input type="hidden" name="known"[^>]*>', "", page)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|\?(?=["#])', "", page)


def first_difference(before, after) -> tuple:
    """Where two answers part, with what stands around it."""
    place = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), 0)
    return tuple(text[max(0, place - 60) : place + 60] for text in (before, after))


def test_every_moment_is_shown_as_it_was(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    editors = Editors(seed=1)
    editors.jobs()
    said = []

    def ask(address):
        response = client.get(address)
        return response.status_code, response.getvalue() if response.streaming else response.content

    while len(said) < EDITS:
        before = known.newest()
        editors.edit()
        if known.newest() == before:
            continue  # the act found nothing to do
        measure = editors.any(Measure).slug
        turn, group = divmod(len(said), 4)
        others = (EXACT, PAGES, FEEDS, CHARTS)[group]
        asked = (*ALWAYS, others[turn % len(others)])
        addresses = [address.format(day=DAY, measure=measure) for address in asked]
        said.append((known.newest(), {address: ask(address) for address in addresses}))
        # The record may be one that readers do not see.
        assert {said[-1][1][address.format(day=DAY)][0] for address in ALWAYS if address != RECORD} == {200}
    assert ChangeSet.objects.count() >= EDITS
    assert {state for (state,) in Measure.objects.values_list("state")} >= {
        Record.State.PUBLISHED,
        Record.State.WITHDRAWN,
    }

    differing = []
    for number, (knowledge, answers) in enumerate(said):
        moment = quote(str(knowledge.number) if number % 2 else knowledge.at.isoformat())
        for address, before in answers.items():
            after = ask(f"{address}{'&' if '?' in address else '?'}known={moment}")
            if "feed" in address:
                before, after = ((status, without_moment(feed.decode())) for status, feed in (before, after))
            elif address.split("?")[0].endswith(".csv"):
                before, after = ((status, without_known(text.decode())) for status, text in (before, after))
            elif "/api/" not in address and "format=" not in address:
                before, after = ((status, without_clock(page.decode())) for status, page in (before, after))
            if before != after:
                differing.append((number, address, moment, first_difference(before[1], after[1])))
    assert differing == []
