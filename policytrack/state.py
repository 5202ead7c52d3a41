"""The state directory: everything a trial installation keeps, private to its owner."""

import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

NEEDED_BYTES = 300 * 1024 * 1024

# Linux hands out the ports from 32768 upwards to outgoing connections, so one that was free may be taken.
EPHEMERAL_PORTS = 32768


class CannotRun(Exception):
    """Why policytrack cannot run here, in one sentence for the person at the terminal."""


def explain(error: OSError, path: Path) -> CannotRun:
    """Put an operating system error about ``path`` into words."""
    reasons = {
        errno.ENOSPC: f"The disk that holds {path} is full; free some space or set STATE_DIR to another disk.",
        errno.EDQUOT: f"The disk quota at {path} is used up; free some space or set STATE_DIR elsewhere.",
        errno.EROFS: f"{path} is on a read-only file system; set STATE_DIR to a directory you may write to.",
        errno.ENAMETOOLONG: f"The path {path} is too long for this system; set STATE_DIR to a shorter one.",
    }
    for code in (errno.EACCES, errno.EPERM):
        reasons[code] = f"{path} may not be written by this user; set STATE_DIR to a directory you own."
    for code in (errno.ENOTDIR, errno.EEXIST):
        reasons[code] = f"{path} is not a directory; set STATE_DIR to one."
    return CannotRun(reasons.get(error.errno or 0, f"{path} cannot be used: {error.strerror or error}."))


class StateDir:
    """One directory, mode 0700, with the secrets, ports, logs and data of one installation."""

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path).absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            present = {entry.name for entry in self.path.iterdir()}
            free = shutil.disk_usage(self.path).free
        except OSError as error:
            raise explain(error, self.path) from error
        if present - {"media"} and "secrets.json" not in present:
            # It is about to be closed to everybody else, which STATE_DIR=/etc would not survive.
            raise CannotRun(f"{self.path} holds other files; set STATE_DIR to a new or empty directory.")
        if free < NEEDED_BYTES:
            raise CannotRun(
                f"The disk that holds {self.path} is nearly full: {free >> 20} MB are free"
                f" and {NEEDED_BYTES >> 20} MB are needed."
            )
        try:
            self.path.chmod(0o700)
            self.secret("secret_key")
            self.directory("logs")
        except OSError as error:
            raise explain(error, self.path) from error

    def directory(self, name: str) -> Path:
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def read(self, name: str, default=None):
        """The JSON kept under ``name``; ``default`` where there is none, or only half of one."""
        try:
            return json.loads((self.path / name).read_text())
        except (FileNotFoundError, ValueError):
            return default

    def write(self, name: str, value) -> None:
        """Keep ``value`` as JSON, mode 0600; a reader sees the old file or the new, never half of one."""
        path, beside = self.path / name, self.path / f".{name}.new"
        try:
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(json.dumps(value, indent=2) + "\n")
            beside.replace(path)
        except OSError as error:
            raise explain(error, self.path) from error

    def secret(self, name: str) -> str:
        """A random secret, made at the first call and kept."""
        kept = self.read("secrets.json", {})
        if name not in kept:
            kept[name] = secrets.token_urlsafe(48)
            self.write("secrets.json", kept)
        return kept[name]

    def port(self, name: str, first: int) -> int:
        """The port ``name`` had last time if it is still free, else the next free one."""
        kept = self.read("ports.json", {})
        others = {port for key, port in kept.items() if key != name}
        remembered = kept.get(name, first)
        for port in [remembered, *range(first, first + 500)]:
            if port < EPHEMERAL_PORTS and port not in others and port_is_free("127.0.0.1", port):
                if kept.get(name) != port:
                    self.write("ports.json", {**kept, name: port})
                return port
        raise CannotRun(f"No free port for {name} between {first} and {first + 499}.")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory for this process; the kernel lets go of it however the process ends."""
        with os.fdopen(os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                holder = lock.read().strip() or "another process"
                raise CannotRun(
                    f"policytrack is already running on {self.path} (process {holder});"
                    " stop it first or set another STATE_DIR."
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # A server that has just stopped leaves connections in TIME_WAIT; they do not hinder the next one.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CannotRun(f"Port {port} is open to the administrator only; set PORT to one from 1024 on.") from error
        except OSError:
            return False
        return True
