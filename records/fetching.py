"""The one way out: fetches a page of the web, and nothing that is not of the web.

The name is resolved here, every address that is not global is refused, and the connection goes to the very address
that was checked, so that no name can change its mind in between. Redirects are followed by hand, each checked anew.
Bytes and total seconds are bounded; a server that sends one byte a second runs out of time as well.
"""

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from django.conf import settings

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
# Global by their look, and yet they lead to where the embedded or translated address leads, or to everybody.
REFUSED_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # CGNAT, RFC 6598
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 of a site, RFC 8215
        "2002::/16",  # 6to4, RFC 3056
        "2001::/32",  # Teredo, RFC 4380
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
    )
]
IPV6_GLOBAL = ipaddress.ip_network("2000::/3")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotFetched(Exception):
    """No answer: the address may not be asked (`refused`), or nothing came in time."""

    def __init__(self, reason: str, *, refused: bool = False):
        self.refused = refused
        super().__init__(reason)


@dataclass(frozen=True)
class Answer:
    """What came back; `body` may be cut at the bound. `permanently` when every redirect on the way was for ever."""

    status: int
    url: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    redirects: int = 0
    permanently: bool = True


def fetch(url: str, *, most_bytes: int, seconds: float) -> Answer:
    """The page at an address of the web, after at most five redirects. Raises NotFetched."""
    deadline = time.monotonic() + seconds
    permanently = True
    for redirects in range(MOST_REDIRECTS + 1):
        status, headers, body = _ask(url, most_bytes, deadline)
        led_to = headers.get("location")
        if status not in REDIRECTS or not led_to:
            return Answer(status, url, body, headers, redirects, permanently and redirects > 0)
        permanently = permanently and status in (301, 308)
        try:
            url = urljoin(url, led_to)
        except ValueError as error:
            raise NotFetched("It redirects to something that is no address.", refused=True) from error
    raise NotFetched(f"It redirects more than {MOST_REDIRECTS} times.")


def is_global(address: Address) -> bool:
    """Whether an address is one of the public internet, and not another one in disguise."""
    if any(address in network for network in REFUSED_NETWORKS if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in IPV6_GLOBAL:
        return False  # mapped and compatible IPv4 addresses among them
    return address.is_global and not address.is_multicast and not address.is_reserved


def _ask(url: str, most_bytes: int, deadline: float) -> tuple[int, dict[str, str], bytes]:
    parts, host, port = _read(url)
    connection = _connect(parts.scheme, host, port, deadline)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    headers = {"User-Agent": settings.FETCH_USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    try:
        with _alarm(connection.sock, deadline):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = b"" if answer.status in REDIRECTS else answer.read(most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(_in_words(error, deadline)) from error
    finally:
        connection.close()
    if time.monotonic() > deadline:
        raise NotFetched("It took too long.")
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def _read(url: str) -> tuple[SplitResult, str, int]:
    """The parts of an address that may be asked. Raises NotFetched."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        host = host and host.encode("idna").decode("ascii")
        parts = parts._replace(path=_quoted(parts.path), query=_quoted(parts.query))
    except (ValueError, UnicodeError) as error:
        raise NotFetched("It is no address of the web.", refused=True) from error
    if parts.scheme not in PORTS or not host:
        raise NotFetched("Only addresses that begin with http:// or https:// are opened.", refused=True)
    if parts.username is not None or parts.password is not None:
        raise NotFetched("An address with a user name is not opened.", refused=True)
    return parts, host, port or PORTS[parts.scheme]


def _quoted(text: str) -> str:
    """A path or query as it goes over the wire; nothing in it may end the line."""
    return quote(text, safe="%/:=&?~#+!$,;'@()*[]|")


def _connect(scheme: str, host: str, port: int, deadline: float) -> http.client.HTTPConnection:
    """A connection to an address that was checked. Raises NotFetched."""
    problem = NotFetched("The name leads to no address.")
    for address in _resolved(host, port, deadline):
        allowed = (str(address), port) in settings.FETCH_ALSO
        if not allowed and (port != PORTS[scheme] or not is_global(address)):
            problem = NotFetched("It leads to an address or port that is not of the public web.", refused=True)
            continue
        try:
            return _connected(scheme, host, port, address, deadline)
        except OSError as error:
            problem = NotFetched(_in_words(error, deadline))
    raise problem


def _connected(scheme: str, host: str, port: int, address: Address, deadline: float) -> http.client.HTTPConnection:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock = socket.create_connection((str(address), port), timeout=left)
    try:
        if scheme == "https":
            # The handshake by hand: only then is there a socket that the alarm can cut off.
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            with _alarm(sock, deadline):
                sock.do_handshake()
    except BaseException:
        sock.close()
        raise
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = PORTS[scheme]
    # Its own idea of where to connect to is never asked.
    connection.sock = sock
    connection.auto_open = 0
    return connection


@contextmanager
def _alarm(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Cuts the connection off at the deadline: timeouts of sockets count anew with every byte."""
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _resolved(host: str, port: int, deadline: float) -> list[Address]:
    """Every address of a name; the system's resolver knows no deadline, so it is asked from aside."""
    answer: queue.SimpleQueue = queue.SimpleQueue()

    def resolve():
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answer.put(error)

    threading.Thread(target=resolve, daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty as error:
        raise NotFetched("It took too long to find out where the name leads.") from error
    if isinstance(found, Exception):
        raise NotFetched("The name leads to no address.") from found
    return list(dict.fromkeys(ipaddress.ip_address(sockaddr[0].partition("%")[0]) for *_rest, sockaddr in found))


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # closed already
        # Not the method of a TLS socket, which would first take its state away from the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _in_words(error: Exception, deadline: float) -> str:
    if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
        return "It took too long."
    if isinstance(error, ssl.SSLError):
        return f"The secure connection failed: {error.reason or error}."
    if isinstance(error, http.client.HTTPException | ValueError):
        return f"What came back is no proper answer: {type(error).__name__}."
    return f"The connection failed: {getattr(error, 'strerror', None) or type(error).__name__}."
