"""The API against its own description, read by others' programs: the validator, JSON Schema and Schemathesis."""

import datetime
import json
import os
import re

import hypothesis
import jsonschema
import pytest
import schemathesis
from django.apps import apps
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from measures.models import Measure
from programs.models import Program
from records import tokens
from records.models import Record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

# For each address, once with good and once with bad parameters: of reading, where all is checked, and of writing.
READS, WRITTEN = 40 if os.environ.get("CI") == "true" else 8, 8


MODELS = {
    "measures": "measures.Measure",
    "materials": "measures.Material",
    "organizations": "measures.Organization",
    "programs": "programs.Program",
    "events": "measures.MeasureEvent",
    "sources": "records.Source",
}
KINDS = tuple(MODELS)
RECONCILED = ("materials", "organizations")
SERVICES = (
    "/api/v1/changes/",
    "/api/v1/timeline/",
    "/api/v1/instruments/",
    "/api/v1/projects/",
    *(
        f"/api/v1/reconcile/{kind}/{tail}"
        for kind in RECONCILED
        for tail in ("", "suggest/entity/", "suggest/property/", "preview/{id}/")
    ),
)
ANSWERED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
written_often = hypothesis.settings(
    max_examples=WRITTEN,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate],
)
asked_often = hypothesis.settings(written_often, max_examples=READS)


@pytest.fixture(scope="module")
def description(loaded, django_db_blocker):
    with django_db_blocker.unblock():
        response = Client().get("/api/schema/")
    assert response["Content-Type"].startswith("application/json")
    return json.loads(response.content)


