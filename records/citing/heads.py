"""What stands in the head of a record's page for machines: Highwire and Dublin Core tags, and schema.org as JSON-LD."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from records.citing.formats import TYPES
from records.citing.works import SITE, Citing, Work
from records.models import Source

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
SCHEMA_TYPES = {
    Source.Kind.LEGAL_TEXT: "Legislation",
    Source.Kind.NEWS: "NewsArticle",
    Source.Kind.REPORT: "Report",
    Source.Kind.DATASET: "Dataset",
    Source.Kind.ACADEMIC: "ScholarlyArticle",
}


def tags(work: Work) -> list[tuple[str, str]]:
    """Name and content of the meta elements; the Highwire ones are those that Google Scholar and Zotero read."""
    address = work.url or work.permalink
    told = [
        ("citation_title", work.title),
        ("citation_publisher", work.publisher),
        ("citation_publication_date", work.moment.replace("-", "/")),
        ("citation_language", work.language),
        ("citation_public_url", address),
        ("DC.title", work.title),
        ("DC.publisher", work.publisher),
        ("DC.date", work.moment),
        ("DC.language", work.language),
        ("DC.identifier", address),
        ("DC.type", "Text"),
        ("DC.relation.isPartOf", work.part_of),
    ]
    if work.kind not in TYPES:
        told.append(("DC.rights", LICENSE))
    return [(name, content) for name, content in told if content]


def linked_data(work: Work, cited: list[Source], citing: Citing) -> dict[str, Any]:
    """The work by the names of schema.org, with the sources that it cites."""
    told = {"@context": "https://schema.org", **_thing(work)}
    if work.kind not in TYPES:
        told |= {
            "license": LICENSE,
            "isPartOf": {"@type": "Dataset", "name": SITE, "url": citing.absolute("/"), "license": LICENSE},
            "version": citing.clocks.pinned.get("known", ""),
            "citation": [_thing(citing.source(source)) for source in cited],
        }
    return {name: value for name, value in told.items() if value}


def _thing(work: Work) -> dict[str, Any]:
    address = work.url or work.permalink
    told = {
        "@type": SCHEMA_TYPES.get(work.kind, "CreativeWork"),
        "name": work.title,
        "url": address,
        "identifier": work.key,
        "inLanguage": work.language,
        "datePublished": work.moment,
        "publisher": work.publisher and {"@type": "Organization", "name": work.publisher},
    }
    return {name: value for name, value in told.items() if value}


def script(data: dict[str, Any]) -> SafeString:
    """JSON that can stand in a script element: nothing in it ends the element. Browsers run no such block."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(written)
