"""Marks on a drawing that would touch on a phone, joined into discs with their number."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from records.shapes import Dot

# Pixels of the narrowest drawing there is, and what a mark has around it there: half its stroke, and air.
NARROWEST, AIR = 320, 1


@dataclass
class Group:
    """Neighbouring dots, from the left."""

    dots: list[Dot]
    total: float

    @property
    def center(self) -> float:
        return self.total / len(self.dots)

    @property
    def reach(self) -> float:
        """Percent of the drawing from its middle to where the next mark may begin."""
        one = self.dots[0] if len(self.dots) == 1 else Dot(self.center, count=len(self.dots))
        return 100 * (one.reach + AIR) / NARROWEST

    def touches(self, right: "Group") -> bool:
        return right.center - self.center < self.reach + right.reach

    def join(self, right: "Group") -> None:
        self.dots += right.dots
        self.total += right.total


def cluster(dots: Iterable[Dot]) -> list[Dot]:
    """Join dots until all stand apart; the order is from the left. Takes as long as sorting them.

    What stands at one place is never parted: the events of a disc are all there are from its first to its last place.
    """
    groups: list[Group] = []
    ordered = sorted(dots, key=lambda dot: dot.position)
    for _position, same in groupby(ordered, key=lambda dot: dot.position):
        here = list(same)
        groups.append(Group(here, sum(dot.position for dot in here)))
        # A disc is wider than a dot, so that joining two can make it touch the one before.
        while len(groups) > 1 and groups[-2].touches(groups[-1]):
            groups[-2].join(groups.pop())
    return [_joined(group) for group in groups]


def _joined(group: Group) -> Dot:
    """One disc for several dots, without their whiskers: what a disc says is how many, not when exactly."""
    dots = group.dots
    if len(dots) == 1:
        return dots[0]
    places = [day for dot in dots for day in (dot.first, dot.last) if day]
    return replace(
        Dot(group.center, dots[0].y, solid=False, count=len(dots)),
        events=tuple(event for dot in dots for event in dot.events),
        note=", ".join(f"{count} {note}" for note, count in Counter(d.note for d in dots if d.note).items()),
        first=min(places, default=None),
        last=max(places, default=None),
    )
