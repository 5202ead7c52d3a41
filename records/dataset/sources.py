"""Files about sources."""

from records.dataset.format import File, Rows
from records.dataset.parts import values
from records.dataset.reading import refuse_circles, shown
from records.models import Source, SourceStatement, StatementTrace


class SourcesFile(File):
    name = "sources.yaml"
    model = Source
    rank = 10
    parts = values(
        Source,
        id="slug",
        title="title",
        publisher="publisher",
        url="url",
        published="date",
        language="language",
        kind="kind",
        consulted="consulted",
        derived_from="derived_from",
        translation="translation",
        note="note",
    )

    @classmethod
    def finish(cls, reading):
        refuse_circles(Source, "derived_from", reading)


class FoundingStatementsFile(File):
    name = "founding_statements.yaml"
    model = SourceStatement
    rank = 90
    identity = ("source", "number")
    parts = (
        *values(SourceStatement, number="number", statement="text", source="source"),
        Rows(
            "records",
            StatementTrace,
            "statement",
            values(StatementTrace, file="file", id="record", path="path"),
            identity=("statement", "position"),
            required=True,
        ),
    )

    @classmethod
    def finish(cls, reading):
        for key, row in reading.state[StatementTrace].items():
            document = reading.documents.get(row["file"])
            if document is not None and row["record"] is not None and row["path"] is not None:
                try:
                    follow(document, (row["record"], *row["path"].split("/")))
                except LookupError as error:
                    reading.fault(reading.places[StatementTrace, key], f"leads nowhere: {error.args[0]}.")
            elif row["file"] is not None and row["file"] not in reading.documents:
                reading.fault(reading.places[StatementTrace, key], f"“{shown(row['file'])}” is no file of the format.")


# What an element of a list is called by in a path; where it has none of these, by its position.
CALLED_BY = ("id", "number", "organization")


def follow(value, steps):
    """What the steps lead to, through mappings by key and through lists by name or position; raises LookupError."""
    for step in steps:
        if isinstance(value, dict) and value.get(step) is not None:
            value = value[step]
        elif isinstance(value, list):
            value = _element(value, step)
        else:
            raise LookupError(f"there is no “{shown(step)}”")
    return value


def _element(elements, step):
    for name in CALLED_BY:
        for each in elements:
            if isinstance(each, dict) and str(each.get(name)) == step:
                return each
    if step.isdecimal() and int(step) < len(elements):
        return elements[int(step)]
    raise LookupError(f"there is no “{shown(step)}”")
