import os
from io import BytesIO, StringIO

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.template import Template
from django.test import TransactionTestCase
from django.utils import translation

from policytrack import serving
from records import bitmaps, roles
from tests.audit import tools
from tests.chromium import ARGUMENTS, NONE_FOUND, chromium

# What some tests need, by their marker: the reason why it is not there, or None where it is.
NEEDED = {
    "browser": lambda: None if chromium() else NONE_FOUND,
    "axe": tools.missing_axe,
    "vnu": tools.missing_vnu,
}
MISSING: dict[str, str] = {}


def pytest_configure(config):
    # The deliberate slowness of real password hashing has nothing to show here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Most tests ask for what a page is made from; tests/policytrack/test_page_cache.py keeps pages.
    settings.CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    # Each test client would otherwise list all static files anew.
    settings.WHITENOISE_AUTOREFRESH = True
    # How long an example takes is told by the bench; on a busy machine any may take long.
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")
    MISSING.update({marker: reason for marker, missing in NEEDED.items() if (reason := missing())})
    for marker, reason in MISSING.items():
        if os.environ.get("CI") == "true" and f"not {marker}" not in config.option.markexpr:
            raise pytest.UsageError(f"Tests marked {marker} must run in continuous integration, but {reason}.")


# Files that take minutes, the longest first: they are begun first, so that no core waits for another at the end.
SLOWEST = (
    "tests/test_replay.py",
    "tests/records/test_admin.py",
    "tests/doors/test_leaks.py",
    "tests/doors/test_matrix.py",
    "tests/doors/test_matrix_desk.py",
    "tests/policytrack/test_launch.py",
    "tests/contracts/test_feeds.py",
    "tests/policytrack/test_embedded.py",
    "tests/records/test_undoing.py",
    "tests/policytrack/test_handover.py",
    "tests/policytrack/test_serving.py",
    "tests/records/test_api_writing.py",
    "tests/audit/test_audit.py",
    "tests/browser/test_timeline.py",
    "tests/faults/test_faults.py",
)


def place(item) -> int:
    return next((place for place, file in enumerate(SLOWEST) if item.nodeid.startswith(file)), len(SLOWEST))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=place)
    for marker, reason in MISSING.items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish():
    serving.spare_garbage_collections()


def pytest_terminal_summary(terminalreporter):
    for marker, reason in MISSING.items():
        skipped = [report for report in terminalreporter.getreports("skipped") if reason in str(report.longrepr)]
        if skipped:
            terminalreporter.write_line(f"{len(skipped)} {marker} tests did not run: {reason}.", yellow=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The databases of the tests; a connection that a test's thread left behind keeps none from being dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def shipped(django_db_setup, django_db_blocker):
    """Every row that loading the shipped data set leaves, by table; putting them back is quicker than loading."""
    with django_db_blocker.unblock():
        call_command("load_data", no_progress=True, stdout=StringIO())
        rows = kept_rows()
        empty()
    return rows


@pytest.fixture(scope="module")
def loaded(shipped, django_db_blocker):
    """The shipped data set in the database, for all tests of one module; each leaves it as it found it."""
    with django_db_blocker.unblock():
        put_back(shipped)
    yield
    with django_db_blocker.unblock():
        empty()


# What every migrated database has, and tests leave alone.
KEPT = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def kept_rows() -> dict[str, bytes]:
    """All rows of the database as PostgreSQL copies them, by table."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [list(KEPT)],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone()[0]:
                copied = BytesIO()
                cursor.copy_expert(f"COPY {table} TO STDOUT (FORMAT binary)", copied)
                rows[table] = copied.getvalue()
    return rows


def put_back(rows: dict[str, bytes]) -> None:
    """Put the kept rows of each table in place of what it holds; no trigger keeps a version of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, copied in rows.items():
            cursor.execute(f"DELETE FROM {table}")
            cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", BytesIO(copied))
        for table in rows:
            cursor.execute(f"ANALYZE {table}")
    # Bitmaps of later change sets, which other tests made, would wait for rows that are no more.
    bitmaps._shelves.clear()


def empty() -> None:
    """Take all rows out of the database, as Django's flush does, but without touching the many empty tables."""
    # A test without the mark django_db that asks for what is loaded would be given the database of the site.
    assert connection.settings_dict["NAME"].startswith("test_")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DO $empty$
            DECLARE
                full_table text;
                has_rows boolean;
            BEGIN
                SET LOCAL session_replication_role = replica;
                FOR full_table IN
                    SELECT oid::regclass FROM pg_class
                    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
                LOOP
                    EXECUTE 'SELECT EXISTS (SELECT FROM ' || full_table || ')' INTO has_rows;
                    IF has_rows THEN EXECUTE 'DELETE FROM ' || full_table; END IF;
                END LOOP;
            END
            $empty$
            """,
            [list(KEPT)],
        )
    roles.ensure_rules()


@pytest.fixture(autouse=True)
def no_language_left():
    """A request in Korean leaves its thread in Korean; the next test begins in the language of the site."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def emptied_quickly():
    """Between tests that commit, `empty` instead of a flush, which takes a second for a hundred empty tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_told_once(django_test_environment):
    """Test clients keep the context of a page, not a copy for each of the hundreds of templates that it includes."""
    told = Template._render

    def render(template, context):
        return told(template, context) if context.template is template else template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def browser():
    """A real Chromium; a test opens its own context in it."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch:
        # Playwright's synchronous face runs an event loop in this thread, in which Django would refuse queries.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            yield started
            started.close()
