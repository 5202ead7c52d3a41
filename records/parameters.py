"""The parameters of an address, read strictly: what was asked stands for something known, or is an error.

A parameter may be repeated. Its values are alternatives; one with a minus before it is to be left out. `UNKNOWN` asks
for what has no value at all.
"""

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from records.clocks import BadClock, clock_from
from records.queries import MAX_LENGTH, unknown, unprintable
from records.search.terms import MAX_LENGTH as MAX_SEARCH
from records.search.terms import MAX_WORDS, cleaned, terms

MAX_VALUES = 50
UNKNOWN = "unknown"
NOT_KNOWN = pgettext_lazy("value of a filter", "not recorded")


class Asked(dict):
    """Values asked for, each with what it stands for; `excluded` are those to be left out, likewise."""

    def __init__(self, wanted: Mapping = {}, excluded: Mapping = {}):
        super().__init__(wanted)
        self.excluded = dict(excluded)

    def __bool__(self):
        return bool(len(self) or self.excluded)

    @property
    def meanings(self) -> dict:
        """What each value stands for, by the value as it is written in an address."""
        return {**self, **{f"-{value}": meaning for value, meaning in self.excluded.items()}}


class ValuesField(forms.Field):
    """Values of a repeated parameter, all of them known; `of` tells what the known ones stand for.

    `unknown` is what having no value is called; None where no value may be left out, nor asked for by its lack.
    """

    widget = forms.SelectMultiple

    def __init__(
        self,
        *,
        name: str,
        of: Callable[[list[str]], dict],
        known: Callable[[], Iterable[str]],
        unknown: str | None = None,
        **kwargs,
    ):
        self.name, self.of, self.known, self.unknown = name, of, known, unknown
        super().__init__(**kwargs)

    def to_python(self, value) -> Asked:
        given = list(dict.fromkeys(text.strip() for text in value or () if text.strip()))
        if len(given) > MAX_VALUES:
            raise ValidationError(
                _("“%(name)s” can have at most %(count)d values.") % {"name": self.name, "count": MAX_VALUES}
            )
        if not given:
            return Asked()
        bare = {text: text.removeprefix("-") if self.unknown is not None else text for text in given}
        found = {} if self.unknown is None else {UNKNOWN: self.unknown}
        askable = {value for value in bare.values() if value not in found}
        if askable := [value for value in askable if len(value) <= MAX_LENGTH and not unprintable(value)]:
            found |= self.of(askable)
        if missing := [value for value in bare.values() if value not in found]:
            known = self.known()
            raise ValidationError([unknown(self.name, value, known) for value in missing])
        wanted = {value: found[value] for text, value in bare.items() if text == value}
        return Asked(wanted, {value: found[value] for text, value in bare.items() if text != value})


class DayField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        try:
            return clock_from(SimpleNamespace(GET={"on": text})).on if text else None
        except BadClock as error:
            raise ValidationError(str(error)) from error


class SearchField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        if unprintable(text):
            raise ValidationError(_("The words to look for hold characters that cannot be printed."))
        if len(text) > MAX_SEARCH or len(terms(cleaned(text))) > MAX_WORDS:
            raise ValidationError(
                _("Look for at most %(words)d words with %(length)d characters in all.")
                % {"words": MAX_WORDS, "length": MAX_SEARCH}
            )
        return text
