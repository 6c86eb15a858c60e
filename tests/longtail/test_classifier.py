import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.classifier import LogitAdjustedClassifier

NAMES = np.array(["cat", "dog", "owl"])


@parametrize_with_checks(
    [
        LogitAdjustedClassifier(LogisticRegression()),
        LogitAdjustedClassifier(RidgeClassifier()),  # it has decisions alone
    ]
)
def test_it_is_a_classifier_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def samples():
    """Long-tailed samples of three classes, and their names."""
    features, labels = make_classification(
        1_000, n_informative=5, n_classes=3, weights=[0.85, 0.1, 0.05], random_state=0
    )
    return features, NAMES[labels]


def test_the_logits_are_adjusted(samples):
    features, labels = samples
    inner = LogisticRegression().fit(features, labels)
    counts = [(labels == name).sum() for name in NAMES]
    expected = adjust_logits(inner.predict_log_proba(features), counts, tau=1.5)
    adjusted = LogitAdjustedClassifier(LogisticRegression(), tau=1.5).fit(*samples)
    np.testing.assert_allclose(adjusted.decision_function(features), expected)
    np.testing.assert_array_equal(adjusted.class_counts_, counts)
    assert (adjusted.predict(features) == NAMES[expected.argmax(axis=1)]).all()
    np.testing.assert_allclose(
        adjusted.predict_log_proba(features), np.log(adjusted.predict_proba(features))
    )


def test_the_balanced_accuracy_rises_and_tau_0_changes_nothing(samples):
    features, labels = samples
    plain = LogisticRegression().fit(features, labels)
    adjusted = LogitAdjustedClassifier(LogisticRegression()).fit(features, labels)
    off = LogitAdjustedClassifier(LogisticRegression(), tau=0).fit(features, labels)
    scores = [
        balanced_accuracy_score(labels, classifier.predict(features))
        for classifier in (plain, off, adjusted)
    ]
    assert scores[0] == scores[1] < scores[2] - 0.05
    np.testing.assert_allclose(
        off.predict_proba(features), plain.predict_proba(features)
    )


def test_a_trained_classifier_is_not_trained_again(samples):
    features, labels = samples
    inner = RandomForestClassifier(random_state=0, max_depth=3).fit(features, labels)
    counts = [(labels == name).sum() for name in NAMES]
    few, few_labels = features[:3], ["cat", "dog", "cat"]
    adjusted = LogitAdjustedClassifier(FrozenEstimator(inner), class_counts=counts)
    adjusted.fit(few, few_labels)
    assert adjusted.estimator_.estimator is inner
    shares = inner.predict_proba(features) / counts
    expected = shares / shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(adjusted.predict_proba(features), expected)


def test_a_target_goes_by_the_names_of_the_classes(samples):
    features, _ = samples
    by_name = {"owl": 0.5, "cat": 0.5, "dog": 0}
    adjusted = [
        LogitAdjustedClassifier(LogisticRegression(), target_prior=target).fit(*samples)
        for target in (by_name, [0.5, 0, 0.5])
    ]
    probabilities = [one.predict_proba(features) for one in adjusted]
    np.testing.assert_array_equal(*probabilities)
    assert not probabilities[0][:, 1].any()
    assert {*adjusted[0].predict(features)} == {"cat", "owl"}


def test_classes_that_are_not_sorted_keep_their_counts(samples):
    features, labels = samples

    class Unsorted(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.inner_ = LogisticRegression().fit(X, y)
            self.classes_ = self.inner_.classes_[::-1]
            return self

        def predict_proba(self, X):
            return self.inner_.predict_proba(X)[:, ::-1]

    plain = LogitAdjustedClassifier(LogisticRegression()).fit(*samples)
    unsorted = LogitAdjustedClassifier(Unsorted()).fit(*samples)
    assert unsorted.class_counts_.tolist() == plain.class_counts_[::-1].tolist()
    assert (unsorted.predict(features) == plain.predict(features)).all()


def test_class_counts_go_by_the_names_of_the_classes(samples):
    _, labels = samples
    counted = pd.Series(labels).value_counts()  # by frequency
    rare_first = counted[::-1]
    for given in (counted, rare_first, rare_first.to_dict()):
        adjusted = LogitAdjustedClassifier(LogisticRegression(), class_counts=given)
        adjusted.fit(*samples)
        assert adjusted.class_counts_.tolist() == [counted[name] for name in NAMES]


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        (
            VotingClassifier([("a", RidgeClassifier())]),
            "predict_proba or decision",
        ),
        (SVC(decision_function_shape="ovo"), "one for each pair of classes"),
    ],
)
def test_an_estimator_without_logits_is_refused(samples, estimator, told):
    with pytest.raises(ValueError, match=told):
        LogitAdjustedClassifier(estimator).fit(*samples)


def test_a_trained_classifier_needs_counts_where_labels_lack_a_class(samples):
    features, labels = samples
    inner = FrozenEstimator(LogisticRegression().fit(features, labels))
    with pytest.raises(ValueError, match="or class_counts. Received: none of owl"):
        LogitAdjustedClassifier(inner).fit(features[:2], ["cat", "dog"])


def test_decisions_of_two_classes_are_moved_by_the_log_odds_of_their_counts():
    features, labels = make_classification(300, weights=[0.9], random_state=0)
    inner = RidgeClassifier().fit(features, labels)
    adjusted = LogitAdjustedClassifier(RidgeClassifier()).fit(features, labels)
    moved = adjusted.decision_function(features) - inner.decision_function(features)
    counts = np.bincount(labels)
    np.testing.assert_allclose(moved, np.log(counts[0] / counts[1]))
    assert not hasattr(adjusted, "predict_proba")


def test_weighted_samples_count_by_their_weights(samples):
    features, labels = samples
    weights = np.where(labels == "cat", 2.0, 0.5)
    adjusted = LogitAdjustedClassifier(LogisticRegression())
    adjusted.fit(features, labels, sample_weight=weights)
    expected = [weights[labels == name].sum() for name in NAMES]
    np.testing.assert_allclose(adjusted.class_counts_, expected)


def test_it_goes_into_pipelines_and_searches(samples):
    features, labels = samples
    pipeline = make_pipeline(
        StandardScaler(), LogitAdjustedClassifier(LogisticRegression())
    )
    grid = {"logitadjustedclassifier__tau": [0.0, 1.0]}
    search = GridSearchCV(pipeline, grid, scoring="balanced_accuracy", cv=3)
    search.fit(features, labels)
    assert search.best_params_ == {"logitadjustedclassifier__tau": 1.0}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"target_prior": {"cat": 1.0}}, r"each of \['cat', 'dog', 'owl'\]. Received:"),
        ({"target_prior": [0.5, 0.2, 0.1]}, "shares that sum to 1"),
        ({"class_counts": [5, 5]}, "one logit for each of 2 classes"),
        ({"class_counts": "balanced"}, "class_counts to be a vector"),
        ({"class_counts": [5, 5, 0]}, r"class_counts\[2\]=0"),
        (
            {"class_counts": {"cat": 5, "dog": 5}},
            r"class_counts to have one num",
        ),
    ],
)
def test_what_is_no_mix_is_refused_before_anything_is_predicted(samples, given, told):
    with pytest.raises(ValueError, match=told):
        LogitAdjustedClassifier(LogisticRegression(), **given).fit(*samples)
