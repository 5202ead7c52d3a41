import json
import os
import signal
import subprocess
import sys
import time

import pytest

from policytrack.state import CannotRun, StateDir
from policytrack.supervisor import Child, Supervisor, born, end_leftovers

PATIENCE = 10


def python(program, name="child", **options):
    return Child(name=name, argv=[sys.executable, "-c", program], env=dict(os.environ), cwd=os.getcwd(), **options)


SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, flush=True)\ntime.sleep(60)"
)


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_leaving_the_block_ends_the_children_last_started_first(state):
    order = []
    with Supervisor(state) as supervisor:
        for name in ("database", "worker", "web"):
            supervisor.start(
                python(
                    "import os, signal, sys, time\n"
                    f"signal.signal(signal.SIGTERM, lambda *_: (print('{name}', time.monotonic()), sys.exit()))\n"
                    "print('up', flush=True)\ntime.sleep(60)",
                    name=name,
                )
            )
        logs = [supervisor.log_of(child) for child in supervisor.children]
        wait_for(lambda: all("up" in log.read_text() for log in logs))
        children = list(supervisor.children)
    for log in logs:
        name, moment = log.read_text().split()[-2:]
        order.append((float(moment), name))
    assert [name for _, name in sorted(order)] == ["web", "worker", "database"]
    assert all(child.process.returncode == 0 for child in children)


def test_the_children_of_a_tier_are_ended_at_once(state, tmp_path):
    def ends_when_asked_beside(other, name):
        return python(
            "import pathlib, signal, sys, time\n"
            "def asked(*_):\n"
            f"    pathlib.Path({str(tmp_path)!r}, {name!r}).touch()\n"
            f"    while not pathlib.Path({str(tmp_path)!r}, {other!r}).exists():\n"
            "        time.sleep(0.02)\n"
            "    sys.exit()\n"
            "signal.signal(signal.SIGTERM, asked)\n"
            "print('up', flush=True)\ntime.sleep(60)",
            name=name,
            grace=PATIENCE,
            tier="site",
        )

    with Supervisor(state) as supervisor:
        for name, other in (("worker", "web"), ("web", "worker")):
            supervisor.start(ends_when_asked_beside(other, name))
        children = list(supervisor.children)
        wait_for(lambda: all("up" in supervisor.log_of(child).read_text() for child in children))
    assert [child.process.returncode for child in children] == [0, 0]


def test_a_child_deaf_to_sigterm_is_killed_after_its_grace(state):
    with Supervisor(state) as supervisor:
        child = python(STUBBORN, grace=0.3)
        supervisor.start(child)
        wait_for(lambda: "up" in supervisor.log_of(child).read_text())
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_child_forked_ends_with_it(state):
    with Supervisor(state) as supervisor:
        child = python(PARENT, grace=1)
        supervisor.start(child)
        log = supervisor.log_of(child)
        wait_for(lambda: log.read_text().strip())
        grandchild = int(log.read_text())
        assert born(grandchild)
    wait_for(lambda: not born(grandchild))


def test_a_child_that_dies_is_started_again(state):
    with Supervisor(state) as supervisor:
        child = python(SLEEP)
        supervisor.start(child)
        first = child.process.pid
        child.process.kill()
        child.process.wait()

        def restarted():
            supervisor.look_after()
            return child.process.pid != first and child.process.poll() is None

        wait_for(restarted)


def test_a_child_that_dies_again_and_again_is_given_up_with_its_last_words(state, monkeypatch):
    monkeypatch.setattr("policytrack.supervisor.DEATHS_ALLOWED", 2)
    with Supervisor(state) as supervisor:
        supervisor.start(python("print('no such port'); raise SystemExit(1)", name="web"))
        with pytest.raises(CannotRun, match=r"web ended 2 times within 60 seconds.*no such port"):
            supervisor.watch(poll_seconds=0.05)


def test_a_missing_program_is_named(state):
    with Supervisor(state) as supervisor, pytest.raises(CannotRun, match="/no/such/program is missing; web"):
        supervisor.start(Child(name="web", argv=["/no/such/program"], env={}, cwd="/"))


RUN_AND_WATCH = """
import sys, os
from policytrack.state import StateDir
from policytrack.supervisor import *
state = StateDir(sys.argv[1])
with Supervisor(state) as supervisor:
    try:
        supervisor.start(Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), "/"))
        print("up", flush=True)
        supervisor.watch()
    except Stopped:
        print("stopped", flush=True)
"""


@pytest.fixture
def run(state):
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_AND_WATCH, str(state.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    end_leftovers(state)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything(run, state, number):
    (recorded,) = state.read("processes.json")
    run.send_signal(number)
    assert run.wait(PATIENCE) == 0
    assert run.stdout.read() == "stopped\n"
    assert not born(recorded["pid"])
    assert state.read("processes.json") == []


def test_what_a_killed_run_left_behind_is_ended_by_the_next(run, state):
    (recorded,) = state.read("processes.json")
    run.kill()
    run.wait()
    assert born(recorded["pid"])
    assert end_leftovers(state) == ["sleeper"]
    wait_for(lambda: not born(recorded["pid"]))
    assert end_leftovers(state) == []


def test_a_stranger_that_got_a_recorded_number_is_left_alone(state: StateDir):
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        entry = {"name": "web", "pid": stranger.pid, "born": "another boot 1", "stop_signal": signal.SIGTERM}
        (state.path / "processes.json").write_text(json.dumps([entry]))
        assert end_leftovers(state) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
