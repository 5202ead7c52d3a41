import re
import struct
from calendar import monthrange
from datetime import date
from pathlib import Path

import edtf as second_opinion
import pytest
import yaml
from django.conf import settings as project
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from records import dates

DATE_KEYS = {
    "actual",
    "date",
    "due",
    "expected",
    "looked_on",
    "overtaken_by",
    "period",
    "planned",
    "published",
    "said_on",
    "until",
}


def dates_in(node, key=None):
    if isinstance(node, dict):
        for name, value in node.items():
            yield from dates_in(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from dates_in(value, key)
    elif key in DATE_KEYS and node is not None and not isinstance(node, bool):
        yield node


DATA_SET = sorted(
    {
        text
        for path in Path(project.BASE_DIR, "data").glob("*.yaml")
        for text in dates_in(yaml.load(path.read_text(), yaml.CSafeLoader))
    }
)

# text: earliest, start_latest, end_earliest, latest
BOUNDS = {
    "2019": ("2019-01-01", "2019-12-31", "2019-01-01", "2019-12-31"),
    "2019-07": ("2019-07-01", "2019-07-31", "2019-07-01", "2019-07-31"),
    "2020-02": ("2020-02-01", "2020-02-29", "2020-02-01", "2020-02-29"),
    "2019-07-22": ("2019-07-22", "2019-07-22", "2019-07-22", "2019-07-22"),
    "2020-02-29": ("2020-02-29", "2020-02-29", "2020-02-29", "2020-02-29"),
    "0001-01-01": ("0001-01-01", "0001-01-01", "0001-01-01", "0001-01-01"),
    "9999": ("9999-01-01", "9999-12-31", "9999-01-01", "9999-12-31"),
    "2019-07~": ("2019-07-01", "2019-07-31", "2019-07-01", "2019-07-31"),
    "2019?": ("2019-01-01", "2019-12-31", "2019-01-01", "2019-12-31"),
    "2019-07-22%": ("2019-07-22", "2019-07-22", "2019-07-22", "2019-07-22"),
    "20XX": ("2000-01-01", "2099-12-31", "2000-01-01", "2099-12-31"),
    "201X": ("2010-01-01", "2019-12-31", "2010-01-01", "2019-12-31"),
    "2019-XX": ("2019-01-01", "2019-12-31", "2019-01-01", "2019-12-31"),
    "2019-XX-XX": ("2019-01-01", "2019-12-31", "2019-01-01", "2019-12-31"),
    "2019-07-XX": ("2019-07-01", "2019-07-31", "2019-07-01", "2019-07-31"),
    "2019-21": ("2019-03-01", "2019-05-31", "2019-03-01", "2019-05-31"),
    "2019-22": ("2019-06-01", "2019-08-31", "2019-06-01", "2019-08-31"),
    "2019-23": ("2019-09-01", "2019-11-30", "2019-09-01", "2019-11-30"),
    "2019-24": ("2019-12-01", "2020-02-29", "2019-12-01", "2020-02-29"),
    "9999-24": ("9999-12-01", "9999-12-31", "9999-12-01", "9999-12-31"),
    "2019-08-05/2020-08": ("2019-08-05", "2019-08-05", "2020-08-01", "2020-08-31"),
    "2018~/2019-12": ("2018-01-01", "2018-12-31", "2019-12-01", "2019-12-31"),
    "2019-21/2019-23": ("2019-03-01", "2019-05-31", "2019-09-01", "2019-11-30"),
    "2019-07-31/2019-07": ("2019-07-31", "2019-07-31", "2019-07-01", "2019-07-31"),
    "2019-08/..": ("2019-08-01", "2019-08-31", None, None),
    "2019-08/": ("2019-08-01", "2019-08-31", None, None),
    "../2019-12": (None, "2019-12-31", "2019-12-01", "2019-12-31"),
    "/2019-12": (None, "2019-12-31", "2019-12-01", "2019-12-31"),
    "[2019-07-15..2019-07-21]": ("2019-07-15", "2019-07-21", "2019-07-15", "2019-07-21"),
    "[2023-11..2023-12]": ("2023-11-01", "2023-12-31", "2023-11-01", "2023-12-31"),
    "[..2019]": (None, "2019-12-31", None, "2019-12-31"),
    "[2019-07..]": ("2019-07-01", None, "2019-07-01", None),
}

# text: label, short label
LABELS = {
    "2019-07-22": ("22 July 2019", "22 Jul 2019"),
    "2019-07": ("July 2019", "Jul 2019"),
    "2019-07-XX": ("July 2019", "Jul 2019"),
    "2019": ("2019", "2019"),
    "2019-XX": ("2019", "2019"),
    "201X": ("the 2010s", "the 2010s"),
    "20XX": ("2000–2099", "2000–2099"),
    "2019-24": ("winter 2019", "winter 2019"),
    "2020~": ("about 2020", "about 2020"),
    "2019-07-22~": ("about 22 July 2019", "about 22 Jul 2019"),
    "2019?": ("2019, uncertain", "2019, uncertain"),
    "2019-09%": ("about September 2019, uncertain", "about Sep 2019, uncertain"),
    "[2019-07-15..2019-07-21]": ("15–21 July 2019", "15–21 Jul 2019"),
    "[2019-06-28..2019-07-03]": ("28 June – 3 July 2019", "28 Jun – 3 Jul 2019"),
    "[2019-12-30..2020-01-02]": ("30 December 2019 – 2 January 2020", "30 Dec 2019 – 2 Jan 2020"),
    "[2023-11..2023-12]": ("November–December 2023", "Nov–Dec 2023"),
    "[2019-12..2020-01]": ("December 2019 – January 2020", "Dec 2019 – Jan 2020"),
    "[2019..2021]": ("2019–2021", "2019–2021"),
    "[2019..2020-05]": ("2019 – May 2020", "2019 – May 2020"),
    "[2019-07..2019-07]": ("July 2019", "Jul 2019"),
    "[..2019-07]": ("July 2019 or earlier", "Jul 2019 or earlier"),
    "[2019-07..]": ("July 2019 or later", "Jul 2019 or later"),
    "2019-07/2019-08": ("from July 2019 to August 2019", "from Jul 2019 to Aug 2019"),
    "2019-08-05/2020-08": ("from 5 August 2019 to August 2020", "from 5 Aug 2019 to Aug 2020"),
    "2020/2021~": ("from 2020 to about 2021", "from 2020 to about 2021"),
    "2019?/2020": ("from 2019 (uncertain) to 2020", "from 2019 (uncertain) to 2020"),
    "2019-07/..": ("from July 2019 onwards", "from Jul 2019 onwards"),
    "2019-08-05/": ("from 5 August 2019, end not stated", "from 5 Aug 2019, end not stated"),
    "../2020": ("by 2020", "by 2020"),
    "/2012-03-13": ("by 13 March 2012, start not stated", "by 13 Mar 2012, start not stated"),
}

MOMENTS = {
    "../2012-03-13": "[..2012-03-13]",
    "../2021": "[..2021]",
    "../2021~": "../2021~",
    "2012-03-13/..": "2012-03-13/..",
    "[2012..2013]": "[2012..2013]",
    "/2012": "/2012",
    "2012": "2012",
}

REFUSED = {
    "": "write it like",
    "soon": "write it like",
    "2019-7-1": "write it like",
    "22/07/2019": "write it like",
    "20190722": "write it like",
    "2019//2020": "write it like",
    "2019/2020/2021": "write it like",
    "2019..2020": "write it like",
    "[2019]": "write it like",
    "[2019..2020..2021]": "write it like",
    "[2019/2020]": "write it like",
    "[2019..2020]~": "write it like",
    "[2019..2020]/2021": "write it like",
    "2XXX": "write it like",
    "201X-XX": "write it like",
    "2019-00": "months run from 01 to 12",
    "2019-13-45": "months run from 01 to 12",
    "2019-25": "months run from 01 to 12",
    "2019-21-05": "stand without a day",
    "2019-02-29": "2019-02 has the days 01 to 28",
    "2019-04-31": "2019-04 has the days 01 to 30",
    "2019-04-00": "2019-04 has the days 01 to 30",
    "2020/2019": "the start lies after the end",
    "2019-07-22/2019-07-21": "the start lies after the end",
    "[2020..2019]": "the start lies after the end",
    "/": "at least one end",
    "../..": "at least one end",
    "/..": "at least one end",
    "[..]": "at least one end",
    "2019-07-22T10:00:00Z": "no time of day",
    "2019-07-22T10:00": "no time of day",
    "0000": "0001 to 9999",
    "000X": "0001 to 9999",
    "00XX": "0001 to 9999",
    "-0044": "0001 to 9999",
    "2019/-2020": "0001 to 9999",
    "[-2019..2020]": "0001 to 9999",
    "Y20190": "0001 to 9999",
    "Y1e5": "0001 to 9999",
    "{2019,2020}": "level 2",
    "{2019..2020}": "level 2",
    "[2019,2020]": "level 2",
    "1950S2": "level 2",
    "2019-~06": "at the end of a whole date",
    "?2019-06": "at the end of a whole date",
    "2019~?": "at the end of a whole date",
    "[2019~..2020]": "not inside a range",
    "[2019..2020~]": "not inside a range",
    "201X/2021": "X is not used in intervals",
    "2019-06-XX/2019-07": "X is not used in intervals",
    "[201X..2021]": "X is not used in intervals",
    "201X-07": "X stands for the last digits",
    "2019-XX-22": "X stands for the last digits",
    " 2019": "leave out the spaces",
    "2019 / 2020": "leave out the spaces",
    "2019\n": "leave out the spaces",
    "2019\u3000": "leave out the spaces",
    "2019\0": "the digits 0 to 9",
    "2019\ud800": "the digits 0 to 9",
    "２０１９": "the digits 0 to 9",
    "٢٠١٩": "the digits 0 to 9",
    "2019년": "the digits 0 to 9",
    "2019–2020": "the digits 0 to 9",
    "2" * 65: "at most 64 characters",
}

days = st.dates()
day_texts = days.map(date.isoformat)
month_texts = days.map(lambda day: day.isoformat()[:7])
year_texts = days.map(lambda day: day.isoformat()[:4])
plain_texts = st.one_of(day_texts, month_texts, year_texts)
season_texts = st.builds("{}-{}".format, year_texts, st.sampled_from(["21", "22", "23", "24"]))
qualifiers = st.sampled_from(["", "~", "?", "%"])
end_texts = st.builds(str.__add__, st.one_of(plain_texts, season_texts), qualifiers)
unspecified_texts = st.one_of(
    st.integers(1, 999).map("{:03}X".format),
    st.integers(1, 99).map("{:02}XX".format),
    year_texts.map("{}-XX".format),
    year_texts.map("{}-XX-XX".format),
    month_texts.map("{}-XX".format),
)


@st.composite
def pairs(draw, ends, pattern):
    first, last = draw(ends), draw(ends)
    if dates.parse(first).earliest > dates.parse(last).latest:
        first, last = last, first
    return pattern.format(first, last)


texts = st.one_of(
    end_texts,
    unspecified_texts,
    pairs(end_texts, "{}/{}"),
    pairs(plain_texts, "[{}..{}]"),
    st.builds(lambda end, pattern: pattern.format(end), end_texts, st.sampled_from(["{}/..", "../{}", "{}/", "/{}"])),
    st.builds(lambda end, pattern: pattern.format(end), plain_texts, st.sampled_from(["[{}..]", "[..{}]"])),
)


def day_or_none(text):
    return date.fromisoformat(text) if text else None


def bounds(edtf):
    return edtf.earliest, edtf.start_latest, edtf.end_earliest, edtf.latest


# Reading


def test_every_date_of_the_data_set_is_read_and_said():
    assert len(DATA_SET) > 700
    for text in DATA_SET:
        assert dates.parse(text).text == text
        assert dates.label(text)


@pytest.mark.parametrize("text", BOUNDS)
def test_bounds(text):
    assert bounds(dates.parse(text)) == tuple(map(day_or_none, BOUNDS[text]))


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_say_why_in_one_sentence(text):
    with pytest.raises(dates.EDTFError, match=re.escape(REFUSED[text])) as refusal:
        dates.parse(text)
    message = str(refusal.value)
    assert message.startswith("“")
    assert message.endswith(".")
    assert message.isprintable()
    assert len(message) < 220


@given(st.text(alphabet="0123456789-/.[]{},~?%XYSTE:Z ", max_size=24) | st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        edtf = dates.parse(text)
    except dates.EDTFError as refusal:
        str(refusal).encode()
    else:
        assert dates.label(edtf)


@given(days)
def test_a_day_round_trips(day):
    edtf = dates.parse(day.isoformat())
    assert bounds(edtf) == (day, day, day, day)
    assert edtf.datetime_attribute == day.isoformat()
    assert edtf.precision == "day"


@given(texts)
def test_bounds_are_in_order(text):
    edtf = dates.parse(text)
    earliest, start_latest, end_earliest, latest = bounds(edtf)
    for first, last in ((earliest, start_latest), (end_earliest, latest), (earliest, latest)):
        assert first is None or last is None or first <= last
    assert earliest or latest


@given(end_texts, end_texts)
def test_an_interval_takes_the_bounds_of_its_ends(first, last):
    start, end = dates.parse(first), dates.parse(last)
    assume(start.earliest <= end.latest)
    edtf = dates.parse(f"{first}/{last}")
    assert bounds(edtf) == (start.earliest, start.latest, end.earliest, end.latest)


@given(end_texts, end_texts)
def test_a_start_after_the_end_is_refused(first, last):
    assume(dates.parse(first).earliest > dates.parse(last).latest)
    with pytest.raises(dates.EDTFError, match="the start lies after the end"):
        dates.parse(f"{first}/{last}")


@given(st.one_of(plain_texts, season_texts), st.sampled_from("~?%"))
def test_qualifiers_do_not_widen_bounds(text, qualifier):
    assert bounds(dates.parse(text + qualifier)) == bounds(dates.parse(text))


# Left out is what the package reads differently (winter, unknown ends: docs/adr/0003-edtf.md) or not at all (qualified
# seasons, and sets that mix days, months and years).
ends_in_both = st.one_of(
    st.builds(str.__add__, plain_texts, qualifiers),
    st.builds("{}-{}".format, year_texts, st.sampled_from(["21", "22", "23"])),
)
texts_in_both = st.one_of(
    ends_in_both,
    unspecified_texts,
    pairs(ends_in_both, "{}/{}"),
    *(pairs(same_precision, "[{}..{}]") for same_precision in (day_texts, month_texts, year_texts)),
    ends_in_both.map("{}/..".format),
    ends_in_both.map("../{}".format),
    plain_texts.map("[{}..]".format),
    plain_texts.map("[..{}]".format),
)


@given(texts_in_both)
def test_the_edtf_package_reads_the_same_strict_bounds(text):
    other, edtf = second_opinion.parse_edtf(text), dates.parse(text)
    for bound, ours, endless in (
        (other.lower_strict(), edtf.earliest, float("-inf")),
        (other.upper_strict(), edtf.latest, float("inf")),
    ):
        assert (None if bound == endless else date(*bound[:3])) == ours


# What a date is


@pytest.mark.parametrize(
    ("text", "precision", "mark", "words", "attribute"),
    [
        ("2019-07-22", "day", "day", "to the day", "2019-07-22"),
        ("2019-07", "month", "month", "to the month", "2019-07"),
        ("2019-07-XX", "month", "month", "to the month", "2019-07"),
        ("2019", "year", "year", "to the year", "2019"),
        ("2019-XX-XX", "year", "year", "to the year", "2019"),
        ("2019-22", "season", "range", "to the season", None),
        ("201X", "decade", "year", "to the decade", None),
        ("20XX", "century", "year", "to the century", None),
        ("2019-07-22~", "day", "about", "approximate", None),
        ("2019%", "year", "about", "approximate", None),
        ("2019-07-22?", "day", "day", "to the day", None),
        ("[2019-07-15..2019-07-21]", "range", "range", "within a range", None),
        ("[..2019]", "range", "range", "within a range", None),
        ("2019-07-03/2019-07-31", "interval", "range", "a period of time", None),
        ("2019-07~/..", "interval", "range", "a period of time", None),
    ],
)
def test_precision(text, precision, mark, words, attribute):
    edtf = dates.parse(text)
    assert (edtf.precision, edtf.mark, str(edtf.precision_label)) == (precision, mark, words)
    assert edtf.datetime_attribute == attribute


FLAGS = (
    "approximate",
    "uncertain",
    "is_interval",
    "is_set",
    "open_start",
    "open_end",
    "unknown_start",
    "unknown_end",
)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("2019", set()),
        ("2019~", {"approximate"}),
        ("2019?", {"uncertain"}),
        ("2019%", {"approximate", "uncertain"}),
        ("2019/2020", {"is_interval"}),
        ("2019?/2020~", {"is_interval", "approximate", "uncertain"}),
        ("2019/..", {"is_interval", "open_end"}),
        ("../2019", {"is_interval", "open_start"}),
        ("2019/", {"is_interval", "unknown_end"}),
        ("/2019", {"is_interval", "unknown_start"}),
        ("[2019..2020]", {"is_set"}),
        ("[..2020]", {"is_set", "open_start"}),
        ("[2019..]", {"is_set", "open_end"}),
    ],
)
def test_flags(text, flags):
    edtf = dates.parse(text)
    assert {flag for flag in FLAGS if getattr(edtf, flag)} == flags


