"""The shipped data set, exported and brought back: nothing differs."""

import pytest

from records import exports
from records.imports.kinds import kinds
from tests.records.brought import check, counts, exported, faults

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.mark.parametrize("format", exports.FORMATS)
@pytest.mark.parametrize("kind", sorted(kinds()))
def test_what_is_exported_changes_nothing_when_it_is_brought(kind, format, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    order = check(kind, exported(kind, format), name=f"rows.{format}")
    assert faults(order) == []
    assert counts(order) == (0, 0, kinds()[kind].model.objects.count())
    assert order.state == "checked"
