"""What readers must not see is nowhere: not in pages, counts, searches, files, reports, errors, nor in the past."""

import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.urls import resolve
from pypdf import PdfReader

from measures import timeline
from measures.models import Material, Measure, Organization
from measures.views.charts import CHARTS
from programs.models import Program
from programs.reports.build import build
from programs.reports.orders import WRITERS
from records import beside, compare, comparison, derived, publishing
from records.citing.formats import OF_ONE
from records.models import ChangeSet, Source
from records.reporting import record_name
from tests.doors import planted
from tests.doors.cast import ANALYST, EDITOR, HIDDEN, REVIEWER, VISITOR, columns_of
from tests.doors.declared import IN_API
from tests.doors.planted import MARKER
from tests.doors.resolver import addresses

pytestmark = pytest.mark.django_db

# Lists and pages without a record, in the ways in which they can be asked.
ASKED = {
    "records:changes": ["since=0", "kind=correction"],
    "api:changes": ["since=0", "of=measure", "kind=correction"],
    **{
        name: [query]
        for kind in ("materials", "organizations")
        for name, query in (
            (f"api:reconcile-{kind}", f'queries={{"all":{{"query":"{MARKER[:-2]}","limit":50}}}}'),
            (f"api:reconcile-{kind}-entities", f"prefix={MARKER[:-2]}"),
        )
    },
    "measures:charts": ["from=2015&to=2025&cells=all", "by=month"],
    "measures:timeline": [
        "view=list&from=2015&to=2025",
        "from=2015&to=2025",
        "lanes=program&from=2015&to=2025",
        "lanes=material&from=2015&to=2025",
        "rows=lines&format=csv&from=2015&to=2025",
    ],
}
ACCOUNTS = ("login", "logout", "set_language")
# Of which kind of record a page is.
OF_RECORDS = {
    **{
        f"{name}{page}": model
        for name, model in {
            "measures:": Measure,
            "measures:material_": Material,
            "measures:organization_": Organization,
            "programs:": Program,
            "records:source_": Source,
        }.items()
        for page in ("detail", "history")
    },
    **{f"api:{name}-detail": model for name, model in IN_API.items()},
    "api:reconcile-materials-preview": Material,
    "api:reconcile-organizations-preview": Organization,
    "programs:report": Program,
}
CITED = {
    "measures:cite": Measure,
    "measures:material_cite": Material,
    "measures:organization_cite": Organization,
    "programs:cite": Program,
    "records:source_cite": Source,
}
# The files of an edition, which is written from the same rows; tests/records/test_editions.py reads them.
WRITTEN_AT_NIGHT = ("records:edition_file",)
BEHIND_LOGIN = ("programs:report_detail", "programs:report_file")
# These take a token, and are asked with one of a stranger to the desk in test_matrix_api.py.
BEHIND_TOKEN = tuple(f"api:{name}-{act}" for name in IN_API for act in ("edit", "submit"))
FORMATS = ("csv", "xlsx", "jsonl", "ris", "bibtex", "csl", "json")
FEEDS = ("atom", "json", "ics")
WITHOUT_CALENDAR = tuple(f"/{name}/feed.en.ics" for name in ("materials", "organizations", "changes"))
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce-[\w+/=]+|csrfToken[^,]*')
# What tells when it was written, the newest moment known included; days stay.
MOMENT = re.compile(
    r"known=[\w:.%+-]+|\d{8}T\d{6}Z|"
    r"until=\d+|T?\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|\+00:00)?|\d{1,2}(?::\d\d)? [ap]\.m\.|#\d+"
)


def carry_out() -> None:
    derived.rebuild()
    timeline.rebuild()


@pytest.fixture(scope="module")
def seen(own_rows):
    """What readers may see, and before it, hidden records that some of it points at."""
    with publishing.change(by=None, reason="What readers see"):
        shown = planted.world("seen")
        for record in shown.values():
            planted.name("seen", record)
            planted.cite("seen", record, shown[Source])
        list(planted.linked("seen", shown, shown))
        list(planted.hang("seen", shown, shown, **columns_of("published")))
    with publishing.change(by=None, reason=f"{MARKER} of anchors"):
        hidden = {model: planted.written(model, MARKER, shown, **columns_of("draft")) for model in planted.kinds()}
    with publishing.change(by=None, reason="What readers see, leading to what they do not"):
        # Records in sight that belong to, or lead to, records out of sight.
        list(planted.hang("seen", {**shown, **hidden}, hidden, **columns_of("published")))
        list(planted.hang("seen", shown, hidden, **columns_of("published")))
    carry_out()
    return shown


