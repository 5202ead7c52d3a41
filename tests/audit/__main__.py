"""`make audit`: every kind of public page before axe, the HTML checker and Lighthouse; 1 where one is not content."""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.audit import tools
from tests.audit.pages import ADDRESSES, LEADING
from tests.chromium import ARGUMENTS, NONE_FOUND, chromium

ROOT = Path(__file__).resolve().parents[2]
WIDTHS, SCHEMES, LANGUAGES = (360, 768, 1440), ("light", "dark"), ("en", "ko", "ja")
READY_WITHIN = 60.0


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--only", choices=AUDITS, action="append", help="Leave the others out; may be given again.")
    asked = parser.parse_args().only or list(AUDITS)
    try:
        tools.install()
        for missing in (tools.missing_vnu(), None if chromium() else NONE_FOUND):
            if missing:
                raise tools.CannotAudit(f"The audit cannot run: {missing}.")
        with tempfile.TemporaryDirectory(prefix="policytrack-audit-") as folder, site(Path(folder)) as address:
            found = sum(AUDITS[audit](address, Path(folder)) for audit in asked)
    except tools.CannotAudit as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    say(f"\n{found} findings." if found else "\nNothing is wanting.")
    return 1 if found else 0


@contextlib.contextmanager
def site(folder: Path) -> Iterator[str]:
    """The address of the site with the shipped data, served as in production; an empty database is filled."""
    environment = {**os.environ, "STATIC_ROOT": str(folder / "static"), "STATE_DIR": str(folder)}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.owned", "STATEMENT_TIMEOUT": "0"}
    for command in (["migrate", "--verbosity", "0"], ["load_data", "--no-progress"], ["collectstatic", "--no-input"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "policytrack.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
    ]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error"]
    address = f"http://localhost:{port}"
    # What it is asked in vain, on purpose, would fill the table.
    log = (folder / "server.log").open("wb")
    with log, subprocess.Popen(command, cwd=ROOT, env={**environment, "STATEMENT_TIMEOUT": "60"}, stderr=log) as server:
        try:
            wait_for(server, f"{address}/healthz")
            yield address
        finally:
            server.terminate()


def wait_for(server: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise tools.CannotAudit("The site did not start.")


def axe(site: str, _folder: Path) -> int:
    """Each page at each width in each scheme; and that paper gets no controls."""
    from playwright.sync_api import sync_playwright

    say(f"\naxe, at {', '.join(map(str, WIDTHS))} px, {' and '.join(SCHEMES)}")
    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_context(reduced_motion="reduce").new_page()
        for address in ADDRESSES:
            page.goto(site + address)
            found: dict[str, list[str]] = {}
            for width in WIDTHS:
                for scheme in SCHEMES:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(color_scheme=scheme)
                    for finding in tools.accessibility(page):
                        found.setdefault(finding, []).append(f"{width} {scheme}")
            for finding in tools.controls_on_paper(page):
                found[finding] = ["print"]
            say(f"  {len(found) or '-':>3}  {address}")
            for finding, looks in found.items():
                say(f"       {', '.join(looks)}: {finding}")
            total += len(found)
        browser.close()
    return total


def vnu(site: str, folder: Path) -> int:
    """Each page as it is served, in each language."""
    say(f"\nNu HTML checker, in {', '.join(LANGUAGES)}")
    files = {}
    for language in LANGUAGES:
        for address in ADDRESSES:
            request = urllib.request.Request(site + address, headers={"Accept-Language": language})
            try:
                with urllib.request.urlopen(request) as answer:
                    page = answer.read()
            except urllib.error.HTTPError as refusal:
                page = refusal.read()
            files[f"{address} ({language})"] = folder / f"{len(files)}.html"
            files[f"{address} ({language})"].write_bytes(page)
    found = tools.validity(files)
    say(f"  {len(found) or '-':>3}  {len(files)} pages")
    for finding in found:
        say(f"       {finding}")
    return len(found)


def lighthouse(site: str, folder: Path) -> int:
    """The leading pages, in every category."""
    say(
        f"\n{'Lighthouse, of 100; ' + str(tools.ENOUGH) + ' at least':40}"
        + "".join(f"{c:>16}" for c in tools.CATEGORIES)
    )
    short = 0
    for name, address in LEADING.items():
        scores = tools.scores(site + address, folder)
        say(f"  {name:38}" + "".join(f"{scores.given[category]:>16}" for category in tools.CATEGORIES))
        for wanting in scores.wanting:
            say(f"       {wanting}")
        short += sum(score < tools.ENOUGH for score in scores.given.values())
    return short


AUDITS = {"axe": axe, "vnu": vnu, "lighthouse": lighthouse}

if __name__ == "__main__":
    sys.exit(main())
