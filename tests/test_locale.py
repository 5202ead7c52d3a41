"""The catalogs in locale/: whole, well-formed, compiled, and read as Korean and Japanese are written."""

import ast
import csv
import datetime
import gettext
import re
import struct
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.template import engines
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation.template import templatize

from records import amounts, dates, naming

LANGUAGES = ("ko", "ja")
APPS = ("records", "measures", "programs", "policytrack")
# Editors see these and no reader does. They may stay English, as may help texts and the words of refused saves.
DESK = re.compile(
    r"templates/(admin|registration)/"
    r"|\w+/(admin|apps|desk|desk_reports|disputes|duplicates|claims|imports)\.py|records/(desk|imports|merging|proposals|undoing)/"
    r"|records/(publishing|documents|snapshots|passages|restoring|staleness)\.py"
    r"|records/models/(assignments|changes|error_reports|imports|link_checks|proposals|redirects|rules|work)\.py"
)
DESK_KEYWORDS = {"help_text", "violation_error_message"}

CALLS = {
    *("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "npgettext"),
}
TEXT = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
TEMPLATE_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.DOTALL)


def key(function: str, texts: list[str]) -> str:
    """A message as catalogs index it: "context\\x04message\\0plural"."""
    context = f"{texts[0]}\x04" if "pgettext" in function else ""
    texts = texts["pgettext" in function :]
    return context + ("\0".join(texts[:2]) if function.removesuffix("_lazy").startswith("n") else texts[0])


def messages_of_code(path: Path) -> set[str]:
    found = set()

    def look(node):
        if isinstance(node, ast.keyword) and node.arg in DESK_KEYWORDS:
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if texts:
                found.add(key(node.func.id, texts))
        for child in ast.iter_child_nodes(node):
            look(child)

    look(ast.parse(path.read_text()))
    return found


def messages_of_template(path: Path) -> set[str]:
    return {
        key(function, [ast.literal_eval(text) for text in re.findall(TEXT, texts, re.DOTALL)])
        for function, texts in TEMPLATE_CALL.findall(templatize(path.read_text()))
    }


def messages_of_pages() -> dict[str, str]:
    """Every message that a reader may see, and a file it stands in."""
    found = {}
    for path in [p for app in APPS for p in Path(settings.BASE_DIR, app).rglob("*.py")]:
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if not DESK.match(name):
            found |= dict.fromkeys(messages_of_code(path), name)
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if not DESK.match(name):
            found |= dict.fromkeys(messages_of_template(path), name)
    return found


def file_of(language: str, suffix: str) -> Path:
    return Path(settings.BASE_DIR, "locale", language, "LC_MESSAGES", f"django.{suffix}")


def written(language: str) -> dict[str, str]:
    """The messages of a .po file that have a translation."""
    found = {}
    for entry in file_of(language, "po").read_text().split("\n\n"):
        fields, name = {}, ""
        for line in entry.splitlines():
            if line.startswith("#"):
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
            fields[name] = fields.get(name, "") + ast.literal_eval(line)
        context = f"{fields['msgctxt']}\x04" if "msgctxt" in fields else ""
        plural = f"\0{fields['msgid_plural']}" if "msgid_plural" in fields else ""
        if text := fields.get("msgstr") or fields.get("msgstr[0]"):
            found[context + fields["msgid"] + plural] = text
    return found


def compiled(language: str) -> dict[str, str]:
    """The messages of a .mo file. See https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html."""
    raw = file_of(language, "mo").read_bytes()
    magic, _, count, ids, texts = struct.unpack_from("<5I", raw)
    assert magic == 0x950412DE

    def text(table, number):
        length, start = struct.unpack_from("<2I", raw, table + 8 * number)
        return raw[start : start + length].decode()

    return {text(ids, number): text(texts, number) for number in range(count)}