# Words


@pytest.mark.parametrize("text", MOMENTS)
def test_a_start_or_an_end_is_one_moment(text):
    assert dates.one_moment(text) == MOMENTS[text]


@pytest.mark.parametrize("text", LABELS)
def test_labels(text):
    assert (dates.label(text), dates.short_label(dates.parse(text))) == LABELS[text]


@given(texts)
def test_every_date_has_words(text):
    assert dates.label(text)
    assert dates.short_label(text)


@given(month_texts, st.sampled_from(["", "~", "?", "%", "-XX"]))
def test_a_month_never_shows_a_day(month, ending):
    edtf = dates.parse(month + ending)
    for words in (dates.label(edtf), dates.short_label(edtf)):
        assert re.findall(r"\d+", words) == [str(edtf.earliest.year)]


@given(st.one_of(pairs(day_texts, "[{}..{}]"), pairs(day_texts, "{}/{}")))
def test_only_the_days_given_are_shown(text):
    edtf = dates.parse(text)
    allowed = {number for day in (edtf.earliest, edtf.latest) for number in (day.day, day.year)}
    assert set(map(int, re.findall(r"\d+", dates.label(edtf)))) <= allowed


@given(pairs(plain_texts, "{}/{}"))
def test_an_interval_is_never_said_like_a_range_of_possible_dates(text):
    assert dates.label(text) != dates.label("[{}..{}]".format(*text.split("/")))


