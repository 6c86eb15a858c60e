"""What trainings leave behind, as tables: all that is read later without Keras."""

from typing import Any

import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...longtail.method import Classifier, PosthocMethod, TrainedMethod
from .params import Training

Sets = dict[int, tuple[ImageSet, ImageSet]]
Trained = dict[int, tuple[Any, pd.DataFrame, dict[str, np.ndarray], str]]
CLASSIFIER = ["seed", "label", "count", "weight_norm", "bias"]


def histories(trained: Trained) -> pd.DataFrame:
    """Returns the histories of all seeds, a row an epoch."""
    return pd.concat([t[1] for t in trained.values()], ignore_index=True)


def predictions(trained: Trained, sets: Sets) -> pd.DataFrame:
    """Returns columns seed, view, label, logit_0 ... logit_{L-1}.

    A row a test image, view ("plain" or "mirrored"; see `train`) and seed.
    """
    parts = [
        predictions_table(seed, view, sets[seed][1].labels, logits)
        for seed, (_, _, views, _) in trained.items()
        for view, logits in views.items()
    ]
    return pd.concat(parts, ignore_index=True)


def predictions_table(
    seed: int, view: str, labels: np.ndarray, logits: np.ndarray
) -> pd.DataFrame:
    """Returns the predictions of a seed in one view; see `predictions`."""
    columns = [f"logit_{label}" for label in range(logits.shape[1])]
    table = pd.DataFrame(logits, columns=columns)
    table.insert(0, "seed", seed)
    table.insert(1, "view", view)
    table.insert(2, "label", labels)
    return table


def no_predictions(images: ImageSet) -> pd.DataFrame:
    """Returns the columns of `predictions`, and no row."""
    logits = np.empty((0, len(images.class_names)), "float32")
    return predictions_table(0, "plain", np.empty(0, "int64"), logits)


def classifiers(trained: Trained, sets: Sets) -> pd.DataFrame:
    """Returns what post-hoc methods need to know of the networks.

    Returns:
        Columns seed, label, count (training images), weight_norm and bias (of the last
        layer); a row a class and seed.
    """
    from .classifier import classifier_of

    parts = []
    for seed, (network, *_) in trained.items():
        counts = sets[seed][0].class_counts()
        known = classifier_of(network, counts)
        columns = (seed, range(len(counts)), counts, known.weight_norm, known.bias)
        parts.append(pd.DataFrame(dict(zip(CLASSIFIER, columns, strict=True))))
    return pd.concat(parts, ignore_index=True)


def no_classifiers() -> pd.DataFrame:
    """Returns the columns of `classifiers`, and no row."""
    return pd.DataFrame(columns=CLASSIFIER)


def trainings(
    trained: Trained, sets: Sets, recipe: Training, method: TrainedMethod
) -> pd.DataFrame:
    """Returns what the trainings were, and what they took.

    Returns:
        Columns seed, tau (of the loss; NaN where it has none), epochs, samples_seen
        (training images, each as often as it was used), weights (trainable numbers of
        the network), training_seconds (of all epochs, with their evaluations), setup (a
        short name of data and recipe); a row a seed.
    """
    rows = []
    for seed, (network, history, _, setup) in trained.items():
        steps = len(sets[seed][0].labels) // recipe.batch_size
        rows.append(
            {
                "seed": seed,
                "tau": getattr(method, "tau", np.nan),
                "epochs": recipe.epochs,
                "samples_seen": recipe.epochs * steps * recipe.batch_size,
                "weights": sum(np.prod(w.shape) for w in network.trainable_weights),
                "training_seconds": history["seconds"].sum(),
                "setup": setup,
            }
        )
    return pd.DataFrame(rows)


def adjusted(
    predictions: pd.DataFrame, classifiers: pd.DataFrame, method: PosthocMethod
) -> pd.DataFrame:
    """Returns the predictions as a post-hoc method adjusts them, seed by seed."""
    columns = predictions.columns.drop(["seed", "view", "label"])
    adjusted = predictions.copy()
    for seed, rows in predictions.groupby("seed"):
        known = classifier_of_seed(classifiers, seed)
        logits = rows[columns].to_numpy()
        adjusted.loc[rows.index, columns] = method.adjust(logits, known)
    return adjusted


def classifier_of_seed(classifiers: pd.DataFrame, seed: int) -> Classifier:
    """Returns the rows of a seed, in the order of the labels."""
    rows = classifiers[classifiers["seed"] == seed].sort_values("label")
    return Classifier(*(rows[c].to_numpy() for c in ("count", "weight_norm", "bias")))
