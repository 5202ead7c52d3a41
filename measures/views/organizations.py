"""Pages of the bodies that act: ministries, institutes, councils, firms."""

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _

from measures import status
from measures.filters import OrganizationFilter
from measures.filters.provenance import marked
from measures.models import Announcement, Claim, Measure, Organization
from measures.views.materials import claims_of, disputed_facts, with_sides
from records import naming
from records.changes import feeds_of_changes
from records.facets import named
from records.feeds.links import WITHOUT_DAYS, feeds_about
from records.lists import FilteredList
from records.models import Record
from records.pages import places
from records.views import RecordDetail, cited, documents, parts_of


class OrganizationList(FilteredList):
    """Ministries and institutes, by country."""

    filter_class = OrganizationFilter
    address = "measures:organization_list"
    feed, feed_formats = "measures:organization_feed", WITHOUT_DAYS
    exports = {"organizations": "pk"}
    template_name = "measures/organization_list.html"
    context_object_name = "organizations"

    def get_queryset(self):
        return (
            marked(super().get_queryset())
            .select_related("country")
            .prefetch_related("names", Prefetch("parent", Organization.objects.published()))
            .order_by("country__english_name", "name", "slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        naming.fetch(named(context["facets"]))
        return context


class OrganizationDetail(RecordDetail):
    """One body: what it issued, and what it has to do with programs."""

    template_name = "measures/organization_detail.html"
    context_object_name = "organization"

    def get_queryset(self) -> QuerySet[Organization]:
        visible = Organization.objects.readable()
        measures = Measure.objects.readable()
        announcements = Announcement.objects.readable()
        claims = Claim.objects.select_related("disputed_fact").order_by(F("earliest").desc(nulls_last=True), "pk")
        return (
            Organization.objects.published()
            .select_related("country")
            .prefetch_related(
                "names",
                cited(),
                Prefetch("parent", visible),
                Prefetch("children", visible.select_related("country").order_by("name", "pk")),
                Prefetch("measures", with_sides(measures).order_by("title", "pk")),
                Prefetch("announcements", announcements.order_by("-earliest", "slug").prefetch_related(cited())),
                Prefetch("announcements__measures", measures.order_by("announcement_links__position", "pk")),
                Prefetch("claims", claims.prefetch_related(cited())),
            )
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        organization, clocks = self.object, self.request.clocks
        if organization.state != Record.State.PUBLISHED:
            return context
        measures = list(organization.measures.all())
        rows = status.rows_on(measures, clocks.on)
        for measure in measures:
            measure.groups = status.grouped(rows[measure.pk])
        shown = places(organization.claims.all())
        claims = [claim for claim in organization.claims.all() if claim in shown]
        for claim in claims:
            claim.place = shown[claim]
        events = feeds_about("measures:event_feed", {"authority": organization.slug}, clocks, of=_("Events"))
        parts = parts_of(organization, clocks)
        told = [measure for announcement in organization.announcements.all() for measure in announcement.measures.all()]
        naming.fetch(measures, told, [organization.parent, *organization.children.all()])
        disputed = disputed_facts([organization])
        facts = [organization, *organization.announcements.all(), *claims, *claims_of(disputed)]
        facts += [fact for part in parts for fact in part.cited()]
        return context | {
            "measures": measures,
            "claims": claims,
            "disputed_facts": disputed,
            "parts": parts,
            "feeds": [*(events if measures else []), *feeds_of_changes(organization, clocks)],
            "documents": documents(facts),
        }
