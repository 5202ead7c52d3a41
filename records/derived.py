"""What is computed from records and must never disagree with them."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model

from records.models import Record


class Derivation:
    """Something computed from records, recomputed in the transaction of each change; apps subclass it."""

    def refresh(self, records: Iterable[Record], *, rows_only: bool = False) -> None:
        """Recompute what follows from these records, which were just saved or are about to be deleted.

        With `rows_only` nothing was written but their own rows: no link, passage or part of theirs. To be called inside
        of a change, or after `records.history.take_turn`.
        """
        raise NotImplementedError

    def rebuild(self) -> None:
        """Recompute everything and apply the differences only; an unchanged base writes nothing."""
        raise NotImplementedError


def derived_models() -> set[type[Model]]:
    """The models of which every row is computed from others, and never typed."""
    return {model for model in apps.get_models() if getattr(model, "is_derived", False)}


def refresh(records: Iterable[Record], *, rows_only: bool = False) -> None:
    records = list(records)
    for derivation in Derivation.__subclasses__():
        derivation().refresh(records, rows_only=rows_only)


def rebuild() -> None:
    for derivation in Derivation.__subclasses__():
        derivation().rebuild()
