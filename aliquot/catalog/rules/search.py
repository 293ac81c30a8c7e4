"""Finding courses by words, typing errors included. No database: the same hits everywhere.

A word fits a course when their roots are equal ("smears" and "smear", "haematology" and
"hematology") or when it begins a word of the course. A word that fits nothing is replaced by the
nearest word of the catalog, if one is near enough.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST_QUERY = 200
MOST_WORDS = 10
TITLE_WEIGHT = 4  # a word in the title counts as much as four elsewhere
_WORD = re.compile(r"[^\W_]+")
_SILENT = frozenset({
    "a", "an", "and", "are", "as", "at", "by", "course", "courses", "for", "from", "how", "i",
    "in", "into", "is", "it", "of", "on", "or", "the", "to", "what", "when", "with", "your",
})  # fmt: skip
_BRITISH = (
    (re.compile("ae|oe"), "e"),
    (re.compile("leuc"), "leuk"),
    (re.compile("our$"), "or"),
    (re.compile("isation"), "ization"),
    (re.compile("tre$"), "ter"),
)


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The words of all open courses. Places count the courses in the order they were given."""

    size: int
    titles: Mapping[str, "array[int]"]  # root: places of courses with it in the title
    bodies: Mapping[str, "array[int]"]  # root: places of courses with it elsewhere
    words: Mapping[str, int]  # word as written: in how many courses; in alphabetical order
    alphabet: Sequence[str]  # the words again, to look for beginnings


@dataclass(frozen=True, slots=True)
class Found:
    """Places of the courses found with their weights, and how the words were understood."""

    weights: Mapping[int, int]
    understood: str
    is_corrected: bool
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Meaning:
    used: str = ""
    roots: list[str] = field(default_factory=list)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters without accents, each once, in their order."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return list(dict.fromkeys(_WORD.findall(bare)))


def root(word: str) -> str:
    """What words of one meaning share: plurals and British spellings are evened out."""
    for pattern, replacement in _BRITISH:
        word = pattern.sub(replacement, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def build_index(texts: Iterable[tuple[str, str]]) -> SearchIndex:
    """An index of (title, body) texts that are already words between spaces."""
    titles: dict[str, array[int]] = {}
    bodies: dict[str, array[int]] = {}
    size = 0
    for place, (title, body) in enumerate(texts):
        size += 1
        for text, postings in ((title, titles), (body, bodies)):
            for word in text.split():
                places = postings.get(word)
                if places is None:
                    places = postings[word] = array("I")
                places.append(place)
    words = {word: len(places) for word, places in bodies.items()}
    for word, places in titles.items():
        words[word] = words.get(word, 0) + len(places)
    alphabet = sorted(words)
    ordered = {word: words[word] for word in alphabet}
    return SearchIndex(size, _by_root(titles), _by_root(bodies), ordered, alphabet)


def _by_root(postings: Mapping[str, "array[int]"]) -> dict[str, "array[int]"]:
    """Join the places of words with one root."""
    joined: dict[str, array[int]] = {}
    for word, places in postings.items():
        own = root(word)
        joined[own] = array("I", sorted({*joined[own], *places})) if own in joined else places
    return joined


def find(query: str, index: SearchIndex, *, is_exact: bool = False) -> Found:
    """The courses that have every word of the query; words that no course has are named.

    ``is_exact``: search for the words as typed, without correcting them.
    """
    typed = [word for word in words_of(query[:LONGEST_QUERY]) if word not in _SILENT][:MOST_WORDS]
    meanings = [(word, _meaning(word, index, is_exact=is_exact)) for word in typed]
    unknown = tuple(word for word, meaning in meanings if not meaning.roots)
    known = [(word, meaning) for word, meaning in meanings if meaning.roots]
    weights: dict[int, int] | None = None
    for _, meaning in known:
        hits = _hits(meaning.roots, index)
        if weights is None:
            weights = hits
        else:
            both = weights.keys() & hits.keys()
            weights = {place: weights[place] + hits[place] for place in both}
    return Found(
        weights=weights or {},
        understood=" ".join(meaning.used for _, meaning in known),
        is_corrected=any(word != meaning.used for word, meaning in known),
        unknown=unknown,
    )


def is_empty(query: str) -> bool:
    """Whether a query holds no word to search for."""
    return not any(word not in _SILENT for word in words_of(query[:LONGEST_QUERY]))


def _meaning(word: str, index: SearchIndex, *, is_exact: bool) -> _Meaning:
    own = root(word)
    if own in index.titles or own in index.bodies:
        return _Meaning(word, [own])
    begun = set(map(root, _begun(word, index.alphabet))) if len(word) > 2 else set()
    if begun:
        return _Meaning(word, sorted(begun))
    nearest = None if is_exact else _nearest(word, index)
    return _Meaning(nearest, [root(nearest)]) if nearest else _Meaning()


def _begun(word: str, alphabet: Sequence[str]) -> Iterator[str]:
    """The words that begin with this one; they stand together."""
    for place in range(bisect_left(alphabet, word), len(alphabet)):
        if not alphabet[place].startswith(word):
            return
        yield alphabet[place]


def _nearest(word: str, index: SearchIndex) -> str | None:
    """The catalog's word with the fewest changes; of several the one most courses have."""
    most_changes = _most_changes(word)
    if not most_changes:
        return None
    candidates = process.extract(
        word, index.alphabet, scorer=OSA.distance, score_cutoff=most_changes, limit=20
    )
    ranked = sorted(
        (changes, candidate[0] != word[0], -index.words[candidate], candidate)
        for candidate, changes, _ in candidates
    )
    return ranked[0][3] if ranked else None


def _most_changes(word: str) -> int:
    if len(word) < 4 or not word.isalpha():
        return 0  # a short word or a number with an error could mean anything
    return 1 if len(word) < 6 else 2


def _hits(roots: Iterable[str], index: SearchIndex) -> dict[int, int]:
    hits: dict[int, int] = {}
    for each in roots:
        for place in index.bodies.get(each, ()):
            hits[place] = max(hits.get(place, 0), 1)
        for place in index.titles.get(each, ()):
            hits[place] = TITLE_WEIGHT
    return hits
