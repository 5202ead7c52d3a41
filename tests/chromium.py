"""The Chromium that tests and the audit drive: where it is, and how it is started."""

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NONE_FOUND = "no Chromium was found, neither the system's nor Playwright's"


def chromium() -> str | None:
    """The program of the system's Chromium or of the one that Playwright installed."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    for cache in (".cache/ms-playwright", "Library/Caches/ms-playwright"):
        for pattern in ("chrom*/chrome-*/chrome", "chrom*/chrome-*/*.app/Contents/MacOS/*"):
            for path in sorted(Path.home().glob(f"{cache}/{pattern}")):
                return str(path)
    return None
