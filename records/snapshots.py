"""Archived copies of sources: the bytes as they were received, and the text in which passages have their place."""

import datetime
import hashlib

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from records import documents, publishing
from records.models import ChangeSet, Snapshot, Source


class AlreadyKept(ValueError):
    """The source has this very copy; `snapshot` is it."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        super().__init__(_("This very copy is kept already."))


def take(
    source: Source,
    *,
    content: bytes,
    by,
    reason: str,
    name: str = "",
    media_type: str = "",
    encoding: str = "",
    fetched_at: datetime.datetime | None = None,
) -> Snapshot:
    """Keep a copy of a source. Raises `documents.Unreadable` where it has no text, AlreadyKept where it is kept.

    `name` and `media_type` are what came with the bytes; they are believed only where the bytes do not say more.
    """
    digest = hashlib.sha256(content).hexdigest()
    if kept := Snapshot.objects.filter(source=source, sha256=digest).first():
        raise AlreadyKept(kept)
    kind = documents.kind_of(content, name=name, declared=media_type)
    snapshot = Snapshot(
        source=source,
        fetched_at=fetched_at or timezone.now(),
        media_type=kind,
        text=documents.text_of(content, kind, encoding=encoding),
        sha256=digest,
    )
    try:
        with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.SOURCE_ONLY) as change_set:
            # The name that it came with goes nowhere near the disk.
            snapshot.file.save(f"{digest}{documents.ENDINGS[kind]}", ContentFile(content), save=False)
            snapshot.save()
            # What is searched of a source are the words of its newest copy.
            publishing.carry([source], change_set, rows_only=True)
    except BaseException:
        snapshot.file.delete(save=False)
        raise
    return snapshot
