"""What a training has to show so far."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

EPOCH_COLUMNS = (
    "epoch",
    "learning_rate",
    "train_loss",
    "train_accuracy",
    "seconds",
)
ACCURACY_COLUMNS = ("epoch", "method", "tau", "view", "accuracy")


@dataclass(frozen=True)
class Diary:
    """Two tables that grow by the epoch; see `Run` on their columns.

    Attributes:
        epochs: one row a finished epoch.
        accuracies: one row a measured epoch and method.
    """

    epochs: list[dict[str, Any]] = field(default_factory=list)
    accuracies: list[dict[str, Any]] = field(default_factory=list)

    def epochs_table(self) -> pd.DataFrame:
        """Returns the finished epochs."""
        return pd.DataFrame(self.epochs, columns=EPOCH_COLUMNS)

    def accuracies_table(self) -> pd.DataFrame:
        """Returns what was measured."""
        table = pd.DataFrame(self.accuracies, columns=ACCURACY_COLUMNS)
        return table.astype({"tau": float})

    def last_accuracies(self) -> list[dict[str, Any]]:
        """Returns what was measured after the last finished epoch, if it was."""
        last = self.epochs[-1]["epoch"]
        return [row for row in self.accuracies if row["epoch"] == last]

    @classmethod
    def of(cls, epochs: pd.DataFrame, accuracies: pd.DataFrame) -> "Diary":
        """Returns the diary that such tables tell of."""
        return cls(epochs.to_dict("records"), accuracies.to_dict("records"))
