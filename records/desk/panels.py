"""Panels that an app above adds to the pages of records at the desk."""

from records.models import Record


class RecordPanel:
    """A part of a saved record's page, found through `__subclasses__()`; `template` shows it as `panel`."""

    template: str

    def __init__(self, record: Record, user):
        self.record, self.user = record, user

    @property
    def shown(self) -> bool:
        raise NotImplementedError
