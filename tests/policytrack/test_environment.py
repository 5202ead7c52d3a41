import hashlib
import platform
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from policytrack import environment

ROOT = Path(environment.__file__).resolve().parent.parent


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_text("# nothing\n")
    return str(path)


def sentence(capsys):
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_an_environment_is_made_once_and_then_left_alone(tmp_path, lock, capsys):
    directory = str(tmp_path / "env")
    environment.main(directory, [lock])
    assert "Creating the Python environment" in capsys.readouterr().out
    environment.main(directory, [lock])
    assert capsys.readouterr().out == ""
    subprocess.run([f"{directory}/bin/python", "-c", "import pip"], check=True)


def test_another_lock_is_installed_into_the_environment_that_is_there(tmp_path, lock, capsys):
    directory = str(tmp_path / "env")
    environment.main(directory, [lock])
    Path(lock).write_text("# still nothing\n")
    capsys.readouterr()
    environment.main(directory, [lock])
    out = capsys.readouterr().out
    assert "Installing" in out
    assert "Creating" not in out


def test_an_environment_whose_making_was_cut_short_is_made_anew(tmp_path, lock):
    directory = tmp_path / "env"
    venv.create(directory, with_pip=False)
    environment.main(str(directory), [lock])
    assert (directory / "bin" / "pip").exists()


def test_an_old_python_is_refused_in_one_sentence(tmp_path, lock, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(platform, "python_version", lambda: "3.9.2")
    with pytest.raises(SystemExit) as ended:
        environment.main(str(tmp_path / "env"), [lock])
    assert ended.value.code == 1
    assert "needs Python 3.11 or later" in sentence(capsys)


def test_an_old_glibc_is_refused_only_where_the_packaged_servers_are_wanted(tmp_path, lock, capsys, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.31"))
    local = tmp_path / "requirements-local.lock"
    local.touch()
    with pytest.raises(SystemExit):
        environment.main(str(tmp_path / "env"), [lock, str(local)])
    assert "needs glibc 2.35 or later, and this system has 2.31; set DATABASE_URL" in sentence(capsys)
    environment.check_system([lock])


@pytest.mark.parametrize(("machine", "old", "new"), [("arm64", "13.7.8", "14.0"), ("x86_64", "14.7", "15.0")])
def test_an_old_macos_is_refused_only_where_the_packaged_servers_are_wanted(
    machine, old, new, lock, capsys, monkeypatch
):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "mac_ver", lambda: (old, ("", "", ""), machine))
    with pytest.raises(SystemExit):
        environment.check_system([lock, "requirements-local.lock"])
    assert f"or later here, and this is {old}; set DATABASE_URL" in sentence(capsys)
    environment.check_system([lock])
    monkeypatch.setattr(platform, "mac_ver", lambda: (new, ("", "", ""), machine))
    environment.check_system([lock, "requirements-local.lock"])


def test_a_full_disk_is_refused_before_anything_is_installed(tmp_path, lock, capsys, monkeypatch):
    monkeypatch.setattr(environment, "NEEDED_BYTES", 1 << 60)
    with pytest.raises(SystemExit):
        environment.main(str(tmp_path / "env"), [lock])
    assert "disk is nearly full" in sentence(capsys)
    assert not (tmp_path / "env").exists()


def test_a_package_that_does_not_match_its_hash_is_refused_in_one_sentence(tmp_path, capsys):
    wheel = tmp_path / "nothing-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was pinned")
    wrong = hashlib.sha256(b"what was pinned").hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"nothing @ file://{wheel} --hash=sha256:{wrong}\n")
    with pytest.raises(SystemExit):
        environment.main(str(tmp_path / "env"), [str(lock)])
    assert "The packages could not be installed: ERROR: " in sentence(capsys)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-local.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines
    assert all("==" in line and line.endswith("\\") for line in lines)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_locks_agree_with_each_other():
    def pins(name):
        lines = (ROOT / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
    assert pins("requirements-local.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize(
    ("name", "asked_for"),
    [
        ("requirements.lock", ["dependencies"]),
        ("requirements-local.lock", ["local"]),
        ("requirements-dev.lock", ["dependencies", "local", "dev"]),
    ],
)
def test_the_locks_hold_what_pyproject_asks_for(name, asked_for):
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {"dependencies": pyproject["project"]["dependencies"], **pyproject["dependency-groups"]}
    wanted = {
        re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
        for group in asked_for
        for requirement in groups[group]
        if isinstance(requirement, str)
    }
    held, package = set(), ""
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            package = line.partition("==")[0].partition("[")[0]
        elif "policytrack (pyproject.toml" in line:
            held.add(package)
    assert held == wanted, "run `make locks`"


def test_make_says_in_one_sentence_that_there_is_no_python(tmp_path):
    answer = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode != 0
    sentence, *others = answer.stderr.splitlines()
    assert sentence == "policytrack needs Python 3.11 or later, and no-such-python was not found."
    assert all(line.startswith("make") for line in others)
