import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from policytrack import embedded
from policytrack.state import StateDir


@pytest.fixture
def directory():
    """A directory that also the unprivileged user can enter, which pytest's own tmp_path of root is not."""
    path = Path(tempfile.mkdtemp(prefix="pt-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def ports_of_this_worker(worker_id):
    """Two workers that look for a free port at the same moment would find the same one."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded.Postgres, "first_port", 20000 + 1000 * number)
        patch.setattr(embedded.Valkey, "first_port", 20500 + 1000 * number)
        yield


@pytest.fixture
def state(directory):
    return StateDir(directory / "state")


@pytest.fixture(scope="session")
def programs():
    """PostgreSQL's programs, unpacked once."""
    path = Path(tempfile.mkdtemp(prefix="pt-"))
    path.chmod(0o755)
    state = StateDir(path / "state")
    server = embedded.Postgres(state)
    embedded.make_directory(server.home, server.user)
    server.unpack()
    yield server.programs
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
