"""The ground of the API.

A record that was withdrawn answers with its state and notice only; one that visitors may not see is nowhere, nested
or by reference.
"""

from records.api.serializers import (
    SLUG_OR_NULL,
    CitedSerializer,
    CodesField,
    LinkField,
    LinksField,
    NameSerializer,
    ReadOnlySerializer,
    RecordSerializer,
    SlugField,
)
from records.api.sources import SourceSerializer, SourceViewSet
from records.api.views import RecordViewSet
from records.api.visible import cite, is_visible, published, slugs, told

__all__ = [
    "SLUG_OR_NULL",
    "CitedSerializer",
    "CodesField",
    "LinkField",
    "LinksField",
    "NameSerializer",
    "ReadOnlySerializer",
    "RecordSerializer",
    "RecordViewSet",
    "SlugField",
    "SourceSerializer",
    "SourceViewSet",
    "cite",
    "is_visible",
    "published",
    "slugs",
    "told",
]
