"""Scikit-learn's handwritten digits, made long-tailed."""

from typing import Any, Literal

import numpy as np
from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import ImageSet
from ...longtail.profiles import exponential_profile
from ..errors import DataError

SPLIT_SEED = 0


class LongTailedDigitsDataset(AbstractDataset[None, ImageSet]):
    """Real images, 8x8 with one channel, that come with scikit-learn: no download.

    From each of the ten classes `test_images_per_class` images are set aside for the
    balanced test set, and the training set keeps as many of the others as the
    exponential profile says. The choice is random and always the same.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.LongTailedDigitsDataset
      split: train
      n_max: 120
      imbalance_ratio: 100
      test_images_per_class: 50
    ```

    Args:
        split: `train` or `test`.
        n_max: the number of training images of class 0.
        imbalance_ratio: the count of class 0 over that of class 9.
        test_images_per_class: the number of test images of each class.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(
        self,
        *,
        split: Literal["train", "test"],
        n_max: int,
        imbalance_ratio: float,
        test_images_per_class: int,
        metadata: dict[str, Any] | None = None,
    ):
        self._split = split
        self._n_max = n_max
        self._imbalance_ratio = imbalance_ratio
        self._test_images_per_class = test_images_per_class
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads and splits the images.

        Raises:
            DataError: a class has fewer images than were asked for.
        """
        from sklearn.datasets import load_digits

        pixels, labels = load_digits(return_X_y=True)
        images = np.rint(pixels * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
        train_counts = exponential_profile(self._n_max, 10, self._imbalance_ratio)
        shuffled = np.random.default_rng(SPLIT_SEED).permutation(len(labels))
        chosen = np.concatenate(
            [
                self._of_class(shuffled[labels[shuffled] == label], count)
                for label, count in enumerate(train_counts)
            ]
        )
        return ImageSet(
            pixels=images[chosen],
            labels=labels[chosen].astype(np.int64),
            class_names=tuple(map(str, range(10))),
            origin=f"scikit-learn's digits ({self._split})",
        )

    def _of_class(self, rows: np.ndarray, train_count: int) -> np.ndarray:
        needed = self._test_images_per_class + train_count
        if len(rows) < needed:
            raise DataError(
                f"Expected at most {len(rows)} images of a class of digits: "
                f"{self._test_images_per_class} to test and {train_count} to train "
                "were asked for."
            )
        if self._split == "test":
            return rows[: self._test_images_per_class]
        return rows[self._test_images_per_class : needed]

    @override
    def save(self, data: None) -> None:
        raise DataError("scikit-learn's digits are read-only.")

    @override
    def _describe(self) -> dict[str, Any]:
        return {"split": self._split, "n_max": self._n_max}
