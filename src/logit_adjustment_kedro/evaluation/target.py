"""The mix of classes that methods are to predict, and are measured on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import InputError
from ..longtail.mixes import is_uniform
from ..longtail.prior_shift import estimate_prior
from ..runs import Part, View
from .network import Network
from .parameters import Comparison, Mix
from .shares import known_shares


@dataclass(frozen=True, eq=False)
class Target:
    """A mix of classes.

    Attributes:
        shares: `[L] float64`, at least 0 and with sum 1.
        standard_errors: `[L] float64`, by how much an estimate may be off; NaN where
            nothing is estimated.
    """

    shares: np.ndarray
    standard_errors: np.ndarray

    @property
    def moved_to(self) -> np.ndarray | None:
        """The shares, if methods are moved to them; None if they are read as made.

        Methods are made for the uniform mix, however it was asked for.
        """
        return None if is_uniform(self.shares) else self.shares

    @classmethod
    def of(
        cls, comparison: Comparison, class_counts: pd.DataFrame, network: Network
    ) -> "Target":
        """Returns the mix that is asked for.

        Args:
            comparison: what asks for it.
            class_counts: columns label, class_name, count (training images), by label.
            network: the first of those that are read; an estimate is made of its
                predictions of the test images, without their labels.

        Raises:
            InputError: shares are none, or there are no test images of a class that has
                a share; a file cannot be read; or the shares cannot be estimated.
        """
        asked = comparison.target_prior
        counts = class_counts["count"].to_numpy()
        tested = np.bincount(network.labels[Part.TEST], minlength=len(counts))
        errors = np.full(len(counts), np.nan)
        if asked == Mix.TEST:
            shares = tested / tested.sum()
        elif asked == Mix.ESTIMATED:
            estimated = estimate_prior(
                network.logits[Part.TEST, View.PLAIN], _prior_of(network)
            )
            shares, errors = estimated.shares, estimated.standard_errors
        else:
            names = class_counts["class_name"].astype(str).tolist()
            shares = known_shares(asked, names, counts, "comparison.target_prior")
            if asked not in [*Mix]:
                _refuse_untested(shares, names, tested)
        if not shares[tested > 0].sum() > 0:
            raise InputError(
                "Expected a mix of classes with test images. Received: a mix of "
                f"others, as comparison.target_prior is {asked}"
            )
        return cls(shares, errors)


def _refuse_untested(
    shares: np.ndarray, class_names: Sequence[str], tested: np.ndarray
) -> None:
    if (missing := (shares > 0) & (tested == 0)).any():
        raise InputError(
            "Expected comparison.target_prior to give a share to classes with test "
            f"images alone. Received: {shares[missing][0]:g} of "
            f"{class_names[np.argmax(missing)]}"
        )


def _prior_of(network: Network) -> np.ndarray:
    if network.prior is None:
        raise InputError(
            "Expected a first method whose logits are for some mix of classes, to "
            f"estimate that of the test images from. Received: {network.name}"
        )
    return network.prior
