import datetime
import re
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from measures.models import Status
from records import statuses
from records.clocks import Clocks
from records.templatetags.changes import beside

TODAY = datetime.date(2026, 11, 24)


def page(request, slug=""):
    return HttpResponse(slug)


measures = ([path("measures/", page, name="list"), path("measures/<slug:slug>/", page, name="detail")], "measures")
urlpatterns = [
    path("", include(measures)),
    path("desk/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]
pytestmark = pytest.mark.urls(__name__)


def render(template, **context):
    return Template("{% load marks i18n %}" + template).render(Context(context))


def source(pk, *, official=False, publisher="Press"):
    return SimpleNamespace(
        pk=pk,
        slug=f"source-{pk}",
        publisher=publisher,
        is_official=official,
        get_absolute_url=lambda: f"/sources/source-{pk}/",
    )


def chosen(day=datetime.date(2019, 12, 21)):
    return Clocks(on=day, today=TODAY)


def test_every_status_of_the_measures_has_words_and_a_glyph():
    assert set(statuses.LABELS) == set(statuses.POSSIBLE_LABELS) == set(statuses.STRICTEST_FIRST) == set(Status.values)
    sprite = render_to_string("sprite.html")
    assert all(f'id="g-{code}"' in sprite for code in statuses.LABELS)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ('{% status "in_force" %}', "In force"),
        ('{% status "in_force" possible=True %}', "Possibly in force"),
        ('{% status "suspended" never_began=True %}', "Suspended before it began"),
        ('{% status "withdrawn" never_began=False %}', "Withdrawn"),
        ('{% status "eased" label="Eased for resist" %}', "Eased for resist"),
        ("{% status None %}", "Not stated"),
        ('{% milestone_state "achieved" %}', "Achieved"),
        ('{% milestone_state "planned" overdue=True %}', "Overdue"),
    ],
)
def test_states_are_said_in_words(tag, words):
    assert f">{words}</span>" in render(tag).replace("</svg>", "</svg>>")


def test_a_status_is_a_shape_and_a_word():
    assert render("{% status code %}", code=Status.EASED) == (
        '<span class="st st-eased"><svg class="g" aria-hidden="true"><use href="#g-eased"/></svg>Eased</span>'
    )


def test_an_unknown_status_is_an_error():
    with pytest.raises(KeyError):
        render('{% status "paused" %}')


def test_a_date_carries_its_role_and_its_precision():
    html = render('{% edtf "2019-07" role="announced" %}')
    assert '<span class="dt-role">announced</span> ' in html
    assert '<time datetime="2019-07">July 2019</time>' in html
    assert '<title>to the month</title><use href="#p-month"/>' in html
    assert "dot" not in html


def test_a_date_that_html_cannot_say_has_no_time_element():
    html = render('{% edtf "2019-07~" short=True %}')
    assert "about Jul 2019" in html
    assert "<time" not in html


def test_an_interval_keeps_its_marks_with_its_last_word():
    assert '2 January <span class="nw">2020<svg' in render('{% edtf "2019-07~/2020-01-02" %}')


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("2019-07-22", "en", "since 22 Jul 2019"),
        ("2019-07-22", "ko", "2019년 7월 22일부터"),
        ("2019-07-22", "ja", "2019年7月22日から"),
        ("../2016-07-13", "en", "since 13 Jul 2016 or earlier"),
        ("../2016-07-13", "ko", "2016년 7월 13일 또는 그 이전부터"),
        ("../2016-07-13", "ja", "2016年7月13日またはそれ以前から"),
        ("[2019-07-15..2019-07-21]", "en", "since 15–21 Jul 2019"),
    ],
)
def test_since_when_is_told_as_one_says_it(text, language, words):
    with translation.override(language):
        html = render("{% since text short=True %}", text=text)
    told = re.sub(r"<svg.*</svg>|<[^>]+>", "", html)
    assert told == words
    assert "by 13" not in render("{% edtf text|one_moment %}", text="../2016-07-13")


@pytest.mark.parametrize("text", ["None", '""'])
def test_a_missing_date_is_said(text):
    assert "not stated</span>" in render(f"{{% edtf {text} %}}")
    assert "none found</span>" in render(f'{{% edtf {text} missing="none found" %}}')


def test_text_is_escaped_everywhere():
    nasty = source(1, publisher='"><script>')
    html = render(
        "{% status 'eased' label=x %}{% edtf None role=x missing=x citations=s %}{{ x|stated }}", x="<b>", s=[nasty]
    )
    assert "<b>" not in html
    assert "<script>" not in html


def test_a_dot_is_filled_for_an_official_source_which_comes_first():
    html = render("{% dot sources %}", sources=[source(1, publisher="NHK"), source(2, official=True, publisher="METI")])
    assert 'class="dot" href="/sources/source-2/" aria-label="2 sources: METI; NHK">2</a>' in html


def test_a_dot_is_a_ring_for_the_press_and_without_a_number_for_one():
    html = render(
        "{% dot citations %}", citations=[SimpleNamespace(source=source(1)), SimpleNamespace(source=source(1))]
    )
    assert 'class="dot press"' in html
    assert 'aria-label="1 source: Press"></a>' in html


def test_a_dot_without_sources_says_so():
    assert '<span class="dot no"><span class="muted">unsourced</span></span>' in render("{% dot none %}", none=[])


def test_a_dot_leads_to_the_documents_of_the_page_only_where_they_list_it():
    one, two = source(1), source(2)
    assert 'href="#s-source-1"' in render("{% dot s %}", s=[one], documents=[one])
    assert 'href="/sources/source-2/"' in render("{% dot s %}", s=[two], documents=[one])


