"""What stands before a message as numbers: one column a fact of the context, and its words crossed with them.

Crossed features let the linear model learn that "jusqu'à quand" asks for the limit of an appeal after a
refusal, and for the delivery after a request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.utils import murmurhash3_32

from bot.nlu.dialogue_context import DialogueContext
from bot.nlu.ngrams import words

# Columns for the crossed words: far more than there are, so that few share one.
_CROSSED_COLUMNS = 2**18
# Crossed words weigh as much as the words themselves.
_LENGTH = 1.0
# A fact of the context that stands before fewer messages tells nothing.
_RAREST = 3
_MOST_CROSSED_WORDS = 25


class ContextColumns:
    """Contexts as rows of 0 and 1, one column for each thing that stands before enough messages."""

    def __init__(self) -> None:
        """Untrained: no column."""
        self._columns: dict[str, int] = {}

    def fit(self, contexts: Sequence[DialogueContext]) -> ContextColumns:
        """Learns the columns."""
        counts = Counter(name for context in contexts for name in context.features())
        names = sorted(name for name, count in counts.items() if count >= _RAREST)
        self._columns = {name: column for column, name in enumerate(names)}
        return self

    def transform(self, contexts: Sequence[DialogueContext]) -> csr_matrix:
        """The rows of other contexts; what was never seen is left out."""
        columns = self._columns
        found = [[columns[name] for name in context.features() if name in columns] for context in contexts]
        ends = np.cumsum([0, *map(len, found)])
        places = np.array([place for row in found for place in row], dtype=np.int32)
        shape = (len(contexts), len(columns))
        return csr_matrix((np.ones(len(places), dtype=np.float32), places, ends), shape)


def crossed(texts: Sequence[str], contexts: Sequence[DialogueContext]) -> csr_matrix:
    """The words of each text crossed with what was answered or asked before it; nothing where nothing was."""
    ends, columns, values = [0], [], []
    for text, context in zip(texts, contexts, strict=True):
        # scikit-learn's FeatureHasher puts them in the same columns, and costs a message ten times as much.
        counts = Counter(abs(murmurhash3_32(pair)) % _CROSSED_COLUMNS for pair in _pairs(text, context))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        columns.append(np.fromiter(counts, np.int32, len(counts)))
        values.append(often * (_LENGTH / max(float(np.linalg.norm(often)), 1e-9)))
        ends.append(ends[-1] + len(counts))
    shape = (len(texts), _CROSSED_COLUMNS)
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape, dtype=np.float32)


def _pairs(text: str, context: DialogueContext) -> Iterator[str]:
    before = [name for name in context.features() if name.startswith(("last_topic=", "asked="))]
    if not before:
        return
    for word in words(text)[: 2 * _MOST_CROSSED_WORDS]:
        for name in before:
            yield f"{name}|{word}"
