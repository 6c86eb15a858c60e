"""What a training tells of itself while it runs."""

import time

import keras

from .bars import Shown
from .diary import Diary

INTERVAL = 0.1  # seconds between two moves of a bar


class Progress(keras.callbacks.Callback):
    """Tells the epoch, the loss and the accuracy.

    Args:
        name: what to call the training.
        diary: what it has to show.
        part: what the network is measured on.
        shown: whom to tell.
    """

    def __init__(self, name: str, diary: Diary, part: str, shown: Shown):
        super().__init__()
        self._name = name
        self._diary = diary
        self._part = part.replace("_", "-")
        self._shown = shown

    def on_train_begin(self, logs=None):
        """Tells that it goes on."""
        self._shown.begin(self._name, len(self._diary.epochs), self.params["epochs"])
        self._moved = time.monotonic()

    def on_epoch_begin(self, epoch, logs=None):
        """Notes where it stands."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Tells the last step that was computed."""
        if time.monotonic() - self._moved >= INTERVAL:
            self._moved = time.monotonic()
            done = self._epoch + (batch + 1) / self.params["steps"]
            self._shown.move(self._name, done)

    def on_epoch_end(self, epoch, logs=None):
        """Tells the results of the epoch."""
        results = f"epoch {epoch + 1}/{self.params['epochs']}"
        results += f"  loss {self._diary.epochs[-1]['train_loss']:.3f}"
        if measured := self._diary.last_accuracies():
            results += f"  {self._part} {measured[0]['accuracy']:.1%}"
        self._shown.tell(self._name, results)
        self._shown.move(self._name, epoch + 1)

    def close(self) -> None:
        """Tells that it is over, or was stopped."""
        self._shown.end(self._name)
