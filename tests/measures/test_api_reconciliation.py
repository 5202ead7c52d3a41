"""Names in a table against materials and organizations, as OpenRefine asks."""

import json
from urllib.parse import urlencode

import jsonschema
import pytest

from measures.api.reconciliation import cas_of
from measures.models import Material, Organization
from records import known, merging, publishing
from records.models import Name
from tests.consequences import carry_out
from tests.hidden import hide
from tests.measures import recorded
from tests.records.test_changes import HIDDEN

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
# What the specification says of answers, in its own words as a schema.
BATCH = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "name": {"type": "string"},
                        "score": {"type": "number"},
                        "match": {"type": "boolean"},
                        "type": {"type": "array", "items": {"type": "object", "required": ["id"]}},
                    },
                    "required": ["id", "name", "score"],
                },
            }
        },
        "required": ["result"],
    },
}


def material(slug, name, **values):
    columns = {"category": "process_gas", "description": "…", "state": "published", **values}
    return Material.objects.create(slug=slug, name=name, **columns)


def body(slug, name, country, **values):
    columns = {"kind": "ministry", "state": "published", **values}
    return Organization.objects.create(slug=slug, name=name, country=recorded.country(country), **columns)


@pytest.fixture
def recorded_things(db):
    with publishing.change(by=None, reason="Recorded") as change_set:
        gas = material("hydrogen-fluoride", "Hydrogen fluoride (any form)", cas="7664-39-3", formula="HF")
        liquid = material("hydrofluoric-acid", "Hydrofluoric acid", cas="7664-39-3", formula="HF")
        gallium = material("gallium", "Gallium", cas="7440-55-3", formula="Ga")
        Name.objects.create(subject=gas, language="ko", text="불화수소")
        Name.objects.create(subject=liquid, language="ja", text="フッ化水素酸")
        bodies = [
            body("jp-meti", "Ministry of Economy, Trade and Industry", "JP", abbreviation="METI"),
            body("kr-trade", "Ministry of Trade", "KR"),
            body("tr-trade", "Ministry of Trade", "TR"),
        ]
        publishing.carry([gas, liquid, gallium, *bodies], change_set)
    carry_out()


def asked(client, kind, query, **parameters):
    """The candidates of one query: id, whether it is meant for sure."""
    return [(each["id"], each["match"]) for each in results(client, kind, {"q": query}, **parameters)["q"]["result"]]


def results(client, kind, batch, **parameters):
    response = client.get(f"/api/v1/reconcile/{kind}/", {"queries": json.dumps(batch), **parameters})
    assert response.status_code == 200, response.content
    jsonschema.validate(response.json(), BATCH)
    return response.json()


def sent(client, kind, batch, query=""):
    return client.post(f"/api/v1/reconcile/{kind}/{query}", urlencode({"queries": json.dumps(batch)}), FORM)


@pytest.mark.parametrize(
    ("text", "first", "sure"),
    [
        ("Hydrogen fluoride", "hydrogen-fluoride", True),
        ("hydrogen FLUORIDE (any form)", "hydrogen-fluoride", True),
        ("불화수소", "hydrogen-fluoride", True),
        ("フッ化水素酸", "hydrofluoric-acid", True),
        ("hydrofluric acid", "hydrofluoric-acid", False),
        ("fluoride, hydrogen", "hydrogen-fluoride", False),
        ("7440-55-3", "gallium", True),
    ],
)
def test_a_name_in_any_script_finds_its_material(client, recorded_things, text, first, sure):
    assert asked(client, "materials", {"query": text})[0] == (first, sure)


def test_a_name_that_two_have_is_meant_for_sure_by_none(client, recorded_things):
    assert asked(client, "materials", {"query": "HF"})[:2] == [
        ("hydrogen-fluoride", False),
        ("hydrofluoric-acid", False),
    ]
    assert {sure for _slug, sure in asked(client, "organizations", {"query": "Ministry of Trade"})} == {False}


