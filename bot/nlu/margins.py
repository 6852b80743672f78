"""Linear models kept as one matrix: a message's margins for every class in one product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

# A matrix with fewer cells in use is smaller and faster when only those are kept.
_SPARSE_BELOW = 0.2


@dataclass(frozen=True)
class Margins:
    """How far a row of features stands on the side of each class; the weights are features × classes."""

    classes: tuple[str, ...]
    weights: np.ndarray | csr_matrix
    intercepts: np.ndarray

    @classmethod
    def learn(cls, features: csr_matrix, classes: Sequence[str]) -> Margins:
        """The margins that part the classes, one against the rest; a single class has margin 0."""
        if len(set(classes)) == 1:
            return cls((classes[0],), csr_matrix((features.shape[1], 1), dtype=np.float32), np.zeros(1))
        model = LinearSVC(C=0.6, random_state=0).fit(features, classes)
        weights, intercepts = model.coef_.T.astype(np.float32), model.intercept_
        if weights.shape[1] == 1:
            weights, intercepts = np.hstack([-weights, weights]), np.hstack([-intercepts, intercepts])
        is_sparse = np.count_nonzero(weights) < _SPARSE_BELOW * weights.size
        # In the order of its rows: a product with a message's few features then copies nothing.
        kept = csr_matrix(weights) if is_sparse else np.ascontiguousarray(weights)
        return cls(tuple(model.classes_), kept, intercepts)

    @classmethod
    def side_by_side(cls, models: Sequence[Margins]) -> Margins:
        """Several models as one that gives the margins of all their classes."""
        return cls(
            tuple(name for model in models for name in model.classes),
            hstack([csr_matrix(model.weights) for model in models], format="csr", dtype=np.float32),
            np.concatenate([model.intercepts for model in models]),
        )

    def of(self, features: csr_matrix) -> np.ndarray:
        """The margins of each row, in the order of ``classes``."""
        product = features @ self.weights
        return (product.toarray() if isinstance(product, csr_matrix) else product) + self.intercepts
