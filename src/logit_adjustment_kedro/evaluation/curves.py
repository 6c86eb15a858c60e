"""The accuracy by epoch, over the seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..longtail import accuracy
from ..longtail.methods import Method
from ..runs import Part, Run, View

MAX_EPOCHS_DRAWN = 200


def curve_points(run: Run, methods: Sequence[Method]) -> pd.DataFrame:
    """Returns the accuracies of a run, as these methods read them out.

    While it was trained, post-hoc methods may have been read out at another tau. Of
    those epochs nothing is known then, and only the last one, whose logits are stored,
    is read out anew.

    Returns:
        Columns seed, method, images ("train" or "test"), epoch, accuracy.
    """
    trained, *adjusting = methods
    epochs = run.epochs.rename(columns={"train_accuracy": "accuracy"})
    train = epochs[["epoch", "accuracy"]].assign(method=trained.name, images="train")
    parts = [train, _noted(run, trained), *(_noted(run, m) for m in adjusting)]
    return pd.concat(parts, ignore_index=True).assign(seed=run.seed)


def curves_over_seeds(points: pd.DataFrame) -> pd.DataFrame:
    """Returns the mean and the range over the seeds, by epoch.

    Only epochs of which every seed tells are kept, and of a long curve only every n-th
    of them, counted back from the last one, so that the last is among them.

    Args:
        points: see `curve_points`; all seeds.

    Returns:
        Columns method, images, epoch, mean, low, high; at most `MAX_EPOCHS_DRAWN`
        epochs a curve.
    """
    keys = ["method", "images", "epoch"]
    by_epoch = points.groupby(keys, as_index=False, sort=False)["accuracy"]
    curves = by_epoch.agg(mean="mean", low="min", high="max", seeds="count")
    complete = curves["seeds"] == points["seed"].nunique()
    curves = curves[complete].drop(columns="seeds")
    # By what was measured, and not by the epoch: of a curve that was measured every
    # tenth epoch, no point but the last may be an n-th epoch.
    of_curve = curves.groupby(["method", "images"])["epoch"]
    step = -(-of_curve.transform("size") // MAX_EPOCHS_DRAWN)
    drawn = of_curve.cumcount(ascending=False) % step == 0
    return curves[drawn].reset_index(drop=True)


def _noted(run: Run, method: Method) -> pd.DataFrame:
    tau = method.strength
    table = run.accuracies
    same_tau = table["tau"].isna() if np.isnan(tau) else table["tau"] == tau
    of_method = (table["method"] == method.name) & (table["view"] == View.PLAIN)
    known = table.loc[of_method & same_tau, ["epoch", "accuracy"]]
    last = len(run.epochs)
    if last not in known["epoch"].array:
        logits = method.adjust(run.logits[Part.TEST, View.PLAIN], run.last_layer)
        right = accuracy(logits, run.labels[Part.TEST])
        anew = pd.DataFrame({"epoch": [last], "accuracy": [right]})
        known = pd.concat([known, anew])
    return known.assign(method=method.name, images="test")