@pytest.mark.parametrize(
    ("country", "first"),
    [("KR", "kr-trade"), ("South Korea", "kr-trade"), ("튀르키예", "tr-trade"), ("tr", "tr-trade")],
)
def test_a_country_tells_namesakes_apart(client, recorded_things, country, first):
    query = {"query": "Ministry of Trade", "properties": [{"pid": "country", "v": country}]}
    found = asked(client, "organizations", query)
    assert found[0] == (first, True)
    assert [sure for _slug, sure in found[1:]] == [False] * (len(found) - 1)


def test_what_is_known_besides_says_where_it_agrees(client, recorded_things):
    query = {"query": "gallium", "properties": [{"pid": "cas", "v": "7664-39-3"}, {"pid": "formula", "v": "Ga"}]}
    found = {each["id"]: each for each in results(client, "materials", {"q": query})["q"]["result"]}
    assert found["gallium"]["match"] is False
    assert {"id": "cas", "value": False} in found["gallium"]["features"]
    assert {"id": "formula", "value": True} in found["gallium"]["features"]
    assert found["gallium"]["type"] == [{"id": "material", "name": "Material"}]
    assert found["gallium"]["description"] == "process gas · Ga · 7440-55-3"
    assert {"id": "cas", "value": True} in found["hydrofluoric-acid"]["features"]


def test_a_number_alone_finds_what_it_is_of(client, recorded_things):
    assert asked(client, "materials", {"properties": [{"pid": "cas", "v": "CAS 7440‐55‐3"}]}) == [("gallium", True)]
    both = asked(client, "materials", {"query": "", "properties": [{"pid": "cas", "v": ["7664-39-3", "n/a"]}]})
    assert both == [("hydrogen-fluoride", False), ("hydrofluoric-acid", False)]
    assert asked(client, "materials", {"query": "nonsense", "properties": [{"pid": "cas", "v": "n/a"}]}) == []
    assert asked(client, "materials", {"query": "", "properties": [{"pid": "formula", "v": {"id": "Ga"}}]}) == []


@pytest.mark.parametrize(
    ("text", "cas"),
    [("7664-39-3", "7664-39-3"), ("CAS-Nr. 7664–39–3", "7664-39-3"), ("7664-39-3, 7440-55-3", None), ("n/a", None)],
)
def test_a_cas_number_is_taken_out_of_a_cell(text, cas):
    assert cas_of(text) == cas


def test_a_batch_is_answered_key_by_key(client, recorded_things):
    batch = {
        "q0": {"query": "gallium", "limit": 1, "type": "material", "type_strict": "should"},
        "q1": {"query": "gallium", "type": ["organization"]},
        "q2": {"query": "nothing like it"},
        "q3": {"query": "\x00\ud800" + "x" * 5000},
    }
    response = sent(client, "materials", batch)
    assert response.status_code == 200
    found = response.json()
    assert list(found) == list(batch)
    assert [each["id"] for each in found["q0"]["result"]] == ["gallium"]
    assert found["q1"]["result"] == found["q2"]["result"] == found["q3"]["result"] == []
    del batch["q3"]
    assert results(client, "materials", batch) == {key: found[key] for key in batch}
    assert results(client, "materials", {}) == {}


def test_likelier_ones_come_first_and_no_more_than_asked_for(client, recorded_things):
    found = results(client, "materials", {"q": {"query": "hydrogen fluoride acid", "limit": 2}})["q"]["result"]
    scores = [each["score"] for each in found]
    assert len(found) == 2
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)