@pytest.fixture(scope="module")
def pages(seen):
    """Every public address about what can be seen."""
    found, first = [], ChangeSet.objects.earliest("pk").pk
    elsewhere = (*ACCOUNTS, *BEHIND_LOGIN, *BEHIND_TOKEN, *WRITTEN_AT_NIGHT)
    for address in addresses():
        if address.name.startswith("admin:") or address.name in elsewhere:
            continue
        if address.name == "records:report_error":
            found += [f"{address.filled({})}?record={record_name(record)}" for record in seen.values()]
        elif address.name == "api:search":
            found.append(f"{address.filled({})}?q={MARKER[:-2]}")  # without words there is nothing to look for
        elif address.name == "records:compare":
            found += [address.filled({}) + query for query in ("", f"?q={MARKER[:-2]}", *compared(first))]
        elif "<" not in address.route:
            path = address.filled({})
            found += [path, *(f"{path}?{query}" for query in ASKED.get(address.name, []))]
            found += [f"{path}?q={MARKER[:-2]}", *(f"{path}?format={name}" for name in FORMATS)]
        elif address.name == "measures:chart":
            files = [address.filled({"name": name, "format": "csv"}) for name in CHARTS]
            found += [*files, address.filled({"name": "heat", "format": "svg"}), f"{files[-1]}?cells=all"]
        elif address.name == "programs:dependence":
            slugs = Material.objects.published().values_list("slug", flat=True)
            found += [address.filled({"slug": slug, "format": "csv"}) for slug in slugs]
        elif address.name.endswith("choices"):
            listed = resolve(address.filled({"name": "any"})).func.view_initkwargs["listed"]
            found += [address.filled({"name": facet}) for facet in listed.filter_class.facets]
        elif address.name.endswith("feed"):
            feeds = [address.filled({"language": "en", "format": name}) for name in FEEDS]
            found += [*feeds, *(f"{feed}?q={MARKER[:-2]}" for feed in feeds)]
        elif model := CITED.get(address.name):
            slugs = model.objects.published().values_list("slug", flat=True)
            found += [address.filled({"slug": slug, "format": name}) for slug in slugs for name in OF_ONE]
        elif model := OF_RECORDS.get(address.name):
            name = "id" if address.name.startswith("api:") else "slug"
            found += [address.filled({name: slug}) for slug in model.objects.published().values_list("slug", flat=True)]
        elif address.name == "records:comparison":
            found += [address.filled({"kind": kind}) + f"?since={first}" for kind in comparison.lists()]
        else:
            raise AssertionError(f"Say here how {address.name} is asked about records.")
    return found


def compared(moment: int) -> Iterator[str]:
    """Records of each kind beside each other, each on a day and as known since a moment, and what else there is."""
    for name, kind in beside.kinds().items():
        slugs = list(kind.visible().filter(state="published").values_list("slug", flat=True))
        yield f"?{urlencode([(name, slug) for slug in slugs[: compare.MOST]])}"
        for slug in slugs:
            yield from (f"?{name}={slug}{more}" for more in ("", "&day=2019-07-01", f"&moment={moment}"))


def read(response) -> str:
    """What an answer says, whatever it is packed in."""
    content = response.getvalue() if response.streaming else response.content
    return unpacked(content)


def unpacked(content: bytes) -> str:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return "\n".join(f"{name}\n{unpacked(box.read(name))}" for name in sorted(box.namelist()))
    if content[:4] == b"%PDF":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")


