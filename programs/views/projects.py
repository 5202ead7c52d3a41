"""The list of projects of all programs."""

from django.db.models import Sum
from django.db.models.functions import Coalesce

from measures.filters.provenance import marked
from programs.filters import ProjectFilter
from programs.models import Project
from programs.views.parts import performers, readable
from records import naming
from records.facets import named
from records.lists import FilteredList
from records.views import cited


class ProjectList(FilteredList):
    """Projects by program, as programs count them; one row may stand for several."""

    filter_class = ProjectFilter
    address = "programs:project_list"
    exports = {"projects": "pk"}
    template_name = "programs/project_list.html"
    context_object_name = "projects"

    def get_queryset(self):
        return (
            marked(super().get_queryset())
            .select_related("program")
            .prefetch_related(readable(Project, "material"), readable(Project, "phase"), performers(), cited())
            .order_by("program__slug", "position", "slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        projects = list(context["projects"])
        naming.fetch(
            (project.program for project in projects),
            (project.material for project in projects),
            named(context["facets"]),
        )
        standing = self.filterset.checked.aggregate(number=Sum(Coalesce("count", 1)))["number"]
        return context | {"projects": projects, "standing": standing or 0}