@pytest.fixture
def application():
    """The application as a web server calls it, but within the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(description, shape):
    """A validator for one of the described shapes."""
    shape = {**shape, "components": description["components"]}
    return jsonschema.Draft202012Validator(shape, format_checker=jsonschema.FormatChecker())


def shape_of(description, path):
    return description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def test_the_description_is_valid(description):
    assert description["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


ACTS = {"": {"get", "post"}, "{id}/": {"get", "patch", "delete"}, "{id}/edit/": {"get"}, "{id}/submit/": {"post"}}


def test_it_describes_every_list_and_record_and_what_is_done_with_them(description):
    described = {path: set(acts) for path, acts in description["paths"].items()}
    records = {f"/api/v1/{kind}/{tail}": acts for kind in KINDS for tail, acts in ACTS.items()}
    others = {"/api/v1/search/": {"get"}, **{path: {"get"} for path in SERVICES}}
    others |= {f"/api/v1/reconcile/{kind}/": {"get", "post"} for kind in RECONCILED}
    assert described == {**records, **others}


def test_reading_takes_no_token_and_writing_does(description):
    for path, acts in description["paths"].items():
        for method, act in acts.items():
            reads = (method == "get" and not path.endswith("/edit/")) or path.startswith("/api/v1/reconcile/")
            assert act.get("security", [{}]) == ([{}] if reads else [{"token": []}]), (path, method)


def test_the_description_names_what_a_list_is_asked_by(description):
    names = {parameter["name"] for parameter in description["paths"]["/api/v1/measures/"]["get"]["parameters"]}
    assert {"q", "issuer", "destination", "instrument", "status", "material", "authority", "on"} <= names


def test_the_description_is_also_to_be_had_as_yaml(client):
    response = client.get("/api/schema/", headers={"accept": "application/yaml"})
    assert response.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_records_are_as_described(description, client, kind):
    path = f"/api/v1/{kind}/"
    page = client.get(path, {"limit": 200}).json()
    answered(description, shape_of(description, path)).validate(page)
    single = answered(description, shape_of(description, f"{path}{{id}}/"))
    for row in page["results"][::8]:
        single.validate(client.get(f"{path}{row['id']}/").json())


@pytest.mark.parametrize("query", ["불화수소를", "licences -korea", "hydrofluric", "-"])
def test_answers_of_the_search_are_as_described(description, client, query):
    answer = client.get("/api/v1/search/", {"q": query}).json()
    answered(description, shape_of(description, "/api/v1/search/")).validate(answer)


@pytest.mark.parametrize(("kind", "model"), [("measures", Measure), ("programs", Program)])
def test_withdrawn_records_are_as_described(description, client, kind, model):
    record = model.objects.order_by("slug").first()
    model.objects.filter(pk=record.pk).update(state=Record.State.WITHDRAWN, withdrawal_notice="A mistake.")
    answer = client.get(f"/api/v1/{kind}/{record.slug}/").json()
    answered(description, shape_of(description, f"/api/v1/{kind}/{{id}}/")).validate(answer)
    assert answer == {"id": record.slug, "state": "withdrawn", "withdrawal_notice": "A mistake."}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", ["", "{id}/"])
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.name.lower())
def test_no_question_is_answered_otherwise_than_described(description, application, kind, tail, mode):
    described = schemathesis.openapi.from_dict(description)
    described.app = application
    operation = described[f"/api/v1/{kind}/{tail}"]["GET"]

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @asked_often
    def ask(case):
        # Bad as a single value where a list is told, but in an address the same as one of the list.
        hypothesis.assume(not any(isinstance(value, bool) for value in (case.query or {}).values()))
        response = case.call(headers={"Accept-Encoding": "identity"})
        case.validate_response(response, checks=[*ANSWERED, negative_data_rejection])

    ask()


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.name.lower())
def test_no_service_answers_otherwise_than_described(description, application, path, mode):
    described = schemathesis.openapi.from_dict(description)
    described.app = application
    operation = described[path]["GET"]

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @asked_often
    def ask(case):
        response = case.call(headers={"Accept-Encoding": "identity"})
        case.validate_response(response, checks=ANSWERED)

    ask()


@pytest.mark.parametrize("kind", RECONCILED)
def test_any_batch_is_answered_as_described(description, application, kind):
    described = schemathesis.openapi.from_dict(description)
    described.app = application
    operation = described[f"/api/v1/reconcile/{kind}/"]["POST"]
    queries = hypothesis.strategies.dictionaries(
        hypothesis.strategies.text(max_size=5),
        hypothesis.strategies.fixed_dictionaries(
            {"query": hypothesis.strategies.text(max_size=20)},
            optional={
                "limit": hypothesis.strategies.integers(0, 60),
                "properties": hypothesis.strategies.lists(
                    hypothesis.strategies.fixed_dictionaries(
                        {
                            "pid": hypothesis.strategies.sampled_from(["cas", "formula", "country", "kind"]),
                            "v": hypothesis.strategies.text(max_size=10),
                        }
                    ),
                    max_size=2,
                ),
            },
        ),
        max_size=3,
    )

    @hypothesis.given(case=operation.as_strategy(), queries=queries)
    @asked_often
    def ask(case, queries):
        case.body = {"queries": json.dumps(queries)}
        case.validate_response(case.call(headers={"Accept-Encoding": "identity"}), checks=ANSWERED)

    ask()


@pytest.mark.parametrize("query", ["", "?limit=3&fields=id", "?cursor=&fields=id,title,state"])
def test_sparse_answers_are_as_described(description, client, query):
    path = "/api/v1/measures/"
    answered(description, shape_of(description, path)).validate(client.get(f"{path}{query}").json())


def test_the_changes_of_the_shipped_records_are_as_described(description, client):
    path = "/api/v1/changes/"
    answer = client.get(path).json()
    answered(description, shape_of(description, path)).validate(answer)
    assert len(answer["results"][0]["records"]) > 1000


WRITES = {"": "POST", "{id}/": "PATCH", "{id}/edit/": "GET", "{id}/submit/": "POST"}


@pytest.fixture
def editor():
    user = User.objects.create_user("editor", is_superuser=True)
    expires_at = timezone.now() + datetime.timedelta(days=1)
    return tokens.issue(user, name="test", scopes=["read", "write"], expires_at=expires_at)[1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", WRITES)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.name.lower())
def test_no_write_is_answered_otherwise_than_described(description, application, editor, kind, tail, mode):
    described = schemathesis.openapi.from_dict(description)
    described.app = application
    operation = described[f"/api/v1/{kind}/{tail}"][WRITES[tail]]
    slug = apps.get_model(MODELS[kind])._default_manager.values_list("slug", flat=True).first()

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @written_often
    def write(case):
        headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {editor}", "If-Match": '"1"'}
        if mode == GenerationMode.POSITIVE and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = slug
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=ANSWERED)

    write()


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/?on=2019-12-21"])
def test_the_page_for_readers_needs_no_script_and_no_other_host(client, path):
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    for kind in KINDS:
        assert f"/api/v1/{kind}/" in page
    assert "The dated life of measures, oldest first." in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [""]  # copies permalinks, not needed
    assert "style=" not in page
    assert "//" not in page.replace("<!--", "").replace("http://testserver", "")
