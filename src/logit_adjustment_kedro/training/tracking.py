"""The curves of a training for TensorBoard, written without TensorFlow."""

import time
from pathlib import Path

import keras

from .diary import Diary


class TensorBoardCurves(keras.callbacks.Callback):
    """Writes a point of each curve after each epoch.

    Keras's own callback would import TensorFlow, which need not be there.

    Args:
        folder: where the file of events is to lie.
        diary: what to draw; where it tells of epochs already, the curves in the folder
            are those of this training, and go on; else they are removed.
        part: what the network is measured on, for the name of the curve.
    """

    def __init__(self, folder: Path, diary: Diary, part: str):
        super().__init__()
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        if not diary.epochs:
            for other in folder.glob("events.out.tfevents.*"):
                other.unlink()
        self._diary = diary
        self._part = part
        self._writer = EventFileWriter(str(folder))

    def on_epoch_end(self, epoch, logs=None):
        """Writes a point of each curve, at the number of epochs done."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        row = dict(self._diary.epochs[-1])
        step = row.pop("epoch")
        for measured in self._diary.last_accuracies():
            row[self._curve(measured["method"])] = measured["accuracy"]
        values = [Summary.Value(tag=k, simple_value=v) for k, v in row.items()]
        self._writer.add_event(
            Event(wall_time=time.time(), step=step, summary=Summary(value=values))
        )
        self._writer.flush()

    def _curve(self, method: str) -> str:
        # The method that is trained has the same curve in every training, so that
        # TensorBoard draws them together; what adjusts it has a curve of its own.
        own = self._diary.last_accuracies()[0]["method"]
        curve = f"{self._part}_accuracy"
        return curve if method == own else f"{curve}/{method}"

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()
