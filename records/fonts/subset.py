"""Makes the fonts of this directory, and fonts.json, from the npm packages of the Noto Sans families.

    npm pack @expo-google-fonts/noto-sans-kr   # and noto-sans, -sc, -jp, -arabic, -devanagari, -hebrew, -thai
    for each package: tar xzf PACKAGE.tgz --one-top-level=FAMILY    # FAMILY as in FONTS: kr, sc, jp, …
    uv run --with fonttools==4.* subset.py DIRECTORY

Korean keeps all it has, for all syllables occur in names; Japanese and Chinese keep the characters of JIS X 0208
and GB 2312, and of Big5 what the others lack. Vertical and historic forms go; outlines are not changed.
"""

import hashlib
import json
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).parent
FONTS = [
    ("kr", "NotoSansKR", "400Regular"),
    ("kr", "NotoSansKR", "700Bold"),
    ("jp", "NotoSansJP", "400Regular"),
    ("sc", "NotoSansSC", "400Regular"),
    ("noto-sans", "NotoSans", "400Regular"),
    ("noto-sans", "NotoSans", "700Bold"),
    ("noto-sans-arabic", "NotoSansArabic", "400Regular"),
    ("noto-sans-devanagari", "NotoSansDevanagari", "400Regular"),
    ("noto-sans-hebrew", "NotoSansHebrew", "400Regular"),
    ("noto-sans-thai", "NotoSansThai", "400Regular"),
]
WESTERN = set(range(0x20, 0x590)) | set(range(0x1E00, 0x2000)) | set(range(0x2000, 0x2C00))


def charset(encoding: str) -> set[int]:
    """The characters of a two-byte encoding."""
    found = set()
    for first in range(0xA1, 0xFF):
        for second in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                found |= {ord(c) for c in bytes((first, second)).decode(encoding)}
            except UnicodeDecodeError:
                continue
    return found


def wanted(family: str, encoded: set[int], lacking: set[int]) -> set[int]:
    if family == "NotoSansJP":
        return encoded & charset("euc_jp")
    if family == "NotoSansSC":
        return encoded & (charset("gb2312") | (charset("big5") & lacking))
    return encoded & WESTERN if family == "NotoSans" else encoded


def main(packages: Path) -> None:
    record, covered = {}, set()
    for directory, family, style in FONTS:
        package = packages / directory / "package"
        options = subset.Options(hinting=False, notdef_outline=True, drop_tables=["vhea", "vmtx", "BASE", "DSIG"])
        options.layout_features = [feature for feature in options.layout_features if feature not in ("vert", "vrt2")]
        font = subset.load_font(str(package / style / f"{family}_{style}.ttf"), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted(family, set(font.getBestCmap()), charset("big5") - covered))
        subsetter.subset(font)
        name = f"{family}-{style.lstrip('0123456789')}.ttf"
        font.save(HERE / name)
        characters = sorted(font.getBestCmap())
        covered |= set(characters)
        version = json.loads((package / "package.json").read_text())
        record[name] = {
            "from": f"npm {version['name']}@{version['version']}",
            "sha256": hashlib.sha256((HERE / name).read_bytes()).hexdigest(),
            "characters": ranges(characters),
        }
    licences = [(packages / directory / "package" / "LICENSE_FONT").read_text() for directory, _family, _style in FONTS]
    holders = dict.fromkeys(licence.splitlines()[0] for licence in licences)
    (HERE / "OFL.txt").write_text("\n".join([*holders, *licences[0].splitlines()[1:]]) + "\n")
    (HERE / "fonts.json").write_text(json.dumps(record, separators=(",", ":")).replace('"Noto', '\n"Noto') + "\n")


def ranges(numbers: list[int]) -> list[list[int]]:
    """Sorted numbers as [first, last] runs."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


if __name__ == "__main__":
    main(Path(sys.argv[1]))
