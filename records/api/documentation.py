"""The OpenAPI description as a page for readers, without scripts."""

from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator

from records.filters import DAY

MANY = 40  # codes; more of them than that are described, not listed


@dataclass(frozen=True)
class Entry:
    """A parameter or a field: its type in words, the shape it leads to (`many`: a list of them), its codes."""

    name: str
    type: str
    shape: str
    many: bool
    codes: list[str]
    meaning: str


@dataclass(frozen=True)
class Shape:
    """An object that answers are made of."""

    name: str
    meaning: str
    fields: list[Entry]


@dataclass(frozen=True)
class Kind:
    """A kind of record: where its list and each of its records are, and what can be asked."""

    name: str
    meaning: str
    path: str
    row: str
    detail: str
    working_copy: str
    parameters: list[Entry]


@cache
def described() -> dict:
    """The description as served, made once."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class DocumentationView(TemplateView):
    template_name = "records/api_docs.html"
    http_method_names = ("get", "head")

    def get_context_data(self, **kwargs):
        schema = described()
        paths, components = schema["paths"], schema["components"]["schemas"]
        shapes = [
            _shape(name, component)
            for name, component in sorted(components.items())
            if not name.startswith(("Paginated", "Patched", "Sparse"))
        ]
        kinds = [_kind(path, paths, components) for path in paths if f"{path}{{id}}/" in paths]
        return super().get_context_data(**kwargs, kinds=kinds, shapes=shapes)


def _kind(path: str, paths: dict, components: dict) -> Kind:
    listed, single = paths[path]["get"], paths[f"{path}{{id}}/"]["get"]
    page = components[_answer(listed)]
    return Kind(
        name=listed["tags"][0],
        meaning=listed.get("description", ""),
        path=path,
        row=_name(page["properties"]["results"]["items"]),
        detail=_answer(single),
        working_copy=_answer(paths[f"{path}{{id}}/edit/"]["get"]),
        parameters=[
            _entry(parameter["name"], {"description": parameter.get("description", ""), **parameter["schema"]})
            for parameter in listed["parameters"]
        ],
    )


def _answer(operation: dict) -> str:
    return _name(operation["responses"]["200"]["content"]["application/json"]["schema"])


def _shape(name: str, component: dict) -> Shape:
    published = component["oneOf"][0] if "oneOf" in component else component
    fields = [_entry(field, schema) for field, schema in published.get("properties", {}).items()]
    return Shape(name, published.get("description", ""), fields)


def _entry(name: str, schema: dict) -> Entry:
    inner = schema.get("items", schema)
    types = inner.get("type", "object")
    type_, *others = [types] if isinstance(types, str) else types
    if "properties" in inner:
        type_ = " and ".join(inner["properties"])
    words = "date" if inner.get("anyOf") == DAY["anyOf"] else inner.get("format") or type_
    if others:
        words = f"{words} or null"
    if inner is not schema:
        words = f"list of {words}"
    codes = [code for code in inner.get("enum", []) if code is not None]
    meaning = schema.get("description", "")
    return Entry(name, words, _name(inner), inner is not schema, codes if len(codes) <= MANY else [], meaning)


def _name(schema: dict) -> str:
    # What may be told in part is described by the whole.
    (schema, *_parts) = schema.get("anyOf", [schema])
    return schema.get("$ref", "").rpartition("/")[2]
