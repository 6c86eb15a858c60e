"""What is read out of the predictions of a method: small, and free of its images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

FIXED, HELD_OUT, ORACLE = "fixed", "held-out", "oracle"


@dataclass(frozen=True)
class Reading:
    """The test set as one network names it, in the plain view.

    Attributes:
        seed: that of the training.
        tau: the strength of an adjustment; NaN for a method without one.
        choice: how tau was chosen: `fixed` (a parameter, or there is none), `held-out`
            (on training images held out) or `oracle` (on the test set: no result, but
            a bound).
        confusion: `[L, L] int64`; see `confusion_matrix`.
        bins: `[15, 3] float64`; see `calibration_bins`.
        mirrored_accuracy: the accuracy in the mirrored view; NaN where there is none.
    """

    seed: int
    tau: float
    choice: str
    confusion: np.ndarray
    bins: np.ndarray
    mirrored_accuracy: float


@dataclass(frozen=True)
class Sweep:
    """The accuracy on each class for a whole range of tau.

    Attributes:
        taus: `[T] float64`, from 0 on.
        test: by seed, `[T, L] float64`, accuracies on the test set.
        held_out: by seed, the same on the training images held out; empty where none
            were, NaN for a class that had too few images.
    """

    taus: np.ndarray
    test: dict[int, np.ndarray]
    held_out: dict[int, np.ndarray]


@dataclass(frozen=True)
class Results:
    """All that a report needs of a method.

    Attributes:
        readings: one a seed, and for post-hoc methods also one a way of choosing tau.
        trainings: what they took; see `trainings` of the modeling. None for post-hoc
            methods, as the following.
        curves: columns epoch, mean, low, high: the test accuracy over the seeds.
        classifiers: columns seed, label, count, weight_norm, bias.
        sweep: for post-hoc methods alone.
    """

    readings: list[Reading]
    trainings: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    classifiers: pd.DataFrame | None = None
    sweep: Sweep | None = None
