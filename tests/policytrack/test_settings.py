import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SOURCE = (ROOT / "policytrack" / "settings.py").read_text()
READ = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_0-9]+)"', SOURCE))

# By `make run`, which runs before the settings, and by gunicorn.
READ_BY_OTHERS = {"PORT", "BIND", "WEB_CONCURRENCY"}


def manage(*arguments, state, **environment):
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**keep, "STATE_DIR": str(state), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def values(*names, state, **environment):
    code = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
    answer = manage("shell", "--no-imports", "-v0", "-c", code, state=state, **environment)
    assert answer.returncode == 0, answer.stderr
    return tuple(ast.literal_eval(answer.stdout))


def test_the_operators_guide_lists_exactly_the_variables_that_are_read():
    guide = (ROOT / "docs" / "operators.md").read_text()
    table = guide.partition("## Settings")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([A-Z_0-9]+)` \|", table, flags=re.MULTILINE)
    assert len(READ) > 10
    assert sorted(listed) == sorted(READ | READ_BY_OTHERS)


def test_over_https_nothing_travels_in_the_clear(tmp_path):
    environment = {"HTTPS": "true", "SECRET_KEY": "k" * 60}
    assert values("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", state=tmp_path, **environment) == (True, True)
    assert values("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", state=tmp_path, **environment) == (True, 31536000)


def test_production_refuses_to_start_without_a_key(tmp_path):
    answer = manage("check", state=tmp_path, HTTPS="true")
    assert answer.returncode != 0
    assert "Set SECRET_KEY" in answer.stderr


def test_the_deployment_check_is_clean(tmp_path):
    key = "".join(chr(33 + n) for n in range(60))
    answer = manage("check", "--deploy", "--fail-level=WARNING", state=tmp_path, HTTPS="true", SECRET_KEY=key)
    assert answer.returncode == 0, answer.stderr


def test_manage_finds_the_servers_of_a_running_trial_unless_told_otherwise(tmp_path):
    (tmp_path / "servers.json").write_text(json.dumps({"REDIS_URL": "redis://127.0.0.1:1/0"}))
    assert values("REDIS_URL", state=tmp_path) == ("redis://127.0.0.1:1/0",)
    assert values("REDIS_URL", state=tmp_path, REDIS_URL="redis://127.0.0.1:2/0") == ("redis://127.0.0.1:2/0",)


def test_a_forwarded_scheme_is_believed_only_where_the_proxy_is_trusted(tmp_path):
    assert values("SECURE_PROXY_SSL_HEADER", state=tmp_path) == (None,)
    ((header, scheme),) = values("SECURE_PROXY_SSL_HEADER", state=tmp_path, TRUST_PROXY="true")
    assert (header, scheme) == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_job_is_not_started_again_while_it_may_still_run():
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_TIME_LIMIT > settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST


def test_every_scheduled_task_exists():
    from policytrack.celery import app

    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_statements_are_given_up_after_the_set_time():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)


@pytest.mark.django_db
def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(client):
    policy = client.get("/desk/login/")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'self'",
        "img-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
