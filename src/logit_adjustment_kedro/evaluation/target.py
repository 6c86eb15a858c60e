"""The mix of classes that methods are to predict, and are measured on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import InputError
from ..longtail.mixes import class_shares
from ..longtail.prior_shift import estimate_prior
from ..longtail.priors import class_prior
from ..runs import Part, View
from .network import Network
from .parameters import Comparison, Mix


@dataclass(frozen=True, eq=False)
class Target:
    """A mix of classes.

    Attributes:
        shares: `[L] float64`, at least 0 and with sum 1.
        standard_errors: `[L] float64`, by how much an estimate may be off; NaN where
            nothing is estimated.
        moved_to: the shares, where methods are moved to them; None where each is read
            as it was made.
    """

    shares: np.ndarray
    standard_errors: np.ndarray
    moved_to: np.ndarray | None

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
        if asked == Mix.UNIFORM:
            return cls(np.full(len(counts), 1 / len(counts)), errors, None)
        if asked == Mix.TRAIN:
            shares = class_prior(counts)
        elif asked == Mix.TEST:
            shares = tested / tested.sum()
        elif asked == Mix.ESTIMATED:
            estimated = estimate_prior(
                network.logits[Part.TEST, View.PLAIN], _prior_of(network)
            )
            shares, errors = estimated.shares, estimated.standard_errors
        else:
            names = class_counts["class_name"].astype(str).tolist()
            shares = _given(asked, names)
            if (missing := (shares > 0) & (tested == 0)).any():
                raise InputError(
                    "Expected comparison.target_prior to give a share to classes with "
                    "test images alone. "
                    f"Received: {shares[missing][0]:g} of {names[np.argmax(missing)]}"
                )
        return cls(shares, errors, shares)


def read_texts(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Reads a CSV file of texts.

    Args:
        file: the file.
        columns: those that it has to have.

    Raises:
        InputError: it is not there, cannot be read, or has other columns or no row.
    """
    if not file.is_file():
        raise InputError(f"There is no {file.name} in {file.parent}.")
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, index_col=False)
    except (OSError, ValueError) as fault:
        raise InputError(f"{file}: cannot be read: {fault}") from fault
    table = table.rename(columns=str.strip).apply(lambda column: column.str.strip())
    if table.empty or not {*columns} <= {*table}:
        raise InputError(
            f"{file}: expected rows with the columns {' and '.join(columns)}. "
            f"Received: {len(table)} rows, {', '.join(map(str, table))}"
        )
    return table


def read_shares(file: Path, class_names: Sequence[str]) -> np.ndarray:
    """Reads a CSV file of shares, columns class_name and share, by the classes' names.

    Returns:
        `[L] float64`, in the order of the classes.

    Raises:
        InputError: it cannot be read, has other classes, or no shares.
    """
    table = read_texts(file, ("class_name", "share"))
    shares = pd.to_numeric(table["share"], errors="coerce")
    return shares_by_name(table["class_name"], shares, class_names, str(file))


def shares_by_name(
    names: Sequence[str], shares: ArrayLike, class_names: Sequence[str], of: str
) -> np.ndarray:
    """Returns shares in the order of the classes.

    Args:
        names: `[L]`, whose shares they are.
        shares: `[L]`.
        class_names: `[L]`, in the order of the labels.
        of: what the caller calls them.

    Raises:
        InputError: a class is missing, there twice or not at all, or these are no
            shares.
    """
    names = [*names]
    if sorted(names) != sorted(class_names):
        odd = sorted({*names} ^ {*class_names})
        odd = odd or sorted({name for name in names if names.count(name) > 1})
        raise InputError(
            f"{of}: expected a share for each of {len(class_names)} classes, once. "
            f"Received otherwise: {', '.join(odd[:5])}"
        )
    by_name = dict(zip(names, np.asarray(shares, np.float64), strict=True))
    ordered = [by_name[name] for name in class_names]
    try:
        return class_shares(ordered, len(class_names), "share")
    except InputError as fault:
        raise InputError(f"{of}: {fault}") from fault


def _given(asked: str | Mapping[str, float], class_names: list[str]) -> np.ndarray:
    if isinstance(asked, str):
        return read_shares(Path(asked).expanduser().absolute(), class_names)
    shares = [*asked.values()]
    return shares_by_name([*asked], shares, class_names, "comparison.target_prior")


def _prior_of(network: Network) -> np.ndarray:
    if network.prior is None:
        raise InputError(
            "Expected a first method whose logits are for some mix of classes, to "
            f"estimate that of the test images from. Received: {network.name}"
        )
    return network.prior
