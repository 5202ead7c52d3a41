from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory

from programs.models import Milestone
from records import dates
from records.fields import BOUNDS, EDTFField, bound_name
from records.models import Source

pytestmark = pytest.mark.django_db

NO_BOUNDS = (None, None, None, None)
JULY = (date(2019, 7, 1), date(2019, 7, 31), date(2019, 7, 1), date(2019, 7, 31))


def source(**fields):
    defaults = {"slug": "moti-2019", "title": "A notice", "publisher": "A ministry", "language": "ko"}
    return Source(**defaults | {"kind": "official", "consulted": "excerpt"} | fields)


@pytest.fixture
def saved():
    row = source(date="2019-07")
    row.save()
    return row


def stored(row):
    return Source.objects.values_list(*BOUNDS).get(pk=row.pk)


def test_bounds_take_the_name_of_their_field():
    assert [bound_name("date", bound) for bound in BOUNDS] == list(BOUNDS)
    columns = {field.name for field in Milestone._meta.get_fields()}
    assert {f"{name}_{bound}" for name in ("expected", "said_on", "actual") for bound in BOUNDS} <= columns


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("2019-07~", JULY),
        ("2019-07/2019-08-05", (date(2019, 7, 1), date(2019, 7, 31), date(2019, 8, 5), date(2019, 8, 5))),
        ("2019-07/..", (date(2019, 7, 1), date(2019, 7, 31), None, None)),
        ("../2019-07", (None, date(2019, 7, 31), date(2019, 7, 1), date(2019, 7, 31))),
        ("[2019-07-01..2019-07-31]", JULY),
        ("[..2019-07]", (None, date(2019, 7, 31), None, date(2019, 7, 31))),
        (None, NO_BOUNDS),
    ],
)
def test_saving_stores_the_text_as_entered_and_its_bounds(text, bounds):
    row = source(date=text)
    row.save()
    row.refresh_from_db()
    assert row.date == text
    assert stored(row) == bounds


def test_bounds_follow_the_text(saved):
    assert stored(saved) == JULY
    saved.date = "2020-02-29"
    saved.save()
    assert stored(saved) == (date(2020, 2, 29),) * 4
    saved.date = "2019-07"
    saved.save(update_fields=["date"])
    assert stored(saved) == JULY
    saved.date = None
    saved.save()
    assert stored(saved) == NO_BOUNDS


def test_bounds_are_stored_for_many_rows_at_once():
    Source.objects.bulk_create([source(slug="one", date="2019-07"), source(slug="two")])
    assert list(Source.objects.order_by("slug").values_list(*BOUNDS)) == [JULY, NO_BOUNDS]


def test_what_is_no_date_is_refused_in_words_for_the_editor():
    with pytest.raises(ValidationError) as refusal:
        source(date="2020/2019").full_clean()
    assert refusal.value.message_dict == {"date": ["“2020/2019” is not a date: the start lies after the end."]}
    assert refusal.value.error_dict["date"][0].code == "edtf"


def test_what_is_no_date_is_not_saved_without_validation_either():
    with pytest.raises(dates.EDTFError), transaction.atomic():
        source(date="2019-13").save()
    assert not Source.objects.exists()


def test_a_form_takes_off_outer_spaces_and_keeps_nothing_for_nothing():
    form_class = modelform_factory(Source, fields=["date"])
    for entered, kept in ((" 2019-07 ", "2019-07"), ("  ", None)):
        form = form_class({"date": entered})
        assert form.fields["date"].clean(entered) == kept
    assert "date" not in form_class({"date": "2019-07"}).errors
    assert "leave out the spaces" in form_class({"date": "2019 07"}).errors["date"][0]
    assert form_class({"date": "2019\0"}).errors["date"]


def test_bounds_are_not_typed_in():
    form_fields = modelform_factory(Milestone, fields="__all__").base_fields
    assert "expected" in form_fields
    assert not {bound_name("expected", bound) for bound in BOUNDS} & form_fields.keys()


@pytest.mark.parametrize(
    "columns",
    [
        {"start_latest": date(2019, 6, 30)},
        {"end_earliest": date(2019, 8, 1)},
        {"earliest": date(2019, 8, 1), "start_latest": None},
        {"date": None},
    ],
)
def test_the_database_refuses_bounds_out_of_order_and_bounds_without_a_date(saved, columns):
    with pytest.raises(IntegrityError, match="records_source_date_ordered"), transaction.atomic():
        Source.objects.filter(pk=saved.pk).update(**columns)


def test_migrations_and_history_name_the_bounds_themselves():
    field = Source._meta.get_field("date")
    _, path, _, arguments = field.deconstruct()
    assert (path, arguments["bounds"]) == ("records.fields.EDTFField", False)
    assert isinstance(field, EDTFField)
    _, path, _, arguments = Source._meta.get_field("earliest").deconstruct()
    assert (path, arguments) == ("django.db.models.DateField", {"null": True, "editable": False})