@pytest.mark.parametrize("service", ["materials", "organizations"])
def test_the_manifest_says_what_there_is(client, recorded_things, service):
    manifest = client.get(f"/api/v1/reconcile/{service}/").json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["defaultTypes"][0]["id"] == service.removesuffix("s")
    slug = {"materials": "gallium", "organizations": "jp-meti"}[service]
    for place in ("view", "preview"):
        assert client.get(manifest[place]["url"].replace("{{id}}", slug)).status_code == 200
    for name in ("entity", "property"):
        suggest = manifest["suggest"][name]
        assert client.get(suggest["service_url"] + suggest["service_path"], {"prefix": "x"}).json() == {"result": []}
    assert client.get(manifest["identifierSpace"] + f"{slug}/").json()["id"] == slug


def test_records_and_properties_are_suggested(client, recorded_things):
    address = "/api/v1/reconcile/{}/suggest/{}/"
    suggested = client.get(address.format("organizations", "entity"), {"prefix": "minist"}).json()["result"]
    assert {each["id"] for each in suggested} == {"jp-meti", "kr-trade", "tr-trade"}
    assert suggested[0]["notable"] == [{"id": "organization", "name": "Organization"}]
    rest = client.get(address.format("organizations", "entity"), {"prefix": "minist", "cursor": "1"}).json()["result"]
    assert rest == suggested[1:]
    suggested = client.get(address.format("materials", "entity"), {"prefix": "불화"}).json()["result"]
    assert [each["name"] for each in suggested] == ["Hydrogen fluoride (any form)"]
    assert client.get(address.format("materials", "entity")).json() == {"result": []}
    suggested = client.get(address.format("materials", "property"), {"prefix": "cas"}).json()["result"]
    assert suggested == [{"id": "cas", "name": "CAS number"}]
    assert len(client.get(address.format("organizations", "property")).json()["result"]) == 2


def test_a_preview_stands_in_the_frame_of_another_program(client, recorded_things):
    response = client.get("/api/v1/reconcile/materials/preview/hydrogen-fluoride/")
    page = response.content.decode()
    assert "불화수소" in page
    assert "7664-39-3" in page
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert "<script" not in page
    assert client.get("/api/v1/reconcile/materials/preview/nope/").status_code == 404
    assert client.get("/api/v1/reconcile/materials/preview/%00/").status_code == 404
    # Nothing else may be framed, or be read from another site.
    other = client.get("/api/v1/materials/")
    assert "Access-Control-Allow-Origin" not in other
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["", "?queries={}", "suggest/entity/", "suggest/property/", "preview/gallium/", "?x=1"]
)
def test_any_site_may_read_it_and_nobody_write(client, recorded_things, path):
    address = f"/api/v1/reconcile/materials/{path}"
    assert client.get(address)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in client.get(address)
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("state", [*HIDDEN, "withdrawn"])
def test_what_is_hidden_is_no_candidate(client, recorded_things, state):
    gallium = Material.objects.filter(slug="gallium")
    if state == "withdrawn":
        publishing.withdraw(gallium.get(), by=None, reason="Wrong", notice="Wrong.")
    else:
        hide(gallium, **HIDDEN[state])
    # The entries of search may follow a moment later.
    query = {"query": "gallium", "properties": [{"pid": "cas", "v": "7440-55-3"}]}
    assert "gallium" not in dict(asked(client, "materials", query))
    suggested = client.get("/api/v1/reconcile/materials/suggest/entity/", {"prefix": "gall"}).json()
    assert suggested == {"result": []}
    preview = client.get("/api/v1/reconcile/materials/preview/gallium/")
    assert preview.status_code == (200 if state == "withdrawn" else 404)
    assert "Gallium" not in preview.content.decode()


def test_a_merged_record_is_previewed_as_the_other(client, recorded_things):
    loser, into = Material.objects.get(slug="hydrofluoric-acid"), Material.objects.get(slug="hydrogen-fluoride")
    merging.merge(loser, into=into, by=None, reason="They are one.")
    carry_out()
    response = client.get("/api/v1/reconcile/materials/preview/hydrofluoric-acid/")
    assert (response.status_code, response["Location"]) == (
        301,
        "/api/v1/reconcile/materials/preview/hydrogen-fluoride/",
    )
    assert asked(client, "materials", {"query": "Hydrofluoric acid"})[0] == ("hydrogen-fluoride", True)


