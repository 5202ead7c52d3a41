"""Institutes: the bodies that are asked, answer, perform and fund."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models import Organization
from measures.models.organizations import OrganizationQuerySet


class InstituteManager(models.Manager.from_queryset(OrganizationQuerySet)):
    def get_queryset(self):
        return super().get_queryset().institutes()


class Institute(Organization):
    """A research institute, council, funding agency, university, association or company."""

    objects = InstituteManager()

    class Meta:
        proxy = True
        verbose_name = _("institute")
        verbose_name_plural = _("institutes")
