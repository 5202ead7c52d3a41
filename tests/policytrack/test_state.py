import errno
import os
import socket
import subprocess
import sys

import pytest

from policytrack.state import CannotRun, StateDir, explain


def mode(path):
    return path.stat().st_mode & 0o777


def test_the_directory_and_what_lies_in_it_are_private(state):
    state.write("accounts.json", [1])
    assert mode(state.path) == 0o700
    assert mode(state.path / "accounts.json") == 0o600
    assert mode(state.path / "logs") == 0o700


def test_a_directory_left_open_to_others_is_closed(directory):
    open_to_all = directory / "open"
    open_to_all.mkdir(mode=0o755)
    StateDir(open_to_all)
    assert mode(open_to_all) == 0o700


def test_a_relative_path_stays_where_it_was_when_the_process_moves(directory, monkeypatch):
    monkeypatch.chdir(directory)
    state = StateDir("here/there")
    monkeypatch.chdir("/")
    state.write("a.json", {"a": 1})
    assert StateDir(directory / "here" / "there").read("a.json") == {"a": 1}


def test_a_secret_is_kept_and_differs_by_name_and_directory(state, directory):
    first = state.secret("postgresql")
    assert state.secret("postgresql") == first
    assert len({first, state.secret("valkey"), StateDir(directory / "other").secret("postgresql")}) == 3


def test_a_link_planted_where_a_file_is_written_is_not_followed(state, directory):
    target = directory / "target"
    target.write_text("precious")
    (state.path / ".a.json.new").symlink_to(target)
    state.write("a.json", {"a": 1})
    assert target.read_text() == "precious"


def test_a_port_is_remembered_and_left_to_whoever_holds_it(state):
    port = state.port("postgresql", 21432)
    assert state.port("postgresql", 21432) == port
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        other = state.port("postgresql", 21432)
    assert other != port
    assert state.port("postgresql", 21432) == other
    assert state.port("valkey", 21432) not in (other,)


def test_only_one_process_holds_the_directory(state):
    program = (
        "import sys; from policytrack.state import *\n"
        "try:\n  with StateDir(sys.argv[1]).held(): print('held')\n"
        "except CannotRun as refusal: print(refusal)"
    )
    command = [sys.executable, "-c", program, str(state.path)]
    with state.held():
        refused = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"already running on {state.path} (process {os.getpid()})" in refused
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "held\n"


def test_a_file_in_place_of_the_directory_is_refused_in_words(directory):
    (directory / "file").touch()
    with pytest.raises(CannotRun, match="is not a directory; set STATE_DIR to one"):
        StateDir(directory / "file")


def test_a_directory_of_other_files_is_refused_and_left_as_it_was(directory):
    (directory / "passwd").touch()
    before = mode(directory)
    with pytest.raises(CannotRun, match="holds other files; set STATE_DIR to a new or empty directory"):
        StateDir(directory)
    assert mode(directory) == before
    assert [path.name for path in directory.iterdir()] == ["passwd"]


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "full"), (errno.EACCES, "may not be written"), (errno.EROFS, "read-only"), (errno.EIO, "Input")],
)
def test_an_error_of_the_system_becomes_a_sentence(code, words, directory):
    sentence = str(explain(OSError(code, os.strerror(code)), directory))
    assert words in sentence
    assert sentence.endswith(".")


def test_a_nearly_full_disk_is_refused_before_anything_is_started(directory, monkeypatch):
    monkeypatch.setattr("policytrack.state.NEEDED_BYTES", 1 << 60)
    with pytest.raises(CannotRun, match="nearly full"):
        StateDir(directory / "state")
