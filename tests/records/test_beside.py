"""Facts of several records laid beside each other: which lines come of them, in which order."""

from records import beside
from records.beside import Column, Entry, Fact, Facts


def test_the_kinds_and_who_adds_to_them():
    assert list(beside.kinds()) == ["measure", "material", "organization", "phase", "program"]
    added = {supplier.__name__ for supplier in Facts.__subclasses__()} - {"Kind"}
    assert added == {"AnswersToMeasures", "ProgramsForMaterials", "ProgramsOfBodies"}


def column(**said):
    facts = {(name,): Fact((name,), name, tuple(map(Entry, entries))) for name, entries in said.items()}
    return Column("A column", "/", facts)


def test_a_fact_that_the_first_column_has_not_stands_where_the_second_has_it():
    lines = beside.lines([column(a="1", c="1"), column(a="2", b="2", c="2")], of_one=False)
    assert [line.label for line in lines] == ["a", "b", "c"]


def test_the_order_of_what_is_said_is_a_difference_and_its_footing_is_none():
    cited = Fact(("a",), "a", (Entry("x", citations=()),))
    lines = beside.lines([Column("", "", {("a",): cited}), column(a="x")], of_one=False)
    assert [line.agrees for line in lines] == [True]
    assert [line.agrees for line in beside.lines([column(a="xy"), column(a="yx")], of_one=False)] == [False]


def test_many_entries_are_folded():
    cell = beside.lines([column(a="123456789"), column(a="1")], of_one=False)[0].cells[0]
    assert ["".join(entry.text for entry in part) for part in (cell.entries, cell.folded)] == ["12345", "6789"]


def test_what_parts_have_in_common_with_the_whole_is_told_once():
    whole, part = Fact(("a",), "a", (Entry("x"),)), Fact(("a", "1"), "a", (Entry("x"),), part="1")
    other = Fact(("a", "2"), "a", (Entry("y"),), part="2")
    columns = [Column("", "", {fact.key: fact for fact in (whole, part, other)})] * 2
    assert [(line.label, line.parts) for line in beside.lines(columns, of_one=False)] == [("a", []), ("a", ["2"])]


def test_with_one_column_there_is_nothing_beside():
    assert beside.lines([column(a="1"), Column("Withdrawn", "/", notice="Gone.")], of_one=False) == []
