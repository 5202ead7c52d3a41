"""How charts are written: scales, signs, files in every script."""

import xml.etree.ElementTree as ElementTree

import pytest
from django.utils import translation

from records import fonts
from records.charts import png, svg
from records.charts.scales import Height, steps
from records.charts.shapes import Bar, Chart, Label, Line, Mark, Panel, Plot

TEXTS = {
    "en": "Who restricts what",
    "ko": "불화수소 수출 규제",
    "ja": "輸出管理: 2026年 (2?)",
    "zh": "氟化氢出口管制 2026",
}


def chart(**values):
    shapes = [
        Line(0, 100, 50, 50, "axis"),
        Bar(10, 20, 10, 40, "sure", title="2019: <3>", url="/measures/?a=1&b=2"),
        Bar(10, 20, 5, 5, "maybe"),
        Mark(50, 20, "dot"),
        Mark(70, 20, "diamond"),
        Label(90, 40, "<b>", "end", "strong", dx=2, spare=True),
        Label(5, 40, "turned", turned=True),
    ]
    given = {"sentence": "Says it.", "panels": [Panel([Plot(60, shapes, "heading")], "label", "note")], **values}
    return Chart("stock", **{"title": "A title", "label_width": 100, "key": [("sure", "for certain")], **given})


@pytest.mark.parametrize(
    ("largest", "whole", "expected"),
    [
        (0, True, [0, 1]),
        (1, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (53, True, [0, 20, 40, 60]),
        (100, True, [0, 50, 100]),
        (53053, True, [0, 20000, 40000, 60000]),
        (0.7, False, [0, 0.2, 0.4, 0.6, 0.8]),
        (66.86, False, [0, 20, 40, 60, 80]),
    ],
)
def test_scales_go_in_round_steps_to_the_largest(largest, whole, expected):
    assert steps(largest, whole=whole) == expected


def test_scales_reach_below_nought_where_numbers_do():
    assert steps(3, least=-5) == [-6, -4, -2, 0, 2, 4]
    height = Height(4, 100, bottom=-6)
    assert (height.y(4), height.y(0), height.y(-6), height.of(1)) == (0, 40, 100, 10)


def test_a_bar_of_one_among_thousands_can_still_be_seen():
    height = Height(60000, 170, head=18)
    assert (height.of(0), height.of(1), height.of(60000)) == (0, 1, 170)
    assert (height.y(60000), height.y(0), height.foot) == (18, 188, 188)


def test_a_plot_within_a_page_has_classes_and_links_and_no_markup_of_its_own():
    drawn = str(svg.plot(chart().panels[0].plots[0]))
    assert "style=" not in drawn
    assert 'class="ch-sure"' in drawn
    assert '<a href="/measures/?a=1&amp;b=2" tabindex="-1"><rect' in drawn
    assert "2019: &lt;3&gt;" in drawn
    assert "&lt;b&gt;" in drawn
    assert 'class="ch-strong spare"' in drawn
    assert 'fill="url(#possible)"' in drawn


def test_a_file_stands_for_itself():
    drawn = svg.file(chart(), ["Filters: none"])
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    assert (root.find(f"{space}title").text, root.find(f"{space}desc").text) == ("A title", "Says it.")
    assert {"for certain", "heading", "label", "note", "Filters: none", "<b>"} <= set(root.itertext())
    # Neither a stylesheet nor an address is needed to see it.
    assert "class=" not in drawn.replace('class="h-bg"', "").replace('class="ch-line"', "")
    assert "href" not in drawn


@pytest.mark.parametrize("language", TEXTS)
def test_each_character_is_set_in_a_font_that_has_it(language):
    for family, piece in fonts.runs(TEXTS[language], language):
        assert all(character in fonts._of_family()[family] for character in piece)
    assert "".join(piece for _family, piece in fonts.runs(TEXTS[language], language)) == TEXTS[language]


def test_japanese_is_set_in_a_japanese_font():
    assert fonts.runs("直す 3", "ja") == [(fonts.JAPANESE, "直す"), (fonts.KOREAN, " 3")]
    assert fonts.runs("直す 3", "ko") == [(fonts.KOREAN, "直す 3")]


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_a_picture_shows_every_script_and_no_box(language):
    """Two texts of as many characters give different pictures, which boxes would not."""
    with translation.override(language):
        pictures = {
            title: png.write(svg.file(chart(title=title, panels=[]), []))
            for title in (
                "수출규제",
                "물질목록",
                "輸出管理",
                "規制物質",
                "出口氟化",
                "简体氢气",
                "直すモノ",
                "ネオンガ",
            )
        }
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())
    assert len(set(pictures.values())) == len(pictures)
    assert png.write(svg.file(chart(), [])) == png.write(svg.file(chart(), []))


def test_a_picture_that_no_font_can_show_is_refused_by_the_name_of_the_character():
    with pytest.raises(png.Undrawable, match=r"U\+12000 CUNEIFORM SIGN A\b"):
        png.write(svg.file(chart(title="\U00012000"), []))


def test_long_texts_are_set_over_lines():
    assert svg.wrapped("one two three", 60, 12) == ["one two", "three"]
    assert svg.wrapped("輸出管理規制物質", 50, 12) == ["輸出管理", "規制物質"]
    assert svg.wrapped("", 50, 12) == []
    assert "".join(svg.wrapped("x" * 100, 50, 12)) == "x" * 100
