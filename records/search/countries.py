"""What countries are called in the languages of readers and sources."""

import functools
import re
import unicodedata

from django.utils import translation
from django_countries import Countries

from records.search.terms import PAIRED

LANGUAGES = ("en", "ko", "ja", "zh-hans", "zh-hant")
# How countries are called besides; the codes are ISO's, and EU.
ALSO = {
    "KR": ("South Korea", "Korea", "Republic of Korea", "ROK", "한국", "남한", "韓国", "韩国", "南韩"),
    "KP": ("North Korea", "DPRK", "북한", "北朝鮮", "朝鲜"),
    "US": ("United States", "United States of America", "USA", "US", "America", "미국", "米国", "アメリカ", "美国"),
    "GB": ("United Kingdom", "UK", "Britain", "영국", "英国", "イギリス"),
    "CN": ("China", "PRC", "중국", "中国"),
    "TW": ("Taiwan", "대만", "台湾", "台灣"),
    "RU": ("Russia", "러시아", "ロシア", "俄罗斯"),
    "VN": ("Vietnam", "Viet Nam", "베트남", "ベトナム", "越南"),
    "CD": ("DR Congo", "DRC", "Democratic Republic of the Congo", "콩고민주공화국"),
    "EU": ("European Union", "EU", "유럽연합", "欧州連合", "欧盟"),
    "NL": ("Netherlands", "Holland", "네덜란드", "オランダ", "荷兰"),
    "TR": ("Turkey", "Türkiye", "터키", "튀르키예", "トルコ", "土耳其"),
}


@functools.cache
def called() -> dict[str, tuple[str, ...]]:
    """The codes of countries, each with its names."""
    found: dict[str, dict[str, None]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            # Lists of their own, since the names of one are kept in the first language that asks.
            for code, name in Countries():
                found.setdefault(code, {})[str(name)] = None
    for code, names in ALSO.items():
        found.setdefault(code, {}).update(dict.fromkeys(names))
    return {code: tuple(names) for code, names in found.items()}


@functools.cache
def codes() -> dict[str, str]:
    """The codes of countries by all that they are called, written as `records_search_name` writes names."""
    return {_name(name): code for code, names in called().items() for name in names}


def code_of(text: str) -> str | None:
    """The code of the country that a text names, or is the code of; None where it names none."""
    return text.upper() if text.upper() in called() else codes().get(_name(text))


def _name(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not "\u0300" <= sign <= "\u036f")
    spaced = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", bare).lower()))
    return re.sub(f"(?<=[{PAIRED}]) | (?=[{PAIRED}])", "", spaced)