KOREAN = {
    "%(day)s %(month)s %(year)s": "%(year)s년 %(month)s %(day)s일",
    "%(month)s %(year)s": "%(year)s년 %(month)s",
    "%(year)s": "%(year)s년",
    "the %(year)ss": "%(year)s년대",
    "about %(date)s": "%(date)s경",
    "%(day)s–%(last_day)s %(month)s %(year)s": "%(year)s년 %(month)s %(day)s~%(last_day)s일",
    "from %(start)s to %(end)s": "%(start)s부터 %(end)s까지",
}
JAPANESE = {
    "%(day)s %(month)s %(year)s": "%(year)s年%(month)s%(day)s日",
    "%(month)s %(year)s": "%(year)s年%(month)s",
    "%(year)s": "%(year)s年",
    "the %(year)ss": "%(year)s年代",
    "about %(date)s": "%(date)s頃",
    "%(day)s–%(last_day)s %(month)s %(year)s": "%(year)s年%(month)s%(day)s~%(last_day)s日",
    "from %(start)s to %(end)s": "%(start)sから%(end)sまで",
}


def write_catalog(path, messages):
    """A gettext .mo file, so that the test needs no msgfmt."""
    entries = {"": "Content-Type: text/plain; charset=UTF-8\n"}
    entries |= {f"date\x04{message}": translated for message, translated in messages.items()}
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    tables, strings, offset = [[], []], b"", 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables[column] += [len(pair[column]), offset + len(strings)]
            strings += pair[column] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(header + struct.pack(f"<{4 * len(pairs)}I", *tables[0], *tables[1]) + strings)


