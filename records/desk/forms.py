"""Forms of the desk: every change says why, is made against the version that was read, and dates are read aloud."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from records import dates
from records.models import ChangeSet, Record
from records.models.proposals import KINDS


def reading(text: str) -> str:
    """What an EDTF text says, as HTML: its words, precision and bounds, or the sentence that refuses it."""
    text = text.strip()
    if not text:
        return ""
    try:
        day = dates.parse(text)
    except dates.EDTFError as error:
        return format_html('<span class="refused">{}</span>', error)
    words = format_html("<b>{}</b>, {}", dates.label(day), day.precision_label)
    if day.precision == "day":
        return words
    bounds = [bound.isoformat() if bound else _("open") for bound in (day.earliest, day.latest)]
    return format_html('{} <span class="nw">({} – {})</span>', words, *bounds)


class RecordSelect(AutocompleteSelect):
    """Django's autocompletion, which looks up what was sent even where that is no id at all."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [each for each in value if self._is_id(each)], attr)

    def _is_id(self, text) -> bool:
        try:
            self.field.target_field.to_python(text)
        except ValidationError:
            return False
        return True


class EDTFWidget(forms.TextInput):
    """A text field for an EDTF date, followed by its reading; desk.js renews the reading while somebody types."""

    def __init__(self, attrs=None):
        super().__init__({"class": "edtf", "autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<p class="reading" aria-live="polite">{}</p>', field, reading(value or ""))


class ReasonForm(forms.Form):
    """Why something is done; part of the public history."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    change_reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence that a reader can follow; the history shows it."),
    )


class MoveForm(ReasonForm):
    """A step of a record's review, taken on the version that was read."""

    read_version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(MoveForm):
    notice = forms.CharField(
        label=_("Notice"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What readers of the withdrawn page are told."),
    )


class ChangeForm(ReasonForm, forms.ModelForm):
    """A change: the version it was read at, why it is made, and what kind of change it is."""

    change_kind = forms.ChoiceField(
        label=_("Kind of change"),
        choices=KINDS,
        help_text=ChangeSet._meta.get_field("kind").help_text,
    )
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    ABOUT_CHANGE = ("change_kind", "change_reason", "read_version")

    # Field that leads to the record whose version counts; None where the form is that record's own.
    parent = None
    # What the database refused and no field could foresee, such as a public id that was taken a moment ago.
    refusal = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        record = getattr(self.instance, self.parent) if self.parent else self.instance
        if record.pk and isinstance(record, Record):
            self.fields["read_version"].initial = record.version

    def clean(self):
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()

    @property
    def changes_record(self) -> bool:
        return bool(set(self.changed_data) - set(self.ABOUT_CHANGE))
