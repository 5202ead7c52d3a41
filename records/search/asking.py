"""From what somebody typed to one query of the index, for pages, lists and the API alike.

A term is found by itself and by what it may stand for: the name of a material or organization stands for all its names,
the name of a country for its code, a Korean word with a particle for the one without, the number of an act for its
other spellings. What the entries link to (`@material12`) are tokens of the index too, so that one query asks for all.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext as _

from records.models import SearchEntry
from records.queries import BadQuery
from records.search.countries import codes
from records.search.lookup import MOST_MEANT, Found, Meant, look_up, names_of, narrower_than
from records.search.phrases import Tokens, tokens_of
from records.search.terms import (
    IS_PAIRED,
    LegalNumber,
    Term,
    cleaned,
    in_other_characters,
    legal_numbers,
    terms,
    without_particle,
)

# A name has at most so many words, and so many records of one name may be meant by it.
LONGEST_NAME, MOST_OF_ONE_NAME = 6, 8
# A name of fewer letters is a word of other things too: Ga, HF, In. It leads to its record, but is not looked for.
SHORTEST_NAME = 3
WEIGHTS = {"title": "A", "legal": "B"}
# Where other fields look: the kind of record that the words have to find, and the link that leads to it.
LINKED = {
    "material": ("material", "material"),
    "organization": ("organization", "organization"),
    "authority": ("organization", "authority"),
    "issuer": ("organization", "authority"),
    "program": ("program", "program"),
    "measure": ("measure", "measure"),
    "source": ("source", "source"),
    "cas": ("material", "material"),
    "hs": ("material", "material"),
}
COUNTRY_LINKS = {"issuer": ("issuer",), "destination": ("destination",), "": ("issuer", "destination", "country")}
NOTHING = "'@nothing'"


class Matches(Func):
    """Condition: a vector holds what a query wants."""

    template, arg_joiner = "%(expressions)s", " @@ "
    output_field = BooleanField()


class Query(Func):
    template, output_field = "%(expressions)s::tsquery", TextField()


@dataclass
class Wanted:
    """One term, or several that make a name, with all that they are found by."""

    terms: list[Term]
    queries: list[str] = field(default_factory=list)
    # What was typed, and the names that it stands for; to be marked in texts.
    tokens: list[Tokens] = field(default_factory=list)
    names: list[Tokens] = field(default_factory=list)
    meant: list[Meant] = field(default_factory=list)
    exactly: list[Meant] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    occurs: bool = True

    @property
    def text(self) -> str:
        return " ".join(term.text for term in self.terms)

    @property
    def field(self) -> str:
        return self.terms[0].field

    @property
    def excluded(self) -> bool:
        return self.terms[0].excluded

    @property
    def query(self) -> str:
        alternatives = list(dict.fromkeys(filter(None, self.queries))) or [NOTHING]
        return f"({' | '.join(alternatives)})"


@dataclass
class Asked:
    """What a search asks for. `common` are words that stand in every text, which nothing is found by."""

    text: str
    wanted: list[Wanted]
    kinds: list[str]
    common: list[str]

    @cached_property
    def query(self) -> str:
        """One tsquery for all; "" where there is nothing to look for."""
        return " & ".join(("!" if each.excluded else "") + each.query for each in self.wanted)

    @property
    def positive(self) -> list[Wanted]:
        return [each for each in self.wanted if not each.excluded]

    @property
    def exactly(self) -> list[Meant]:
        """The records that were asked for by their names."""
        return list({meant.link: meant for each in self.positive for meant in each.exactly}.values())


def ask(text: str) -> Asked:
    """What a text asks for, as the index is now or was at the moment that is read from; four queries at most.

    Raises BadQuery where a field finds more than can be meant.
    """
    text = cleaned(text)
    typed, numbers = terms(text), legal_numbers(text)
    kinds = [term.text.lower() for term in typed if term.field == "kind"]
    # The parts of an act's number are looked for together.
    parts = [
        term
        for term in typed
        if term.field != "kind"
        and not (_is_plain(term) and any(each.start <= term.start and term.end <= each.end for each in numbers))
    ]
    tokens = tokens_of(_all_texts(parts, numbers))
    telling = [term for term in parts if tokens[term.text]]
    found = look_up(
        names=[tokens[span].name for span in _spans(parts)],
        alike=[tokens[term.text].query("A") for term in telling if not term.field],
        of_kind=[_of_kind(term, tokens) for term in parts if term.field in LINKED],
        occurring=[
            *(tokens[term.text].query(WEIGHTS.get(term.field, "")) for term in telling),
            *(tokens[stem].query(whole=True) for term in telling for stem in _stems(term)),
            *(other.query() for term in telling for other in _others(term, tokens)),
        ],
    )
    asking = _Asking(tokens, numbers, found)
    wanted = [*asking.wanted(parts), *asking.whole_numbers(parts)]
    exactly = [meant for each in wanted for meant in each.exactly]
    named, narrower = names_of(exactly), narrower_than(exactly)
    for each in wanted:
        for meant in each.exactly:
            own = [named[name] for name in meant.names if len(name) >= SHORTEST_NAME]
            each.names += own
            each.queries += [f"'{link}'" for link in (meant.link, *narrower.get(meant.link, ()))]
            each.queries += [name.query() for name in own]
    return Asked(text, wanted, kinds, [term.text for term in parts if asking.is_common(term)])


def entries(query: str) -> QuerySet[SearchEntry]:
    """The entries that a query, or a part of one, finds."""
    if not query:
        return SearchEntry.objects.none()
    return SearchEntry.objects.order_by().filter(Matches(F("vector"), Query(Value(query))))


def subjects(kind: str, query: str) -> QuerySet:
    """Primary keys of the records of a kind that a query finds."""
    return entries(query).filter(kind=kind).values("subject_id")


def matching(queryset: QuerySet, text: str, kind: str, **of: str) -> QuerySet:
    """The rows of a list that a text finds; `of` names kinds whose texts count too, by the columns leading to them."""
    asked = ask(text)
    if not asked.query or (asked.kinds and kind not in asked.kinds):
        return queryset.none()
    if not of:
        return queryset.filter(pk__in=subjects(kind, asked.query))
    for each in asked.wanted:
        found = Q(pk__in=subjects(kind, each.query))
        for column, other in of.items():
            found |= Q(**{f"{column}__in": subjects(other, each.query)})
        queryset = queryset.filter(~found if each.excluded else found)
    return queryset


@dataclass
class _Asking:
    """What the terms of one search are found by, from what was looked up."""

    tokens: dict[str, Tokens]
    numbers: list[LegalNumber]
    found: Found

    def wanted(self, parts: list[Term]) -> list[Wanted]:
        wanted: list[Wanted] = []
        for run in _runs(parts):
            start = 0
            while start < len(run):
                end = self._end_of_name(run, start)
                if end - start > 1 or not self.is_common(run[start]):
                    wanted.append(self._of(run[start:end]))
                start = end
        return wanted

    def is_common(self, term: Term) -> bool:
        """Whether nothing is found by a term, since it stands in every text; fields look elsewhere than in texts."""
        return not self.tokens[term.text] and term.field not in {*LINKED, *COUNTRY_LINKS} - {""}

    def whole_numbers(self, parts: list[Term]) -> list[Wanted]:
        """The numbers of acts that stand for themselves, and are no part of a longer word."""
        return [
            self._spelled(Wanted([Term(number.spellings[0], is_phrase=True)]), number)
            for number in self.numbers
            if not any(_overlap(term, number) for term in parts)
        ]

    def _end_of_name(self, run: list[Term], start: int) -> int:
        """Where the longest name ends that begins with a term; after the term itself, where it begins none."""
        for end in range(min(start + LONGEST_NAME, len(run)), start + 1, -1):
            if any(self._is_name(text) for text in _texts(run[start:end])):
                return end
        return start + 1

    def _is_name(self, text: str) -> bool:
        name = self.tokens[text].name
        return name in self.found.named or name in codes()

    def _of(self, terms: list[Term]) -> Wanted:
        wanted, term = Wanted(terms), terms[0]
        if term.field in WEIGHTS:
            wanted.tokens = [self.tokens[term.text]]
            wanted.queries = [self.tokens[term.text].query(WEIGHTS[term.field])]
            wanted.occurs = wanted.queries[0] in self.found.occurring
        elif term.field:
            self._linked(wanted)
        else:
            self._plain(wanted)
        return wanted

    def _linked(self, wanted: Wanted) -> None:
        """Found by links alone: to a code, a country, or records that the words find."""
        term = wanted.terms[0]
        self._of_country(wanted, term.text)
        if term.field in LINKED:
            link = LINKED[term.field][1]
            wanted.tokens = [self.tokens[term.text]]
            wanted.meant = self.found.of_kind.get(_of_kind(term, self.tokens), [])
            if len(wanted.meant) > MOST_MEANT:
                told = _("“%(field)s:%(words)s” means more than %(count)d records; say more exactly which.")
                values = {"field": term.field, "words": term.text, "count": MOST_MEANT}
                raise BadQuery({"q": [told % values]})
            wanted.queries += [f"'@{link}{meant.pk}'" for meant in wanted.meant]

    def _plain(self, wanted: Wanted) -> None:
        """Found in any text, or by what the words stand for."""
        together = []
        for term in wanted.terms:
            if not self.tokens[term.text]:
                continue  # "of", in the middle of a name
            own = [self.tokens[term.text]]
            stems = [self.tokens[stem] for stem in _stems(term)]
            # A stem that no word of any text ends with was no stem: 수출허가 is not 수출허 with a particle.
            own += [stem for stem in stems if stem.query(whole=True) in self.found.occurring]
            own += _others(term, self.tokens)
            wanted.tokens += own
            together.append(f"({' | '.join(each.query() for each in own)})")
        wanted.queries = [f"({' & '.join(together)})"] if together else []
        if wanted.terms[0].is_phrase:
            wanted.occurs = self.tokens[wanted.terms[0].text].query() in self.found.occurring
            return
        texts = _texts(wanted.terms)
        exactly = {meant.link: meant for text in texts for meant in self.found.named.get(self.tokens[text].name, [])}
        if len(exactly) <= MOST_OF_ONE_NAME:
            wanted.exactly = list(exactly.values())
        wanted.queries += [f"'{link}'" for link in exactly]
        wanted.meant = list(exactly.values())
        if len(wanted.terms) == 1:
            alike = self.found.alike.get(self.tokens[texts[0]].query("A"), [])
            wanted.meant += [meant for meant in alike if meant.link not in exactly]
            wanted.queries += [f"'{meant.link}'" for meant in alike]
        for text in texts:
            self._of_country(wanted, text)
        whole = self.tokens[texts[0]]
        writings = [whole, *_others(wanted.terms[0], self.tokens)]
        wanted.occurs = len(wanted.queries) > 1 or any(each.query() in self.found.occurring for each in writings)
        if not wanted.occurs and whole and not IS_PAIRED.match(whole.tokens[-1][0]):
            wanted.queries.append(whole.query(begins=True))
        for number in self.numbers:
            if any(_overlap(term, number) for term in wanted.terms):
                self._spelled(wanted, number)

    def _of_country(self, wanted: Wanted, text: str) -> None:
        name = self.tokens[text].name
        code = codes().get(name) or (name.upper() if wanted.field and name.upper() in codes().values() else None)
        if code and wanted.field in COUNTRY_LINKS:
            wanted.countries.append(code)
            wanted.queries += [f"'@{link}{code}'" for link in COUNTRY_LINKS[wanted.field]]

    def _spelled(self, wanted: Wanted, number: LegalNumber) -> Wanted:
        spelled = [self.tokens[spelling] for spelling in number.spellings]
        wanted.tokens += spelled
        # The first is the fullest, and ranks before others of the number.
        wanted.queries += [f"'{number.token}'", spelled[0].query()]
        return wanted


def _is_plain(term: Term) -> bool:
    return not (term.is_phrase or term.field or term.excluded)


def _overlap(term: Term, number: LegalNumber) -> bool:
    return term.start < number.end and number.start < term.end


def _stems(term: Term) -> list[str]:
    return [] if term.is_phrase or term.field else without_particle(term.text)


def _written(term: Term) -> list[str]:
    return [] if term.is_phrase or term.field else in_other_characters(term.text)


def _others(term: Term, tokens: dict[str, Tokens]) -> list[Tokens]:
    """What says the same as a plain term: the word in other characters, or the other stem of an English one."""
    kin = None if term.is_phrase or term.field else tokens[term.text].kin
    return [*(tokens[text] for text in _written(term)), *([kin] if kin else [])]


def _of_kind(term: Term, tokens: dict[str, Tokens]) -> tuple[str, str]:
    """The kind of records that a field means, and the query for them: by code, or by what they are known by."""
    kind, _link = LINKED[term.field]
    if term.field in ("cas", "hs"):
        code = "".join(sign for sign in term.text if sign in "0123456789" or (sign == "-" and term.field == "cas"))
        return kind, (f"'@cas{code}'" if term.field == "cas" else f"'@hs{code}':*") if code else NOTHING
    return kind, tokens[term.text].query("" if kind == "source" else "A") or NOTHING


def _runs(parts: list[Term]) -> list[list[Term]]:
    """Neighbouring plain terms together, every other term by itself."""
    runs: list[list[Term]] = []
    for term in parts:
        if runs and _is_plain(term) and _is_plain(runs[-1][-1]):
            runs[-1].append(term)
        else:
            runs.append([term])
    return runs


def _texts(terms: list[Term]) -> list[str]:
    """What neighbouring terms say together: as typed, without the particle of the last, in other characters."""
    first, last = [term.text for term in terms[:-1]], terms[-1]
    together = [" ".join([*first, each]) for each in (last.text, *_stems(last))]
    return [*together, *(_written(last) if len(terms) == 1 else [])]


def _spans(parts: list[Term]) -> list[str]:
    """All that may be a name: neighbouring plain terms, and every term by itself."""
    return [
        text
        for run in _runs(parts)
        for start in range(len(run))
        for end in range(start + 1, min(start + LONGEST_NAME, len(run)) + 1)
        for text in _texts(run[start:end])
    ]


def _all_texts(parts: list[Term], numbers: list[LegalNumber]) -> list[str]:
    stems = [stem for term in parts for stem in (*_stems(term), *_written(term))]
    spellings = [spelling for number in numbers for spelling in number.spellings]
    return [*(term.text for term in parts), *stems, *_spans(parts), *spellings]
