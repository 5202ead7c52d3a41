"""Files about sources."""

from records.dataset.format import File, Rows, refuse_circles, values
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
        ),
    )
