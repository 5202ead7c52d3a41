from pathlib import Path

import pytest
from django.conf import settings

from records import dictionary


def test_the_page_in_the_repository_is_the_one_the_models_give():
    page = Path(settings.BASE_DIR, "docs", "data-dictionary.md").read_text(encoding="utf-8")
    assert page == dictionary.markdown(), "Run: manage.py data_dictionary docs/data-dictionary.md"


@pytest.mark.parametrize("model", list(dictionary.documented_models()), ids=lambda model: model._meta.label)
def test_every_model_says_what_one_row_is(model):
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")