def test_it_answers_as_of_a_moment_however_it_is_asked(client, recorded_things):
    before = known.newest().number
    with publishing.change(by=None, reason="More") as change_set:
        publishing.carry([material("germanium", "Germanium")], change_set)
    carry_out()
    query = {"query": "germanium"}
    assert asked(client, "materials", query) == [("germanium", True)]
    assert asked(client, "materials", query, known=before) == []
    assert sent(client, "materials", {"q": query}, f"?known={before}").json() == {"q": {"result": []}}
    assert sent(client, "materials", {"q": query}, "?known=never").status_code == 400


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ("x", "has to be a JSON object"),
        ("[]", "has to be a JSON object"),
        ("[" * 100_000, "has to be a JSON object"),
        ('{"q": 1}', "Each query has to be an object."),
        ('{"q": {}}', "needs a text to look for"),
        ('{"q": {"query": 1}}', "has to be a text"),
        ('{"q": {"query": "x", "qurey": 1}}', "Did you mean “query”?"),
        ('{"q": {"query": "x", "limit": 0}}', "from 1 to"),
        ('{"q": {"query": "x", "limit": true}}', "from 1 to"),
        ('{"q": {"query": "x", "limit": NaN}}', "from 1 to"),
        ('{"q": {"query": "x", "type": [1]}}', "“type” has to be"),
        ('{"q": {"query": "x", "type_strict": "al"}}', "is not a known value of “type_strict”"),
        ('{"q": {"query": "x", "type_strict": []}}', "is not a known value of “type_strict”"),
        ('{"q": {"query": "x", "properties": {}}}', "has to be a list"),
        ('{"q": {"query": "x", "properties": [{"pid": "cas"}]}}', "needs a “pid” and a “v”"),
        ('{"q": {"query": "x", "properties": [{"pid": "csa", "v": 1}]}}', "Did you mean “cas”?"),
        (json.dumps({"q": {"query": "x", "properties": [{"pid": "cas", "v": ["1"] * 21}]}}), "at most 20 values"),
        (json.dumps({str(number): {"query": "x"} for number in range(51)}), "at most 50 queries"),
    ],
)
def test_what_is_no_batch_is_refused_with_the_reason(client, queries, words):
    response = client.post("/api/v1/reconcile/materials/", urlencode({"queries": queries}), FORM)
    assert response.status_code == 400
    assert words in response.json()["queries"][0]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_what_is_no_form_is_refused(client):
    address = "/api/v1/reconcile/materials/"
    assert client.post(address, "{}", "application/json").status_code == 415
    assert client.post(address, "queries=", FORM).status_code == 400
    assert client.post(address, "qeries=1", FORM).json()["qeries"][0].endswith("Did you mean “queries”?")
    assert client.post(address, "queries=" + "x" * 1_000_001, FORM).status_code == 413
    assert client.post(address, "&".join(f"a{number}=1" for number in range(6000)), FORM).status_code == 400
    assert client.get(f"{address}suggest/entity/", {"prefix": "\x00"}).status_code == 400
    assert client.get(f"{address}suggest/entity/", {"prefix": "x" * 300}).status_code == 400


@pytest.mark.parametrize("count", [1, 50])
def test_a_batch_takes_the_same_queries_however_long_it_is(client, recorded_things, count, django_assert_num_queries):
    query = {"query": "gallium", "properties": [{"pid": "cas", "v": "7440-55-3"}]}
    batch = {str(number): {**query, "query": f"gallium {number}"} for number in range(count)}
    # What is known; the tokens, how alike is alike enough, the candidates, what has the numbers, the records.
    with django_assert_num_queries(6):
        assert len(results(client, "materials", batch)) == count
