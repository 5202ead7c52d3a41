"""The shipped data set, loaded: what must be there, and that it goes back into its files unchanged."""

import re
import shutil
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Coalesce

from measures.models import Announcement, DisputedFact, Material, Measure, MeasureEvent, Ministry
from programs.models import Indicator, Institute, Milestone, Phase, Program, Project
from records.dataset import files
from records.models import Source, SourceStatement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DATA = Path(settings.DATA_DIR)


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (Measure, 98),
        (MeasureEvent, 430),
        (Material, 117),
        (Announcement, 22),
        (DisputedFact, 86),
        (Ministry, 80),
        (Institute, 76),
        (Program, 16),
        (Phase, 33),
        (Milestone, 98),
        (Project, 76),
        (Indicator, 45),
        (Source, 884),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value),
)
def test_everything_arrived(model, count):
    assert model.objects.count() == count


def test_project_rows_stand_for_more_than_themselves():
    assert Project.objects.aggregate(all=Sum(Coalesce("count", 1)))["all"] == 88


def test_it_goes_back_into_its_files_byte_for_byte(tmp_path):
    for path in DATA.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    files.dump(tmp_path)
    for path in sorted(DATA.glob("*.yaml")):
        assert (tmp_path / path.name).read_text() == path.read_text(), path.name


def test_files_made_anew_hold_the_same_rows(tmp_path):
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    files.dump(tmp_path)
    reading = files.read(tmp_path)
    assert reading.faults == []
    assert files.load(tmp_path).changes == 0


def test_the_database_holds_what_the_files_say():
    assert files.load(DATA).changes == 0


def holder(trace):
    """The row that a trace leads to, and the last step of its path: a step names an element, a number or a key."""
    each = next(each for each in files.formats() if each.name == trace.file)
    row = each.model.objects.get(slug=trace.record)
    steps = trace.path.split("/")
    while len(steps) > 1:
        part = next(part for part in parts_of(each) if steps[0] in part.keys)
        if not hasattr(part, "model") or not hasattr(part, "parent"):
            break
        step, rest = steps[1], steps[2:]
        rows = part.model.objects.filter(**{part.parent: row})
        names = [name for name in ("slug", "number") if name in {f.name for f in part.model._meta.fields}]
        found = [r for r in rows if any(str(getattr(r, name)) == step for name in names)]
        if not found and hasattr(part.model, "organization"):
            found = [r for r in rows if r.organization and r.organization.slug == step]
        row = found[0] if found else list(rows)[int(step)]
        each, steps = part, rest
    return row, steps[0] if steps else None


def parts_of(owner):
    for part in owner.parts:
        yield part
        if hasattr(part, "parts") and not hasattr(part, "parent"):
            yield from part.parts


def test_there_are_24_founding_statements():
    assert SourceStatement.objects.filter(source__slug="founding-report-2019-07").count() == 24


@pytest.mark.parametrize("number", range(1, 25))
def test_each_founding_statement_is_held_by_rows(number):
    statement = SourceStatement.objects.get(source__slug="founding-report-2019-07", number=number)
    traces = list(statement.traces.all())
    assert traces
    for trace in traces:
        row, key = holder(trace)
        if key is not None and not key.isdigit():
            part = next(part for part in parts_of_row(row, trace.file) if key in part.keys)
            columns = part.columns()
            assert not columns or any(getattr(row, column) is not None for column in columns), (trace.path, row)


def parts_of_row(row, file):
    """The parts that a row of this model is read by."""

    def walk(owner):
        if getattr(owner, "model", None) in (type(row), *type(row).__mro__):
            yield from parts_of(owner)
        for part in owner.parts:
            if hasattr(part, "parts"):
                yield from walk(part)

    return walk(next(each for each in files.formats() if each.name == file))


def test_every_key_of_the_format_reaches_a_column():
    described = Path(DATA, "SCHEMA.md").read_text(encoding="utf-8")
    for each in files.formats():
        assert each.name in described
        for part in parts_of(each):
            for column in part.columns():
                if column != "subject":
                    assert each.model._meta.get_field(column), (each.name, column)
            for key in part.keys:
                assert re.search(rf"\b{re.escape(key)}\b", described), f"{each.name}: {key} is not in SCHEMA.md"


def test_every_layout_belongs_to_a_model_of_the_house():
    models = {layout.model for layout in files.layouts()}
    assert models <= {
        model for app in ("records", "measures", "programs") for model in apps.get_app_config(app).get_models()
    }
