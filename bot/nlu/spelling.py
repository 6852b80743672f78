"""Text-message spellings and typing errors brought back to words that the training examples use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.nlu.lexicon import shorthand
from bot.nlu.text import fold

_TOKENS = re.compile(r"[a-z]+|[^a-z]+")
_MIN_COUNT = 3
# Shorter words have too many neighbours; from eight letters on, two slips still leave one candidate.
_MIN_LETTERS, _LONG_WORD = 4, 8
_CANDIDATES = 8
# A misspelling that the examples use too is mended where the right word is this many times as frequent.
_FAR_MORE_FREQUENT = 8
# Words written as one are parted only into words that stand at least so often in the examples.
_FREQUENT = 20
_ELISION = re.compile(r"[ldjmnst](?=[aeiouhy])")
# Two words that sound the same are nearer than one slip; the same sound far from the spelling counts as one.
_SAME_SOUND, _SOUND_ALONE = 0.6, 1.1
# Corrections kept at hand; beyond, memory would grow with every new misspelling.
_MOST_KEPT = 20_000

# French spelling to sound, in this order; capitals stand for sounds that no single letter writes.
_SOUNDS = [
    (re.compile(expression), sound)
    for expression, sound in (
        (r"(?<![cps])h", ""), ("eaux?|au[xt]?", "o"), ("ph", "f"), ("qu|q|ck", "k"), ("sch|ch|sh", "S"),
        ("s?c(?=[eiy])", "s"), ("c", "k"), ("gu(?=[eiy])", "G"), ("ge(?=[ao])|g(?=[eiy])", "j"), ("G", "g"),
        ("y", "i"), ("[ts]{1,2}i[oe]n", "sion"), ("z|x(?=[ei])", "s"), ("ou", "U"), ("oi|oa|Ua|wa", "W"),
        ("(?:ai|ei|e)n(?=[^aeiouUWn]|$)|i[nm](?=[^aeiouUWnm]|$)", "I"),
        ("[ae][nm](?=[^aeiouUWnm]|$)", "A"), ("o[nm](?=[^aeiouUWnm]|$)", "O"),
        ("(?:aie?nt|ent|aie?[st]?|e[rzts]|ees?|es?)$", "e"), ("ai|ei|eu", "e"), ("[stdxp]+$", ""), ("e$", ""),
        (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


class Speller:
    """Corrects words towards a vocabulary; what it does not know and cannot place, it leaves alone."""

    def __init__(self, vocabulary: Mapping[str, int], french: Set[str] = frozenset()) -> None:
        """A speller of the vocabulary's words with their counts.

        ``french``: words of the language at large, which are never errors. Where it is empty, every word
        of the vocabulary is taken as well written.
        """
        self._counts = dict(vocabulary)
        self._french = french
        self._targets = [word for word in self._counts if len(word) >= _MIN_LETTERS and self._is_sound(word)]
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._targets, key=self._counts.__getitem__, reverse=True):
            self._by_sound[sound(word)].append(word)
        self._known: dict[str, str] = {}

    @classmethod
    def learn(cls, texts: Iterable[str], french: Set[str] = frozenset()) -> Speller:
        """A speller of the words that stand at least three times in the texts."""
        counts = Counter(word for text in texts for word in re.findall(r"[a-z]+", fold(text)))
        return cls({word: count for word, count in counts.items() if count >= _MIN_COUNT}, french)

    def correct(self, text: str) -> str:
        """The folded text with shorthand spelt out and typing errors mended."""
        plain = _shorthand_pattern().sub(lambda match: shorthand()[match[0]], fold(text))
        return "".join(self._word(token) for token in _TOKENS.findall(plain))

    def _is_sound(self, word: str) -> bool:
        # The examples' own words, brands or "carte grise" run together, are no dictionary's.
        return not self._french or word in self._french or self._counts[word] >= _FAR_MORE_FREQUENT

    def _word(self, token: str) -> str:
        if len(token) < _MIN_LETTERS or token in self._french or not token.isalpha():
            return token
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        if token not in self._known:
            self._known[token] = self._mended(token)
        return self._known[token]

    def _mended(self, word: str) -> str:
        if word in self._counts:
            return self._elided(word) or self._usual_spelling(word)
        return self._elided(word) or self._nearest(word) or self._parted(word) or word

    def _usual_spelling(self, word: str) -> str:
        for other in self._by_sound.get(sound(word), ())[:1]:
            if self._is_far_more_frequent(other, word):
                return other
        return word

    def _is_far_more_frequent(self, word: str, other: str) -> bool:
        return self._counts.get(word, 0) >= _FAR_MORE_FREQUENT * max(1, self._counts.get(other, 0))

    def _elided(self, word: str) -> str | None:
        rest = word[1:]
        if _ELISION.match(word) and self._is_far_more_frequent(rest, word):
            return f"{word[0]}'{rest}"
        return None

    def _nearest(self, word: str) -> str | None:
        slips = 1 if len(word) < _LONG_WORD else 2
        heard = sound(word)
        found = process.extract(
            word,
            self._targets,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=slips,
            limit=_CANDIDATES,
        )
        ranked = [
            (distance - _SAME_SOUND * (sound(candidate) == heard), -self._counts[candidate], candidate)
            for candidate, distance, _ in found
        ]
        if len(heard) > 2:
            ranked += [
                (_SOUND_ALONE, -self._counts[same], same) for same in self._by_sound.get(heard, ())[:1]
            ]
        return self._usual_spelling(min(ranked)[2]) if ranked else None

    def _parted(self, word: str) -> str | None:
        pairs = [(word[:place], word[place:]) for place in range(2, len(word) - 1)]
        usual = [
            pair
            for pair in pairs
            if all(self._counts.get(part, 0) >= _FREQUENT and self._is_sound(part) for part in pair)
        ]
        if not usual:
            return None
        return " ".join(max(usual, key=lambda pair: min(self._counts[part] * len(part) for part in pair)))


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """How a folded word sounds, roughly: words that French ears confuse have the same sound."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=1)
def _shorthand_pattern() -> re.Pattern[str]:
    longest_first = sorted(shorthand(), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")