@pytest.fixture
def catalogs(tmp_path, settings):
    for language, messages in (("ko", KOREAN), ("ja", JAPANESE)):
        write_catalog(tmp_path / language / "LC_MESSAGES" / "django.mo", messages)
    settings.LOCALE_PATHS = [tmp_path]


@pytest.mark.usefixtures("catalogs")
@pytest.mark.parametrize(
    ("text", "korean", "japanese"),
    [
        ("2019-07-22", "2019년 7월 22일", "2019年7月22日"),
        ("2019-07", "2019년 7월", "2019年7月"),
        ("2019", "2019년", "2019年"),
        ("201X", "2010년대", "2010年代"),
        ("2019~", "2019년경", "2019年頃"),
        ("2019-07~", "2019년 7월경", "2019年7月頃"),
        ("[2019-07-15..2019-07-21]", "2019년 7월 15~21일", "2019年7月15~21日"),
        ("2019-07/2019-08", "2019년 7월부터 2019년 8월까지", "2019年7月から2019年8月まで"),
    ],
)
def test_translators_order_the_parts(text, korean, japanese):
    with translation.override("ko"):
        assert dates.label(text) == dates.short_label(text) == korean
    with translation.override("ja"):
        assert dates.label(text) == dates.short_label(text) == japanese


