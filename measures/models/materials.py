"""Goods that are restricted or localized, and the headings of the Harmonized System they fall under."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from records.history import track
from records.models import Named, Record, RecordQuerySet


class HSSection(models.Model):
    """A section of the Harmonized System, edition 2022."""

    code = models.CharField(_("section"), max_length=5, primary_key=True, help_text=_("Roman numeral, or TOTAL."))
    name = models.TextField(_("name"))

    class Meta:
        verbose_name = _("HS section")
        verbose_name_plural = _("HS sections")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}"


class HSCode(models.Model):
    """One heading of the Harmonized System, edition 2022: chapter, heading or subheading."""

    EDITION = "2022"
    # The chapters under which the shipped data has materials, for catalogs to translate.
    CHAPTERS = (
        gettext_noop("Salt; sulphur; earths, stone; plastering materials, lime and cement"),
        gettext_noop("Ores, slag and ash"),
        gettext_noop(
            "Mineral fuels, mineral oils and products of their distillation; bituminous substances; mineral waxes"
        ),
        gettext_noop(
            "Inorganic chemicals; organic and inorganic compounds of precious metals; of rare earth "
            "metals, of radio-active elements and of isotopes"
        ),
        gettext_noop("Fertilizers"),
        gettext_noop("Photographic or cinematographic goods"),
        gettext_noop("Chemical products n.e.c."),
        gettext_noop("Stone, plaster, cement, asbestos, mica or similar materials; articles thereof"),
        gettext_noop(
            "Natural, cultured pearls; precious, semi-precious stones; precious metals, metals clad "
            "with precious metal, and articles thereof; imitation jewellery; coin"
        ),
        gettext_noop("Iron and steel"),
        gettext_noop("Copper and articles thereof"),
        gettext_noop("Nickel and articles thereof"),
        gettext_noop("Aluminium and articles thereof"),
        gettext_noop("Lead and articles thereof"),
        gettext_noop("Zinc and articles thereof"),
        gettext_noop("Tin; articles thereof"),
        gettext_noop("Metals; n.e.c., cermets and articles thereof"),
        gettext_noop("Machinery and mechanical appliances, boilers, nuclear reactors; parts thereof"),
        gettext_noop(
            "Electrical machinery and equipment and parts thereof; sound recorders and reproducers; "
            "television image and sound recorders and reproducers, parts and accessories of such "
            "articles"
        ),
    )

    code = models.CharField(_("code"), max_length=6, primary_key=True, help_text=_("Two, four or six digits."))
    description = models.TextField(_("description"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    section = models.ForeignKey(HSSection, models.PROTECT, related_name="codes", verbose_name=_("section"))
    edition = models.CharField(_("edition"), max_length=4, default=EDITION)

    class Meta:
        verbose_name = _("HS code")
        verbose_name_plural = _("HS codes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^([0-9]{2}|[0-9]{4}|[0-9]{6})$"), name="measures_hscode_digits"
            )
        ]

    def __str__(self):
        return self.code

    @property
    def dotted(self) -> str:
        """The code as it is written: 2811.11."""
        return ".".join(filter(None, (self.code[:4], self.code[4:])))


class MaterialQuerySet(RecordQuerySet):
    pass


@track
class Material(Named, Record):
    """A good that is restricted or localized."""

    # The categories of the shipped data, for catalogs to translate; editors may choose others.
    CATEGORIES = (
        gettext_noop("base metal"),
        gettext_noop("battery material"),
        gettext_noop("category"),
        gettext_noop("chemical"),
        gettext_noop("component"),
        gettext_noop("compound semiconductor"),
        gettext_noop("display material"),
        gettext_noop("electronic material"),
        gettext_noop("energy material"),
        gettext_noop("equipment"),
        gettext_noop("ferroalloy"),
        gettext_noop("fluorine chemistry"),
        gettext_noop("industrial gas"),
        gettext_noop("industrial mineral"),
        gettext_noop("lithography material"),
        gettext_noop("metal"),
        gettext_noop("metalloid"),
        gettext_noop("minor metal"),
        gettext_noop("nuclear material"),
        gettext_noop("ore"),
        gettext_noop("packaging material"),
        gettext_noop("precious metal"),
        gettext_noop("rare earth"),
        gettext_noop("refractory metal"),
        gettext_noop("scrap"),
        gettext_noop("semiconductor"),
        gettext_noop("semiconductor device"),
        gettext_noop("semiconductor equipment consumable"),
        gettext_noop("semiconductor process chemical"),
        gettext_noop("semiconductor process gas"),
        gettext_noop("semiconductor substrate"),
        gettext_noop("software"),
        gettext_noop("structural material"),
        gettext_noop("superhard material"),
    )

    name = models.CharField(_("name"), max_length=200, help_text=_("Name in English."))
    broader = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="narrower",
        verbose_name=_("broader material"),
        help_text=_("The material that this one is a form or part of."),
    )
    cas = models.CharField(
        _("CAS number"),
        max_length=12,
        null=True,
        blank=True,
        help_text=_("Chemical Abstracts Service registry number."),
    )
    formula = models.CharField(_("formula"), max_length=60, null=True, blank=True)
    category = models.CharField(_("category"), max_length=60, help_text=_("What sort of good it is."))
    description = models.TextField(_("description"))
    hs_codes = models.ManyToManyField(
        HSCode, through="MaterialHSCode", related_name="materials", verbose_name=_("HS codes")
    )

    merges = True

    objects = MaterialQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["name", "slug"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(cas=None) | Q(cas__regex=r"^[0-9]{2,7}-[0-9]{2}-[0-9]$"),
                name="measures_material_cas_form",
                violation_error_message=_("A CAS number looks like 7664-39-3."),
            ),
            models.CheckConstraint(
                condition=Q(broader=None) | ~Q(broader=F("pk")),
                name="measures_material_not_in_itself",
                violation_error_message=_("A record cannot be part of itself."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("measures:material_detail", args=[self.slug])


@track
class MaterialHSCode(models.Model):
    """A material falls under an HS code."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="hs_links")
    hs_code = models.ForeignKey(HSCode, models.PROTECT, related_name="material_links", verbose_name=_("HS code"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("HS code of a material")
        verbose_name_plural = _("HS codes of materials")
        ordering = ["material", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["material", "hs_code"], name="measures_materialhscode_once")]

    def __str__(self):
        return f"{self.material_id} {self.hs_code_id}"
