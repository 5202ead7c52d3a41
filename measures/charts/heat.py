"""How many measures each country imposes on each material on the chosen day."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from measures.charts.asked import AskedChart, compiled
from measures.charts.words import day, standing_sentence, standing_words
from measures.filters.reach import Reach, reach
from measures.models import Country, Material, MeasureIssuer, MeasureMaterial
from records import naming
from records.charts.shapes import Bar, Chart, Figure, FigureRow, FigureTable, Label, Panel, Plot, Shape
from records.parameters import NOT_KNOWN, UNKNOWN

NAME = "heat"
# As many as can be taken in at once, and as many as fit on a page where somebody asks for all.
SHOWN_MATERIALS, SHOWN_ISSUERS = 20, 12
MOST_MATERIALS, MOST_ISSUERS = 200, 60
ALL = ""
SHADES = 5
# `reach` has for each chosen material what answers for it: what lies within at rank 0, then what lies around, the
# nearest first. Of what a measure lists only the nearest answers, which is what `Reach.condition` says of one material.
# `own` has what answers for the list itself.
COUNTED = """
    WITH base AS (SELECT id FROM ({base}) base(id)),
    reach(chosen, material, rank) AS (
        SELECT * FROM unnest(%(chosen)s::text[], %(materials)s::bigint[], %(ranks)s::int[])
    ),
    standing AS ({standing}), own AS ({own}),
    listed AS (
        SELECT link.measure_id, reach.chosen, link.material_id, reach.rank,
            min(reach.rank) OVER (PARTITION BY link.measure_id, reach.chosen) AS nearest
        FROM {links} link JOIN base ON base.id = link.measure_id JOIN reach ON reach.material = link.material_id
    ), part AS (
        SELECT listed.measure_id AS measure, listed.chosen, standing.status, standing.holds
        FROM listed LEFT JOIN standing
            ON standing.measure_id = listed.measure_id AND standing.material_id = listed.material_id
        WHERE listed.rank = listed.nearest
        UNION ALL
        SELECT base.id, %(none)s, standing.status, standing.holds
        FROM base LEFT JOIN standing ON standing.measure_id = base.id AND standing.material_id IS NULL
        WHERE %(with_none)s AND NOT EXISTS (
            SELECT FROM {links} link WHERE link.measure_id = base.id AND link.material_id IN ({known})
        )
        UNION ALL
        SELECT base.id, %(all)s, own.status, own.holds FROM base LEFT JOIN own ON own.measure_id = base.id
    ), told AS (
        SELECT measure, chosen,
            coalesce(bool_or(status = ANY(%(codes)s) AND holds), false) AS sure,
            coalesce(bool_or(status = ANY(%(codes)s) AND NOT holds), false) AS maybe,
            coalesce(bool_or(status = ANY(%(without)s)), false) AS without,
            bool_and(status IS NULL) AS unknown
        FROM part GROUP BY measure, chosen
    ), counting AS (
        SELECT measure, chosen, maybe AND NOT sure AS possible FROM told
        WHERE (sure OR maybe OR (unknown AND %(unknown)s)) AND NOT without AND NOT (unknown AND %(without_unknown)s)
            AND CASE WHEN NOT %(narrowed)s THEN true WHEN %(certain)s THEN sure ELSE maybe END
    )
    SELECT chosen, %(all)s, count(*), count(*) FILTER (WHERE possible) FROM counting GROUP BY chosen
    UNION ALL
    SELECT chosen, coalesce(issuer.country_id, %(none)s), count(*), count(*) FILTER (WHERE possible)
    FROM counting LEFT JOIN {issuers} issuer ON issuer.measure_id = counting.measure
    GROUP BY chosen, issuer.country_id
