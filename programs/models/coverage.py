"""Where somebody looked and found nothing, or something."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.models import Material
from programs.models.programs import Phase, Program
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Record


@track
class CoverageNote(Record):
    """Somebody looked for work on a material in a program or phase; a gap is only a gap once somebody looked."""

    facts = ()  # whoever looked is its own witness

    material = models.ForeignKey(Material, models.PROTECT, related_name="coverage_notes", verbose_name=_("material"))
    program = models.ForeignKey(
        Program,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="coverage_notes",
        verbose_name=_("program"),
    )
    phase = models.ForeignKey(
        Phase, models.CASCADE, null=True, blank=True, related_name="coverage_notes", verbose_name=_("phase")
    )
    looked_on = EDTFField(_("looked on"), help_text=_("When (EDTF)."))
    looked_where = models.TextField(_("looked where"), help_text=_("Which sources or registers were searched."))
    found = models.TextField(_("found"), null=True, blank=True, help_text=_("What came out; empty when nothing did."))
    by = models.CharField(_("by"), max_length=120, help_text=_("Who looked."))

    class Meta(Record.Meta):
        verbose_name = _("coverage note")
        verbose_name_plural = _("coverage notes")
        ordering = ["material", "slug"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("looked_on"),
            models.CheckConstraint(
                condition=Q(program=None, phase__isnull=False) | Q(program__isnull=False, phase=None),
                name="programs_coveragenote_one_place",
                violation_error_message=_("Say either the program or the phase."),
            ),
        ]

    def __str__(self):
        return f"{self.material_id} {self.looked_on}"
