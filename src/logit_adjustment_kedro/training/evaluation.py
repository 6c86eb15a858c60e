"""The accuracy of a network while it is trained."""

from collections.abc import Sequence

import keras
import numpy as np

from ..longtail import accuracy
from ..longtail.methods import Method
from ..runs import View
from .diary import Diary
from .last_layer import last_layer_of
from .predictions import predict
from .task import Split


class Evaluation:
    """Measures the accuracy of a network, plain and with post-hoc adjustments.

    Args:
        network: what to measure.
        split: what it is trained and measured on.
        methods: that with which it is trained, and the post-hoc ones to read out too.
        diary: where to write the accuracies.
        every: epochs from one measurement to the next; the last epoch is measured in
            any case.

    Attributes:
        logits: `[N, L] float32`, when last measured; None before that.
    """

    def __init__(
        self,
        network: keras.Model,
        split: Split,
        methods: Sequence[Method],
        diary: Diary,
        every: int,
    ):
        self._network = network
        self._split = split
        self._methods = methods
        self._diary = diary
        self._every = every
        self.logits: np.ndarray | None = None

    def after(self, epoch: int, epochs: int) -> bool:
        """Adds a row a method, if this epoch of so many is to be measured.

        Returns:
            Whether all logits are finite; if not, nothing is added.
        """
        if epoch % self._every and epoch != epochs:
            return True
        self.logits = predict(self._network, self._split.measured)
        if not np.isfinite(self.logits).all():
            return False
        counts = self._split.train_set.class_counts()
        last_layer = last_layer_of(self._network, counts)
        for method in self._methods:
            logits = method.adjust(self.logits, last_layer)
            self._diary.accuracies.append(
                {
                    "epoch": epoch,
                    "method": method.name,
                    "tau": method.strength,
                    "view": View.PLAIN.value,
                    "accuracy": accuracy(logits, self._split.measured.labels),
                }
            )
        return True
