"""One training: a seed, a recipe and a loss."""

import logging
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import keras

from ...datasets import ImageSet
from ...errors import InputError
from ...longtail.losses import MarginCrossentropy
from ...longtail.methods import Margins, PosthocMethod
from ...networks import build_network
from .batches import ShuffledBatches
from .callbacks import Evaluation, Recorder, SeedEpoch, TrainingLog
from .checkpoint import Results, restore
from .display import ProgressBar, TensorBoardCurves
from .params import Training
from .schedule import WarmupThenDrops, make_schedule

logger = logging.getLogger(__name__)


def train(
    *,
    name: str,
    seed: int,
    recipe: Training,
    train_set: ImageSet,
    test_set: ImageSet,
    margins: Margins,
    adjustments: Mapping[str, PosthocMethod],
    tensorboard: Path,
    checkpoint: Path,
) -> tuple[keras.Model, Results]:
    """Trains a network, from scratch or from where its checkpoint stands.

    Args:
        name: what to call this training in messages.
        seed: weights, shuffling and augmentation follow from it.
        recipe: network, schedule and the rest.
        train_set: what to learn from.
        test_set: what to measure on after each epoch; nothing is chosen on it.
        margins: of the loss.
        adjustments: the post-hoc methods to read out after each epoch, by name.
        tensorboard: a folder for the curves.
        checkpoint: a file that belongs to this training alone; see `fingerprint`.

    Returns:
        The model, from raw images to logits and without the state of the optimiser,
        and what it has to show after the last epoch.

    Raises:
        InputError: there are fewer images than in a batch, or the loss became NaN.
    """
    model, schedule = _compiled_network(recipe, seed, train_set, margins)
    batches = ShuffledBatches(train_set, recipe.batch_size, seed)
    evaluation = Evaluation(test_set, train_set.class_counts(), adjustments)
    recorder = Recorder(checkpoint, seed, evaluation, restore(checkpoint, model))
    done = recorder.epochs_done
    if done > 0:
        logger.info("%s: %d of %d epochs are trained", name, done, recipe.epochs)
    if done < recipe.epochs:
        with (
            closing(TensorBoardCurves(tensorboard, continued=done > 0)) as curves,
            closing(ProgressBar(name, done)) as bar,
        ):
            log = TrainingLog(name, schedule)
            model.fit(
                batches,
                initial_epoch=done,
                epochs=recipe.epochs,
                shuffle=False,
                verbose=0,
                # In this order: each reads what those before it have logged.
                callbacks=[
                    *(SeedEpoch(batches, seed), log, evaluation),
                    *(recorder, curves, bar),
                ],
            )
    bare_model = keras.Model(model.inputs, model.outputs, name=model.name)
    return bare_model, recorder.results


def _compiled_network(
    recipe: Training, seed: int, train_set: ImageSet, margins: Margins
) -> tuple[keras.Model, WarmupThenDrops]:
    steps = len(train_set.labels) // recipe.batch_size
    if steps == 0:
        raise InputError(
            f"Expected at least batch_size={recipe.batch_size} training images. "
            f"Received: {len(train_set.labels)}, in {train_set.origin}"
        )
    keras.utils.set_random_seed(seed)
    model = build_network(
        recipe.network,
        train_set.images.shape[1:],
        len(train_set.class_names),
        padding=recipe.crop_padding,
        flip=recipe.flip,
        l2=recipe.l2,
    )
    schedule = make_schedule(recipe.learning_rate, recipe.epochs, steps)
    model.compile(
        optimizer=keras.optimizers.SGD(
            schedule, momentum=recipe.momentum, nesterov=True
        ),
        loss=MarginCrossentropy(margins),
        metrics=["accuracy"],
        jit_compile=_pays_to_jit(),
    )
    return model, schedule


def _pays_to_jit() -> bool:
    """XLA makes these networks slower in TensorFlow on a CPU; JAX has nothing else."""
    on_cpu = all("cpu" in device for device in keras.distribution.list_devices())
    return not (on_cpu and keras.backend.backend() == "tensorflow")
