"""Every URL there is, by its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

CAPTURED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
# The desk leads on from the short address of a row, and answers all the rest that is under it; neither has a name.
SHORT = re.compile(r"desk/(\w+)/(\w+)/<path:object_id>/")
THE_REST = r"desk/(?P<url>.*)$"


@dataclass(frozen=True)
class Address:
    """One URL; `route` is its pattern, written as in the resolver."""

    name: str
    route: str
    is_named: bool

    def filled(self, arguments: dict) -> str:
        if self.is_named:
            return reverse(self.name, kwargs=arguments)
        path = CAPTURED.sub(lambda found: str(arguments[found[1] or found[2]]), self.route)
        return "/" + path.replace("^", "").replace("$", "")


def addresses() -> list[Address]:
    """All URLs of the site. Static files are served before anything is resolved."""
    return list(_walk(get_resolver()))


def _walk(resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each, route, (*spaces, *([each.namespace] if each.namespace else [])))
        elif isinstance(each, URLPattern):
            yield _address(route, ":".join([*spaces, each.name]) if each.name else "")


def _address(route: str, name: str) -> Address:
    if name:
        return Address(name, route, is_named=True)
    if short := SHORT.fullmatch(route):
        return Address(f"admin:{short[1]}_{short[2]}_short", route, is_named=False)
    return Address("admin:the_rest" if route == THE_REST else route, route, is_named=False)
