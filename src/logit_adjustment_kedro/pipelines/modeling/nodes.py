"""A node for each method: those that train, and those that adjust."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...longtail.methods import POSTHOC
from .params import Methods, Training

logger = logging.getLogger(__name__)


def training_node(name: str) -> Callable:
    """Returns the node function that trains the method called `name`."""

    def train_all_seeds(
        train_set: ImageSet,
        test_set: ImageSet,
        training: Training,
        methods: Methods,
        tensorboard: Path,
        checkpoints: Path,
    ) -> tuple[dict[int, Any], pd.DataFrame, pd.DataFrame]:
        """Trains a network for each seed of the recipe.

        What is trained already is not trained again, and an interrupted training goes
        on after its last finished epoch.

        Returns:
            The models by seed; the history, a row an epoch and seed; the predictions,
            a row a test image, view and seed.
        """
        import keras

        from .checkpoint import fingerprint
        from .training import train

        logger.info(
            "Training %s on %s (%s), images from %s",
            name,
            ", ".join(keras.distribution.list_devices()),
            keras.backend.backend(),
            train_set.origin,
        )
        margins = getattr(methods, name).margins(train_set.class_counts())
        read_outs = [key for key, method in POSTHOC.items() if method.trained == name]
        adjustments = {key: getattr(methods, key) for key in read_outs}
        mark = fingerprint(training, margins, train_set, test_set)
        trained = {
            seed: train(
                name=f"{name}, seed {seed}",
                seed=seed,
                recipe=training,
                train_set=train_set,
                test_set=test_set,
                margins=margins,
                adjustments=adjustments,
                tensorboard=tensorboard / f"seed_{seed}",
                checkpoint=checkpoints / f"seed_{seed}_{mark}.npz",
            )
            for seed in training.seeds
        }
        networks = {seed: network for seed, (network, _, _) in trained.items()}
        histories = [history for _, history, _ in trained.values()]
        predictions = [
            predictions_table(seed, view, test_set.labels, logits)
            for seed, (_, _, views) in trained.items()
            for view, logits in views.items()
        ]
        return (
            networks,
            pd.concat(histories, ignore_index=True),
            pd.concat(predictions, ignore_index=True),
        )

    return train_all_seeds


def adjusting_node(name: str) -> Callable:
    """Returns the node function of the post-hoc method called `name`."""

    def adjust(
        predictions: pd.DataFrame, class_counts: pd.DataFrame, methods: Methods
    ) -> pd.DataFrame:
        """Returns the predictions with adjusted logits; nothing is trained."""
        logit_columns = predictions.columns.drop(["seed", "view", "label"])
        logits = predictions[logit_columns].to_numpy()
        adjusted = predictions.copy()
        adjusted[logit_columns] = getattr(methods, name).adjust(
            logits, class_counts["count"].to_numpy()
        )
        return adjusted

    return adjust


def predictions_table(
    seed: int, view: str, labels: np.ndarray, logits: np.ndarray
) -> pd.DataFrame:
    """Returns one row a test image: `seed`, `view`, `label`, `logit_0` and so on.

    Args:
        seed: that of the training.
        view: "plain" or "mirrored"; see `train`.
        labels: `[N] int64`.
        logits: `[N, L] float32`.
    """
    columns = [f"logit_{label}" for label in range(logits.shape[1])]
    table = pd.DataFrame(logits, columns=columns)
    table.insert(0, "seed", seed)
    table.insert(1, "view", view)
    table.insert(2, "label", labels)
    return table