def test_links_keep_the_chosen_day():
    clocks = chosen()
    assert render("{% clocked_url 'measures:detail' 'x' %}", clocks=clocks) == "/measures/x/?on=2019-12-21"
    assert render("{% clocked '/a/?b=1#c' as u %}{{ u|safe }}", clocks=clocks) == "/a/?b=1&on=2019-12-21#c"
    assert "on=2019-12-21" in render("{% dot s %}", s=[source(1)], clocks=clocks)


def test_links_are_plain_today():
    assert render("{% clocked_url 'measures:list' %}", clocks=chosen(TODAY)) == "/measures/"
    assert render("{% clocked_url 'measures:list' %}") == "/measures/"


def test_nothing_is_shown_blank_and_zero_is_a_value():
    assert render("{{ x|stated }}", x=None) == '<span class="muted">not stated</span>'
    assert render("{{ x|stated:'none found' }}", x="") == '<span class="muted">none found</span>'
    assert render("{{ x|stated }}", x=0) == "0"


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("ko", "Korean"),
        ("zh-Hant", "Traditional Chinese"),
        ("zh", "Chinese"),
        ("pcm", "Nigerian Pidgin"),
        ("tlh", "tlh"),
    ],
)
def test_languages_are_named(tag, words):
    assert render("{{ tag|language_label }}", tag=tag) == words


NAMES = [
    SimpleNamespace(text="코리아", language="ko", kind="alias"),
    SimpleNamespace(text="대한민국", language="ko", kind="official"),
    SimpleNamespace(text="Corea", language="it", kind="official"),
    SimpleNamespace(text="South Korea", language="en", kind="alias"),
]


@pytest.mark.parametrize(
    ("language", "title", "below"),
    [
        ("en", "Korea", [("ko", "코리아"), ("ko", "대한민국"), ("it", "Corea")]),
        ("ko", "대한민국", [("en", "Korea"), ("ko", "코리아"), ("it", "Corea")]),
        ("ja", '<span lang="en">Korea</span>', [("ko", "코리아"), ("ko", "대한민국"), ("it", "Corea")]),
    ],
)
def test_readers_see_their_own_name_first_and_all_others_in_their_languages(language, title, below):
    with translation.override(language):
        assert render("{% title 'Korea' names %}", names=NAMES) == title
        html = render("{% native_names 'Korea' names %}", names=NAMES)
    assert re.findall(r'<span lang="(\w+)">([^<]+)</span>', html) == below


def shell(clocks=None, path="/measures/", **query):
    request = RequestFactory().get(path, query)
    request.clocks = clocks or chosen(TODAY)
    return render_to_string("base.html", request=request)


def test_the_shell_marks_where_one_is_and_leaves_out_what_is_not_mounted():
    html = shell()
    assert '<a href="/measures/" aria-current="page">Measures</a>' in html
    assert ">Programs</a>" not in html
    assert 'aria-current="true"' in shell(path="/measures/x/")


def test_the_clock_is_quiet_today_and_coloured_on_another_day():
    assert 'class="clock"' in shell()
    assert "Back to today" not in shell()
    html = shell(chosen(), on="2019-12-21", issuer="JP")
    assert 'class="clock set"' in html
    assert "21 December 2019" in html
    assert 'href="?issuer=JP"' in html
    assert '<a href="/measures/?on=2019-12-21"' in html


def test_changing_the_day_keeps_every_other_choice_but_the_page():
    request = RequestFactory().get("/measures/?issuer=JP&issuer=CN&page=3&on=2019-12-21")
    request.clocks = chosen()
    html = render_to_string("base.html", request=request)
    assert html.count('<input type="hidden" name="issuer"') == 2
    assert 'type="hidden" name="page"' not in html
    assert 'type="hidden" name="on"' not in html


def test_the_language_can_be_changed_without_a_script():
    html = shell()
    assert 'action="/i18n/setlang/"' in html
    assert '<button name="language" value="ko" lang="ko">한국어</button>' in html
    assert 'value="en"' not in html


def test_the_shell_obeys_a_strict_content_policy():
    html = shell(chosen())
    assert "style=" not in html
    assert "data:" not in html
    assert re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) == [""]  # nothing inline


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_pages_need_no_request_and_say_why(status):
    html = render_to_string(f"{status}.html", {"reason": "2019-13-45 is <no> day", "status": status})
    assert "2019-13-45 is &lt;no&gt; day" in html
    assert "<h1" in html


@pytest.mark.parametrize(
    ("text", "other", "marked", "is_compared"),
    [
        ("It restricts three materials since July.", "It restricts two materials since July.", ["three"], True),
        ("It restricts three materials.", "It restricts three materials at once.", [], True),
        ("수출을 제한하는 품목 세 가지를 정했다", "수출을 제한하는 품목 네 가지를 정했다", ["세"], True),
        ("輸出を制限する三品目を定めた", "輸出を制限する二品目を定めた", ["三"], True),
        ("2019-07-04", "2019-07-01", ["04"], True),
        ("one", "two", [], False),
        (
            "Something else altogether was said here",
            "A wholly new sentence stands in its place today",
            [],
            False,
        ),
        ("word " * 3000, "word " * 2999, [], False),
    ],
)
def test_what_another_version_has_not_is_marked(text, other, marked, is_compared):
    page = beside(text, other)
    assert re.findall("<mark>(.*?)</mark>", page) == marked
    assert ("compared" in page) == is_compared
    assert re.sub("</?(?:mark|span)[^>]*>", "", page) == text


@given(st.text(), st.text())
def test_marked_texts_are_escaped_and_whole(text, other):
    page = beside(text, other)
    assert re.sub("</?(?:mark|span)[^>]*>", "", page) == escape(text)
