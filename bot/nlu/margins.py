"""Linear models kept as one matrix: a message's margins for every class in one product."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

# A matrix with fewer cells in use is smaller and faster when only those are kept.
_SPARSE_BELOW = 0.2
# A tenth of scikit-learn's precision takes half the time and chooses the same classes.
_TOLERANCE = 1e-2


@dataclass(frozen=True)
class Margins:
    """How far a row of features stands on the side of each class; the weights are features × classes."""

    classes: tuple[str, ...]
    weights: np.ndarray | csr_matrix
    intercepts: np.ndarray

    @classmethod
    def learn(cls, features: csr_matrix, classes: Sequence[str]) -> Margins:
        """The margins that part the classes, one against the rest; a single class has margin 0."""
        names = sorted(set(classes))
        if len(names) == 1:
            return cls((names[0],), csr_matrix((features.shape[1], 1), dtype=np.float32), np.zeros(1))
        told = np.array(classes)
        # One exact copy for all: each model would make its own, and sort the shared one while others read it.
        exact = features.astype(np.float64)

        def learn_one(name: str) -> tuple[np.ndarray, float]:
            model = LinearSVC(C=0.6, tol=_TOLERANCE, random_state=0).fit(exact, told == name)
            return model.coef_[0].astype(np.float32), float(model.intercept_[0])

        # liblinear works outside Python's lock.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            learnt = list(pool.map(learn_one, names))
        weights = np.stack([weight for weight, _ in learnt], axis=1)
        is_sparse = np.count_nonzero(weights) < _SPARSE_BELOW * weights.size
        # In the order of its rows: a product with a message's few features then copies nothing.
        kept = csr_matrix(weights) if is_sparse else np.ascontiguousarray(weights)
        return cls(tuple(names), kept, np.array([intercept for _, intercept in learnt]))

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
