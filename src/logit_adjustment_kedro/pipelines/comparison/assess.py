"""The nodes that read the stored predictions, one method at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...longtail.method import Classifier, PosthocMethod
from ...longtail.metrics import (
    accuracy,
    calibration_bins,
    class_accuracies,
    confusion_matrix,
)
from ..modeling.params import Methods
from ..modeling.tables import classifier_of_seed
from ..reporting.nodes import refuse_differences, summarise
from .params import Comparison
from .results import FIXED, HELD_OUT, ORACLE, Reading, Results, Sweep


@dataclass(frozen=True)
class View:
    """The logits of a network, `[N, L] float32`, and the labels of the images."""

    logits: np.ndarray
    labels: np.ndarray

    def adjusted(self, method: PosthocMethod, known: Classifier) -> "View":
        """Returns the view as a post-hoc method adjusts it."""
        return View(method.adjust(self.logits, known), self.labels)


def assess_trained(
    predictions: pd.DataFrame,
    history: pd.DataFrame,
    classifier: pd.DataFrame,
    trainings: pd.DataFrame,
) -> Results:
    """Reads what the trainings of all seeds have stored."""
    taus = trainings.set_index("seed")["tau"]
    curves = summarise(history)
    return Results(
        readings=[
            _read(views, seed, taus[seed]) for seed, views in _by_seed(predictions)
        ],
        trainings=trainings,
        curves=curves[curves["curve"] == "test_accuracy"].drop(columns="curve"),
        classifiers=classifier,
    )


def posthoc_node(name: str) -> Callable:
    """Returns the node function that reads the post-hoc method called `name`."""

    def assess_posthoc(
        predictions: pd.DataFrame,
        classifier: pd.DataFrame,
        held_out_predictions: pd.DataFrame,
        held_out_classifier: pd.DataFrame,
        methods: Methods,
        comparison: Comparison,
    ) -> Results:
        """Adjusts the predictions with each tau of the grid, and chooses from them.

        Tau is chosen by the balanced error and for each seed on its own: on the images
        held out of its training, where there are such; and, as a bound, on the test
        set.

        Raises:
            InputError: images were held out of the trainings of other seeds.
        """
        taus, method = comparison.taus(), getattr(methods, name)
        swept = [
            {
                seed: _sweep(
                    views["plain"], method, taus, classifier_of_seed(known, seed)
                )
                for seed, views in _by_seed(table)
            }
            for table, known in (
                (predictions, classifier),
                (held_out_predictions, held_out_classifier),
            )
        ]
        sweep = Sweep(taus, *swept)
        if sweep.held_out:
            seeds = {"test set": list(sweep.test), "held-out": list(sweep.held_out)}
            refuse_differences("seeds", seeds)
        readings = []
        for seed, views in _by_seed(predictions):
            known = classifier_of_seed(classifier, seed)
            chosen = {FIXED: method.tau}
            if sweep.held_out:
                chosen[HELD_OUT] = best_tau(taus, sweep.held_out[seed])
            chosen[ORACLE] = best_tau(taus, sweep.test[seed])
            for choice, tau in chosen.items():
                at_tau = method.model_copy(update={"tau": tau})
                adjusted = {k: v.adjusted(at_tau, known) for k, v in views.items()}
                readings.append(_read(adjusted, seed, tau, choice))
        return Results(readings=readings, sweep=sweep)

    return assess_posthoc


def best_tau(taus: np.ndarray, accuracies: np.ndarray) -> float:
    """Returns the tau of the smallest balanced error; of several, the closest to 1.

    Args:
        taus: `[T]`.
        accuracies: `[T, L]`, on each class; a class that is NaN does not count.
    """
    balanced = np.nanmean(accuracies, axis=1)
    # Means of the same numbers in another order may differ in their last digits.
    best = taus[balanced >= balanced.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - 1))])


def _sweep(
    view: View, method: PosthocMethod, taus: np.ndarray, known: Classifier
) -> np.ndarray:
    """Returns the accuracy on each class for each tau, `[T, L] float64`."""
    accuracies = []
    for tau in taus:
        adjusted = view.adjusted(method.model_copy(update={"tau": tau}), known)
        confusion = confusion_matrix(adjusted.logits, adjusted.labels)
        accuracies.append(class_accuracies(confusion))
    return np.stack(accuracies)


def _by_seed(predictions: pd.DataFrame) -> Iterator[tuple[int, dict[str, View]]]:
    columns = predictions.columns.drop(["seed", "view", "label"])
    for seed, of_seed in predictions.groupby("seed", sort=False):
        yield (
            int(seed),
            {
                name: View(rows[columns].to_numpy(), rows["label"].to_numpy())
                for name, rows in of_seed.groupby("view", sort=False)
            },
        )


def _read(
    views: dict[str, View], seed: int, tau: float, choice: str = FIXED
) -> Reading:
    plain, mirrored = views["plain"], views.get("mirrored")
    return Reading(
        seed=seed,
        tau=tau,
        choice=choice,
        confusion=confusion_matrix(plain.logits, plain.labels),
        bins=calibration_bins(plain.logits, plain.labels),
        mirrored_accuracy=np.nan
        if mirrored is None
        else accuracy(mirrored.logits, mirrored.labels),
    )