"""
NO_STANDING = (
    "SELECT NULL::bigint AS measure_id, NULL::bigint AS material_id, NULL::text AS status, NULL::boolean AS holds"
    " WHERE false"
)

Counts = dict[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class Row:
    """A material that is asked about under an id, or measures that list none; `is_group` where something is within."""

    key: str
    name: str
    url: str = ""
    is_group: bool = False


def materials(asked: AskedChart) -> tuple[dict[str, Reach], dict[str, Material]]:
    """What the rows are about, by the id that an address has: how far it reaches, and the material.

    Those asked for; if it is a single one, also what is directly within it; if none, all that is part of nothing.
    """
    wanted = asked.filterset.values["material"]
    given = {slug: row for slug, row in wanted.items() if isinstance(row, Reach)}
    visible = Material.objects.readable().order_by().only("slug", "name", "broader_id", "state")
    if not len(wanted):
        wider = Material.objects.published().order_by().values("pk")
        rows = visible.filter(Q(broader=None) | ~Q(broader__in=wider))
    elif len(wanted) == 1 and given:
        only = next(iter(given.values()))
        rows = visible.filter(Q(pk=only.pk) | Q(broader=only.pk))
    else:
        rows = visible.filter(pk__in=[row.pk for row in given.values()])
    by_slug = {material.slug: material for material in rows}
    # Somebody may have asked by the id of a record that was merged into this one.
    asked_as = {row.pk: slug for slug, row in given.items()}
    reached = reach(list(by_slug))
    by_key = {asked_as.get(material.pk, slug): material for slug, material in by_slug.items()}
    excluded = {row.pk for row in wanted.excluded.values() if isinstance(row, Reach)}
    by_key = {key: material for key, material in by_key.items() if material.pk not in excluded}
    return {key: reached[material.slug] for key, material in by_key.items() if material.slug in reached}, by_key


def counted(asked: AskedChart, reaches: dict[str, Reach]) -> Counts:
    """How many measures a list has, and how many only possibly, by material and issuer, ALL for any; one query."""
    wanted, values = asked.wanted, asked.filterset.values
    columns, day = ("measure_id", "material_id", "status", "holds"), asked.clocks.on
    base = asked.measures("status", "certainty")
    own = asked.filterset.answering().standing_on(day).values_list(*columns)
    every = own.model.objects.visible().standing_on(day).values_list(*columns)
    known = compiled(Material.objects.readable().order_by().values_list("pk"))
    ranked = [
        (key, material, rank)
        for key, each in reaches.items()
        for material, rank in [
            *((pk, 0) for pk in each.within),
            *((pk, steps) for steps, pk in enumerate(each.around, 1)),
        ]
    ]
    chosen, materials, ranks = (list(column) for column in zip(*ranked, strict=True)) if ranked else ([], [], [])
    given = {
        "chosen": chosen,
        "materials": materials,
        "ranks": ranks,
        "all": ALL,
        "none": UNKNOWN,
        "with_none": (not len(values["material"]) or UNKNOWN in values["material"])
        and UNKNOWN not in values["material"].excluded,
        "codes": wanted.codes,
        "without": wanted.without,
        "unknown": wanted.unknown,
        "without_unknown": wanted.without_unknown,
        "narrowed": wanted.is_narrowed,
        "certain": wanted.certain,
    }
    tables = {"links": MeasureMaterial._meta.db_table, "issuers": MeasureIssuer._meta.db_table}
    with connection.cursor() as cursor:
        # The parts bring parameters of their own, which are written in before those that go by a name.
        parts = {
            name: cursor.mogrify(*part).decode().replace("%", "%%")
            for name, part in (
                ("base", base),
                ("own", compiled(own, NO_STANDING) if len(values["material"]) else ("SELECT * FROM standing", ())),
                ("standing", compiled(every, NO_STANDING)),
                ("known", known),
            )
        }
        cursor.execute(COUNTED.format(**parts, **tables), given)
        return {(chosen, issuer): (count, possible) for chosen, issuer, count, possible in cursor}


def chart(asked: AskedChart, opened: Callable[[str], str] | None = None) -> Chart:
    """`opened` gives the address of the same charts of one material and its parts."""
    reaches, found = materials(asked)
    counts = counted(asked, reaches)
    rows = drawn_rows(asked, counts, found, reaches, opened)
    issuers = issuers_of(asked, counts)[: MOST_ISSUERS if asked.whole else SHOWN_ISSUERS]
    columns = [ALL, *issuers]
    names = {code: called(code) for code in columns}
    most = max((counts.get((row.key, code), (0, 0))[0] for row in rows if row.key for code in issuers), default=0)
    figures = {
        (row.key, code): figure(counts.get((row.key, code), (0, 0)), asked, row.key, code, most)
        for row in rows
        for code in columns
    }
    standing = standing_words(asked.wanted)
    table = FigureTable(
        _("%(status)s on %(day)s, by material and issuer") % {"status": standing, "day": day(asked.clocks.on)},
        _("Material"),
        [(names[code], "") for code in columns],
        [
            FigureRow(
                row.name, [figures[row.key, code] for code in columns], row.url if row.is_group else "", row.key == ALL
            )
            for row in rows
        ],
    )
    return Chart(
        NAME,
        _("Who restricts what: issuer and material"),
        sentence(asked, counts, rows, issuers, names),
        [*headings(columns, names), *(panel(row, columns, figures) for row in rows)],
        remarks=list(remarks(asked, counts, rows, issuers, found)),
        tables=[table],
        header=["material", "name", "issuer", "measures", "possible", "list"],
        rows=[
            [row.key or "all", row.name, code or "all", each.number, each.possible, each.url]
            for row in rows
            for code in columns
            for each in [figures[row.key, code]]
        ],
        label_width=230,
    )


def drawn_rows(asked: AskedChart, counts: Counts, found: dict, reaches: dict, opened) -> list[Row]:
    """All, then the materials by how many measures reach them, then what lists none."""
    naming.fetch(found.values())
    counting = sorted(
        (key for key in found if (key, ALL) in counts), key=lambda key: (-counts[key, ALL][0], found[key].name)
    )
    shown = counting[: MOST_MATERIALS if asked.whole else SHOWN_MATERIALS]
    rows = [Row(ALL, _("All materials"))]
    for key in shown:
        is_group = len(reaches[key].within) > 1 and key not in asked.filterset.values["material"]
        url = opened(key) if opened and is_group else ""
        rows.append(Row(key, capfirst(naming.called(found[key])), url, is_group))
    if (UNKNOWN, ALL) in counts:
        rows.append(Row(UNKNOWN, _("No material listed")))
    return rows


def issuers_of(asked: AskedChart, counts: Counts) -> list[str]:
    """The countries by how many measures they impose, then those of which no issuer is known."""
    chosen = asked.filterset.values["issuer"]
    every = {code for material, code in counts if material == ALL} - {ALL}
    codes = [code for code in every if (code in chosen or not len(chosen)) and code not in chosen.excluded]
    return sorted(codes, key=lambda code: (code == UNKNOWN, -counts[ALL, code][0], called(code)))


def called(code: str) -> str:
    if code == ALL:
        return _("All")
    return capfirst(str(NOT_KNOWN)) if code == UNKNOWN else str(Country(code=code).name)


def figure(count: tuple[int, int], asked: AskedChart, material: str, issuer: str, most: int) -> Figure:
    instead = ({"material": [material]} if material else {}) | ({"issuer": [issuer]} if issuer else {})
    shade = ""
    if material and issuer:
        shade = f"q{-(-SHADES * count[0] // max(most, SHADES))}"
    return Figure(*count, asked.standing_address(**instead), shade)


def sentence(asked: AskedChart, counts: Counts, rows: list[Row], issuers: list[str], names: dict[str, str]) -> str:
    """What the drawing shows, for those who do not see it."""
    every = counts.get((ALL, ALL), (0, 0))
    told = standing_sentence(asked.wanted, asked.clocks.on, *every)
    cells = [(counts.get((row.key, code), (0, 0))[0], row, code) for row in rows if row.key for code in issuers]
    count, row, code = max(cells, key=lambda cell: cell[0], default=(0, None, ""))
    if not count or row is None:
        return told
    most = _("Most in one cell: %(count)s, %(issuer)s on %(material)s.")
    return f"{told} " + most % {"count": count, "issuer": names[code], "material": row.name}


def remarks(asked: AskedChart, counts: Counts, rows: list[Row], issuers: list[str], found: dict):
    yield _("A measure counts under each material that it reaches and under each of its issuers, and once under “All”.")
    hidden = sum((key, ALL) in counts for key in found) - len([row for row in rows if row.key in found])
    unseen = len(issuers_of(asked, counts)) - len(issuers)
    if hidden or unseen:
        words = {"materials": hidden, "issuers": unseen}
        yield _("Not drawn: %(materials)s more materials and %(issuers)s more issuers, with fewer measures.") % words


HEAD, CELL = 92, 26


def headings(columns: list[str], names: dict[str, str]) -> list[Panel]:
    width = 100 / len(columns)
    labels = [
        Label(number * width + width / 2, HEAD - 8, names[code], look="strong" if code == ALL else "plain", turned=True)
        for number, code in enumerate(columns)
    ]
    return [Panel([Plot(HEAD, labels)])]


def panel(row: Row, columns: list[str], figures: dict) -> Panel:
    width, shapes = 100 / len(columns), []
    for number, code in enumerate(columns):
        each = figures[row.key, code]
        shapes += cell(each, number * width, width)
    return Panel([Plot(CELL, shapes)], row.name, strong=row.key == ALL)


def cell(each: Figure, x: float, width: float) -> list[Shape]:
    shapes: list[Shape] = []
    if each.look and each.number:
        shapes.append(Bar(x + 0.15, width - 0.3, 1, CELL - 2, each.look))
    words = f"{each.number} ({each.possible}?)" if each.possible else str(each.number)
    dark = each.look in ("q3", "q4", "q5")
    look = "light" if dark else "text" if not each.number else "plain" if each.look else "strong"
    return [*shapes, Label(x + width / 2, CELL / 2 + 4, words, "mid", look)]
