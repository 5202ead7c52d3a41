"""Charts as SVG: plots within pages, which the stylesheet colours, and files that stand for themselves."""

from collections.abc import Sequence
from functools import singledispatch

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from records import fonts
from records.charts.shapes import Bar, Chart, Label, Line, Mark, Panel, Plot
from records.scale import percent

# The tokens of static/policytrack.css, light scheme: a file is read on paper and in other people's pages.
PAPER, INK, MUTED, RULE, GRID = "#ffffff", "#17201f", "#515c5a", "#858f8c", "#e6e8e4"
FORCE, SERIES, CHOSEN = "#1d4468", "#0b5a5e", "#b7791f"
SHADES = ("#ffffff", "#dfe5ea", "#c0cbd5", "#4f6d89", "#345777", "#1d4468")
LOOKS = {
    "sure": {"fill": FORCE},
    "maybe": {"fill": "url(#possible)", "stroke": FORCE},
    "announced": {"fill": PAPER, "stroke": "#22659c", "stroke-width": "1.5"},
    "ended": {"fill": "#56625f"},
    "grid": {"stroke": GRID},
    "axis": {"stroke": RULE},
    "chosen": {"stroke": CHOSEN, "stroke-width": "2"},
    "series": {"stroke": SERIES, "stroke-width": "1.5"},
    "span": {"stroke": SERIES, "stroke-width": "3"},
    "aim": {"stroke": INK, "stroke-width": "1.5", "stroke-dasharray": "3 2"},
    "dot": {"fill": SERIES},
    "diamond": {"fill": PAPER, "stroke": INK, "stroke-width": "1.5"},
    "text": {"fill": MUTED},
    "strong": {"fill": INK, "font-weight": "bold"},
    "plain": {"fill": INK},
    "light": {"fill": PAPER},
    **{f"q{number}": {"fill": shade} for number, shade in enumerate(SHADES)},
}
ANCHORS = {"": "start", "mid": "middle", "end": "end"}
PATTERN = (
    '<pattern id="possible" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="h-bg" width="6" height="6" fill="{paper}"/>'
    '<path class="ch-line" d="M1.5 0V6" stroke="{line}" stroke-width="2"/></pattern>'
)
DIAMOND = "M0 -5.5 5.5 0 0 5.5 -5.5 0Z"


def plot(drawn: Plot) -> SafeString:
    """A plot within a page. What it says is told beside it, and its links are those of the table."""
    return format_html(
        '<svg class="x ch" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        f"{drawn.height:g}",
        mark_safe("".join(shape_within(shape, _by_class) for shape in drawn.shapes)),
    )


def _by_class(look: str, more: str = "") -> str:
    pattern = ' fill="url(#possible)"' if look == "maybe" else ""
    return f'class="ch-{look}{more}"{pattern}'


def _by_attributes(look: str, more: str = "") -> str:
    return " ".join(f'{name}="{value}"' for name, value in LOOKS[look].items())


@singledispatch
def shape_within(shape, looks) -> str:
    raise NotImplementedError(type(shape))


@shape_within.register
def _bar(shape: Bar, looks) -> str:
    title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
    drawn = (
        f'<rect {looks(shape.look)} x="{percent(shape.x)}" width="{percent(shape.width)}" y="{shape.y:g}"'
        f' height="{shape.height:g}"{f">{title}</rect>" if title else "/>"}'
    )
    # The keyboard finds the same link in the table.
    return f'<a href="{escape(shape.url)}" tabindex="-1">{drawn}</a>' if shape.url and looks is _by_class else drawn


@shape_within.register
def _line(shape: Line, looks) -> str:
    return (
        f'<line {looks(shape.look)} x1="{percent(shape.x1)}" x2="{percent(shape.x2)}" y1="{shape.y1:g}"'
        f' y2="{shape.y2:g}"/>'
    )


@shape_within.register
def _mark(shape: Mark, looks) -> str:
    title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
    if shape.look == "diamond":
        inner = f'<path {looks("diamond")} d="{DIAMOND}">{title}</path>'
        return f'<svg x="{percent(shape.x)}" y="{shape.y:g}" overflow="visible">{inner}</svg>'
    return f'<circle {looks(shape.look)} r="3.5" cx="{percent(shape.x)}" cy="{shape.y:g}">{title}</circle>'


@shape_within.register
def _label(shape: Label, looks) -> str:
    look = looks(shape.look, " spare" if shape.spare else "")
    anchor = f' text-anchor="{ANCHORS[shape.anchor]}"' if shape.anchor else ""
    text = escape(shape.text) if looks is _by_class else _set(shape.text)
    if shape.turned:
        return (
            f'<svg x="{percent(shape.x)}" y="{shape.y:g}" overflow="visible">'
            f'<text {look}{anchor} transform="rotate(-38)">{text}</text></svg>'
        )
    dx = f' dx="{shape.dx}"' if shape.dx else ""
    return f'<text {look}{anchor} x="{percent(shape.x)}" y="{shape.y:g}"{dx}>{text}</text>'


def pattern() -> SafeString:
    """The hatch of what is only possible, once on each page with charts."""
    return mark_safe(PATTERN.format(paper="none", line="none"))


# Of a file, in pixels.
WIDTH, MARGIN, GUTTER, LINE_HEIGHT, SIZE = 960, 24, 18, 17, 12


