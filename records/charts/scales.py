"""How high a number stands: round steps from nought to the largest."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Height:
    """Numbers from `bottom` to `top` on so many pixels, below a `head` of some more."""

    top: float
    pixels: float
    head: float = 0
    bottom: float = 0

    def y(self, number: float) -> float:
        """Pixels from the upper edge."""
        return round(self.head + self.pixels * (self.top - number) / (self.top - self.bottom), 2)

    def of(self, number: float) -> float:
        """How high a bar is; what is more than nothing can be seen."""
        return round(max(self.pixels * number / (self.top - self.bottom), 1), 2) if number else 0

    @property
    def foot(self) -> float:
        return self.head + self.pixels


def steps(largest: float, most: int = 4, *, least: float = 0, whole: bool = True) -> list[float]:
    """Round numbers from 0 to the first that is not below the largest, in at most about so many steps.

    Where the least is below 0, from the last that is not above it.
    """
    largest, least = max(largest, 0), min(least, 0)
    if largest == least:
        return [0, 1]
    rough = (largest - least) / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * (1 - 1e-9))
    if whole:
        step = max(1, step)
    first, last = math.floor(least / step + 1e-9), math.ceil(largest / step - 1e-9)
    return [round(step * number, 10) for number in range(first, last + 1)]
