"""One training: a seed, a recipe and a loss."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...errors import InputError
from ...longtail.losses import MarginCrossentropy
from ...longtail.margins import Margins
from ...longtail.method import PosthocMethod
from ...networks import ImagesOnDevice, build_network
from .batches import ShuffledBatches
from .callbacks import Evaluation, Recorder, SeedEpoch, TrainingLog, predict
from .checkpoint import training_state
from .display import ProgressBar, TensorBoardCurves
from .params import Training
from .schedule import WarmupThenDecay

DEFERRED_FROM = 0.8  # of the epochs; Cao et al., NeurIPS 2019

logger = logging.getLogger(__name__)


def train(
    *,
    name: str,
    seed: int,
    recipe: Training,
    train_set: ImageSet,
    test_set: ImageSet,
    margins: Margins,
    deferred_weight: np.ndarray,
    adjustments: Mapping[str, PosthocMethod],
    tensorboard: Path,
    checkpoint: Path,
) -> tuple[keras.Model, pd.DataFrame, dict[str, np.ndarray]]:
    """Trains a network, from scratch or from where its checkpoint stands.

    Args:
        name: what to call this training in messages.
        seed: weights, shuffling and augmentation follow from it.
        recipe: network, schedule and the rest.
        train_set: what to learn from.
        test_set: what to measure on after each epoch; nothing is chosen on it.
        margins: of the loss.
        deferred_weight: what each label weighs in the last fifth of the epochs, `[L]`;
            before that, 1.
        adjustments: the post-hoc methods to read out after each epoch, by name.
        tensorboard: a folder for the curves.
        checkpoint: a file that belongs to this training alone; see `fingerprint`.

    Returns:
        The network, from raw images to logits and without the state of the optimiser;
        the history, a row an epoch; the logits of the test set, `[N, L] float32`, in
        each view: "plain" and, if the recipe says so, "mirrored".

    Raises:
        InputError: there are fewer images than in a batch, or the loss became NaN.
    """
    steps = len(train_set.labels) // recipe.batch_size
    if steps == 0:
        raise InputError(
            f"Expected at least batch_size={recipe.batch_size} training images. "
            f"Received: {len(train_set.labels)}, in {train_set.origin}"
        )
    schedule = WarmupThenDecay(recipe.learning_rate, recipe.epochs, steps)
    with _dtype_policy(recipe.precision):
        network, trainer = _compiled(recipe, seed, train_set, margins, schedule, steps)
    batches = ShuffledBatches(
        *(train_set.labels, recipe.batch_size, seed, deferred_weight),
        deferred_from=DEFERRED_FROM * recipe.epochs,
    )
    evaluation = Evaluation(
        *(network, test_set, train_set.class_counts(), adjustments),
        every=recipe.evaluate_every,
    )
    state = training_state(network, trainer.optimizer)
    recorder = Recorder(checkpoint, state, seed, evaluation)
    done = recorder.epochs_done
    if done > 0:
        logger.info("%s: %d of %d epochs are trained", name, done, recipe.epochs)
    if done < recipe.epochs:
        with (
            closing(TensorBoardCurves(tensorboard, continued=done > 0)) as curves,
            closing(ProgressBar(name, done)) as bar,
        ):
            log = TrainingLog(name, schedule)
            trainer.fit(
                batches,
                initial_epoch=done,
                epochs=recipe.epochs,
                shuffle=False,
                verbose=0,
                # In this order: each reads what those before it have logged.
                callbacks=[
                    *(SeedEpoch(batches, network, seed), log, evaluation),
                    *(recorder, curves, bar),
                ],
            )
    results = recorder.results
    views = {"plain": results.logits}
    if recipe.mirrored_view:
        mirrored = predict(network, test_set.images[:, :, ::-1])
        views["mirrored"] = (results.logits + mirrored) / 2
    return network, results.history, views


@contextmanager
def _dtype_policy(precision: str) -> Iterator[None]:
    """Lets what is built meanwhile compute in `precision`."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _compiled(
    recipe: Training,
    seed: int,
    train_set: ImageSet,
    margins: Margins,
    schedule: WarmupThenDecay,
    steps: int,
) -> tuple[keras.Model, keras.Model]:
    """Returns the network, and around it a model from row numbers to logits."""
    keras.utils.set_random_seed(seed)
    network = build_network(
        recipe.network,
        train_set.images,
        len(train_set.class_names),
        padding=recipe.crop_padding,
        flip=recipe.flip,
        zoom=recipe.zoom,
        colour_jitter=recipe.colour_jitter,
        l2=recipe.l2,
    )
    rows = keras.Input((), dtype="int32", name="rows")
    trainer = keras.Model(rows, network(ImagesOnDevice(train_set.images)(rows)))
    on_cpu = all("cpu" in device for device in keras.distribution.list_devices())
    trainer.compile(
        optimizer=keras.optimizers.SGD(
            schedule, momentum=recipe.momentum, nesterov=True
        ),
        loss=MarginCrossentropy(margins),
        metrics=["accuracy"],
        # A GPU goes through an epoch without a word from the host; a CPU gains nothing
        # by it, and its steps move the progress bar.
        steps_per_execution=1 if on_cpu else steps,
    )
    return network, trainer
