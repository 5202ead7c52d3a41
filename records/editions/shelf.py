"""The editions that are kept: one folder for each day, with a data package that describes its files."""

import datetime
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from records.imports.kinds import kinds

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What is being written, or taken away, beside the editions; an edition appears and goes whole.
BESIDE = re.compile(r"\.(new|old)-")
PACKAGE, SUMS, LICENCE = "datapackage.json", "SHA256SUMS", "LICENSE.md"
LEFT_OVER = datetime.timedelta(hours=12)


@dataclass(frozen=True)
class File:
    """A file of an edition; `size` in bytes, `rows` None where it is no table."""

    name: str
    title: str
    media_type: str
    size: int
    sha256: str
    rows: int | None = None

    @property
    def kind(self) -> str:
        """What rows it holds, in the reader's language; the package tells it in English."""
        kind = kinds().get(self.name.partition(".")[0])
        return str(kind.title) if kind else self.title


@dataclass(frozen=True)
class Edition:
    """All public data of one moment; `known` is that moment, `number` the last change set in it."""

    day: str
    created: str
    known: str
    number: int
    folder: Path
    files: list[File]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def file(self, name: str) -> File | None:
        return next((file for file in self.files if file.name == name), None)


def folder() -> Path:
    """Where the editions are. Web servers and workers share it with the other files that are kept."""
    return Path(settings.MEDIA_ROOT) / "data"


def editions() -> list[Edition]:
    """All of them, the newest first; a folder that holds no whole one is passed over."""
    try:
        days = sorted((each.name for each in folder().iterdir() if DAY.fullmatch(each.name)), reverse=True)
    except FileNotFoundError:
        return []
    return [found for day in days if (found := edition(day))]


def edition(day: str) -> Edition | None:
    """The edition of a day; None where there is none, or none that can be read."""
    if not DAY.fullmatch(day):
        return None
    place = folder() / day
    try:
        package = json.loads((place / PACKAGE).read_text())
        sums = (line.split("  ", 1) for line in (place / SUMS).read_text().splitlines())
        sums = {name: digest for digest, name in sums}
        described = {each["path"]: each for each in package["resources"]}
        files = [
            File(
                name,
                described.get(name, {}).get("title", ""),
                described.get(name, {}).get("mediatype", _media_type(name)),
                (place / name).stat().st_size,
                digest,
                described.get(name, {}).get("rows", described.get(name, {}).get("lines")),
            )
            for name, digest in sums.items()
        ]
        written = package["policytrack"]
        return Edition(day, package["created"], written["known"], written["changeSet"], place, files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _media_type(name: str) -> str:
    return "application/json" if name.endswith(".json") else "text/plain"


def prune(keep: int) -> list[str]:
    """Take away all but the newest editions, and what a writer that was killed left; returns the days that went."""
    gone = [each.day for each in editions()[max(keep, 1) :]]
    for day in gone:
        take_away(folder() / day)
    oldest = (datetime.datetime.now(datetime.UTC) - LEFT_OVER).timestamp()
    for each in folder().iterdir():
        if BESIDE.match(each.name) and each.stat().st_mtime < oldest:
            shutil.rmtree(each, ignore_errors=True)
    return gone


def take_away(place: Path) -> None:
    """Let a folder vanish at once, and its files after it."""
    aside = place.with_name(f".old-{place.name}-{datetime.datetime.now(datetime.UTC):%H%M%S%f}")
    place.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)
