"""Archived copies: what can be read of which bytes, what is refused in words, and how copies are kept."""

import hashlib
import io
import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from records import derived, documents, snapshots
from records.models import ChangeSet, Snapshot, Source
from records.search.asking import ask
from records.search.finding import Hits
from tests.consequences import carry_out
from tests.records.anything import row

pytestmark = pytest.mark.django_db

PAGE = """<!doctype html><html><head><meta charset="{charset}"><title>수출</title><style>p{{}}</style></head><body>
<script>alert("x")</script><h1>수출  규제</h1><p>불화수소의
수출을 <b>제한</b>한다.</p><ul><li>하나</li><li>둘</li></ul>
<table><tr><td>a</td><td>b</td></tr></table><noscript>no</noscript><pre>as
is</pre><!-- hidden --></body></html>"""
READ = "수출 규제\n\n불화수소의 수출을 제한한다.\n\n하나\n\n둘\n\na b\n\nas\nis"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def pdf(*texts, password="", pages=None):
    """A file of our own making: one page for each text, in the standard font."""
    writer = PdfWriter()
    for text in texts:
        page = writer.add_blank_page(200, 200)
        if text:
            font = DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Font"),
                    NameObject("/Subtype"): NameObject("/Type1"),
                    NameObject("/BaseFont"): NameObject("/Helvetica"),
                }
            )
            page[NameObject("/Resources")] = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
            )
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
    for _ in range(pages or 0):
        writer.add_blank_page(10, 10)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


WORDS = "Exports of hydrogen fluoride need a licence"


@pytest.mark.parametrize(
    ("content", "name", "declared", "kind"),
    [
        (b"%PDF-1.7 ...", "notice.txt", "text/plain", documents.PDF),
        (b"<!DOCTYPE html><p>x", "notice", "", documents.HTML),
        (b'<?xml version="1.0"?><html>', "notice", "", documents.HTML),
        (b"x", "notice.HTM", "", documents.HTML),
        (b"x", "", "text/html; charset=utf-8", documents.HTML),
        (b"x", "notice.txt", "application/octet-stream", documents.TEXT),
        (b"x", "", "", documents.TEXT),
    ],
)
def test_the_bytes_say_what_they_are_and_else_their_name(content, name, declared, kind):
    assert documents.kind_of(content, name=name, declared=declared) == kind


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (b"PK\x03\x04...", "notice.docx", ""),
        (b"PK\x03\x04...", "notice.txt", "text/plain"),
        (b"\x89PNG\r\n", "notice.html", "text/html"),
        (b"x", "notice.docx", ""),
        (b"x", "notice", "image/svg+xml"),
    ],
)
def test_other_documents_are_refused(content, name, declared):
    with pytest.raises(documents.Unreadable, match="neither text nor HTML nor PDF"):
        documents.kind_of(content, name=name, declared=declared)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("cp949", "euc-kr"),
        ("cp949", "ks_c_5601-1987"),
        ("utf-8-sig", "euc-kr"),
        ("utf-16", "utf-16"),
    ],
)
def test_html_becomes_its_text_without_what_no_reader_sees(encoding, declared):
    assert documents.text_of(PAGE.format(charset=declared).encode(encoding), documents.HTML) == READ


def test_a_saved_page_that_says_a_wrong_encoding_is_read_all_the_same():
    assert documents.text_of(PAGE.format(charset="euc-kr").encode(), documents.HTML) == READ


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "utf-8", "utf-16"])
def test_a_text_is_read_in_the_encoding_that_somebody_chose(encoding):
    chosen = "" if encoding == "utf-8" else encoding
    assert (
        documents.text_of("フッ化水素\r\n輸出".encode(encoding), documents.TEXT, encoding=chosen) == "フッ化水素\n輸出"
    )


def test_a_text_in_an_encoding_that_nobody_named_is_refused():
    with pytest.raises(documents.Unreadable, match="Choose the encoding"):
        documents.text_of("輸出管理".encode("cp932"), documents.TEXT)
    with pytest.raises(documents.Unreadable, match="not written in cp949"):
        documents.text_of(b"\xff\xff", documents.TEXT, encoding="cp949")


def test_the_text_has_one_form():
    assert documents.normalized("  a\u00a0 b\t\tc \r\n\r\n\r\n\r\nd\u200b\u0007e\ud800 ") == "a b c\n\nde\ufffd"
    assert documents.normalized("が") == "が"
    assert documents.normalized(documents.normalized(READ)) == documents.normalized(READ)


