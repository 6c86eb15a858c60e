"""What is read out of stored runs: all that tables, charts and the page are made of."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..longtail.mixes import is_uniform
from ..runs import View
from .parameters import Comparison, Reporting


class Choice(StrEnum):
    """How the tau of a reading was chosen.

    Attributes:
        FIXED: it is a parameter, or the method has none.
        VALIDATION: on images that were set aside to choose on.
        HELD_OUT: on training images that the network had not seen.
        ORACLE: on the test set itself, one for all seeds: a bound, and no result.
        ORACLE_PER_SEED: the same, each seed its own, which makes the bound lower;
            of a single seed there is none, as it is that of all.
    """

    FIXED = "fixed"
    VALIDATION = "validation"
    HELD_OUT = "held-out"
    ORACLE = "oracle for all"
    ORACLE_PER_SEED = "oracle per seed"

    @property
    def is_oracle(self) -> bool:
        """Whether it is a bound, and no result."""
        return self in (Choice.ORACLE, Choice.ORACLE_PER_SEED)


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
        target: the mix of classes that methods are to predict, and are measured on;
            columns label, share, standard_error (NaN where nothing is estimated).
        hits: the test images by how many seeds of a method are right; columns method,
            label, right, wins (right less those of what it is compared with, of the
            seeds that both have), images (how many of the class).
        ensembles: the accuracies of the mean of the seeds' probabilities; columns
            method, seeds, label, accuracy (NaN of a class without images).
        calibration: how far confidence is from accuracy; columns method, seed, mix
            (that which the logits are for, "own", if there is one, or "target"), error,
            by_chance (the error that perfect calibration would show on these images),
            temperature (fitted on validation images), scaled_error (with the logits
            divided by it, before they are adjusted); these two NaN without any.
        mistakes: the test images that seeds together are surest to name wrongly;
            columns method, file, label, predicted, confidence, picture (a PNG file in
            base64); none where images have no files.
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
    target: pd.DataFrame
    hits: pd.DataFrame
    ensembles: pd.DataFrame
    calibration: pd.DataFrame
    mistakes: pd.DataFrame
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
        return _adjusts(self.methods)

    @cached_property
    def compared_with(self) -> dict[str, str]:
        """What each method but the first is compared with.

        See `compared_with`.
        """
        return compared_with(self.methods)

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

    @cached_property
    def target_shares(self) -> np.ndarray:
        """The share of each class in the mix that is predicted, `[L] float64`."""
        return self.target["share"].to_numpy()

    @property
    def is_for_uniform(self) -> bool:
        """Whether equally many images of each class are to be predicted."""
        return is_uniform(self.target_shares)

    def of(self, view: View = View.PLAIN, choice: Choice | None = None) -> pd.DataFrame:
        """Returns the rows of `answers` of a view, and of a way of choosing tau.

        Their index is their position in `confusions` and `bins`.
        """
        rows = self.answers[self.answers["view"] == view]
        return rows if choice is None else rows[rows["choice"] == choice]


def compared_with(methods: pd.DataFrame) -> dict[str, str]:
    """Returns what each method but the first is compared with.

    That is the network whose logits it adjusts, or else the first method.

    Args:
        methods: see `Readings.methods`.
    """
    first, *others = methods["method"]
    adjusts = _adjusts(methods)
    return {name: adjusts.get(name, first) for name in others}


def _adjusts(methods: pd.DataFrame) -> dict[str, str]:
    adjusting = methods.dropna(subset="adjusts")
    return dict(zip(adjusting["method"], adjusting["adjusts"], strict=True))
