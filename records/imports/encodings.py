"""In which encoding a text file is written: told by its bytes where they tell, else asked.

Most bytes of Korean, Japanese and Chinese text are valid in several encodings, and each reads as something. Only what
is certain is decided here: a mark at the start, valid UTF-8, or one reading that makes sense where the others do not.
"""

import codecs
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

BLOCK = 1 << 16
SAMPLE = 1 << 18

NAMES = {
    "utf-8-sig": _("Unicode (UTF-8)"),
    "utf-16": _("Unicode (UTF-16)"),
    "utf-16-le": _("Unicode (UTF-16, little-endian)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "cp949": _("Korean (CP949, EUC-KR)"),
    "cp932": _("Japanese (Shift-JIS)"),
    "euc_jp": _("Japanese (EUC-JP)"),
    "gb18030": _("Chinese, simplified (GB 18030)"),
    "big5": _("Chinese, traditional (Big5)"),
    "cp1252": _("Western European (Windows-1252)"),
}
LEGACY = ("cp949", "cp932", "euc_jp", "gb18030", "big5", "cp1252")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How much better the best reading has to be than the next, in points a character, to be taken without asking; and how
# much of it has to be in the script of one language. A reading in Chinese characters alone proves nothing: nearly every
# pair of bytes is one in some encoding.
MARGIN = 0.35
LEAST_OWN_SCRIPT = {"cp949": 0.85, "cp932": 0.25, "euc_jp": 0.25}
LEAST_CHARACTERS = 20


@dataclass(frozen=True)
class Reading:
    """One encoding in which the whole file can be read, and how its first foreign lines look in it."""

    encoding: str
    score: float
    own_script: float
    characters: int
    sample: str

    @property
    def name(self) -> str:
        return str(NAMES[self.encoding])


def readings(file: BinaryIO) -> list[Reading]:
    """The encodings that the file may be in, the likeliest first; one where it is certain, none where it is no text."""
    file.seek(0)
    head = file.read(SAMPLE)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return _those_that_decode(file, head, [encoding])
    if b"\0" in head:
        # Text without NUL characters has these bytes in one half of its pairs only.
        even, odd = head[::2].count(0), head[1::2].count(0)
        return _those_that_decode(file, head, ["utf-16-le" if odd > even else "utf-16-be"])
    if found := _those_that_decode(file, head, ["utf-8-sig"]):
        return found
    found = sorted(_those_that_decode(file, head, LEGACY), key=lambda reading: -reading.score)
    return found[:1] if _is_plain(found) else found


def _is_plain(found: list[Reading]) -> bool:
    if len(found) < 2:
        return True
    best, next_best = found[:2]
    enough = best.characters >= LEAST_CHARACTERS and best.own_script >= LEAST_OWN_SCRIPT.get(best.encoding, 2)
    return enough and best.score - next_best.score >= MARGIN


def _those_that_decode(file: BinaryIO, head: bytes, encodings) -> list[Reading]:
    found = []
    for encoding in encodings:
        if decodes(file, encoding):
            text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
            foreign = [character for character in text if ord(character) > 127]
            own = sum(_is_own_script(each) for each in foreign) / max(len(foreign), 1)
            found.append(Reading(encoding, _sense(foreign), own, len(foreign), _sample(text)))
    return found


def decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether the whole file is valid in this encoding and holds no characters that no text has."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            if "\0" in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _sense(foreign: list[str]) -> float:
    """How much these characters look like words that somebody wrote, from -2 to 1 each, on the average."""
    if not foreign:
        return 0.0
    # Scripts that stand beside each other in no text, as in a wrong reading.
    hangul = sum("\uac00" <= each <= "\ud7a3" for each in foreign)
    kana = sum("\u3041" <= each <= "\u30ff" for each in foreign)
    mixed = min(hangul, kana) / len(foreign)
    return sum(_points(each) for each in foreign) / len(foreign) - 2 * mixed


def _is_own_script(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3" or "\u3041" <= character <= "\u30ff"


def _points(character: str) -> float:
    if "\uac00" <= character <= "\ud7a3":
        # The syllables of KS X 1001 are the ones in use; the other 8,822 come of wrong readings.
        return 1.0 if _is_used(character) else -1.5
    if "\u3041" <= character <= "\u30ff":
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        # The first level of these sets holds the characters of daily use.
        daily = _level(character, "gb2312") < 0xD8 or 0x88 <= _level(character, "shift_jis") < 0x98
        return 0.6 if daily else (0.2 if _level(character, "big5") < 0xC9 else -0.8)
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return 0.5
    if "\uff61" <= character <= "\uff9f" or unicodedata.category(character) in ("Co", "Cn", "Cc"):
        return -2.0
    if "\u00c0" <= character <= "\u00ff":
        return 0.1
    return -0.5


def _is_used(syllable: str) -> bool:
    # Python's codec spells the other syllables out in their parts, with eight bytes.
    return len(syllable.encode("euc_kr")) == 2


def _level(character: str, encoding: str) -> int:
    """First byte of the character's code; 255 where the set does not have it."""
    try:
        return character.encode(encoding)[0]
    except UnicodeError:
        return 255


def _sample(text: str) -> str:
    """The first lines with something else than ASCII, short."""
    lines = [line for line in text.splitlines() if not line.isascii()]
    return "\n".join(line[:120] for line in lines[:3])
