"""What is read out of stored runs: all that tables, charts and the page are made of."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..runs import View
from .parameters import Comparison, Reporting


class Choice(StrEnum):
    """How the tau of a reading was chosen.

    Attributes:
        FIXED: it is a parameter, or the method has none.
        VALIDATION: on images that were set aside to choose on.
        HELD_OUT: on training images that the network had not seen.
        ORACLE: on the test set itself: a bound, and no result.
    """

    FIXED = "fixed"
    VALIDATION = "validation"
    HELD_OUT = "held-out"
    ORACLE = "oracle"


@dataclass(frozen=True)
class Readings:
    """The runs of one recipe and data, read once, and the parameters they were read by.

    `R` readings, `L` classes, 15 bins of confidence.

    Attributes:
        parameters: as `kedro run` had them: `methods`, `comparison`, `reporting`, and
            of runs `training`, `held_out` and `recipe` (its name), as JSON can hold
            them.
        class_counts: columns label, class_name, count (training images), by label.
        methods: those that were read, in the order of tables and charts; columns method
            (its name), title, adjusts (the name of that whose logits it adjusts;
            missing of one with logits of its own), in_table_1. The first is what the
            others are compared with.
        answers: one row a reading; columns method, seed, view (of `View`), choice (of
            `Choice`), tau (NaN of a method without one).
        confusions: `[R, L, L] int32`, in the order of `answers`; see
            `confusion_matrix`.
        bins: `[R, 15, 3] float64`, in the order of `answers`; see `calibration_bins`.
        sweeps: the accuracies of post-hoc methods over a grid of tau, in the plain
            view; columns method, part (of `Part`), seed, tau, label, accuracy (NaN of a
            class without images).
        traffic: what methods score on other mixes of the classes, in the plain view;
            columns method, seed, mix, exponent, accuracy, images; see `traffic`.
        curves: accuracies by epoch over the seeds; columns method, images ("train" or
            "test"), epoch, mean, low, high.
        last_layers: columns method (trained ones), seed, label, weight_norm, bias.
        trainings: one row a run of a trained method; columns method, seed, tau (of the
            loss; NaN where it has none), epochs, samples_seen, weights,
            training_seconds, setup (its digest).
        made_with: in what the runs differ that did not identify them, and in what they
            agree; columns what (such as "keras" or "device"), values (text), differs.
    """

    parameters: dict[str, Any]
    class_counts: pd.DataFrame
    methods: pd.DataFrame
    answers: pd.DataFrame
    confusions: np.ndarray
    bins: np.ndarray
    sweeps: pd.DataFrame
    traffic: pd.DataFrame
    curves: pd.DataFrame
    last_layers: pd.DataFrame
    trainings: pd.DataFrame
    made_with: pd.DataFrame

    @cached_property
    def comparison(self) -> Comparison:
        """The parameters of the comparison that these were read by."""
        return Comparison.model_validate(self.parameters["comparison"])

    @cached_property
    def reporting(self) -> Reporting:
        """The parameters of the reporting that these were read by."""
        return Reporting.model_validate(self.parameters["reporting"])

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of the methods, by their names."""
        return dict(zip(self.methods["method"], self.methods["title"], strict=True))

    @cached_property
    def adjusts(self) -> dict[str, str]:
        """Whose logits it adjusts, of each method that adjusts any."""
        adjusting = self.methods.dropna(subset="adjusts")
        return dict(zip(adjusting["method"], adjusting["adjusts"], strict=True))

    @cached_property
    def compared_with(self) -> dict[str, str]:
        """What each method but the first is compared with.

        That is the network whose logits it adjusts, or else the first method.
        """
        first, *others = self.methods["method"]
        return {name: self.adjusts.get(name, first) for name in others}

    @cached_property
    def table_1(self) -> list[str]:
        """The names of the methods of Table 1."""
        return self.methods["method"][self.methods["in_table_1"]].tolist()

    def with_titles(self, table: pd.DataFrame) -> pd.DataFrame:
        """Returns a table whose column method has titles in place of names."""
        return table.replace({"method": self.titles})

    @property
    def test_counts(self) -> np.ndarray:
        """The number of test images of each class, `[L] int64`."""
        return self.confusions[0].sum(axis=1)

    @property
    def is_balanced(self) -> bool:
        """Whether classes that have test images have equally many of them."""
        counts = self.test_counts
        return len({*counts[counts > 0].tolist()}) == 1

    @property
    def untested(self) -> list[str]:
        """The names of the classes without a test image."""
        return self.class_counts["class_name"][self.test_counts == 0].tolist()

    def of(self, view: View = View.PLAIN, choice: Choice | None = None) -> pd.DataFrame:
        """Returns the rows of `answers` of a view, and of a way of choosing tau.

        Their index is their position in `confusions` and `bins`.
        """
        rows = self.answers[self.answers["view"] == view]
        return rows if choice is None else rows[rows["choice"] == choice]
