"""The phase strip of the PDF: plans, what sources show, and milestones, drawn to one scale."""

import dataclasses
import datetime

from django.utils.translation import gettext as _

from programs.reports.content import Report, Row, Section
from programs.reports.paper import day, line
from records import dates, drawing
from records.scale import Scale
from records.shapes import Span


def phases(section: Section, report: Report) -> dict:
    """The section on phases: for each its words, and its drawing where anything is dated."""
    scale = _scale(section, report.section("milestones"))
    rows = []
    for row in section.rows:
        number = _("phase %(number)s") % {"number": row["number"]}
        detail = [
            line(" · ".join(filter(None, (number, row["horizons"], row["status"]))), "small"),
            line(row["objective"]),
            line(_("Plan: %(period)s") % {"period": day(row["planned"], _("not stated"))}, "small"),
            line(_("At work: %(period)s") % {"period": day(row["actual"], _("not stated"))}, "small"),
        ]
        drawn = None
        if scale:
            events = [_event(each) for each in report.section("milestones").rows if each["phase"] == row["number"]]
            shapes = drawing.row_from_spans(
                _span(row["planned"]), _span(row["actual"]), list(filter(None, events)), scale, label=row["title"]
            )
            drawn = _shapes(shapes)
        rows.append({"lines": [line(row["title"], "strong", notes=row.sources), *detail], "drawing": drawn})
    ticks = [{"x": scale.position(first), "label": label} for first, label in scale.ticks()] if scale else []
    key = _("outline: as planned · solid: as sources show it · dots: milestones, full when achieved")
    day_shown = scale is not None and scale.covers(report.on)
    if day_shown:
        key = _("%(key)s · broken line: the day") % {"key": key}
    return {
        "kind": "phases",
        "title": section.title,
        "remark": key if scale else "",
        "ticks": ticks,
        "on": scale.position(report.on) if day_shown else None,
        "rows": rows,
    }


def _scale(section: Section, milestones: Section) -> Scale | None:
    """The time from the first to the last dated thing, with a little room; None where nothing is dated."""
    texts_of = [row[name] for row in section.rows for name in ("planned", "actual") if row[name]]
    texts_of += [row[name] for row in milestones.rows for name in ("expected", "actual") if row[name]]
    bounds = [bound for text in texts_of for bound in _bounds(text) if bound]
    if not bounds:
        return None
    room = datetime.timedelta(days=max(20, (max(bounds) - min(bounds)).days // 25))
    return Scale(_moved(min(bounds), -room), _moved(max(bounds), room))


def _moved(moment: datetime.date, by: datetime.timedelta) -> datetime.date:
    try:
        return moment + by
    except OverflowError:
        return moment


def _bounds(text: str) -> tuple:
    edtf = dates.parse(text)
    return edtf.earliest, edtf.start_latest, edtf.end_earliest, edtf.latest


def _span(text: str | None) -> Span | None:
    return Span(*_bounds(text)) if text else None


@dataclasses.dataclass
class _Event:
    """A milestone as records.drawing takes it."""

    earliest: datetime.date | None
    latest: datetime.date | None
    solid: bool
    note: str


def _event(row: Row) -> _Event | None:
    text = row["actual"] or row["expected"]
    if text is None:
        return None
    edtf = dates.parse(text)
    return _Event(edtf.earliest, edtf.latest, row.state == "achieved", _("overdue") if row.state == "overdue" else "")


def _shapes(row) -> dict:
    """The shapes of a drawing, positions as percent numbers."""

    def x(text: str) -> float:
        return float(text.rstrip("%"))

    return {
        "alt": row.label,
        "height": row.height,
        "segments": [
            {"status": s.status, "x": x(s.x), "width": x(s.width), "y": s.y, "height": s.height, "maybe": s.maybe}
            for s in row.segments
        ],
        "arrows": [{"y": a.y, "height": a.height} for a in row.arrows],
        "whiskers": [
            {"x1": x(w.x1), "x2": x(w.x2), "y": w.y, "caps": [x(cap) for cap in w.caps], "reach": w.reach}
            for w in row.whiskers
        ],
        "notes": [
            {"x": x(n.x), "text": n.text, "y": n.y, "dx": n.dx, "late": "late" in n.css, "end": "endt" in n.css}
            for n in row.notes
        ],
        "dots": [{"x": d.position, "y": d.y, "solid": d.solid, "count": d.count} for d in row.dots],
    }
