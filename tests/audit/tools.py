"""The programs that judge our pages: axe, the Nu HTML checker (vnu) and Lighthouse, pinned in package-lock.json."""

import hashlib
import json
import os
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import ARGUMENTS, NONE_FOUND, chromium

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules"
AXE = INSTALLED / "axe-core/axe.min.js"
VNU = INSTALLED / "vnu-jar/build/dist/vnu.jar"
LIGHTHOUSE = INSTALLED / "lighthouse/cli/index.js"
STAMP = INSTALLED / "installed.sha256"

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ENOUGH = 95

INSTALL = "npm ci in tests/audit/ installs it"


class CannotAudit(Exception):
    """What is missing, in one sentence."""


def missing_axe() -> str | None:
    return None if AXE.exists() else f"axe-core is not installed: {INSTALL}"


def missing_vnu() -> str | None:
    if not shutil.which("java"):
        return "the HTML checker needs Java, which was not found"
    return None if VNU.exists() else f"the HTML checker vnu is not installed: {INSTALL}"


def install() -> None:
    """Install what package-lock.json pins, once for each state of it."""
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise CannotAudit("The audit needs npm, with Node.js 18.16 or later (on Debian: apt install npm).")
    # No script of a package runs: .npmrc beside the lock says so.
    subprocess.run([npm, "ci", "--silent"], cwd=FOLDER, check=True)
    STAMP.write_text(wanted)


# The rules of WCAG 2.2 up to AA, and what axe holds for good practice; unasked it leaves out some that are new in 2.2.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False, "iframes": False}
TOLD = 5


def accessibility(page) -> list[str]:
    """What axe finds wrong in an open page of Playwright's: rule, impact and places, one line for each rule."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("async asked => (await axe.run(document, asked)).violations", ASKED)
    return [f"{rule['id']} ({rule['impact']}): {rule['help']}; {_places(rule['nodes'])}" for rule in found]


# What leads to other pages or is there to be worked with; how many there are of how many stays with a list on paper.
CONTROLS = ".top, .skip, nav:not(.bar), nav a, .btn, .act a, button, input:not([type=hidden]), select, textarea"


def controls_on_paper(page) -> list[str]:
    """The controls that would be printed with an open page."""
    page.emulate_media(media="print")
    shown = page.locator(CONTROLS).evaluate_all(
        "all => all.filter(one => one.checkVisibility({visibilityProperty: true})).map(one => one.outerHTML)"
    )
    page.emulate_media(media="screen")
    return [f"{html[:160]} would be printed" for html in shown[:TOLD]]


def _places(nodes: list[dict]) -> str:
    told = [f"{' '.join(map(str, node['target']))} {node['html'][:160]}" for node in nodes[:TOLD]]
    return " | ".join(told) + (f" | and {len(nodes) - TOLD} more" if len(nodes) > TOLD else "")


def validity(files: dict[str, Path]) -> list[str]:
    """What vnu finds wrong in pages, by their addresses; one run for all of them, since starting it takes seconds."""
    command = ["java", "-Xss1m", "-jar", VNU, "--format", "json", "--stdout", "--exit-zero-always", *files.values()]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    addresses = {path.resolve().as_uri(): address for address, path in files.items()}
    return [
        f"{addresses.get(message.get('url', '').replace('file:/', 'file:///', 1), message.get('url'))},"
        f" line {message.get('lastLine')}: {message['message']} {message.get('extract', '').strip()}"
        for message in json.loads(ended.stdout)["messages"]
        # A warning tells of style; what it takes for an error, or fails over, is none of that.
        if message["type"] != "info"
    ]


@dataclass(frozen=True)
class Scores:
    """What Lighthouse gives a page, of 100, by category, and what it is not content with."""

    given: dict[str, int]
    wanting: list[str]


def scores(address: str, folder: Path) -> Scores:
    """Judge a page as Lighthouse does unless told otherwise: on a slow phone.

    A machine that has other work to do makes pages look slow: where speed falls short, the page is looked at twice
    more, and the median counts.
    """
    rounds = [_scores(address, folder)]
    if rounds[0].given["performance"] < ENOUGH:
        rounds += [_scores(address, folder), _scores(address, folder)]
    middle = {category: int(statistics.median(each.given[category] for each in rounds)) for category in CATEGORIES}
    return Scores(middle, rounds[-1].wanting)


def _scores(address: str, folder: Path) -> Scores:
    program = chromium()
    if program is None:
        raise CannotAudit(f"Lighthouse needs Chromium, but {NONE_FOUND}.")
    told = folder / "lighthouse.json"
    flags = " ".join(["--headless=new", f"--user-data-dir={folder / 'chromium'}", *ARGUMENTS])
    command = ["node", LIGHTHOUSE, address, "--output=json", f"--output-path={told}", f"--chrome-flags={flags}"]
    command += ["--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    environment = {**os.environ, "CHROME_PATH": program}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ended.returncode != 0:
        raise CannotAudit(f"Lighthouse failed on {address}: {ended.stderr.strip()[-500:]}")
    report = json.loads(told.read_text())
    given = {category: round(100 * (report["categories"][category]["score"] or 0)) for category in CATEGORIES}
    wanting = [
        f"{category}: {report['audits'][part['id']]['title']}"
        for category in CATEGORIES
        if given[category] < ENOUGH
        for part in report["categories"][category]["auditRefs"]
        if part["weight"] and (report["audits"][part["id"]]["score"] or 0) < 0.9
    ]
    return Scores(given, wanting)
