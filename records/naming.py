"""What records are called in the language of whoever reads: by a name of theirs, where they have one in it."""

from collections.abc import Iterable
from itertools import chain

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info, gettext, gettext_lazy

from records.models import Name, Record

# An abbreviation, a former or a trade name is no title.
TITLES = (Name.Kind.OFFICIAL, Name.Kind.ALIAS)


def readers_name(names: Iterable[Name]) -> Name | None:
    """Of these names the one that readers know the record by; None without one, and in English, which titles are in."""
    reader = _reader()
    fitting = [name for name in names if name.language.split("-")[0] == reader and name.kind in TITLES]
    return None if reader == "en" else min(fitting, key=lambda name: name.kind != Name.Kind.OFFICIAL, default=None)


def fetch(*groups: Iterable[Record | None], whole: Iterable[Record] = ()) -> None:
    """Give these records, of whatever models, their names in the reader's language, and the `whole` ones all of theirs.

    One query; in English, which titles are in, only where there are whole ones.
    """
    reader = _reader()
    wanted = Q()
    by_subject: dict[tuple[int, int], list[Record]] = {}
    own = Q(language=reader) | Q(language__startswith=f"{reader}-")
    fitting = Q(kind__in=TITLES) & own
    for condition, records in ((Q(), list(whole)), (fitting, [] if reader == "en" else chain(*groups))):
        ids: dict[int, set[int]] = {}
        for record in records:
            if record is not None:
                subject = (ContentType.objects.get_for_model(record).pk, record.pk)
                ids.setdefault(subject[0], set()).add(record.pk)
                by_subject.setdefault(subject, []).append(record)
        for subject_type, pks in sorted(ids.items()):
            wanted |= condition & Q(subject_type=subject_type, subject_id__in=sorted(pks))
    if not by_subject:
        return
    found: dict[tuple[int, int], list[Name]] = {}
    for name in Name.objects.filter(wanted):
        found.setdefault((name.subject_type_id, name.subject_id), []).append(name)
    for subject, records in by_subject.items():
        for record in records:
            record.own_names = found.get(subject, [])


def at_hand(record: Record) -> Iterable[Name]:
    """The names of a record that were fetched for it, by `fetch` or as a whole; never a query."""
    prefetched = getattr(record, "_prefetched_objects_cache", {})
    return prefetched["names"] if "names" in prefetched else getattr(record, "own_names", ())


def called(record: Record) -> str:
    """The title of a record in the reader's language, as far as its names are at hand."""
    name = readers_name(at_hand(record))
    return name.text if name else str(record)


def language_of(record: Record) -> str:
    """The language of the title of a record: that of a source is its own, all others are written in English."""
    return getattr(record, "language", "en")


def marked(text: str, language: str) -> str:
    """A text for a page, told to be in its language (a BCP 47 tag) where that is not the reader's."""
    if not text or language.split("-")[0] == _reader():
        return text
    return format_html('<span lang="{}">{}</span>', language, text)


def worded(text: str) -> str:
    """A word that editors chose freely, such as a category: in the reader's language where the catalogs have it."""
    spaced = text.replace("_", " ")
    # An empty message would be the head of the catalog.
    return gettext(spaced) if spaced else ""


def _reader() -> str:
    return (get_language() or "en").split("-")[0]


# Django names neither Chinese without a script nor Nigerian Pidgin, and its Japanese has English be that of the United
# States.
OTHER_LANGUAGES = {"en": gettext_lazy("English"), "zh": gettext_lazy("Chinese"), "pcm": gettext_lazy("Nigerian Pidgin")}


def language_label(tag) -> str:
    """A BCP 47 tag in words; the tag itself where nobody has named it."""
    tag = tag.lower()
    if tag in OTHER_LANGUAGES:
        return OTHER_LANGUAGES[tag]
    try:
        return get_language_info(tag)["name_translated"]
    except KeyError:
        return tag
