"""The rules of the desk that the database enforces as well."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskRules(models.Model):
    """How this desk works; at most one row, written from the settings by each migration. Without it, by the default.

    The database cannot read a setting, and a rule that only the code knows can be written around.
    """

    second_person = models.BooleanField(
        _("second person"),
        default=True,
        help_text=_("Whether somebody else has to approve what one person submitted, wrote or proposed."),
    )

    class Meta:
        verbose_name = _("rules of the desk")
        verbose_name_plural = _("rules of the desk")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="records_deskrules_one_row")]

    def __str__(self):
        return str(_("a second person approves") if self.second_person else _("one person is enough"))
