"""Passages: where a quote stands in a copy, many facts cited at once, and who may."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import DisputedFact, Measure, MeasureEvent, MeasureMaterial
from records import passages, publishing, roles, snapshots
from records.models import ChangeSet, Citation, OutboxEntry, Proposal, Snapshot, Source
from tests.records.anything import row

pytestmark = pytest.mark.django_db

# The faces and the first character of the name lie beyond the BMP: one character here, two units in a browser.
TEXT = "😀 𠮷野 said: exports of resist\nneed a licence.\n\nAgain: exports of resist need a licence. 輸出管理"
QUOTE = "exports of resist\nneed a licence."
START = TEXT.index(QUOTE)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def copy():
    return row(Snapshot, source=row(Source, title="The notice"), text=TEXT, media_type="text/plain")


@pytest.fixture
def measure():
    return row(Measure, title="The licensing")


def log_in(client, role):
    roles.ensure_groups()
    user = User.objects.create_user(role, is_staff=role != "analyst", is_superuser=role == "admin")
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    return user


def address(subject, **query):
    return f"{reverse('admin:passages', args=[subject._meta.label_lower, subject.pk])}?" + "&".join(
        f"{name}={value}" for name, value in query.items()
    )


def sent(*facts, **values):
    keys = [f"{subject._meta.label_lower}:{subject.pk}:{field}" for subject, field in facts]
    return {"facts": keys, "stance": "supports", "change_reason": "Its footing", "quote": "", **values}


def cite(subject, copy, **values):
    passage = {"quote": QUOTE, "start": START, "end": START + len(QUOTE), **values}
    return passages.attach(
        [passages.Fact(subject, "summary"), passages.Fact(subject, "legal_basis")],
        by=None,
        reason="r",
        source=values.pop("source", copy.source),
        snapshot=copy,
        **{name: value for name, value in passage.items() if name != "source"},
    )


# Where a quote stands


def test_a_quote_is_found_wherever_it_stands_and_however_its_lines_break():
    places = passages.find(TEXT, " exports of\tresist need  a licence. ")
    assert [TEXT[place.start : place.end] for place in places] == [QUOTE, "exports of resist need a licence."]
    assert places[0].start == START
    assert places[0].before.endswith("said: ")
    assert passages.find(TEXT, "輸出管理")[0].end == len(TEXT)
    assert passages.find(TEXT, "exports of gas") == passages.find(TEXT, " ") == []
    assert passages.find("a.c abc", "a.c") == [passages.Place(0, 3, "", "a.c", " abc")]
    assert len(passages.find("x " * 500, "x")) == passages.MAX_PLACES


# Writing


def test_one_passage_is_cited_for_many_facts_in_one_change_set(measure, copy):
    made = cite(measure, copy)
    assert [citation.field for citation in Citation.objects.order_by("pk")] == ["summary", "legal_basis"]
    for citation in made:
        assert citation.snapshot.text[citation.start : citation.end] == citation.quote == QUOTE
        assert citation.known_since == made[0].known_since
    change_set = ChangeSet.objects.get(pk=made[0].known_since)
    assert (change_set.kind, change_set.reason) == ("source_only", "r")
    assert OutboxEntry.objects.filter(key__startswith=f"timeline:{change_set.pk}:").exists()
    assert cite(measure, copy, locator="p. 2")[0].position == 1


def test_what_cites_the_passage_already_is_left_as_it_is(measure, copy):
    row(Citation, subject=measure, field="summary", source=copy.source, quote=QUOTE, snapshot=copy)
    assert [citation.field for citation in cite(measure, copy)] == ["legal_basis"]
    with pytest.raises(ValidationError, match="already"):
        cite(measure, copy)


@pytest.mark.parametrize(
    "passage",
    [{"quote": "exports of gas"}, {"start": START + 1}, {"end": START + 3}, {"quote": QUOTE.replace("\n", " ")}],
)
def test_a_quote_that_does_not_stand_there_is_refused(measure, copy, passage):
    with pytest.raises(ValidationError, match="does not say this"):
        cite(measure, copy, **passage)
    assert not Citation.objects.exists()


def test_a_copy_of_another_source_is_refused(measure, copy):
    with pytest.raises(ValidationError, match="another source"):
        cite(measure, copy, source=row(Source))


def test_a_quote_has_at_most_25_words(measure, copy):
    copy_of_many = row(Snapshot, source=copy.source, text="word " * 26, sha256="1" * 64)
    with pytest.raises(ValidationError, match="25 words"):
        cite(measure, copy_of_many, quote=("word " * 26).strip(), start=0, end=129)


@pytest.mark.parametrize(
    ("before", "now"), [("draft", "in_review"), ("in_review", "in_review"), ("draft", "published")]
)
def test_a_record_that_moved_on_or_waits_for_its_review_is_left_alone(measure, copy, before, now):
    measure.state = before
    Measure.objects.filter(pk=measure.pk).update(state=now)
    with pytest.raises(publishing.NotAllowed):
        cite(measure, copy)
    assert not Citation.objects.exists()


def test_the_footing_of_a_link_counts_for_its_record(measure):
    link = row(MeasureMaterial, measure=measure)
    assert passages.Fact(link).record == measure


# The page


def test_a_selection_keeps_its_place(client, measure, copy):
    log_in(client, "editor")
    event = row(MeasureEvent, measure=measure)
    page = address(measure, copy=copy.pk)
    assertContains(client.get(page), "said: exports of resist")
    data = sent((measure, "summary"), (event, "date"), quote=QUOTE, start=START, end=START + len(QUOTE), locator="p. 1")
    assert client.post(page, data).status_code == 302
    for citation in Citation.objects.all():
        assert (citation.quote, citation.start, citation.snapshot, citation.locator) == (QUOTE, START, copy, "p. 1")
    assert {citation.subject for citation in Citation.objects.all()} == {measure, event}


def test_without_a_script_the_server_finds_the_place(client, measure, copy):
    log_in(client, "editor")
    page = address(measure, copy=copy.pk)
    assert client.post(page, sent((measure, "summary"), quote="輸出管理")).status_code == 302
    citation = Citation.objects.get()
    assert TEXT[citation.start : citation.end] == "輸出管理"


def test_a_quote_that_stands_in_two_places_is_asked_about(client, measure, copy):
    log_in(client, "editor")
    page = address(measure, copy=copy.pk)
    data = sent((measure, "summary"), quote="exports of resist need a licence.")
    response = client.post(page, data)
    assert response.status_code == 400
    assertContains(response, "in several places", status_code=400)
    places = [int(start) for start in re.findall(r'name="place" value="(\d+)"', response.content.decode())]
    assert len(places) == 2
    assert client.post(page, {**data, "place": places[1]}).status_code == 302
    citation = Citation.objects.get()
    assert (citation.start, citation.quote) == (places[1], "exports of resist need a licence.")


def test_a_quote_that_was_changed_after_it_was_selected_is_looked_for_anew(client, measure, copy):
    log_in(client, "editor")
    data = sent((measure, "summary"), quote="輸出管理", start=START, end=START + len(QUOTE))
    assert client.post(address(measure, copy=copy.pk), data).status_code == 302
    assert Citation.objects.get().start == TEXT.index("輸出管理")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"quote": "exports of gas"}, "does not say this"),
        ({"quote": "word " * 26}, "at most 25 words"),
        ({"quote": "x" * 401}, "does not say this|at most 400"),
        ({"quote": "輸出管理", "start": -1}, "greater than or equal to 0"),
        ({"change_reason": ""}, "required"),
        ({"facts": []}, "Tick at least one fact"),
        ({"facts": ["measures.measure:0:summary"]}, "no longer there, or not open"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, measure, copy, values, reason):
    log_in(client, "editor")
    response = client.post(address(measure, copy=copy.pk), sent((measure, "summary"), locator="clause 4") | values)
    assert response.status_code == 400
    assert re.search(reason, response.content.decode())
    assertContains(response, 'value="clause 4"', status_code=400)
    assert not Citation.objects.exists()


def test_a_source_without_a_copy_is_cited_without_a_place(client, measure):
    log_in(client, "editor")
    source = row(Source)
    page = address(measure, source=source.pk)
    data = sent((measure, ""), quote="as it says", start=1, end=5)
    assert client.post(page, data).status_code == 302
    citation = Citation.objects.get()
    assert (citation.source, citation.snapshot, citation.quote, citation.start) == (source, None, "as it says", None)


def test_sources_are_found_and_a_passage_is_used_again(client, measure, copy):
    log_in(client, "editor")
    other = row(Source, title="Something else")
    cite(measure, copy)
    response = client.get(address(measure, fact="measures.measure:1:summary", q="notice"))
    assertContains(response, "The notice")
    assertNotContains(response, other.title)
    assertContains(response, f"fact=measures.measure%3A1%3Asummary&amp;copy={copy.pk}")
    again = Citation.objects.first()
    assertContains(response, f"citation={again.pk}")
    form = client.get(address(measure, citation=again.pk)).context["form"]
    assert (form["quote"].value(), form["start"].value()) == (QUOTE, START)


@pytest.mark.parametrize(
    "query", [{"copy": "x"}, {"copy": "9" * 30}, {"copy": 0}, {"source": "-1"}, {"citation": "1e5"}]
)
def test_addresses_of_nothing_are_not_found(client, measure, query):
    log_in(client, "editor")
    assert client.get(address(measure, **query)).status_code == 404


@pytest.mark.parametrize(
    "label", ["measures.nothing", "nothing", "records.source", "auth.user", "measures.measureversion"]
)
def test_only_what_rests_on_sources_has_the_page(client, label):
    log_in(client, "admin")
    assert client.get(reverse("admin:passages", args=[label, 1])).status_code == 404


# Who may


@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_nobody_without_a_place_at_the_desk_sees_copies_or_passages(client, measure, copy, role):
    if role == "analyst":
        log_in(client, role)
    pages = [address(measure), address(measure, copy=copy.pk), reverse("admin:take_copy", args=[copy.source_id])]
    pages += [reverse(f"admin:{name}", args=[copy.pk]) for name in ("copy", "copy_text", "copy_file")]
    for page in pages:
        for response in (client.get(page), client.post(page, sent((measure, "summary"), quote="輸出管理"))):
            assert response.status_code == 302
            assert response.url.startswith(reverse("admin:login"))
    assert not Citation.objects.exists()


@pytest.mark.parametrize(
    ("role", "state", "may"),
    [
        ("editor", "draft", True),
        ("editor", "in_review", False),
        ("reviewer", "draft", False),
        ("reviewer", "in_review", False),
        ("editor", "published", True),
        ("reviewer", "published", True),
        ("manager", "draft", False),
        ("manager", "published", False),
    ],
)
def test_sources_are_attached_by_those_who_may_change_the_record(client, measure, copy, role, state, may):
    Measure.objects.update(state=state)
    log_in(client, role)
    page = address(measure, copy=copy.pk)
    assertContains(client.get(page), "Cite it for the ticked facts", count=1 if may else 0)
    assert client.post(page, sent((measure, "summary"), quote="輸出管理")).status_code == (302 if may else 403)
    assert Citation.objects.exists() is (may and state == "draft")
    assert Proposal.objects.exists() is (may and state == "published")


@pytest.mark.parametrize("role", ["editor", "reviewer", "manager"])
def test_the_page_offers_nobody_what_they_may_not_do(client, measure, role):
    """A manager looks at measures: they are told who changes them, and led to no page that refuses them."""
    source = row(Source, title="Without a copy")
    Citation.objects.create(subject=measure, source=source)
    Measure.objects.update(state="published")
    log_in(client, role)
    take = reverse("admin:take_copy", args=[source.pk])
    may = client.get(take).status_code == 200
    for at in (address(measure), address(measure, source=source.pk)):
        page = client.get(at).text
        assert (take in page) == may
        assert ("Editors and reviewers can propose changes of it." in page) == (role == "manager")
    assert ("Cite it for the ticked facts" in page) == ('name="quote"' in page) == (role != "manager")
    assert "Locator" not in page


def test_a_part_that_is_not_open_cannot_be_ticked(client, measure, copy):
    log_in(client, "editor")
    event = row(MeasureEvent, measure=measure, state="in_review")
    page = address(measure, copy=copy.pk)
    assert client.post(page, sent((event, "date"), quote="輸出管理")).status_code == 400
    assert not Citation.objects.exists()


# Copies


def test_a_copy_is_sent_by_an_editor_and_is_there_to_select_from(client, media):
    log_in(client, "editor")
    source = row(Source, title="The notice")
    page = reverse("admin:take_copy", args=[source.pk])
    assertContains(client.get(page), "The notice")
    file = SimpleUploadedFile("a.html", "<p>수출 <b>규제</b>".encode(), content_type="text/html")
    response = client.post(page, {"file": file, "change_reason": "Seen today", "fetched_at": "2019-07-01 09:30"})
    kept = Snapshot.objects.get()
    assert response.url == reverse("admin:copy", args=[kept.pk])
    assert (kept.text, kept.fetched_at.astimezone(timezone.get_current_timezone()).year) == ("수출 규제", 2019)
    assertContains(client.get(response.url), "수출 규제")
    again = SimpleUploadedFile("b.html", "<p>수출 <b>규제</b>".encode(), content_type="text/html")
    assert client.post(page, {"file": again, "change_reason": "Again"}).url == response.url
    assert client.post(page, {"text": "Pasted 규제", "change_reason": "No file"}).status_code == 302
    assert Snapshot.objects.filter(text="Pasted 규제", media_type="text/plain").exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "either a file or its text"),
        ({"file": b"PK\x03\x04", "text": "both"}, "either a file or its text"),
        ({"file": b"PK\x03\x04"}, "neither text nor HTML nor PDF"),
        ({"file": "輸出".encode("cp932")}, "Choose the encoding"),
        ({"file": b""}, "empty"),
        ({"text": " \n "}, "either a file or its text|no text"),
        ({"text": "words", "encoding": "ebcdic"}, "not one of the available choices"),
        ({"text": "words", "fetched_at": "soon"}, "valid date"),
    ],
)
def test_a_copy_that_cannot_be_kept_is_refused_in_words(client, media, data, reason):
    log_in(client, "editor")
    if "file" in data:
        data = data | {"file": SimpleUploadedFile("a.txt", data["file"])}
    response = client.post(reverse("admin:take_copy", args=[row(Source).pk]), {"change_reason": "r", **data})
    assert response.status_code == 400
    assert re.search(reason, response.content.decode())
    assert not Snapshot.objects.exists()


def test_a_manager_keeps_no_copies(client, media):
    log_in(client, "manager")
    page = reverse("admin:take_copy", args=[row(Source).pk])
    assert client.get(page).status_code == client.post(page, {"text": "x"}).status_code == 403


def test_a_copy_is_never_sent_as_something_that_acts(client, media):
    user = log_in(client, "editor")
    content = b"<script>alert(1)</script><p>words"
    kept = snapshots.take(row(Source), content=content, name="a.html", by=user, reason="r")
    file = client.get(reverse("admin:copy_file", args=[kept.pk]))
    assert b"".join(file.streaming_content) == content
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Type"] == "application/octet-stream"
    text = client.get(reverse("admin:copy_text", args=[kept.pk]))
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert text.content == b"words"
    for response in (file, text):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
    kept.file.storage.delete(kept.file.name)
    assert client.get(reverse("admin:copy_file", args=[kept.pk])).status_code == 404


def test_a_copy_leads_to_records_and_to_what_cites_it(client, measure, copy):
    log_in(client, "editor")
    cite(measure, copy)
    page = reverse("admin:copy", args=[copy.pk])
    assertContains(client.get(page), "need a licence.”", count=1)
    response = client.get(page, {"q": "the licen"})
    assertContains(response, address(measure, copy=copy.pk))
    assertContains(client.get(page, {"q": "nothing of it"}), "No record has these words")


# On the page of the record


def test_each_field_tells_what_it_rests_on(client, measure, copy):
    log_in(client, "editor")
    page = reverse("admin:measures_measure_change", args=[measure.pk])

    def footing_of(field):
        text = client.get(page).content.decode()
        line = re.search(rf'<div class="form-row[^"]* field-{field}[ "].*?\n</div>', text, re.DOTALL).group()
        return "unsourced" if "unsourced" in line else "source" if "1 source<" in line else ""

    assert [footing_of(field) for field in ("summary", "legal_basis", "verification", "checked_on")] == [
        *("unsourced", "unsourced"),
        *("", ""),
    ]
    row(Citation, subject=measure, field="summary", source=copy.source, quote="as it says", snapshot=copy)
    assert [footing_of(field) for field in ("summary", "legal_basis")] == ["source", "unsourced"]
    assertContains(client.get(page), "“as it says”")
    assertContains(client.get(page), address(measure).rstrip("?"))


def test_rows_on_the_page_take_as_many_queries_whatever_they_rest_on(client, measure, copy):
    log_in(client, "editor")
    events = [row(MeasureEvent, measure=measure, position=number) for number in range(6)]
    page = reverse("admin:measures_measure_change", args=[measure.pk])
    client.get(page)
    counts = []
    for cited in (False, True):
        for event in events if cited else ():
            row(Citation, subject=event, source=copy.source)
        with CaptureQueriesContext(connection) as caught:
            client.get(page)
        counts.append(sum('FROM "records_citation"' in query["sql"] for query in caught))
    assert counts[0] == counts[1] <= 4


def test_a_source_shows_its_copies_and_a_disputed_fact_none_of_it(client, copy):
    log_in(client, "editor")
    page = reverse("admin:records_source_change", args=[copy.source_id])
    assertContains(client.get(page), reverse("admin:copy", args=[copy.pk]))
    assertContains(client.get(page), reverse("admin:take_copy", args=[copy.source_id]))
    fact = row(DisputedFact)
    response = client.get(reverse("admin:measures_disputedfact_change", args=[fact.pk]))
    assertNotContains(response, "Attach a passage")
