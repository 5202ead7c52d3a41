"""What has to be found for each of the judged queries, and how much of the first ten hits is to the point."""

import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from records.models import SearchEntry
from records.search.asking import ask
from records.search.finding import Hits
from tests.measures import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

JUDGED = yaml.safe_load((Path(__file__).parent / "judged.yaml").read_text())
# Each with its kind, what must be found, and lists of which a hit says one word each.
QUERIES = [
    (
        query,
        "alias",
        each["must"],
        [[*each.get("said", ()), *(name for slug in each["about"] for name in recorded.names(slug))]],
    )
    for each in JUDGED["concepts"]
    for query in each["queries"]
] + [
    (each["query"], each["kind"], each["must"], [each["said"]] if "said" in each else None)
    for each in JUDGED["queries"]
]
RECALL, OTHERS, PRECISION = 0.95, 0.9, 0.9
READ = 200
PREFIX = re.compile(r"\w+:")


def found(query, read=READ):
    return Hits(ask(query)).read(0, read)


def key(hit):
    return f"{hit.kind}:{hit.slug}"


def flat(text):
    return unicodedata.normalize("NFKC", text).casefold()


def crude(word):
    """The beginning of an English word, which most of its forms share; other words as they are."""
    return word[:5] if word.isascii() and word.isalpha() else word


@pytest.fixture(scope="module")
def said(loaded, django_db_blocker):
    """All that each entry says, with what it is linked to, as plain text; nothing of the search itself is used."""
    with django_db_blocker.unblock():
        entries = list(SearchEntry.objects.all())
    own = {f"@{entry.kind}{entry.subject_id}": [text for *_rest, text in entry.texts] for entry in entries}
    told = {}
    for entry in entries:
        linked = [text for link in entry.links for text in own.get(link.replace("authority", "organization"), ())]
        told[f"{entry.kind}:{entry.slug}"] = flat("\n".join([*own[f"@{entry.kind}{entry.subject_id}"], *linked]))
    return told


def test_the_set_is_large_enough():
    assert len({query for query, *_rest in QUERIES}) >= 150


def test_what_must_be_found_is_found():
    missed, counted = defaultdict(list), defaultdict(list)
    for query, kind, must, _said in QUERIES:
        hits = {key(hit) for hit in found(query)}
        counted[kind].append(sum(each in hits for each in must) / len(must))
        missed[kind] += [(query, each) for each in must if each not in hits]
    recall = {kind: sum(parts) / len(parts) for kind, parts in counted.items()}
    tell("recall: " + ", ".join(f"{kind} {part:.3f} ({len(counted[kind])})" for kind, part in recall.items()))
    assert recall["alias"] >= RECALL, missed["alias"]
    assert all(part >= OTHERS for part in recall.values()), {kind: each for kind, each in missed.items() if each}


def test_the_first_ten_are_to_the_point(said):
    parts, beside = [], []
    for query, _kind, must, wanted in QUERIES:
        words = flat(re.sub(r"-\w+|[\"“”「」]", " ", query)).split()
        wanted = wanted or [[crude(PREFIX.sub("", word))] for word in words]
        hits = [key(hit) for hit in found(query, 10)]
        good = [
            hit for hit in hits if hit in must or all(any(flat(one) in said[hit] for one in each) for each in wanted)
        ]
        parts.append(len(good) / len(hits) if hits else 0)
        beside += [(query, hit) for hit in hits if hit not in good]
    precision = sum(parts) / len(parts)
    tell(f"precision@10: {precision:.3f} over {len(parts)} queries")
    assert precision >= PRECISION, beside


@pytest.mark.parametrize("kind", ["alias", "organization"])
def test_what_was_asked_for_by_name_comes_first(kind):
    late = [
        query
        for query, of, must, _said in QUERIES
        if of == kind and not {key(hit) for hit in found(query, 3)} & set(must)
    ]
    assert not late


def tell(line):
    sys.__stderr__.write(f"\n{line}\n")