def test_the_reader_finds_what_it_should():
    found = messages_of_pages()
    assert found["Skip to content"] == "templates/base.html"
    assert found["status\x04In force"] == "records/statuses.py"
    assert "%(count)s measure\0%(count)s measures" in found
    assert "Name in English." not in found
    assert "True on <b>%(day)s</b>" in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_readers_see_is_translated(language):
    known = written(language)
    missing = {message: place for message, place in messages_of_pages().items() if message not in known}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    assert compiled(language) == written(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_guessed_or_left_over(language):
    text = file_of(language, "po").read_text()
    assert "#, fuzzy" not in text
    assert "#~" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_placeholders_and_markup(language):
    for message, text in written(language).items():
        if message:
            said = message.rpartition("\x04")[2].split("\0")[-1]
            for pattern in (r"%\(\w+\)[sd]", r"</?\w+[^>]*>"):
                assert sorted(re.findall(pattern, said)) == sorted(re.findall(pattern, text)), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogs_open_for_others(language):
    with file_of(language, "mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    assert catalog.ngettext("%(count)s measure", "%(count)s measures", 2) != "%(count)s measures"
    assert catalog.pgettext("status", "Eased") in ("완화", "緩和")


@pytest.mark.parametrize(
    ("text", "korean", "japanese"),
    [
        ("2019-07-22", "2019년 7월 22일", "2019年7月22日"),
        ("2020-05-12", "2020년 5월 12일", "2020年5月12日"),
        ("2019-24", "2019년 겨울", "2019年冬"),
        ("2019-09%", "2019년 9월경(불확실)", "2019年9月頃(不確実)"),
        ("[2019..2021]", "2019~2021년", "2019~2021年"),
        ("[2023-11..2023-12]", "2023년 11월~12월", "2023年11月~12月"),
        ("[2019-06-28..2019-07-03]", "2019년 6월 28일 ~ 7월 3일", "2019年6月28日~7月3日"),
        ("[2019-07..]", "2019년 7월 또는 그 이후", "2019年7月またはそれ以後"),
        ("../2020", "늦어도 2020년", "遅くとも2020年"),
        ("2019-07/..", "2019년 7월부터", "2019年7月以降"),
        ("2019-08-05/", "2019년 8월 5일부터, 종료 시점 미상", "2019年8月5日から、終了時期不明"),
    ],
)
def test_dates_are_read_as_they_are_written_there(text, korean, japanese):
    with translation.override("ko"):
        assert dates.label(text) == korean
    with translation.override("ja"):
        assert dates.label(text) == japanese


@pytest.mark.parametrize(
    ("number", "korean", "japanese"),
    [(7_800_000_000_000, "7.8조 KRW", "7.8兆KRW"), (18_200_000_000, "182억 KRW", "182億KRW")],
)
def test_amounts_are_counted_in_ten_thousands(number, korean, japanese):
    with translation.override("ko"):
        assert amounts.money(number, "KRW") == korean
    with translation.override("ja"):
        assert amounts.money(number, "KRW") == japanese


def test_a_long_japanese_date_may_break_and_keeps_its_mark():
    template = engines["django"].from_string("{% load marks %}{% edtf '2019-08-05/' %}")
    with translation.override("ja"):
        assert '2019年8月5日から、終了時期<span class="nw">不明<svg' in template.render()


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_the_shipped_data_chooses_from_are_translated(language):
    def rows(name):
        return yaml.load(Path(settings.DATA_DIR, name).read_text(), Loader=yaml.CSafeLoader)

    titles = {row["title"] for row in rows("mast.yaml")}
    categories = {row["category"].replace("_", " ") for row in rows("materials.yaml")}
    kinds = {
        project["kind"] for row in rows("programs.yaml") for project in row.get("projects", ()) if "kind" in project
    }
    # What is a name stays one.
    words = {kind for kind in kinds if kind.islower()}
    assert titles
    assert categories
    assert words
    with Path(settings.DATA_DIR, "hs2022.csv").open() as file:
        described = {row["hscode"]: row["description"] for row in csv.DictReader(file)}
    codes = {str(code)[:2] for row in rows("materials.yaml") for code in row.get("hs", ())}
    chapters = {described[code] for code in codes}
    assert chapters
    assert (titles | categories | words | chapters) - written(language).keys() == set()


def test_categories_are_said_in_the_language_of_the_reader():
    with translation.override("ko"):
        assert naming.worded("rare_earth") == "희토류"
        assert naming.worded("") == ""
        assert naming.worded("chosen_by_an_editor") == "chosen by an editor"


# Names, which are the same in every language.
NAMES = {
    *["policytrack", "MAST", "OECD", "GTA", "Global", "Trade", "Alert", "Results", "SHA", "SUMS", "datapackage", "json"]
}
SPOKEN = re.compile(r'(?:aria-label|title|placeholder|alt|data-l|data-copied)="([^"]*)"')


def untranslated(template: str) -> set[str]:
    """The words of a template that a reader would be told in English, whatever the language of the page."""
    for part in (
        r"{% comment %}.*?{% endcomment %}",
        r"{% blocktranslate.*?{% endblocktranslate %}",
        r"{[{%#].*?[#%}]}",
    ):
        template = re.sub(part, " ", template, flags=re.DOTALL)
    said = " ".join(SPOKEN.findall(template))
    template = re.sub(r"<(script|style|code)\b.*?</\1>", " ", template, flags=re.DOTALL)
    template = re.sub(r"<[^>]*>|&\w+;", " ", template, flags=re.DOTALL)
    return set(re.findall("[A-Za-z]{3,}", f"{template} {said}")) - NAMES


def test_templates_say_nothing_that_is_not_translated():
    assert untranslated('<p title="Why">{% translate "Yes" %} {{ no }} And <code>this</code></p>') == {"Why", "And"}
    found = {
        path.as_posix(): words
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if not DESK.match(path.relative_to(settings.BASE_DIR).as_posix()) and (words := untranslated(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(("language", "sign"), [("ko", "월"), ("ja", "月")])
@pytest.mark.parametrize("form", ["F", "M", "E", "N"])
def test_no_word_of_ours_takes_the_place_of_a_month(language, sign, form):
    """Django looks its months up in our catalogs first; “may” is a word of ours as well."""
    with translation.override(language):
        named = [date_format(datetime.date(2026, month, 1), form) for month in range(1, 13)]
    assert named == [f"{month}{sign}" for month in range(1, 13)]
