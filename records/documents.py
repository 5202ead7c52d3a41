"""The text of documents as they are archived: plain text, HTML and PDF, whatever their encoding.

Run as a program (`python -m records.documents`) it reads a PDF file from its input and writes the text of the pages as
JSON: a file of somebody else's making is read in a process of its own, whose time and memory are bounded.
"""

import json
import re
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 3_000_000
MAX_PAGES = 500
PDF_SECONDS = 40
PDF_MEMORY = 1024**3
# A scan has no text, at most a page number.
FEWEST_LETTERS = 20

TEXT, HTML, PDF = "text/plain", "text/html", "application/pdf"
ENDINGS = {TEXT: ".txt", HTML: ".html", PDF: ".pdf"}
# What official texts in East Asia and Europe are written in, apart from Unicode; named as the WHATWG names them.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp949": gettext_lazy("Korean (EUC-KR, CP949)"),
    "cp932": gettext_lazy("Japanese (Shift-JIS)"),
    "euc_jp": gettext_lazy("Japanese (EUC-JP)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
    "big5hkscs": gettext_lazy("Chinese (Big5)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
}
# Names that documents give their encoding by, where Python's codec of that name knows less than browsers do.
WIDER = {
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)

DROPPED = {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "button"}
BLOCKS = {
    *("address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li"),
    *("main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
}


class Unreadable(ValueError):
    """No text can be taken from these bytes; the message says why, in words for editors."""


def kind_of(content: bytes, *, name: str = "", declared: str = "") -> str:
    """The media type, by what the bytes begin with, else by the name of the file or the type that came with it."""
    beginning = content[:1024].lstrip()
    if beginning.startswith(b"%PDF-") or b"%PDF-" in content[:1024]:
        return PDF
    declared, ending = declared.partition(";")[0].strip().lower(), Path(name).suffix.lower()
    if beginning.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")):
        raise Unreadable(_("This is neither text nor HTML nor PDF. Save the document as one of these."))
    if ending in (".html", ".htm", ".xhtml") or declared in (HTML, "application/xhtml+xml"):
        return HTML
    if re.match(rb"(<\?xml[^>]{0,200}>\s*)?(<!doctype html|<html)", beginning, re.IGNORECASE):
        return HTML
    if ending in (".txt", ".text", ".md") or declared == TEXT or (not ending and not declared):
        return TEXT
    raise Unreadable(_("This is neither text nor HTML nor PDF. Save the document as one of these."))


def text_of(content: bytes, media_type: str, *, encoding: str = "") -> str:
    """The text, normalised; `encoding` is what somebody chose, and goes before what the document says of itself."""
    if not content:
        raise Unreadable(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than %(most)d MB.") % {"most": MAX_BYTES // 1024**2})
    if media_type == PDF:
        text = normalized("\n\n".join(_pages(content)))
        if sum(character.isalnum() for character in text) < FEWEST_LETTERS:
            raise Unreadable(
                _("The PDF holds pictures of pages and no text. Run it through text recognition, or paste the text.")
            )
    elif media_type == HTML:
        text = normalized(_text_of_html(_decoded(content, encoding, declared=DECLARED.search(content[:4096]))))
    else:
        text = normalized(_decoded(content, encoding))
    if not text:
        raise Unreadable(_("There is no text in it."))
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(_("Its text is longer than %(most)d characters.") % {"most": MAX_CHARACTERS})
    return text


def normalized(text: str) -> str:
    """One form of a text, in which passages count their offsets: NFC, single spaces, at most one empty line."""
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\N{LINE SEPARATOR}", "\n").replace("\f", "\n")
    text = "".join(
        character if character == "\n" else " " if character == "\t" else _printed(character) for character in text
    )
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _printed(character: str) -> str:
    """Control characters, marks of direction and soft hyphens go; half a pair is no character at all."""
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return (
        "" if kind in ("Cc", "Cf") and character not in "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}" else character
    )


def _decoded(content: bytes, encoding: str, *, declared: re.Match | None = None) -> str:
    bom = next((name for start, name in BOMS if content.startswith(start)), "")
    own = declared.group(1).decode("ascii").lower() if declared else ""
    name = bom or encoding or WIDER.get(own, own) or "utf-8"
    # A page that was saved by a browser is UTF-8, whatever it says of itself.
    for tried in dict.fromkeys((name, "utf-8") if not encoding else (name,)):
        try:
            text = content.decode(tried)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable(
        _("It is not written in %(encoding)s. Choose the encoding that it is written in.") % {"encoding": name}
    )


def _text_of_html(source: str) -> str:
    from lxml import etree, html

    # Without a declaration of its own, which lxml would believe although the text is decoded already.
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    parser = html.HTMLParser(huge_tree=True)
    try:
        page = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_("There is no text in it.")) from error
    # The parser gives up at some depth, and leaves out in silence all that follows.
    if any("xcessive depth" in entry.message for entry in parser.error_log):
        raise Unreadable(_("The page is nested too deeply. Save its text, and upload that."))
    found: list[str] = []
    # A walk without recursion: nothing forbids a page ten thousand elements deep.
    walk = etree.iterwalk(page, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            found.append(element.tail or "")
            continue
        block = element.tag in BLOCKS
        if event == "start":
            if element.tag in DROPPED:
                walk.skip_subtree()
                continue
            if block:
                found.append("\n")
            found.append(_spaced(element.text, element))
        else:
            if element.tag in ("p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"):
                found.append("\n\n")
            elif block:
                found.append("\n")
            elif element.tag in ("td", "th"):
                found.append(" ")
            found.append(_spaced(element.tail, element.getparent()))
    return "".join(found)


def _spaced(text: str | None, within) -> str:
    """Text of an element: a line break in the source is a space, but for preformatted text."""
    if not text:
        return ""
    return text if within is not None and within.tag in ("pre", "textarea") else re.sub(r"\s+", " ", text)


def _pages(content: bytes) -> list[str]:
    """The text of each page of a PDF file, read by a process with limits."""
    refusals = {
        "encrypted": _("The PDF is encrypted. Save a copy without a password."),
        "pages": _("The PDF has more than %(most)d pages. Save those that are cited.") % {"most": MAX_PAGES},
        "broken": _("The PDF is damaged, or no PDF at all."),
    }
    too_much = Unreadable(_("Reading the PDF took too long or too much memory. Save those pages that are cited."))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "records.documents"],
            input=content,
            capture_output=True,
            timeout=PDF_SECONDS,
            cwd=Path(__file__).parent.parent,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_much from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise too_much from error
    if isinstance(answer, str):
        raise Unreadable(refusals[answer])
    return answer


def _read_pdf(stream) -> list[str] | str:
    """The text of the pages, or the word for what is wrong."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(stream)
        # Many a ministry forbids printing, with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        if len(reader.pages) > MAX_PAGES:
            return "pages"
        return [page.extract_text() for page in reader.pages]
    except DependencyError:
        return "encrypted"
    except MemoryError:
        raise
    except (PyPdfError, Exception):
        return "broken"


def main() -> None:
    import io
    import resource

    for limited, most in ((resource.RLIMIT_CPU, PDF_SECONDS), (resource.RLIMIT_AS, PDF_MEMORY)):
        # Not every system can bound the memory of a process.
        with suppress(ValueError, OSError):
            resource.setrlimit(limited, (most, most))
    answer = _read_pdf(io.BytesIO(sys.stdin.buffer.read()))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