def told(client, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, MOMENT.sub("", TOKEN.sub("", read(response)))


@pytest.fixture(scope="module")
def before(pages, actors):
    found = {path: told(actors[VISITOR].client, path) for path in pages}
    # What is refused compares well and shows nothing: only forms of files that a page does not have are.
    refused = [path for path, (status, _text) in found.items() if status != 200]
    # Events of hidden measures are not there, some materials have no chart, and some lists have no calendar.
    asked = ("format=", "q=", "/report/", "/reports/", "/api/v1/events/", "/dependence.csv", *WITHOUT_CALENDAR)
    assert not [path for path in refused if not any(part in path for part in asked)]
    return found


@pytest.fixture(scope="module")
def numbers(seen, before, actors):
    """Plants records of every kind in each hidden state, around all that can be seen; their change sets."""
    found = []
    for state in HIDDEN:
        columns = columns_of(state) | ({"submitted_by": actors[EDITOR].user} if state == "in review" else {})
        with publishing.change(by=actors[EDITOR].user, reason=f"{MARKER} in {state}") as change_set:
            hidden = planted.world_of(MARKER, seen, **columns)
            list(planted.hang(MARKER, seen, seen, **columns))
            list(planted.hang(MARKER, {**seen, **hidden}, hidden, **columns))
            for record in hidden.values():
                planted.name(MARKER, record)
                planted.cite(MARKER, record, seen[Source])
            for record in seen.values():
                planted.cite(MARKER, record, hidden[Source])
            list(planted.linked(MARKER, hidden, seen))
            list(planted.linked(MARKER, seen, hidden))
        found.append(change_set.pk)
    carry_out()
    return found


def test_what_is_hidden_is_in_no_page_and_changes_none(before, numbers, pages, actors):
    leaks, different = [], []
    for path in pages:
        status, text = told(actors[VISITOR].client, path)
        if MARKER in text:
            leaks.append(
                (path, [text[max(0, at.start() - 90) : at.end() + 10] for at in re.finditer(MARKER, text)][:3])
            )
        elif (status, text) != before[path]:
            different.append(path)
    assert (leaks, different) == ([], [])


def test_an_analyst_sees_no_more(numbers, pages, actors):
    assert [path for path in pages if MARKER in told(actors[ANALYST].client, path)[1]] == []


def test_nothing_of_it_is_found_at_any_moment(numbers, pages, actors):
    # Each page as of one of the moments, in turn; each moment also knows what was hidden before it.
    asked = [
        f"{path}?known={numbers[place % len(numbers)]}"
        for place, path in enumerate(path for path in pages if "?" not in path)
    ]
    leaks = []
    for path in asked:
        status, text = told(actors[VISITOR].client, path)
        if status not in (200, 302, 404) or MARKER in text:
            leaks.append((status, path))
    assert leaks == []


def test_a_hidden_record_is_as_missing_as_one_that_never_was(numbers, actors):
    visitor, different = actors[VISITOR].client, []
    for address in addresses():
        if not (model := OF_RECORDS.get(address.name)):
            continue
        name = "id" if address.name.startswith("api:") else "slug"
        never = told(visitor, address.filled({name: f"{MARKER}-0"}))
        for record in model.objects.exclude(pk__in=model.objects.published()):
            status, text = told(visitor, address.filled({name: record.slug}))
            if (status, text.replace(record.slug, f"{MARKER}-0")) != never:
                different.append(record.slug)
    assert different == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/measures/?authority={}", Organization),
        ("/measures/?material={}", Material),
        ("/materials/?broader={}", Material),
        ("/organizations/?parent={}", Organization),
        ("/programs/?measure={}", Measure),
        ("/programs/?material={}", Material),
        ("/api/v1/events/?measure={}", Measure),
        ("/timeline/?authority={}", Organization),
        ("/timeline/?row={}", Measure),
        ("/timeline/?lanes=material&lane={}", Material),
        ("/timeline/?lanes=program&lane={}", Program),
        ("/measures/feed.en.atom?material={}", Material),
        ("/events/feed.en.ics?measure={}", Measure),
        ("/changes/feed.en.json?of=measure&record={}", Measure),
        ("/report-error/?record=measure:{}", Measure),
        ("/report-error/?record=program:{}", Program),
    ],
)
def test_a_hidden_record_is_no_known_value(path, kind, numbers, actors):
    visitor = actors[VISITOR].client
    hidden = kind.objects.exclude(pk__in=kind.objects.published()).order_by("-pk").first()
    status, text = told(visitor, path.format(hidden.slug))
    never = told(visitor, path.format(f"{MARKER}-0"))
    assert status in (400, 404)
    assert (status, text.replace(hidden.slug, f"{MARKER}-0")) == never
    # Nor is it the nearest known one to what somebody mistyped.
    assert MARKER not in told(visitor, path.format(hidden.slug.replace("zq", "zp")))[1]


def test_a_report_holds_nothing_of_it(seen, numbers):
    report = build({"program": seen[Program].slug, "on": "2026-11-24", "language": "en"})
    for format, writer in WRITERS.items():
        assert MARKER not in unpacked(writer(report)), format
        assert "seen-" in unpacked(writer(report)), format


def test_what_is_published_appears_and_what_is_withdrawn_leaves_its_notice(seen, numbers, actors):
    visitor = actors[VISITOR].client
    measure = Measure.objects.filter(state="draft").order_by("-pk").first()
    assert visitor.get(measure.get_absolute_url()).status_code == 404
    publishing.submit(measure, by=actors[EDITOR].user, reason="done")
    publishing.publish(measure, by=actors[REVIEWER].user, reason="right")
    carry_out()
    assert MARKER in told(visitor, measure.get_absolute_url())[1]
    # Its address and its title are left of it, and nothing is found by its words.
    before = told(visitor, f"/measures/?q={measure.title}")[1]
    assert measure.slug in before
    publishing.withdraw(measure, by=actors[REVIEWER].user, reason="wrong", notice="It never was so.")
    carry_out()
    status, text = told(visitor, measure.get_absolute_url())
    assert (status, "It never was so." in text) == (200, True)
    assert MARKER not in text.replace(measure.slug, "").replace(measure.title, "")
    assert measure.slug not in told(visitor, f"/measures/?q={measure.title}")[1]
    assert MARKER not in told(visitor, f"/api/v1/measures/{measure.slug}/")[1].replace(measure.slug, "")
