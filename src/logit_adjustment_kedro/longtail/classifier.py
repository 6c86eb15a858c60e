"""Logit adjustment of any classifier of scikit-learn."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import column_or_1d, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..errors import InputError
from .checks import in_label_order
from .posthoc import adjust_logits, as_logits


def _has_probabilities(self: "LogitAdjustedClassifier") -> bool:
    return hasattr(getattr(self, "estimator_", self.estimator), "predict_proba")


class LogitAdjustedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier whose predictions are adjusted to another mix of classes.

    Its probabilities are those of the classifier inside, moved by `adjust_logits`, so
    they are as good as its own are calibrated. Menon et al., "Long-tail learning via
    logit adjustment", ICLR 2021, section 4.

    Args:
        estimator: a classifier with `predict_proba`, or else one whose
            `decision_function` gives logits. That of a support-vector machine or of
            ridge regression does not, and the probabilities of a full-grown tree are
            all 0 or 1: such go into scikit-learn's `CalibratedClassifierCV` first. The
            estimator is trained by `fit`; one that is trained already goes into
            `FrozenEstimator`.
        tau: the strength of the adjustment; 0 changes nothing.
        target_prior: the shares of the classes among what is to be predicted: `[L]`, in
            the order of `classes_`, or a mapping or pandas series from each class to
            its share. None for equal shares.
        class_counts: likewise, the numbers, or shares, of the classes in the mix that
            the estimator is calibrated for. None for those of the labels that `fit` is
            given, weighted as the samples are. An estimator with
            `class_weight="balanced"` is calibrated for equal ones.

    Attributes:
        estimator_: the classifier, trained.
        classes_: `[L]`, its classes.
        class_counts_: `[L] float64`, what it is adjusted for.
        n_features_in_: how many features it was trained on, if it tells.
        feature_names_in_: their names, if it tells.

    Example:
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> features = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [0.5], [0.5]])
    >>> labels = ["cat"] * 6 + ["owl"]
    >>> plain = LogisticRegression().fit(features, labels)
    >>> adjusted = LogitAdjustedClassifier(LogisticRegression()).fit(features, labels)
    >>> plain.predict([[0.1], [0.6]]).tolist()
    ['cat', 'cat']
    >>> adjusted.predict([[0.1], [0.6]]).tolist()
    ['cat', 'owl']
    """

    def __init__(
        self,
        estimator: Any,
        *,
        tau: float = 1.0,
        target_prior: ArrayLike | Mapping[Any, float] | None = None,
        class_counts: ArrayLike | None = None,
    ):
        self.estimator = estimator
        self.tau = tau
        self.target_prior = target_prior
        self.class_counts = class_counts

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Trains the classifier, unless it is frozen, and counts the classes.

        Args:
            X: `[N, D]`, or whatever the classifier takes.
            y: `[N]`, the classes.
            sample_weight: `[N]`, passed on where it is given.

        Raises:
            ValueError: the classifier refuses these, or has no logits; the target is no
                mix of its classes; or a class has no sample to count.
        """
        check_classification_targets(y)
        _check_has_logits(self.estimator)
        weighted = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.estimator_ = clone(self.estimator).fit(X, y, **weighted)
        self.classes_ = self.estimator_.classes_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        given = self.class_counts is not None
        self.class_counts_ = in_label_order(
            self._in_order("class_counts") if given else self._counted(y, sample_weight)
        ).astype(np.float64)
        if len(self.classes_) > 1:
            self._adjusted(np.zeros((1, len(self.classes_))))  # refuses now, not later
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Returns the class of the largest adjusted logit, `[N]`."""
        adjusted = self._adjusted(self._logits(X))
        return self.classes_[adjusted.argmax(axis=1)]

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Returns the adjusted logits: `[N, L]`, or `[N]`, their difference, of two."""
        adjusted = self._adjusted(self._logits(X))
        return adjusted[:, 1] - adjusted[:, 0] if adjusted.shape[1] == 2 else adjusted

    @available_if(_has_probabilities)
    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Returns the probabilities of the classes in the target mix, `[N, L]`."""
        return softmax(self._adjusted(self._logits(X)), axis=1)

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: ArrayLike) -> np.ndarray:
        """Returns the logarithms of `predict_proba`, `[N, L]`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self) -> Any:
        """Says what the classifier inside takes."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
        return tags

    def _counted(self, y: ArrayLike, sample_weight: ArrayLike | None) -> np.ndarray:
        order = np.argsort(self.classes_)
        labels = order[LabelEncoder().fit(self.classes_).transform(column_or_1d(y))]
        weights = None if sample_weight is None else np.asarray(sample_weight)
        counts = np.bincount(labels, weights, minlength=len(self.classes_))
        if not counts.all():
            raise InputError(
                "Expected a sample of each class, or class_counts. Received: none of "
                f"{self.classes_[np.argmin(counts)]}"
            )
        return counts

    def _logits(self, X: ArrayLike) -> np.ndarray:
        """Returns logits of the classifier, `[N, L] float64`."""
        check_is_fitted(self)
        if _has_probabilities(self):
            return as_logits(self.estimator_.predict_proba(X))
        decisions = np.asarray(self.estimator_.decision_function(X), np.float64)
        if decisions.ndim == 1:  # of two classes: how much the second is ahead
            decisions = np.stack([np.zeros_like(decisions), decisions], axis=1)
        return decisions

    def _adjusted(self, logits: np.ndarray) -> np.ndarray:
        if len(self.classes_) < 2:
            return logits
        target = self._in_order("target_prior")
        return adjust_logits(logits, self.class_counts_, self.tau, target)

    def _in_order(self, name: str) -> ArrayLike | None:
        """Returns the numbers of a parameter in the order of the classes."""
        given = getattr(self, name)
        if not (isinstance(given, Mapping) or hasattr(given, "to_dict")):
            return given
        by_class, classes = dict(given.items()), self.classes_.tolist()
        if {*by_class} != {*classes} or len(by_class) != len(given):
            raise InputError(
                f"Expected {name} to have one number for each of {classes}. "
                f"Received: {[*given.keys()]}"
            )
        return [by_class[name] for name in classes]


def _check_has_logits(estimator: Any) -> None:
    if hasattr(estimator, "predict_proba"):
        return
    if not hasattr(estimator, "decision_function"):
        raise InputError(
            "Expected an estimator with predict_proba or decision_function. "
            f"Received: {estimator}"
        )
    if getattr(estimator, "decision_function_shape", None) == "ovo":
        raise InputError(
            "Expected an estimator with one decision a class. Received: "
            f"{estimator}, which has one for each pair of classes"
        )
