"""Every kind of public page, and the addresses at which the shipped data shows it best."""

LICENSING, WHITE_LIST = "jp-2019-three-materials-licensing", "jp-2019-korea-white-list-removal"

# By the name of the URL. test_audit.py fails where a page that visitors can open is not here.
PAGES: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "measures:list": (
        "/measures/",
        "/measures/?status=in_force&destination=-KR&on=2019-12-21&sort=title",
        "/measures/?q=no+such+words&status=in_force",
    ),
    "measures:instruments": ("/measures/instruments/",),
    "measures:choices": ("/measures/choices/issuer/",),
    "measures:detail": (f"/measures/{LICENSING}/", f"/measures/{LICENSING}/?on=2019-12-21"),
    "measures:history": (f"/measures/{WHITE_LIST}/history/",),
    "measures:event_list": ("/events/",),
    "measures:event_choices": ("/events/choices/measure/",),
    "measures:timeline": (
        "/timeline/",
        "/timeline/?view=list",
        "/timeline/?lanes=material&zoom=month&from=2019&to=2020",
    ),
    "measures:timeline_choices": ("/timeline/choices/material/",),
    "measures:charts": ("/charts/", "/charts/?by=month&from=2022&to=2024&issuer=CN"),
    "measures:chart_choices": ("/charts/choices/material/",),
    "measures:material_list": ("/materials/",),
    "measures:material_choices": ("/materials/choices/hs/",),
    "measures:material_detail": ("/materials/hydrogen-fluoride/",),
    "measures:material_history": ("/materials/hydrogen-fluoride/history/",),
    "measures:organization_list": ("/organizations/",),
    "measures:organization_choices": ("/organizations/choices/parent/",),
    "measures:organization_detail": ("/organizations/jp-meti/", "/organizations/kr-nst/"),
    "measures:organization_history": ("/organizations/jp-meti/history/",),
    "programs:list": ("/programs/",),
    "programs:choices": ("/programs/choices/authority/",),
    "programs:detail": (
        "/programs/kr-2019-msit-localization-rd-plan/",
        "/programs/kr-2019-mpe-competitiveness-measures/",
    ),
    "programs:history": ("/programs/kr-2019-msit-localization-rd-plan/history/",),
    "programs:project_list": ("/projects/",),
    "programs:project_choices": ("/projects/choices/institute/",),
    "records:source_list": ("/sources/",),
    "records:source_choices": ("/sources/choices/publisher/",),
    "records:source_detail": ("/sources/founding-report-2019-07/",),
    "records:source_history": ("/sources/founding-report-2019-07/history/",),
    "records:search": ("/search/", "/search/?q=hydrogen+fluoride", "/search/?q=hydrogn"),
    "records:uncited": ("/uncited/",),
    "records:changes": ("/changes/",),
    "records:corrections": ("/corrections/",),
    "records:comparison": ("/changes/of/measure/?since=2020-01-01T00:00Z",),
    "records:compare": (
        "/compare/",
        f"/compare/?measure={LICENSING}&measure={WHITE_LIST}",
        f"/compare/?measure={LICENSING}&day=2019-07-01&day=2019-12-21",
    ),
    "records:editions": ("/data/",),
    "records:report_error": (f"/report-error/?record=measure:{LICENSING}",),
    "records:error_reported": ("/report-error/sent/",),
    "api_docs": ("/api/docs/",),
    "api:reconcile-materials-preview": ("/api/v1/reconcile/materials/preview/gallium/",),
    "api:reconcile-organizations-preview": ("/api/v1/reconcile/organizations/preview/jp-meti/",),
    "login": ("/login/",),
}
# Pages without a URL of their own.
REFUSALS = ("/nowhere/", "/measures/?status=nonsense")
ADDRESSES = (*(address for addresses in PAGES.values() for address in addresses), *REFUSALS)

# What visitors can open and is no page of theirs: data, files, the list that opens below the words one types, and the
# desk's door.
IS_NO_PAGE = (
    r"api:(?!.*-preview$).*|api_schema|.*:(.*_)?(feed|cite|chart|dependence)"
    r"|records:(suggestions|edition_file)|admin:login"
)

# What Lighthouse looks at.
LEADING = {
    "home": "/",
    "measure list": "/measures/",
    "measure": f"/measures/{LICENSING}/",
    "timeline": "/timeline/",
}
