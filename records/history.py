"""History by database trigger: every version of every row of a tracked table, and between which change sets it held.

A live row carries the number of the change set it is known since; the row that a change replaces or deletes goes to
`<Model>Version` with the number of the change set that superseded it. docs/adr/0008 tells why.
"""

import pghistory
import pghistory.models
import pgtrigger
from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class Version(pghistory.models.Event):
    """A row as it was from one change set until another."""

    # What the library would note with each version stands in the change sets.
    pgh_created_at = None
    pgh_label = None
    known_since = models.BigIntegerField(
        _("known since"), db_default=0, db_index=True, help_text=_("Number of the change set that wrote the row.")
    )
    superseded_by = models.BigIntegerField(
        _("superseded by"), db_index=True, help_text=_("Number of the change set that replaced or deleted the row.")
    )

    class Meta:
        abstract = True


class Keep(pgtrigger.Trigger):
    """Stamps what is written with its change set, and keeps the row that was there before."""

    name = "keep"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("change_set", "bigint")]

    def get_func(self, model):
        columns = [
            field.column
            for field in model._meta.concrete_fields
            if not field.primary_key and not isinstance(field, models.GeneratedField)
        ]
        names = ", ".join(f'"{column}"' for column in ("pgh_obj_id", "superseded_by", *columns))
        values = ", ".join([f'OLD."{model._meta.pk.column}"', "change_set", *(f'OLD."{column}"' for column in columns)])
        # Generated columns are computed after this trigger, so rows that have some are compared without them.
        generated = any(isinstance(field, models.GeneratedField) for field in model._meta.concrete_fields)
        new, old = (
            "(" + ", ".join(f'{row}."{column}"' for column in columns) + ")" if generated else row
            for row in ("NEW", "OLD")
        )
        # A row that one change set writes twice was never seen in between.
        return f"""
            IF TG_OP = 'UPDATE' THEN
                NEW.known_since := OLD.known_since;
                IF {new} IS NOT DISTINCT FROM {old} THEN RETURN NEW; END IF;
            END IF;
            change_set := records_change_set();
            IF TG_OP <> 'INSERT' AND OLD.known_since < change_set THEN
                INSERT INTO "{version_table(model)}" ({names}) VALUES ({values});
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            NEW.known_since := change_set;
            RETURN NEW;
        """


def track(model):
    """Class decorator: keep each replaced and deleted row of the model in `<Model>Version`, which is append-only."""
    model.add_to_class(
        "known_since",
        models.BigIntegerField(
            _("known since"),
            db_default=0,
            db_index=True,
            editable=False,
            help_text=_("Number of the change set that wrote the row as it stands."),
        ),
    )
    tracked = pghistory.track(
        pghistory.ManualEvent("superseded"),  # the library's own triggers keep new rows, and need an anti-join to read
        model_name=f"{model.__name__}Version",
        base_model=Version,
        exclude=[model._meta.pk.name, "known_since"],
        obj_field=pghistory.ObjForeignKey(related_name="versions", related_query_name="+", db_index=True),
        context_field=None,
        append_only=True,
    )(model)
    pgtrigger.register(Keep())(model)
    return tracked


def version_table(model: type[models.Model]) -> str:
    return f"{model._meta.db_table}version"


def version_model(model: type[models.Model]) -> type[models.Model] | None:
    """The model of a tracked model's versions; None for a model without history."""
    for relation in model._meta.concrete_model._meta.related_objects:
        if relation.get_accessor_name() == "versions":
            return relation.related_model
    return None


def take_turn() -> None:
    """Let no other change set begin until this transaction ends, once the one before is committed.

    For what reads rows and then writes what follows from them: within a change it has the turn already.
    """
    with connection.cursor() as cursor:
        # The lock of records_begin_change. Another one, taken before it, would end in a deadlock.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policytrack.change_set'))")
