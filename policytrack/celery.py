"""The Celery application; jobs live beside what they do, in each app's tasks.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

from policytrack import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policytrack.settings")

app = Celery("policytrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["records.imports", "records.editions"])


@worker_init.connect
@beat_init.connect
def refuse_owner(**_: Any) -> None:
    """End a worker or beat that may rewrite history; of the two receivers of beat's signal, this one is first."""
    serving.refuse_owner()


@beat_init.connect
def catch_up(**_: Any) -> None:
    """Send at once what fell due while no beat ran; beat itself waits for the next tick or midnight."""
    for task in (
        "records.tasks.note_heartbeat",
        "records.tasks.lift_embargoes",
        "measures.tasks.turn_day",
        "measures.tasks.rebuild_timeline",
        "programs.tasks.resume_reports",
        "records.imports.tasks.resume_imports",
        "records.editions.tasks.write_edition",
    ):
        app.send_task(task)
