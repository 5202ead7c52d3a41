"""The rows of a record's page as forms: each keeps its version, and a new one brings the passages that it rests on."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from records import roles
from records.desk.row_passages import RowPassageForm, is_citable
from records.models import Record, Stale


class RowForm(forms.ModelForm):
    """A row of a record's page. `passages` are forms for what a new row rests on; rows and citations are one change."""

    passages: tuple[RowPassageForm, ...] = ()

    def has_changed(self):
        return super().has_changed() or bool(self.typed_passages)

    @property
    def typed_passages(self) -> list[RowPassageForm]:
        return [passage for passage in self.passages if passage.has_changed()]

    def _post_clean(self):
        super()._post_clean()
        for passage in self.typed_passages:
            if passage.is_valid() and not self.errors:
                passage.refuse_empty(self.instance)
            if passage.errors:
                self.add_error(None, _("A passage of this row cannot be cited so; the reason stands beside it."))

    def _save_m2m(self):
        super()._save_m2m()
        for passage in self.typed_passages:
            passage.cite(self.instance)


class RecordPartForm(RowForm):
    """A row of a record's page that is itself a record, with a version and a state of its own."""

    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # Fields that stand for rows of links: name → model of the links, column that leads to the part, column chosen from.
    links: dict[str, tuple[type, str, str]] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if self.instance.pk:
            self.fields["read_version"].initial = self.instance.version
        if "slug" in self.fields and not self.instance.pk:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Public id; left empty, it is made from the id of the page's record.")

    def clean(self):
        # Compared here and not as a field's error: the whole page is then shown with both versions.
        if self.instance.pk and self.has_changed() and self.cleaned_data.get("read_version") != self.instance.version:
            raise Stale(self.instance)
        return super().clean()


class PartFormSet(BaseInlineFormSet):
    """The rows of one kind on a record's page, of which `user` may change some and not others.

    Where the page proposes, those that readers see; else drafts, which are changed directly.
    """

    user = None
    proposes = False

    def add_fields(self, form, index):
        super().add_fields(form, index)
        part = form.instance
        if part._state.adding and is_citable(self.model):
            form.passages = RowPassageForm.of_row(form, self.model)
        may = roles.may_propose if self.proposes else roles.may_edit
        if isinstance(part, Record) and part.pk and not may(self.user, part):
            for name, field in form.fields.items():
                field.disabled = name != self.model._meta.pk.name

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            part = form.instance
            if isinstance(part, Record) and part.pk and part.state != Record.State.DRAFT:
                raise ValidationError(
                    _("“%(record)s” is %(state)s; only drafts can be deleted."),
                    params={"record": part, "state": part.get_state_display()},
                )
