"""A network, and all that is needed to train it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np

from ..errors import InputError
from ..images import ImageSet
from ..longtail.losses import MarginCrossentropy
from ..networks import build_network
from .diary import Diary
from .feeding import ON_DEVICE, ShuffledBatches, as_fitted, feeding_of
from .schedule import WarmupThenDecay
from .task import Split, Task

EXAMPLES = 5000 * 32**2  # pixels of images, at most
DEFERRED_FROM = 0.8  # of the epochs; Cao et al., NeurIPS 2019


@dataclass(frozen=True)
class Trainee:
    """What is trained.

    Attributes:
        network: from raw images, `[N, H, W, C]`, to logits.
        trainer: around it, a compiled model from what is fed to logits.
        batches: what it is fed.
        schedule: of the learning rate.
    """

    network: keras.Model
    trainer: keras.Model
    batches: ShuffledBatches
    schedule: WarmupThenDecay

    def fit(
        self, diary: Diary, epochs: int, callbacks: list[keras.callbacks.Callback]
    ) -> None:
        """Trains it from where the diary ends."""
        self.trainer.fit(
            as_fitted(self.batches),
            initial_epoch=len(diary.epochs),
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=callbacks,
        )


def trainee_of(task: Task, split: Split, seed: int) -> Trainee:
    """Builds what a task trains, as it is before the first epoch.

    Args:
        task: what to train.
        split: its images.
        seed: first weights and the order of images follow from it.

    Raises:
        InputError: there are fewer images than in a batch.
    """
    recipe, labels = task.recipe, split.train_set.labels
    steps = len(labels) // recipe.batch_size
    if steps == 0:
        raise InputError(
            f"Expected at least batch_size={recipe.batch_size} training "
            f"{split.train_set.UNIT}s. "
            f"Received: {len(labels)}, in {split.train_set.origin}. Give a smaller "
            "training.batch_size"
        )
    images, counts = split.train_set, split.train_set.class_counts()
    schedule = WarmupThenDecay(recipe.learning_rate, recipe.epochs, steps)
    with _dtype_policy(recipe.precision):
        keras.utils.set_random_seed(seed)
        network = build_network(recipe.architecture, _examples(images), len(counts))
        feeding = feeding_of(images)
        trainer = keras.Model(feeding.inputs, network(feeding.images))
        trainer.compile(
            optimizer=recipe.chosen_optimizer.build(schedule),
            loss=MarginCrossentropy(task.method.margins(counts)),
            metrics=["accuracy"],
            # A GPU goes through an epoch without a word from the host, unless that
            # reads the images; a CPU gains nothing by it, and its steps move the
            # progress bar.
            steps_per_execution=1 if _on_cpu() or feeding.reads_images else steps,
        )
    _build_metrics(trainer, len(counts))
    batches = ShuffledBatches(
        feeding=feeding,
        labels=labels,
        batch_size=recipe.batch_size,
        seed=seed,
        deferred_weight=task.method.deferred_weight(counts),
        deferred_from=DEFERRED_FROM * recipe.epochs,
        balanced=task.method.balanced_batches,
    )
    return Trainee(network, trainer, batches, schedule)


def _examples(images: ImageSet) -> np.ndarray:
    """Returns images from all over a set that may be in the order of its classes."""
    height, width, _ = images.image_shape
    most = max(1, min(EXAMPLES // (height * width), ON_DEVICE // images.image_bytes))
    rows = np.linspace(0, len(images) - 1, min(len(images), most))
    return images.read(rows.astype(int))


def _build_metrics(trainer: keras.Model, num_classes: int) -> None:
    """Makes the variables of the metrics, which else the first step makes.

    TensorFlow traces a step a second time where the first has made variables.
    """
    logits = np.zeros((1, num_classes), "float32")
    trainer.compute_metrics(None, np.zeros(1, "int32"), logits, np.ones(1, "float32"))
    trainer.reset_metrics()


def _on_cpu() -> bool:
    return all("cpu" in device for device in keras.distribution.list_devices())


@contextmanager
def _dtype_policy(precision: str) -> Iterator[None]:
    """Lets what is built meanwhile compute in `precision`."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
