"""The one way out: what it refuses, how it follows, and that nothing holds it up."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from records import fetching
from records.fetching import NotFetched, fetch, is_global


@contextmanager
def serving(*answers):
    """A server on loopback that gives these answers one after another, each a callable on the connection."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve():
            for answer in answers:
                try:
                    connection, _from = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(10)
                    try:
                        asked.append(connection.recv(65536).decode("latin-1"))
                        answer(connection)
                    except OSError:
                        pass  # the other side had enough

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
        # Closing it would not wake who waits there for a connection.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def says(status, body=b"", **headers):
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


@pytest.fixture
def allowing(settings):
    """Lets loopback be fetched at a port; without it, nothing there is."""

    def allow(port):
        settings.FETCH_ALSO = frozenset({("127.0.0.1", port)})
        return f"http://127.0.0.1:{port}"

    return allow


def test_a_page_is_fetched_up_to_the_bound(allowing, settings):
    settings.FETCH_USER_AGENT = "policytrack test"
    with serving(says(200, b"x" * 100_000, Content_Type="text/plain")) as (port, asked):
        answer = fetch(f"{allowing(port)}/a%20b?q=\u00e9&r=1#part", most_bytes=1000, seconds=5)
    assert (answer.status, answer.body, answer.redirects, answer.permanently) == (200, b"x" * 1000, 0, False)
    assert answer.headers["content-type"] == "text/plain"
    assert asked[0].startswith("GET /a%20b?q=%C3%A9&r=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n" in asked[0]
    assert "User-Agent: policytrack test\r\n" in asked[0]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_of_the_public_internet(address):
    assert not is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
)
def test_addresses_of_the_public_internet(address):
    assert is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "https://127.0.0.1:{port}/",
        "http://reader@127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        "file:///etc/hostname",
        "gopher://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "127.0.0.1:{port}",
        "http://",
        "http://[::1",
        "http://x:99999/",
        "http://a\u0000b/",
        "",
    ],
)
def test_nothing_connects_to_what_is_refused(url):
    connected = []
    with serving(connected.append) as (port, asked), pytest.raises(NotFetched) as caught:
        fetch(url.format(port=port), most_bytes=10, seconds=2)
    assert caught.value.refused or "no address" in str(caught.value)
    assert not asked


def test_a_public_address_is_asked_at_the_usual_ports_only(monkeypatch):
    resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 22))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: resolved)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it connected"))
    with pytest.raises(NotFetched) as caught:
        fetch("http://example.org:22/", most_bytes=10, seconds=2)
    assert caught.value.refused


def test_the_connection_goes_to_the_address_that_was_checked(allowing, monkeypatch):
    """A name that leads elsewhere the second time is never asked a second time."""
    asked_for = []

    def resolve(host, port, **kwargs):
        asked_for.append(host)
        address = "127.0.0.1" if len(asked_for) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with serving(says(200, b"here")) as (port, asked):
        allowing(port)
        # Only the name is looked up by the one that changes its mind; numbers need no look-up.
        monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
        monkeypatch.setattr(fetching.socket, "create_connection", lambda address, timeout: _plain(address, timeout))
        answer = fetch(f"http://twofaced.example:{port}/", most_bytes=10, seconds=5)
    assert answer.body == b"here"
    assert asked_for == ["twofaced.example"]
    assert f"Host: twofaced.example:{port}" in asked[0]


def _plain(address, timeout):
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.settimeout(timeout)
    made.connect(address)
    return made


def test_redirects_are_followed_by_hand_and_each_is_checked(allowing):
    with serving(says(301, Location="/next"), says(308, Location="last?x=1"), says(200, b"there")) as (port, _asked):
        base = allowing(port)
        answer = fetch(f"{base}/first", most_bytes=100, seconds=5)
    assert (answer.url, answer.body, answer.redirects, answer.permanently) == (f"{base}/last?x=1", b"there", 2, True)
    with serving(says(302, Location="/elsewhere"), says(200, b"there")) as (port, _asked):
        assert fetch(f"{allowing(port)}/", most_bytes=100, seconds=5).permanently is False


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[64:ff9b::a00:1]/",
        "file:///etc/passwd",
        "//[::1",
        "http://localhost/",
    ],
)
def test_a_redirect_leads_nowhere_that_is_refused(location, allowing):
    with serving(says(302, Location=location)) as (port, _asked), pytest.raises(NotFetched) as caught:
        fetch(f"{allowing(port)}/", most_bytes=10, seconds=5)
    assert caught.value.refused


def test_redirects_have_an_end(allowing):
    with serving(*[says(302, Location="/again")] * 8) as (port, asked), pytest.raises(NotFetched, match="more than 5"):
        fetch(f"{allowing(port)}/", most_bytes=10, seconds=5)
    assert len(asked) == 6


def trickle(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def trickled_head(connection):
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 200:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def silence(connection):
    time.sleep(4)


@pytest.mark.parametrize("answer", [trickle, trickled_head, silence])
def test_a_server_that_takes_its_time_runs_out_of_it(answer, allowing):
    with serving(answer) as (port, _asked):
        began = time.monotonic()
        with pytest.raises(NotFetched, match="too long"):
            fetch(f"{allowing(port)}/", most_bytes=1000, seconds=1)
        assert time.monotonic() - began < 3


def test_a_secure_connection_that_never_comes_about_runs_out_of_time(allowing):
    with serving(silence) as (port, _asked):
        base = allowing(port).replace("http:", "https:")
        began = time.monotonic()
        with pytest.raises(NotFetched):
            fetch(f"{base}/", most_bytes=10, seconds=1)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"\xff" * 100_000,
    ],
    ids=["nothing", "another protocol", "no status", "too many headers", "noise"],
)
def test_what_is_no_answer_is_told_as_such(raw, allowing):
    with serving(lambda connection: connection.sendall(raw)) as (port, _asked), pytest.raises(NotFetched) as caught:
        fetch(f"{allowing(port)}/", most_bytes=10, seconds=3)
    assert not caught.value.refused


def test_a_closed_port_and_a_name_that_is_none(allowing):
    with socket.create_server(("127.0.0.1", 0)) as server:
        base = allowing(server.getsockname()[1])
    with pytest.raises(NotFetched, match="connection failed"):
        fetch(f"{base}/", most_bytes=10, seconds=3)
    with pytest.raises(NotFetched, match="no address"):
        fetch("http://no-such-host.invalid/", most_bytes=10, seconds=5)
