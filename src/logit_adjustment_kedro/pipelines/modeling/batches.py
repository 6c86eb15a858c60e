"""The order in which a training sees its images."""

import keras
import numpy as np


class ShuffledBatches(keras.utils.PyDataset):
    """Batches of pairs of images, which follow from the seed and the epoch alone.

    A fraction `mixup` of the images is mixed with a partner, the others with
    themselves. Each image is a partner at most once an epoch. The share of an image in
    its mixture is its own and uniform in `[0.5, 1]`, as of the larger share in mixup
    with alpha 1: Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018.
    They are mixed before they are augmented.

    Args:
        labels: those of the training set, `[N]`.
        batch_size: images a batch; a last partial batch is dropped.
        seed: the seed of the training.
        deferred_weight: what each label weighs, `[L]`, from `deferred_from` on; before
            that, 1.
        deferred_from: an epoch, counted from 0.
        mixup: the fraction of images that are mixed with their partner.
    """

    def __init__(
        self,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        deferred_weight: np.ndarray,
        deferred_from: float,
        mixup: float,
    ):
        """See class."""
        super().__init__()
        self._labels = labels.astype("int32")
        self._batch_size = batch_size
        self._seed = seed
        self._deferred_weight = deferred_weight.astype("float32")
        self._deferred_from = deferred_from
        self._mixup = mixup
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffles for an epoch, counted from 0."""
        random = np.random.default_rng([self._seed, epoch])
        count = len(self._labels)
        order, partners = random.permutation(count), random.permutation(count)
        mixed = random.random(count) < self._mixup
        partners = np.where(mixed, partners, order)
        self._rows = np.stack([order, partners], axis=1).astype("int32")
        share = np.where(mixed, random.uniform(0.5, 1, count), 1)
        self._shares = np.stack([share, 1 - share], axis=1).astype("float32")
        deferred = self._deferred_weight
        self._weight = deferred if epoch >= self._deferred_from else deferred**0

    def __len__(self) -> int:
        """Returns the number of steps in an epoch."""
        return len(self._rows) // self._batch_size

    def __getitem__(self, step: int) -> tuple[dict, dict, dict]:
        """Returns the inputs of a step, their labels and their weights.

        The inputs are `rows` of the training set, `[B, 2] int32`, and `shares`, `[B, 2]
        float32`. Labels, `[B] int32`, and weights, `[B] float32`, are dicts of `image`
        and `partner`; a weight is the share times the weight of the label.
        """
        batch = slice(step * self._batch_size, (step + 1) * self._batch_size)
        rows, shares = self._rows[batch], self._shares[batch]
        labels = self._labels[rows]
        weights = shares * self._weight[labels]
        return (
            {"rows": rows, "shares": shares},
            {"image": labels[:, 0], "partner": labels[:, 1]},
            {"image": weights[:, 0], "partner": weights[:, 1]},
        )
