import os
import platform
import shutil
import signal
import socket

import psycopg2
import pytest
import redis

from policytrack import embedded
from policytrack.state import CannotRun, StateDir
from policytrack.supervisor import Supervisor, end_leftovers


@pytest.fixture
def supervisor(state):
    with Supervisor(state) as supervisor:
        yield supervisor


def query(server, sql):
    connection = psycopg2.connect(server.url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def start_postgres(state, supervisor, programs, **options):
    server = embedded.Postgres(state, programs=programs, **options)
    embedded.start(server, supervisor)
    return server


def test_postgres_keeps_its_rows_over_stop_and_start(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    query(server, "CREATE TABLE kept AS SELECT 42 AS value")
    supervisor.stop()
    again = start_postgres(state, supervisor, programs)
    assert query(again, "SELECT value FROM kept") == [(42,)]
    assert again.port == server.port


def test_postgres_recovers_from_kill_9(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    query(server, "CREATE TABLE kept AS SELECT 42 AS value")
    child = supervisor.children[0]
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    supervisor.children.clear()
    assert (server.data / "postmaster.pid").exists()
    again = start_postgres(state, supervisor, programs)
    assert query(again, "SELECT value FROM kept") == [(42,)]


def test_a_dead_servers_pid_that_now_belongs_to_another_process_does_not_hinder(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    supervisor.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n0\n")
    start_postgres(state, supervisor, programs)


def test_a_server_that_no_run_knows_is_not_run_over(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    with pytest.raises(CannotRun, match="no run of policytrack knows is using"):
        server.forget_dead_postmaster()
    assert server.answers()


def test_an_orphaned_postgres_is_ended_before_the_next_start(state, supervisor, programs):
    start_postgres(state, supervisor, programs)
    orphan = supervisor.children[0].process
    assert end_leftovers(state) == ["postgresql"]
    assert orphan.wait(5) is not None
    supervisor.children.clear()
    start_postgres(state, supervisor, programs)


def test_rows_are_written_to_disk_unless_the_server_is_for_tests(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    assert query(server, "SHOW fsync") == [("on",)]
    assert query(server, "SHOW synchronous_commit") == [("on",)]
    assert query(server, "SHOW full_page_writes") == [("on",)]


def test_trigrams_are_found_in_korean_japanese_and_chinese(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs, durable=False)
    query(server, "CREATE EXTENSION pg_trgm")
    for word in ("수출규제", "輸出", "出口"):
        ((trigrams,),) = query(server, f"SELECT array_length(show_trgm('{word}'), 1)")
        assert trigrams > 1


def test_a_stranger_with_no_password_or_a_wrong_one_is_refused(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs, durable=False)
    for password in ("", "policytrack"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host="127.0.0.1", port=server.port, user="policytrack", password=password, dbname="policytrack"
            )


def test_a_long_path_of_the_state_directory_does_not_matter(directory, programs):
    state = StateDir(directory / ("long " * 12).strip() / ("더 긴 이름" * 5))
    assert len(str(state.path).encode()) > 108
    with Supervisor(state) as supervisor:
        start_postgres(state, supervisor, programs, durable=False)
        embedded.start(embedded.Valkey(state), supervisor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another user")
def test_root_keeps_the_files_elsewhere_where_the_other_user_cannot_enter(directory, programs):
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    state = StateDir(closed / "state")
    with Supervisor(state) as supervisor:
        server = start_postgres(state, supervisor, programs, durable=False)
        outside = embedded.home(state, server.user)
        try:
            assert str(outside).startswith("/var/lib/policytrack-")
            assert state.read("embedded.json")["home"] == str(outside)
            assert query(server, "SELECT 1") == [(1,)]
        finally:
            supervisor.stop()
            shutil.rmtree(outside)


def test_a_port_taken_between_the_choice_and_the_start_is_passed_over(state, supervisor, programs):
    for server in (embedded.Postgres(state, programs=programs, durable=False), embedded.Valkey(state)):
        chosen = server.port
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", chosen))
            holder.listen()
            embedded.start(server, supervisor)
        assert server.port != chosen
        assert server.answers()
    assert len(supervisor.children) == 2


def test_a_server_that_does_not_start_is_quoted_and_leaves_nothing_running(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    supervisor.stop()
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(CannotRun, match=r"postgresql did not start: .*FATAL.*configuration file"):
        start_postgres(state, supervisor, programs)
    assert supervisor.children == []


def test_a_cluster_of_another_version_is_refused(state, supervisor, programs):
    server = start_postgres(state, supervisor, programs)
    supervisor.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotRun, match="made by PostgreSQL 15, but this is 18"):
        start_postgres(state, supervisor, programs)


def test_valkey_keeps_its_keys_over_kill_9_and_asks_for_the_password(state, supervisor):
    server = embedded.Valkey(state)
    embedded.start(server, supervisor)
    with redis.Redis.from_url(server.url) as client:
        client.set("key", "value")
        client.execute_command("WAITAOF", 1, 0, 1000)
    child = supervisor.children.pop()
    child.process.kill()
    child.process.wait()
    embedded.start(server, supervisor)
    with redis.Redis.from_url(server.url) as client:
        assert client.get("key") == b"value"
    with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_no_password_shows_in_the_process_list(state, supervisor, programs):
    servers = [embedded.Postgres(state, programs=programs, durable=False), embedded.Valkey(state)]
    for server in servers:
        embedded.start(server, supervisor)
    commands = [embedded.command_of(child.process.pid) for child in supervisor.children]
    assert all(commands)
    assert not any(server.password in command for server in servers for command in commands)


@pytest.mark.parametrize(
    ("system", "machine", "libc", "words"),
    [
        ("Linux", "x86_64", ("glibc", "2.31"), "needs glibc 2.35, and this is 2.31"),
        ("Linux", "x86_64", ("", ""), "GNU C library"),
        ("Linux", "riscv64", ("glibc", "2.40"), "no packaged PostgreSQL for Linux on riscv64"),
        ("Darwin", "ppc", ("", ""), "no packaged PostgreSQL for Darwin"),
        ("Darwin", "x86_64", ("", ""), "needs macOS 15 or later here, and this is 13.7"),
        ("Darwin", "arm64", ("", ""), "needs macOS 14 or later here, and this is 13.7"),
    ],
)
def test_a_machine_that_cannot_run_the_servers_is_told_what_to_do(system, machine, libc, words, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    monkeypatch.setattr(platform, "mac_ver", lambda: ("13.7", ("", "", ""), machine))
    with pytest.raises(CannotRun, match=words) as refusal:
        embedded.check_platform()
    assert "DATABASE_URL" in str(refusal.value)
