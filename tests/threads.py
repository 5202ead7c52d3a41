"""Several at once, each with a connection of its own to the database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

PATIENCE = 120


def at_once(*acts: Callable[[], object]) -> list:
    """What these return, started in threads at one moment; the first error of any is raised."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(PATIENCE)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        started = [pool.submit(run, act) for act in acts]
        return [each.result(PATIENCE) for each in started]
