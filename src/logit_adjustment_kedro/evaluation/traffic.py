"""What methods score on other mixes of the classes than that of the test set.

The mixes lie on a line from the class prior `pi` of the training images over equally
many of each class to the reverse of the prior: shares proportional to `pi^s`, with s
from 1 over 0 to -1. Beside those stands the mix of the test set.
"""

from typing import Any

import numpy as np
import pandas as pd

from ..longtail.metrics import confusion_matrix
from ..longtail.mixes import accuracy_in_mix, images_in_mix, tempered_prior
from ..runs import Part
from .network import Network
from .readings import Readings

EXPONENTS = np.round(np.linspace(1, -1, 21), 1)
NAMED = {1.0: "train", 0.0: "uniform", -1.0: "reverse"}
TEST = "test"
NOTHING = 0.0005  # a gain or loss that is smaller is told as none
MIXES = {  # and what people call them
    "train": "training mix",
    "uniform": "uniform",
    "reverse": "reverse",
    TEST: "test set",
}


def traffic_rows(network: Network, class_counts: np.ndarray) -> list[dict[str, Any]]:
    """Reads what a network scores on each mix, as it is and adjusted.

    A method whose logits are for some mix is moved from there to the one that it is
    measured on; one whose logits are for none is taken as it is. So is a network that
    another method of the table adjusts, which is compared with it.

    Args:
        network: what is read.
        class_counts: `[L]`, the number of training images of each class.

    Returns:
        The rows of `Readings.traffic`.
    """
    labels = network.labels[Part.TEST]
    still = {
        name: confusion_matrix(network.read_out(method), labels)
        for name, method in network.methods.items()
        if not network.moves(method)
    }
    tested = np.bincount(labels, minlength=len(class_counts))
    mixes = [
        (NAMED.get(s), s, tempered_prior(class_counts, s)) for s in EXPONENTS.tolist()
    ]
    rows = []
    for mix, exponent, shares in [*mixes, (TEST, np.nan, tested / tested.sum())]:
        moved = {
            name: confusion_matrix(network.read_out(method, target=shares), labels)
            for name, method in network.methods.items()
            if network.moves(method)
        }
        rows += [
            {
                "method": name,
                "seed": network.seed,
                "mix": mix,
                "exponent": exponent,
                "accuracy": accuracy_in_mix((still | moved)[name], shares),
                "images": images_in_mix(tested, shares),
            }
            for name in network.methods
        ]
    return rows


def traffic_table(readings: Readings) -> pd.DataFrame:
    """Tabulates what each method scores on each mix, and gains there.

    Returns:
        Columns method, mix ("train", "uniform", "reverse", "test"; None for those
        between), exponent (see above; NaN of "test"), accuracy (the mean over the
        seeds), gain (see `Readings.compared_with`; NaN of the first method), images (as
        how many images of the mix the test set counts; see `images_in_mix`).
    """
    keys = ["method", "mix", "exponent"]
    table = readings.traffic.groupby(keys, sort=False, dropna=False)
    table = table[["accuracy", "images"]].mean().reset_index()
    plain = table.set_index(["method", *keys[1:]])["accuracy"]
    baseline = pd.MultiIndex.from_arrays(
        [table["method"].map(readings.compared_with), table["mix"], table["exponent"]]
    )
    return table.assign(gain=table["accuracy"] - plain.reindex(baseline).to_numpy())
