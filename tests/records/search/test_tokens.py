"""Properties of tokens: what stands in a text is found by any part of it, however it is typed; nothing breaks them."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from records.search.asking import ask, entries
from records.search.marking import folded, marked, pattern_of
from records.search.phrases import tokens_of
from records.search.terms import LegalNumber, cleaned, legal_numbers, terms, without_particle

pytestmark = pytest.mark.django_db

HANGUL = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
KANA = st.sampled_from("アイウエオカガキギクグッツヅフブプヘベーン")
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
PAIRED = st.text(st.one_of(HANGUL, KANA, HAN), min_size=2, max_size=12)
WORD = st.from_regex(r"[a-z]{4,9}[0-9]?", fullmatch=True)
# No NUL and no halves of characters: they are refused before anything is asked.
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


def holds(text, query):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_search_vector(jsonb_build_array(jsonb_build_array('A', 'title', 'mul', %s::text)), '{}')"
            " @@ %s::tsquery",
            [text, query],
        )
        return cursor.fetchone()[0]


def query_of(text, **how):
    return tokens_of([text])[text].query(**how)


@given(st.lists(st.one_of(PAIRED, WORD), min_size=1, max_size=4), st.data())
@settings(max_examples=150)
def test_every_part_of_a_word_without_spaces_is_found(words, data):
    text = " ".join(words)
    word = data.draw(st.sampled_from(words))
    if word.isascii():
        part = word
    else:
        start = data.draw(st.integers(0, len(word) - 1))
        part = word[start : data.draw(st.integers(start + 1, len(word)))]
    assert holds(text, query_of(part))


@given(PAIRED, PAIRED)
@settings(max_examples=100)
def test_what_does_not_stand_in_a_word_is_not_found(word, other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_search_folded(%s), records_search_folded(%s)", [word, other])
        word_seen, other_seen = cursor.fetchone()
    assert holds(word, query_of(other)) == (other_seen in word_seen)


@given(PAIRED, WORD, PAIRED)
@settings(max_examples=60)
def test_scripts_side_by_side_are_found_as_they_stand(before, word, after):
    text = f"{before}{word}{after}"
    assert holds(f"xyz {text} xyz", query_of(text))
    assert holds(text, query_of(f"{before[-1]}{word}"))
    assert holds(text, query_of(f"{word}{after[0]}"))


@given(st.one_of(PAIRED, WORD), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
@settings(max_examples=60)
def test_how_characters_are_composed_does_not_matter(word, form):
    assert query_of(unicodedata.normalize(form, word)) == query_of(word)


@given(ANY)
@settings(max_examples=150)
def test_any_text_makes_a_query_that_the_database_takes(text):
    asked = ask(text)
    assert list(entries(asked.query)) == []  # there are no entries, and no error


@given(ANY)
@settings(max_examples=150)
def test_texts_are_seen_as_the_index_sees_them(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_search_spaced(%s), records_search_spaced(%s)", [text, folded(text).text])
        theirs, ours = cursor.fetchone()
    assert ours == theirs


@given(ANY, ANY)
@settings(max_examples=100)
def test_marks_change_nothing_in_a_text(text, query):
    pattern = pattern_of(tokens_of([query]).values())
    pieces = marked(text, pattern, whole=True).pieces
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert len(pieces) % 2 == 1


@given(ANY)
@settings(max_examples=300)
def test_terms_are_parts_of_what_was_typed(text):
    text = cleaned(text)
    for term in terms(text):
        assert term.text in text[term.start : term.end]
        assert any(character.isalnum() for character in term.text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a b", [("a", "", False, False), ("b", "", False, False)]),
        ("a  A", [("a", "", False, False)]),
        ('"a b" c', [("a b", "", False, True), ("c", "", False, False)]),
        ("「輸出 管理」", [("輸出 管理", "", False, True)]),
        ('"open', [("open", "", False, True)]),
        ("-a", [("a", "", True, False)]),
        ('-"a b"', [("a b", "", True, True)]),
        ("－a", [("a", "", True, False)]),
        ("a-b", [("a-b", "", False, False)]),
        ("title:a", [("a", "title", False, False)]),
        ("TITLE:a", [("a", "title", False, False)]),
        ('-issuer:"a b"', [("a b", "issuer", True, True)]),
        ("note:a", [("note:a", "", False, False)]),
        ("title:", [("title:", "", False, False)]),
        ('- " : () & | ! <-> *', []),
    ],
)
def test_what_is_typed_is_taken_apart(text, found):
    told = [(term.text, term.field, term.excluded, term.is_phrase) for term in terms(cleaned(text))]
    assert told == found


@pytest.mark.parametrize(
    ("word", "stems"),
    [
        ("불화수소를", ["불화수소"]),
        ("불화수소을", []),  # after an open syllable it is 를
        ("텅스텐과", ["텅스텐"]),
        ("갈륨으로", ["갈륨", "갈륨으"]),  # which of them is a word, the texts tell
        ("희토류로", ["희토류"]),
        ("니켈로", ["니켈"]),  # ㄹ is followed by 로
        ("일본에서의", ["일본", "일본에서"]),
        ("EUV용", []),
        ("평가", []),
        ("gallium", []),
    ],
)
def test_particles_are_taken_off_where_they_fit(word, stems):
    assert without_particle(word) == stems


@pytest.mark.parametrize(
    "text",
    [
        "MOFCOM Announcement No. 46 of 2024",
        "No. 46/2024",
        "no 46 (2024)",
        "商务部公告2024年第46号",
        "商務部公告２０２４年第４６號",
        "고시 제2024-46호",
    ],
)
def test_the_number_of_an_act_is_one_however_it_is_written(text):
    [number] = legal_numbers(cleaned(text))
    assert number.token == "n46y2024"
    assert any(token == number.token for token, _place in tokens_of([text])[text].tokens)


@pytest.mark.parametrize("text", ["23 March 2023", "46 2024", "2024-12-03", "in 2024 46 firms"])
def test_dates_are_no_numbers_of_acts(text):
    assert legal_numbers(text) == []


def test_a_number_knows_how_it_is_written():
    assert LegalNumber("046", "2024", "order", 0, 1).spellings[0] == "order no 46 of 2024"