def file(chart: Chart, about: Sequence[str]) -> str:
    """A chart as a file of its own, with its title, what it says, its key, and what is told `about` it below."""
    inner = WIDTH - 2 * MARGIN
    y, parts = MARGIN + 14.0, []

    def write(text: str, x: float = MARGIN, look: str = "text", size: int = SIZE) -> None:
        attributes = _by_attributes(look)
        parts.append(f'<text {attributes} font-size="{size}" x="{x:g}" y="{y:g}">{_set(text)}</text>')

    for line in wrapped(chart.title, inner, 18):
        write(line, look="strong", size=18)
        y += 22
    for line in wrapped(chart.sentence, inner, SIZE):
        write(line)
        y += LINE_HEIGHT
    if chart.key:
        x = float(MARGIN)
        for look, words in chart.key:
            if x > MARGIN and x + 24 + width_of(words, SIZE) > WIDTH - MARGIN:
                x, y = float(MARGIN), y + LINE_HEIGHT
            parts.append(_sign(look, x, y))
            write(words, x + 22)
            x += 22 + width_of(words, SIZE) + 20
        y += LINE_HEIGHT
    for panel in chart.panels:
        y = _panel(parts, panel, chart.label_width, y)
    y += LINE_HEIGHT + 4
    for text in (*chart.remarks, *about):
        for line in wrapped(text, inner, SIZE):
            write(line)
            y += LINE_HEIGHT
    language = get_language() or "en"
    families = ", ".join((*fonts.families(language), "sans-serif"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 6:g}" width="{WIDTH}" height="{y + 6:g}"'
        f' font-family="{families}" font-size="{SIZE}" lang="{language}" role="img"'
        ' aria-labelledby="title" aria-describedby="sentence">'
        f'<title id="title">{escape(chart.title)}</title><desc id="sentence">{escape(chart.sentence)}</desc>'
        f"<defs>{PATTERN.format(paper=PAPER, line=FORCE)}</defs>"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>\n'
    )


def _panel(parts: list[str], panel: Panel, label_width: int, y: float) -> float:
    """Write one panel below y; returns where it ends."""
    left = MARGIN + label_width
    each = (WIDTH - MARGIN - left - GUTTER * (len(panel.plots) - 1)) / len(panel.plots)
    headed = any(drawn.label for drawn in panel.plots)
    lines = wrapped(panel.label, label_width - 12, SIZE) if label_width else []
    notes = wrapped(panel.note, label_width - 12, SIZE) if label_width else []
    top = y + (LINE_HEIGHT if headed else 0)
    height = max(max(drawn.height for drawn in panel.plots), LINE_HEIGHT * len(lines + notes))
    for number, line in enumerate(lines + notes):
        look = _by_attributes("text" if number >= len(lines) else "strong" if panel.strong else "plain")
        middle = top + height / 2 + 4 + LINE_HEIGHT * (number - (len(lines + notes) - 1) / 2)
        parts.append(f'<text {look} x="{MARGIN}" y="{middle:g}">{_set(line)}</text>')
    for number, drawn in enumerate(panel.plots):
        x = left + number * (each + GUTTER)
        if drawn.label:
            parts.append(f'<text {_by_attributes("plain")} x="{x:g}" y="{y + 12:g}">{_set(drawn.label)}</text>')
        inner = "".join(shape_within(shape, _by_attributes) for shape in drawn.shapes)
        parts.append(
            f'<svg x="{x:g}" y="{top + (height - drawn.height) / 2:g}" width="{each:g}" height="{drawn.height:g}"'
            f' overflow="visible">{inner}</svg>'
        )
    return top + height


def _set(text: str) -> str:
    """A text within a file: every character in a font that has it, for those programs that do not look for one."""
    language = get_language() or "en"
    usual = fonts.families(language)[0]
    return "".join(
        escape(piece) if family == usual else f'<tspan font-family="{family}">{escape(piece)}</tspan>'
        for family, piece in fonts.runs(text, language)
    )


def _sign(look: str, x: float, y: float) -> str:
    attributes = _by_attributes(look)
    if look == "dot":
        return f'<circle {attributes} r="3.5" cx="{x + 8:g}" cy="{y - 4:g}"/>'
    if look == "diamond":
        return f'<path {attributes} transform="translate({x + 8:g} {y - 4:g})" d="{DIAMOND}"/>'
    if look in ("chosen", "span", "aim", "series"):
        return f'<path {attributes} d="M{x:g} {y - 4:g}h16"/>'
    return f'<rect {attributes} x="{x:g}" y="{y - 9:g}" width="16" height="10"/>'


def sign(look: str) -> SafeString:
    """The sign of a key within a page."""
    shapes = {
        "dot": '<circle {} r="3.5" cx="13" cy="6"/>',
        "diamond": '<path {} transform="translate(13 6)" d="' + DIAMOND + '"/>',
        **dict.fromkeys(("chosen", "span", "aim", "series"), '<path {} d="M2 6H24"/>'),
    }
    shape = shapes.get(look, '<rect {} x="1" y="1" width="24" height="10"/>').format(_by_class(look))
    return mark_safe(f'<svg class="k ch" aria-hidden="true">{shape}</svg>')


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in pixels: what is as wide as it is high counts whole, other characters for more than
    half."""
    return sum(size if ord(character) > 0x1100 else size * 0.57 for character in text)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text; scripts without spaces break between any two characters."""
    lines, line = [], ""
    for word in text.split(" ") if text else ():
        longer = f"{line} {word}" if line else word
        if width_of(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line, size) > width and len(line) > 1:
            end = next(end for end in range(len(line), 0, -1) if end == 1 or width_of(line[:end], size) <= width)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line] if line else lines


def keys(chart: Chart) -> SafeString:
    """The key of a chart within a page."""
    return format_html_join("", "<span>{}{}</span>", ((sign(look), words) for look, words in chart.key))
