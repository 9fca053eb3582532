"""Classifiers of scikit-learn, behind one function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from workbench.compute import single_threaded_products
from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Classifier", "chances"]

Classifier = Literal["logistic", "gradient_boosting"]


def chances(kind: Classifier, seed: int, known: Floats, answers: Floats, asked: Floats) -> Floats:
    """Learn from rows with answers, and say how likely a yes is for others.

    Parameters
    ----------
    kind : {"logistic", "gradient_boosting"}
        Logistic regression with a ridge penalty of 1 on standardised features, or 100 trees of
        depth 3 on histograms, at a learning rate of 0.05.
    seed : int
        Of the trees; the same call gives the same answer.
    known : numpy.ndarray, shape (row, feature)
        Rows to learn from, no NaN.
    answers : numpy.ndarray, shape (row,)
        0 or 1, both at least once.
    asked : numpy.ndarray, shape (row, feature)
        No NaN.

    Returns
    -------
    numpy.ndarray, shape (row,)
        The probability of 1.

    Raises
    ------
    MissingExtra
        If scikit-learn is not installed.
    """
    model = _logistic() if kind == "logistic" else _boosted(seed)
    with single_threaded_products():
        model.fit(known, answers)
        return cast("Floats", model.predict_proba(asked)[:, 1])


def _logistic() -> Any:
    try:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  optional: sklearn
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415  optional: sklearn
        from sklearn.preprocessing import StandardScaler  # noqa: PLC0415  optional: sklearn
    except ImportError:
        raise _missing() from None
    return make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1_000, tol=1e-8))


def _boosted(seed: int) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  optional
    except ImportError:
        raise _missing() from None
    return HistGradientBoostingClassifier(
        max_iter=100, max_depth=3, learning_rate=0.05, early_stopping=False, random_state=seed
    )


def _missing() -> MissingExtra:
    return MissingExtra("scikit-learn", "to learn from past signals", "forecast")
