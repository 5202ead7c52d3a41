"""Passages typed with a new row of a record's page: cited for the row when it is written, in one change with it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import footing, passages
from records.desk.forms import RecordSelect
from records.desk.passages import MAX_WORDS, PlaceForm, labels
from records.models import Citation, Cited, Snapshot, Source

# So many passages can a row bring; more are attached when it is there.
PLACES = 3
PASSAGE = ("source", "quote", "locator", "stance")


def is_citable(model: type[models.Model]) -> bool:
    return issubclass(model, Cited) and bool(model.facts)


class RowPassageForm(PlaceForm):
    """A passage and the facts of the new row that it carries; left empty, it is none."""

    source = forms.ModelChoiceField(Source.objects.order_by("slug"), label=gettext_lazy("Source"))
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("Facts to cite it for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one fact that the passage carries.")},
    )
    quote = forms.CharField(
        label=gettext_lazy("Quote"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "At most 25 words, as they stand there; they are looked for in the copies of the source."
        ),
    )
    field_order = ("source", "facts", "quote", "locator", "stance")

    def __init__(self, *args, model: type[Cited], **kwargs):
        super().__init__(*args, label_suffix="", empty_permitted=True, use_required_attribute=False, **kwargs)
        self.fields["facts"].choices = labels(model).items()
        self.fields["source"].widget = RecordSelect(
            Citation._meta.get_field("source"), admin.site, choices=self.fields["source"].choices
        )
        self.found: tuple[Snapshot, passages.Place] | None = None

    @classmethod
    def of_row(cls, form: forms.ModelForm, model: type[Cited]) -> tuple["RowPassageForm", ...]:
        """The passages of a new row's form, which may lay some into it as its initial value of that name."""
        laid = form.initial.get("passages", [])
        return tuple(
            cls(
                form.data if form.is_bound else None,
                model=model,
                prefix=f"{form.prefix}-passage-{place}",
                initial=laid[place] if place < len(laid) else None,
            )
            for place in range(PLACES)
        )

    def has_changed(self):
        # How a source stands to nothing says nothing.
        return any(name != "stance" for name in self.changed_data)

    @property
    def typed(self) -> dict[str, Any]:
        """What was sent, as it can be laid into a form again."""
        return {name: self[name].data for name in (*PASSAGE, "facts")}

    @property
    def is_shown(self) -> bool:
        """Whether there is something in it to look at."""
        return bool(self.initial) or (self.is_bound and self.has_changed())

    def clean(self):
        values = super().clean()
        quote, source = values.get("quote"), values.get("source")
        if quote and len(quote.split()) > MAX_WORDS:
            self.add_error("quote", _("A quote has at most %(most)d words.") % {"most": MAX_WORDS})
        elif quote and source:
            try:
                self.found = _place_of(quote, source)
            except ValidationError as error:
                self.add_error("quote", error)
        return values

    def refuse_empty(self, row: Cited) -> None:
        """A source says nothing of a fact that the row does not state."""
        for name in self.cleaned_data["facts"]:
            if not footing.says(row, name):
                words = _("“%(fact)s” is empty in this row, so no passage carries it.")
                self.add_error("facts", words % {"fact": labels(type(row))[name]})

    def cite(self, row: Cited) -> list[Citation]:
        """Write its citations of a row that is stored."""
        values = self.cleaned_data
        passage = {name: values[name] or None for name in PASSAGE} | {"snapshot": None, "start": None, "end": None}
        if self.found:
            snapshot, place = self.found
            passage |= {"snapshot": snapshot, "quote": place.quote, "start": place.start, "end": place.end}
        return passages.cite([passages.Fact(row, name) for name in values["facts"]], passage)


def _place_of(quote: str, source: Source) -> tuple[Snapshot, passages.Place] | None:
    """The newest copy of the source that says this, and where; None where no copy is kept.

    Raises ValidationError where no copy says it, or one says it in several places.
    """
    snapshot = None
    for snapshot in source.snapshots.order_by("-fetched_at", "-pk"):
        places = passages.find(snapshot.text, quote)
        if len(places) > 1:
            raise ValidationError(
                _("The copy says this in several places. Quote a few words more, so that it is told which is meant.")
            )
        if places:
            return snapshot, places[0]
    if snapshot is not None:
        raise ValidationError(_("No copy of this source says this, to the letter. Take the words from its text."))
    return None
