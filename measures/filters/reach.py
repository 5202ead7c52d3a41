"""How far a material reaches: what asks about one also asks about what is narrower and, failing that, broader."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from measures.models import Material, MeasureMaterial
from records.filters import RowsFilter


@dataclass(frozen=True)
class Reach:
    """What asks about a material also asks about: `within` it, itself included, and `around` it, nearest first.

    A measure that lists something within the material concerns it. One that lists nothing within it but something
    around it reaches it too, and the nearest listed one answers for it.
    """

    pk: int
    name: str
    state: str
    within: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)

    def __str__(self):
        return self.name

    def answering(self, listed) -> set[int]:
        """Which of the materials that a measure lists answer for this one."""
        listed = set(listed)
        return listed.intersection(self.within) or {next((pk for pk in self.around if pk in listed), None)}

    def condition(self) -> Q:
        """Condition on rows with `measure` and `material`: the row answers for this material."""
        answers, nearer = Q(material__in=self.within), list(self.within)
        for broader in self.around:
            listed = MeasureMaterial.objects.filter(measure=OuterRef("measure"), material__in=list(nearer))
            answers |= Q(material=broader) & ~Exists(listed)
            nearer.append(broader)
        return answers


REACH = """
    WITH RECURSIVE visible AS ({visible}),
    within AS (
        SELECT id AS asked, id FROM visible WHERE slug = ANY(%s)
        UNION SELECT within.asked, visible.id FROM within JOIN visible ON visible.broader_id = within.id
    ), around AS (
        SELECT id AS asked, broader_id AS id, 1 AS steps FROM visible WHERE slug = ANY(%s)
        UNION SELECT around.asked, visible.broader_id, steps + 1 FROM around JOIN visible ON visible.id = around.id
        WHERE steps < 20
    )
    SELECT asked.slug, asked.id, asked.name, asked.state, found.id, found.steps
    FROM (SELECT asked, id, 0 AS steps FROM within UNION ALL SELECT asked, id, steps FROM around) found
    JOIN visible asked ON asked.id = found.asked JOIN visible ON visible.id = found.id
    ORDER BY asked.slug, found.steps, found.id
"""


def reach(slugs: list[str]) -> dict[str, Reach]:
    """How far the materials with these slugs reach, by slug; unknown ones are left out."""
    visible, parameters = (
        Material.objects.published()
        .order_by()
        .values("id", "slug", "name", "state", "broader_id")
        .query.sql_with_params()
    )
    found: dict[str, Reach] = {}
    with connection.cursor() as cursor:
        cursor.execute(REACH.format(visible=visible), [*parameters, slugs, slugs])
        for slug, pk, name, state, material, steps in cursor:
            row = found.setdefault(slug, Reach(pk, name, state))
            if steps == 0:
                row.within.append(material)
            elif material not in row.within and material not in row.around:
                row.around.append(material)
    return found


REACHED = """
    WITH RECURSIVE visible AS ({visible}), upwards AS (
        SELECT id AS material, id AS broader FROM visible
        UNION SELECT upwards.material, visible.broader_id FROM upwards JOIN visible ON visible.id = upwards.broader
        WHERE visible.broader_id IS NOT NULL
    ), reach AS MATERIALIZED (
        -- In arrays, of which the planner does not expect billions.
        SELECT material, array_agg(chosen) AS chosen
        FROM (SELECT material, broader AS chosen FROM upwards UNION SELECT broader, material FROM upwards) either
        GROUP BY material
    )
    SELECT link.record, visible.slug, visible.name, visible.id, true
    FROM ({links}) link(record, material) JOIN reach ON reach.material = link.material
    CROSS JOIN LATERAL unnest(reach.chosen) AS reached(id) JOIN visible ON visible.id = reached.id
"""


def reached_by(links: QuerySet) -> tuple[str, tuple]:
    """Which materials are reached by the links (record, material), as pairs of a filter: a statement and parameters."""
    visible, parameters = (
        Material.objects.readable().order_by().values_list("id", "slug", "name", "broader_id").query.sql_with_params()
    )
    listed, more = links.query.sql_with_params()
    return REACHED.format(visible=visible, links=listed), (*parameters, *more)


class ReachFilter(RowsFilter):
    """Records that reach a material: they list it, something narrower, or failing that something broader."""

    # The links by which records list materials: their model, the column of the record and the one of the material.
    links: tuple[type[Model], str, str] = (MeasureMaterial, "measure", "material")

    def __init__(self, **kwargs):
        super().__init__(rows=Material.objects.published, **kwargs)

    def found(self, values):
        return reach(values)

    def listed(self) -> QuerySet:
        """The links to materials that readers may know of."""
        model, _record, material = self.links
        return model._base_manager.order_by().filter(**{f"{material}__in": Material.objects.readable().values("pk")})

    def narrowed(self, queryset, value):
        model, record, material = self.links
        reached = {pk for row in value.values() for pk in (*row.within, *row.around)}
        links = model._base_manager.order_by().filter(**{f"{material}__in": reached})
        return queryset.filter(pk__in=links.values(record))

    def valued(self):
        return Q(pk__in=self.listed().values(self.links[1]))

    def pairs(self):
        return [reached_by(self.listed().values_list(*self.links[1:]))]
