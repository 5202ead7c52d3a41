"""A table of sources, for import and export."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.dataset.parts import LANGUAGE_TAG
from records.imports.columns import Plain, Reference, plains
from records.imports.kinds import Alike, RowKind
from records.models import Source


def no_language(tag: object) -> str | None:
    """Complaint about what is no BCP 47 tag."""
    return None if re.fullmatch(LANGUAGE_TAG, str(tag)) else _("is no language tag, such as ko or zh-Hans.")


class SourceRows(RowKind):
    name = "sources"
    title = gettext_lazy("Sources")
    model = Source
    columns = (
        *plains(Source, title="title", publisher="publisher", url="url", date="date"),
        Plain("language", Source, "language", no_language),
        *plains(Source, kind="kind", consulted="consulted"),
        Reference("derived_from", Source, "derived_from"),
        *plains(Source, translation="translation", note="note"),
    )
    alikes = (
        Alike(("url",), ("url",), is_address=True),
        Alike(("title", "publisher"), ("title", "publisher")),
    )
