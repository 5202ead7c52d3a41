import logging

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from tests.doors.cast import cast
from tests.doors.knocking import behind_all_doors


@pytest.fixture(scope="module")
def own_rows(django_db_setup, django_db_blocker):
    """The rows of one module, made once, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def actors(own_rows):
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "tests.doors.unrendered.Unrendered"]):
        # Refusals are what is looked for here; noting each of them takes longer than refusing.
        logging.disable(logging.CRITICAL)
        yield cast()
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    """Where the files of reports and copies lie."""
    place = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=place):
        yield place


@pytest.fixture(scope="module")
def records(actors, media):
    return behind_all_doors(actors)
