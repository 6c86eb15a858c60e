"""A node for each method: those that train, and those that adjust."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets import ImageSet
from ...longtail.methods import POSTHOC
from . import tables
from .held_out import hold_out
from .params import HeldOut, Methods, Training

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
    ) -> tuple[dict[int, Any], pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Trains a network for each seed of the recipe.

        What is trained already is not trained again, and an interrupted training goes
        on after its last finished epoch.

        Returns:
            The models by seed; the history, a row an epoch and seed; the predictions,
            a row a test image, view and seed; the last layer's weights, a row a class
            and seed; and what the trainings took, a row a seed.
        """
        _announce(name, train_set)
        sets = {seed: (train_set, test_set) for seed in training.seeds}
        trained = _train(name, sets, training, methods, tensorboard, checkpoints)
        return (
            {seed: network for seed, (network, _, _, _) in trained.items()},
            tables.histories(trained),
            tables.predictions(trained, sets),
            tables.classifiers(trained, sets),
            tables.trainings(trained, sets, training, getattr(methods, name)),
        )

    return train_all_seeds


def held_out_node(name: str) -> Callable:
    """Returns the node function that trains `name` again, on less, to choose tau."""

    def train_on_less(
        train_set: ImageSet,
        training: Training,
        methods: Methods,
        held_out: HeldOut,
        tensorboard: Path,
        checkpoints: Path,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Trains a network for each seed without the images that are held out.

        Each seed holds out images of its own.

        Returns:
            The predictions on the images held out, and the last layer's weights, as
            the training node does; without a row where nothing is held out.
        """
        if held_out.fraction == 0:
            return tables.no_predictions(train_set), tables.no_classifiers()
        _announce(f"{name} for tau, {held_out.fraction:.0%} held out", train_set)
        sets = {
            seed: hold_out(train_set, held_out.fraction, seed)
            for seed in training.seeds
        }
        trained = _train(
            *(name, sets, training, methods, tensorboard, checkpoints),
            called=f"{name} for tau",
        )
        return tables.predictions(trained, sets), tables.classifiers(trained, sets)

    return train_on_less


def adjusting_node(name: str) -> Callable:
    """Returns the node function of the post-hoc method called `name`."""

    def adjust(
        predictions: pd.DataFrame, classifier: pd.DataFrame, methods: Methods
    ) -> pd.DataFrame:
        """Returns the predictions with adjusted logits; nothing is trained."""
        method = getattr(methods, name)
        return tables.adjusted(predictions, classifier, method)

    return adjust


def _announce(name: str, train_set: ImageSet) -> None:
    import keras

    logger.info(
        "Training %s on %s (%s), images from %s",
        name,
        ", ".join(keras.distribution.list_devices()),
        keras.backend.backend(),
        train_set.origin,
    )


def _train(
    name: str,
    sets: dict[int, tuple[ImageSet, ImageSet]],
    recipe: Training,
    methods: Methods,
    tensorboard: Path,
    checkpoints: Path,
    called: str | None = None,
) -> dict[int, tuple]:
    """Trains on the sets of each seed; returns what `train` did, and the setup."""
    from .checkpoint import fingerprint, setup_of
    from .training import train

    method = getattr(methods, name)
    read_outs = [key for key, posthoc in POSTHOC.items() if posthoc.trained == name]
    trained = {}
    for seed, (train_set, test_set) in sets.items():
        counts = train_set.class_counts()
        margins, deferred = method.margins(counts), method.deferred_weight(counts)
        setup = setup_of(recipe, train_set, test_set)
        mark = fingerprint(setup, margins, deferred)
        results = train(
            name=f"{called or name}, seed {seed}",
            seed=seed,
            recipe=recipe,
            train_set=train_set,
            test_set=test_set,
            margins=margins,
            deferred_weight=deferred,
            adjustments={key: getattr(methods, key) for key in read_outs},
            tensorboard=tensorboard / f"seed_{seed}",
            checkpoint=checkpoints / f"seed_{seed}_{mark}.npz",
        )
        trained[seed] = (*results, setup)
    return trained
