"""What follows from changes, carried out at once instead of by a worker."""

from records import outbox


def carry_out() -> None:
    while outbox.relay():
        pass
