"""Projects of all programs in the API."""

from django.db.models import Prefetch, Q

from measures.models import Organization
from programs.api.parts import ProjectSerializer
from programs.filters import ProjectFilter
from programs.models import ProjectPerformer
from records.api import LinkField, told
from records.api.views import AskedFor, ListViewSet


class ProgramProjectSerializer(ProjectSerializer):
    program = LinkField()

    class Meta(ProjectSerializer.Meta):
        fields = ["id", "state", "program", *ProjectSerializer.Meta.fields[2:]]


class ProjectViewSet(ListViewSet):
    """Projects of all programs; one row may stand for several."""

    filterset_class = ProjectFilter
    filter_backends = (AskedFor,)
    serializer_class = ProgramProjectSerializer

    def get_queryset(self):
        # A performer that is a body out of sight is none at all: even how many there are is not told.
        bodies = Q(organization=None) | Q(organization__in=Organization.objects.published())
        performers = ProjectPerformer.objects.filter(bodies).select_related("organization")
        return self.reading(
            self.filterset_class.visible().order_by("slug"),
            {
                "program": "program",
                "phase": "phase",
                "material": "material",
                "performers": Prefetch("performers", performers),
            },
        )

    def paginate_queryset(self, queryset):
        projects = super().paginate_queryset(queryset)
        self.footing({("sources", "citations"): told(projects)})
        return projects
