"""The project's settings, with its long waits cut short, and a consequence that can be interrupted."""

from tests.owned import *  # noqa: F403 - all of them, but for what follows

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.interrupted.InterruptedConfig"]  # noqa: F405 - from there
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405 - from there
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
}
CELERY_BEAT_SCHEDULE = {
    **CELERY_BEAT_SCHEDULE,  # noqa: F405 - from there
    "relay-outbox": {"task": "records.tasks.relay_outbox", "schedule": 1.0, "options": {"expires": 10}},
}
