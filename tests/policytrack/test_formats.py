import datetime

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

MOMENT = datetime.datetime(2026, 11, 4, 9, 5, tzinfo=datetime.UTC)
SAID = {
    "en": ("4 Nov 2026", "4 Nov 2026, 09:05"),
    "ko": ("2026년 11월 4일", "2026년 11월 4일 09:05"),
    "ja": ("2026年11月4日", "2026年11月4日 09:05"),
}


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_lists_of_the_desk_write_days_and_moments_as_the_pages_do(language):
    with translation.override(language):
        for kind, wanted in zip(("DATE_FORMAT", "DATETIME_FORMAT"), SAID[language], strict=True):
            assert date_format(MOMENT, kind) == date_format(MOMENT, f"SHORT_{kind}") == wanted
            written = "j M Y" if kind == "DATE_FORMAT" else "j M Y, H:i"
            assert date_format(MOMENT, gettext(written)) == wanted
        assert date_format(MOMENT, "TIME_FORMAT") == "09:05"