def test_html_is_read_to_its_depth_or_refused():
    def nested(depth):
        return f"<p>before</p>{'<div>' * depth}words{'</div>' * depth}<p>after</p>".encode()

    assert documents.text_of(nested(1000), documents.HTML) == "before\n\nwords\n\nafter"
    with pytest.raises(documents.Unreadable, match="nested too deeply"):
        documents.text_of(nested(100_000), documents.HTML)


def test_a_pdf_becomes_the_text_of_its_pages():
    assert documents.text_of(pdf(WORDS, "Second page"), documents.PDF) == f"{WORDS}\n\nSecond page"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf(WORDS, password="secret"), "encrypted"),
        (pdf("", ""), "pictures of pages and no text"),
        (pdf(WORDS, pages=documents.MAX_PAGES), "more than 500 pages"),
        (b"%PDF-1.7\nnothing of the kind", "damaged"),
    ],
    ids=["encrypted", "scanned", "long", "no PDF"],
)
def test_what_cannot_be_read_of_a_pdf_is_refused_in_words(content, reason):
    with pytest.raises(documents.Unreadable, match=reason):
        documents.text_of(content, documents.PDF)


def test_a_pdf_may_forbid_printing_with_an_empty_password():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(WORDS))))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    assert documents.text_of(stream.getvalue(), documents.PDF) == WORDS


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(documents, "PDF_SECONDS", 0.01)
    with pytest.raises(documents.Unreadable, match="took too long"):
        documents.text_of(pdf(WORDS), documents.PDF)


def test_sizes_are_bounded(monkeypatch):
    monkeypatch.setattr(documents, "MAX_CHARACTERS", 5)
    with pytest.raises(documents.Unreadable, match="longer than 5 characters"):
        documents.text_of(b"sixsix", documents.TEXT)
    monkeypatch.setattr(documents, "MAX_BYTES", 5)
    with pytest.raises(documents.Unreadable, match="larger than"):
        documents.text_of(b"sixsix", documents.TEXT)
    for content, kind in ((b"", documents.TEXT), (b"  \n", documents.TEXT), (b"<p>", documents.HTML)):
        with pytest.raises(documents.Unreadable):
            documents.text_of(content, kind)


def test_a_copy_is_kept_with_its_digest_for_nobody_else_on_the_machine(media):
    source, user = row(Source), User.objects.create_user("editor")
    content = PAGE.format(charset="utf-8").encode()
    kept = snapshots.take(source, content=content, name="../../evil.html", by=user, reason="Seen today")
    kept = Snapshot.objects.get(pk=kept.pk)
    assert (kept.media_type, kept.text, kept.sha256) == (documents.HTML, READ, hashlib.sha256(content).hexdigest())
    path = Path(kept.file.path)
    assert path.parent.parent.parent == media
    assert path.name == f"{kept.sha256}.html"
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    change_set = ChangeSet.objects.latest("pk")
    assert (change_set.by, change_set.kind, change_set.reason) == (user, "source_only", "Seen today")


def test_the_same_bytes_are_kept_once_for_a_source(media):
    source = row(Source)
    first = snapshots.take(source, content=b"words", by=None, reason="r")
    with pytest.raises(snapshots.AlreadyKept) as caught:
        snapshots.take(source, content=b"words", by=None, reason="r")
    assert caught.value.snapshot == first
    assert snapshots.take(row(Source), content=b"words", by=None, reason="r") != first


def test_a_copy_that_is_refused_leaves_no_file_and_no_change_set(media):
    source = row(Source)
    before = ChangeSet.objects.count()
    with pytest.raises(documents.Unreadable):
        snapshots.take(source, content=b"PK\x03\x04", name="a.docx", by=None, reason="r")
    with pytest.raises(IntegrityError), transaction.atomic():
        # The reason is missing, which the database finds at the end of the change only.
        snapshots.take(source, content=b"words", by=None, reason="")
    assert ChangeSet.objects.count() == before
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_what_a_copy_says_is_found_when_its_consequences_are_carried_out(media):
    source = row(Source, slug="gazette", state="published")
    derived.rebuild()
    page = PAGE.format(charset="utf-8").encode()
    snapshots.take(source, content=page, by=None, reason="A copy", media_type="text/html")
    carry_out()
    [hit] = Hits(ask('"제한한다"')).read(0, 9)
    assert (hit.kind, hit.slug, hit.why.field) == ("passage", "gazette", "passage")