# Falling within a period

DECEMBER = date(2019, 12, 1), date(2019, 12, 31)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2019-12-01", "certain"),
        ("2019-12-31", "certain"),
        ("2019-12", "certain"),
        ("2019-12~", "certain"),
        ("[2019-12-20..2019-12-31]", "certain"),
        ("2019", "possible"),
        ("2019-24", "possible"),
        ("[2019-11-30..2019-12-01]", "possible"),
        ("[..2019-12-05]", "possible"),
        ("[..2020]", "possible"),
        ("[2019-12..]", "possible"),
        ("2019-11-30", None),
        ("2020-01-01", None),
        ("2020", None),
        ("[..2019-11]", None),
        ("[2020..]", None),
        ("2019-07/2020-06", "certain"),
        ("2019-12-31/2020-06", "certain"),
        ("2019/2019-12-05", "certain"),
        ("2019-12-05/2019", "certain"),
        ("2019-12-05/..", "certain"),
        ("../2019-12-05", "certain"),
        ("2019-07/..", "possible"),
        ("2019-07/", "possible"),
        ("../2020", "possible"),
        ("/2020", "possible"),
        ("2019/2019", "possible"),
        ("2019-07/2019-11", None),
        ("2020-01/..", None),
        ("../2019-11", None),
    ],
)
def test_contains(text, answer):
    assert dates.contains(dates.parse(text), *DECEMBER) == answer


@given(texts, days, days)
def test_a_certain_date_is_certain_in_any_wider_period(text, first, last):
    first, last = sorted((first, last))
    edtf = dates.parse(text)
    answer = dates.contains(edtf, first, last)
    month_end = last.replace(day=monthrange(last.year, last.month)[1])
    wider = dates.contains(edtf, first.replace(day=1), month_end)
    strength = [None, "possible", "certain"]
    assert strength.index(wider) >= strength.index(answer)


@given(st.one_of(plain_texts, pairs(plain_texts, "[{}..{}]")), days, days)
def test_a_moment_is_certain_where_all_its_days_are_within(text, first, last):
    first, last = sorted((first, last))
    edtf = dates.parse(text)
    assert (dates.contains(edtf, first, last) == "certain") == (first <= edtf.earliest and edtf.latest <= last)
