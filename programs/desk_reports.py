"""Reports at the desk about programs: milestones of which the day has passed without a word."""

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy

from programs.models import Milestone
from records import dates
from records.desk.duplicates import desk_page
from records.desk.reports import DeskReport, Line
from records.models import Record


class Overdue(DeskReport):
    """Milestones of which the last expected day has passed, and nothing tells that they were reached or given up."""

    name = "overdue"
    title = gettext_lazy("Overdue milestones")
    note = gettext_lazy("The last expected day has passed, and nothing tells that they were reached or given up.")
    headings = (gettext_lazy("Expected"), gettext_lazy("Overdue for"))
    place = 40

    def rows(self):
        return (
            Milestone.objects.exclude(state=Record.State.WITHDRAWN)
            .filter(
                status__in=(Milestone.Status.PLANNED, Milestone.Status.UNKNOWN),
                actual=None,
                expected_latest__lt=timezone.localdate(),
            )
            .select_related("phase__program")
            .order_by("expected_latest", "slug")
        )

    def lines(self, rows):
        return [
            Line(
                milestone.title,
                desk_page(milestone),
                milestone.phase.program.title,
                [dates.label(milestone.expected), timesince(milestone.expected_latest, depth=1)],
            )
            for milestone in rows
        ]
