"""A consequence that writes, tells that it has, and then takes its time: long enough to be killed."""

import time

from django.apps import AppConfig
from django.db import connection

APPLICATION_NAME = "faults-half-way"


class InterruptedConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self):
        from django.db.models.functions import Now

        from records.models import Heartbeat
        from records.outbox import Consequence

        class Slow(Consequence):
            topic = "slow"

            def carry_out(self, key, payload):
                Heartbeat.objects.create(name=key, at=Now(), note="carried out")
                with connection.cursor() as cursor:
                    # Seen from outside in pg_stat_activity, where the row itself is not committed yet.
                    cursor.execute(f"SET LOCAL application_name = '{APPLICATION_NAME}'")
                time.sleep(payload["seconds"])

        # `__subclasses__()` alone does not keep a class alive.
        self.consequence = Slow
