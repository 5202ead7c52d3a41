"""History by database trigger: every version of every row of a tracked table, with who and why."""

import pghistory
import pgtrigger


def track(model):
    """Class decorator: keep each inserted, changed and deleted version of the model's rows in `<Model>Version`.

    Triggers fire per statement, so a bulk change costs one insert; the version table refuses UPDATE and DELETE.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        model_name=f"{model.__name__}Version",
        # The library's own name, "events", is a word of the domain.
        obj_field=pghistory.ObjForeignKey(related_name="versions", related_query_name="+"),
        append_only=True,
        level=pgtrigger.Statement,
    )(model)
