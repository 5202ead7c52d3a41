"""Child processes: started, watched, restarted, and ended in order."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from policytrack.state import CannotRun, StateDir

DEATHS_ALLOWED = 5
WITHIN_SECONDS = 60.0
LOG_BYTES_KEPT = 5 * 1024 * 1024


class Stopped(BaseException):
    """Somebody asked for the end (Ctrl-C, SIGTERM or SIGHUP); like KeyboardInterrupt, not an Exception."""


@dataclass
class Child:
    """One long-running program, the head of a process group of its own."""

    name: str
    argv: list[str]
    env: dict[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 3.0
    """Seconds between the polite signal and SIGKILL."""
    tier: str = ""
    """Neighbours of one tier are ended at once, because none of them needs another."""
    user: dict = field(default_factory=dict)
    """``user``, ``group`` and ``extra_groups`` for subprocess, where root hands the child to somebody else."""
    stdin: bytes = b""
    process: subprocess.Popen | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_ALLOWED))
    restart_at: float = 0.0


class Supervisor:
    """Keeps children running inside a ``with`` block and ends them, last started first, when it is left."""

    def __init__(self, state: StateDir):
        self.state = state
        self.children: list[Child] = []
        self.ending = False
        self.spawning = False
        self.asked: signal.Signals | None = None
        self.handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.handlers[number] = signal.signal(number, self.ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        self.ending = True
        self.stop()
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def ask_to_stop(self, number: int, _frame: object) -> None:
        if self.ending:
            return
        self.asked = signal.Signals(number)
        if not self.spawning:
            self.ending = True
            raise Stopped

    def start(self, child: Child) -> None:
        self.children.append(child)
        self.spawn(child)

    def dismiss(self, child: Child) -> None:
        """End one child and forget it."""
        self.children.remove(child)
        end([child])
        self.record()

    def spawn(self, child: Child) -> None:
        # A signal between the fork and its entry in the list would leave a child that nobody ends.
        self.spawning = True
        try:
            with self.log_of(child).open("ab") as log:
                child.process = subprocess.Popen(
                    child.argv,
                    env=child.env,
                    cwd=child.cwd,
                    stdin=subprocess.PIPE if child.stdin else subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **child.user,
                )
            if child.stdin and child.process.stdin:
                with contextlib.suppress(BrokenPipeError), child.process.stdin as pipe:
                    pipe.write(child.stdin)
            self.record()
        except FileNotFoundError as error:
            raise CannotRun(f"The program {error.filename} is missing; {child.name} cannot start.") from error
        finally:
            self.spawning = False
        if self.asked:
            self.ending = True
            raise Stopped

    def log_of(self, child: Child) -> Path:
        path = self.state.path / "logs" / f"{child.name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > LOG_BYTES_KEPT:
                path.replace(path.with_suffix(".log.1"))
        return path

    def last_words(self, child: Child) -> str:
        lines = [line for line in self.log_of(child).read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"

    def record(self) -> None:
        """Note who runs, so that a run after a kill -9 can end the orphans."""
        self.state.write(
            "processes.json",
            [
                {
                    "name": child.name,
                    "pid": child.process.pid,
                    "born": born(child.process.pid),
                    "stop_signal": child.stop_signal,
                }
                for child in self.children
                if child.process and child.process.poll() is None
            ],
        )

    def watch(self, poll_seconds: float = 0.2) -> None:
        """Look after the children until asked to stop; raises CannotRun when one dies again and again."""
        while True:
            self.look_after()
            time.sleep(poll_seconds)

    def look_after(self) -> None:
        """Restart each child that has died, after a pause that doubles with every recent death."""
        now = time.monotonic()
        for child in self.children:
            if child.restart_at:
                if now >= child.restart_at:
                    child.restart_at = 0.0
                    self.spawn(child)
            elif child.process and child.process.poll() is not None:
                signal_group(child.process.pid, signal.SIGKILL)  # what it forked goes with it
                child.deaths.append(now)
                recent = [moment for moment in child.deaths if now - moment < WITHIN_SECONDS]
                if len(recent) >= DEATHS_ALLOWED:
                    raise CannotRun(
                        f"{child.name} ended {len(recent)} times within {WITHIN_SECONDS:.0f} seconds"
                        f" and was given up; its last words in {self.log_of(child)}: {self.last_words(child)}"
                    )
                child.restart_at = now + 0.25 * 2 ** len(recent)

    def stop(self) -> None:
        """End the children, last started first, those of a tier at once: the graces of all would add up to too much."""
        for _, tier in itertools.groupby(reversed(self.children), key=lambda child: child.tier or child.name):
            end(list(tier))
        self.children.clear()
        self.record()


def end(children: list[Child]) -> None:
    """Ask children to end, all at once, and end the whole group of each after its ``grace``."""
    asked = time.monotonic()
    running = [(child, child.process) for child in children if child.process]
    for child, process in running:
        if process.poll() is None:
            process.send_signal(child.stop_signal)
    for child, process in sorted(running, key=lambda each: each[0].grace):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(asked + child.grace - time.monotonic(), 0))
        signal_group(process.pid, signal.SIGKILL)
        process.wait()


def end_leftovers(state: StateDir, grace: float = 5.0) -> list[str]:
    """End what a killed run left behind, if it is still the same process; the names of those found."""
    found = []
    for entry in reversed(state.read("processes.json", [])):
        if not entry["born"] or born(entry["pid"]) != entry["born"]:
            continue
        found.append(entry["name"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(entry["pid"], entry["stop_signal"])
        deadline = time.monotonic() + grace
        while born(entry["pid"]) == entry["born"] and time.monotonic() < deadline:
            time.sleep(0.05)
        signal_group(entry["pid"], signal.SIGKILL)
    state.write("processes.json", [])
    return found


def signal_group(pid: int, number: int) -> None:
    # PermissionError is macOS's word for a group of which only zombies are left.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def born(pid: int) -> str:
    """When a process started, as text that no later process with the same id shares; empty if it is gone."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        if fields[0] == "Z":
            return ""
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {fields[19]}"
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
