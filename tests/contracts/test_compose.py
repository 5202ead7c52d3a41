"""docker-compose.yml against the compose specification, the image, the settings and the way `make run` starts."""

import json
import re

import compose_spec
import pytest
import yaml
from django.conf import settings

from policytrack import launch
from policytrack.state import StateDir

ROOT = settings.BASE_DIR
TEXT = (ROOT / "docker-compose.yml").read_text()
CADDY = (ROOT / "docker" / "Caddyfile").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SITE = ("migrate", "load", "web", "worker", "beat")
GIVEN = {
    "SECRET_KEY": "k" * 60,
    "POSTGRES_PASSWORD": "postgrespassword",
    "DATABASE_APP_PASSWORD": "apppassword",
    "VALKEY_PASSWORD": "valkeypassword",
    "SITE_HOST": "policy.example.org",
}
# Read by gunicorn and by the image of the database, not by the settings.
READ_BY_OTHERS = {"WEB_CONCURRENCY"}

VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*)|:\?(?P<needed>[^}]+))?\}")


def interpolated(given):
    """The file as compose reads it; raises KeyError with what compose would say about a variable without a value."""

    def value(match):
        name, default = match["name"], match["default"]
        if name in given:
            return given[name]
        if default is None:
            raise KeyError(match["needed"] or f"{name} is not given")
        return default

    return yaml.safe_load(VARIABLE.sub(value, TEXT))


COMPOSE = interpolated(GIVEN)
SERVICES = COMPOSE["services"]


def test_it_follows_the_specification():
    compose_spec.PyCompose.from_json(json.dumps(COMPOSE)).validate()


def test_the_specification_is_really_asked():
    wrong = json.loads(json.dumps(COMPOSE))
    wrong["services"]["web"]["depends_on"] = {"migrate": {"condition": "service_is_happy"}}
    with pytest.raises(ValueError, match="service_is_happy"):
        compose_spec.PyCompose.from_json(json.dumps(wrong))


def test_the_services_are_those_of_the_house():
    assert set(SERVICES) == {"db", "valkey", "proxy", *SITE}
    assert set(COMPOSE["volumes"]) == {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }


@pytest.mark.parametrize("name", GIVEN)
def test_a_secret_or_name_that_is_missing_stops_compose_with_a_reason(name):
    with pytest.raises(KeyError):
        interpolated({key: value for key, value in GIVEN.items() if key != name})


def test_no_secret_has_a_value_in_the_file():
    for match in VARIABLE.finditer(TEXT):
        if "PASSWORD" in match["name"] or "SECRET" in match["name"]:
            assert match["default"] is None


@pytest.mark.parametrize("name", SITE)
def test_every_variable_of_a_service_is_a_setting(name):
    source = (ROOT / "policytrack" / "settings.py").read_text()
    for variable in SERVICES[name]["environment"]:
        assert variable in READ_BY_OTHERS or re.search(rf'\benv(\.\w+)?\(\s*"{variable}"', source), variable


@pytest.mark.parametrize("name", SITE)
def test_the_addresses_lead_to_services_of_the_file_with_their_passwords(name):
    environment = SERVICES[name]["environment"]
    database, owner = SERVICES["db"]["environment"]["POSTGRES_DB"], SERVICES["db"]["environment"]["POSTGRES_USER"]
    if name == "migrate":
        user, password = owner, SERVICES["db"]["environment"]["POSTGRES_PASSWORD"]
    else:
        user, password = settings.DATABASE_APP_ROLE, SERVICES["migrate"]["environment"]["DATABASE_APP_PASSWORD"]
    assert environment["DATABASE_URL"] == f"postgres://{user}:{password}@db:5432/{database}"
    assert environment["REDIS_URL"] == (
        f"redis://default:{SERVICES['valkey']['environment']['VALKEY_PASSWORD']}@valkey:6379/0"
    )


def test_the_password_of_the_owner_is_for_the_database_and_the_migrations_alone():
    secret = GIVEN["POSTGRES_PASSWORD"]
    assert [name for name, service in SERVICES.items() if secret in str(service)] == ["db", "migrate"]
    # The variable would let a process of the site change the password of its role.
    assert [name for name in SITE if "DATABASE_APP_PASSWORD" in SERVICES[name]["environment"]] == ["migrate"]
    assert "manage.py" in SERVICES["migrate"]["command"]
    assert "migrate" in SERVICES["migrate"]["command"]


def test_production_is_behind_https():
    for name in SITE:
        assert SERVICES[name]["environment"]["HTTPS"] == "true"
        assert SERVICES[name]["environment"]["TRUST_PROXY"] == "true"
    # Nothing but the proxy is reachable from outside, or a reader could claim a forwarded scheme.
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_images_are_those_the_documents_promise():
    assert SERVICES["db"]["image"].startswith("postgres:17")
    assert SERVICES["valkey"]["image"].startswith("valkey/valkey:8")
    assert {SERVICES[name]["image"] for name in SITE} == {"policytrack:latest"}
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE) == ["python:3.13-slim-bookworm"] * 2


def test_the_image_installs_the_pinned_packages_and_runs_as_nobody_in_particular():
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert re.search(r"^USER policytrack$", DOCKERFILE, flags=re.MULTILINE)
    assert DOCKERFILE.index("collectstatic") < DOCKERFILE.index("USER policytrack")
    assert "STATIC_ROOT=/app/collected" in DOCKERFILE


def test_the_programs_are_those_that_make_run_starts(state):
    ours = {child.name: child.argv for child in launch.programs(state, "127.0.0.1", 8000)}
    web = json.loads(re.search(r"^CMD (\[.*?\])", DOCKERFILE.replace("\\\n", ""), flags=re.MULTILINE | re.DOTALL)[1])
    assert web[:2] == ours["web"][2:4] == ["gunicorn", "policytrack.wsgi"]
    assert "--worker-class=gthread" in web
    assert "gthread" in ours["web"]
    for name in ("worker", "beat"):
        assert SERVICES[name]["command"][0] == ours[name][2] == "celery"
        assert name in SERVICES[name]["command"]
        assert name in ours[name]


def test_the_site_starts_after_the_migrations_and_the_migrations_after_the_database():
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["load"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["restart"] == SERVICES["load"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["load"] == {"condition": "service_completed_successfully"}
    for name in ("db", "valkey", "web", "worker"):
        assert "healthcheck" in SERVICES[name]


def test_state_outlives_the_containers():
    media = settings.MEDIA_ROOT.relative_to(settings.STATE_DIR)
    state_dir = re.search(r"STATE_DIR=(\S+)", DOCKERFILE)[1]
    for name in SITE:
        assert f"media:{state_dir}/{media}" in SERVICES[name]["volumes"]
    assert "database:/var/lib/postgresql/data" in SERVICES["db"]["volumes"]


def test_the_proxy_leads_to_the_site_and_sends_security_headers():
    assert "./docker/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]
    assert re.findall(r"reverse_proxy (\S+)", CADDY) == ["web:8000"]
    assert "--bind=0.0.0.0:8000" in DOCKERFILE
    assert "health_uri /healthz" in CADDY
    for header in ("Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert header in CADDY
    assert set(re.findall(r"\{\$([A-Z_]+)\}", CADDY)) <= set(SERVICES["proxy"]["environment"])


@pytest.fixture
def state(tmp_path):
    return StateDir(tmp_path)
