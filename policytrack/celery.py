"""The Celery application; jobs live beside what they do, in each app's tasks.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policytrack.settings")

app = Celery("policytrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
