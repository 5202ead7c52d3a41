"""How programs give away that two of them are one."""

from django.db.models import F
from django.utils.translation import gettext as _

from programs.models import Program
from records.duplicates import Resemblance, by_title, same_names, same_values, similar, standing
from records.search.plain import Folded


class ProgramResemblance(Resemblance):
    model = Program
    typed = ("title", "country", "lead")

    def compare(self, values, others, found):
        title = values.get("title", "")
        by_title(others, title, found)
        lead = values.get("lead", "")
        if lead.isascii() and lead.isdigit() and len(lead) < 19:
            for record in others.filter(pk__in=found, lead=int(lead)):
                found.add(record, _("it has the same lead"), 0.5)
        for record in others.filter(pk__in=found, country=values.get("country", "")):
            found.add(record, _("it is of the same country"), 0.3)

    def pairs(self):
        programs = standing(Program)
        yield from same_values(programs, Folded(F("title")), _("they have the same title"), 1.5)
        yield from same_names(Program, programs)
        yield from similar(programs, "title", ("country_id",), _("same country, similar titles (%(percent)d %%)"))

    def are_told_apart(self, first, second):
        """Programs of two countries are two, whatever they are called."""
        return first.country_id != second.country_id
