"""A part of a network that does not learn: what it makes of images is computed once."""

from abc import ABC, abstractmethod
from dataclasses import replace

import keras
import numpy as np

from ..images import FeatureSet, ImageSet
from .task import Task


class Features(ABC):
    """The features that a network which does not learn makes of images."""

    @abstractmethod
    def features(self, images: ImageSet, mirrored: bool = False) -> np.ndarray:
        """Returns the features of images, `[N, 1, 1, D] float32`.

        Args:
            images: the set.
            mirrored: whether those of the images mirrored from left to right.

        Raises:
            InputError: they cannot be had, or some are not finite.
        """

    @abstractmethod
    def whole(self, network: keras.Model) -> keras.Model:
        """Returns the model from raw images to the logits of a network on features.

        Args:
            network: one that was trained on such features.
        """

    def on_features(self, task: Task) -> Task:
        """Returns a task with features in place of its images, and the same setup."""
        held_out, chosen_on = bool(task.held_out), task.chosen_on
        on_features = replace(
            task,
            train_set=self._set(task.train_set, measured=held_out),
            test_set=self._set(task.test_set, measured=not held_out),
            validation_set=chosen_on and self._set(chosen_on, measured=True),
        )
        vars(on_features)["setup"] = task.setup
        return on_features

    def _set(self, images: ImageSet, measured: bool) -> FeatureSet:
        """Returns images as features; of their mirror images too, if `measured`."""
        return FeatureSet(
            self.features(images),
            images.labels,
            images.class_names,
            images.origin,
            groups=images.groups,
            of_mirrored=self.features(images, mirrored=True) if measured else None,
        )
