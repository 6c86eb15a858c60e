"""The accuracy by epoch, over the seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..longtail import accuracy
from ..longtail.methods import PosthocMethod, TrainedMethod
from ..runs import Part, Run, View

MAX_EPOCHS_DRAWN = 200


def curve_points(
    run: Run, methods: Sequence[TrainedMethod | PosthocMethod]
) -> pd.DataFrame:
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

    Of a long run only every n-th epoch is kept, counted back from the last one, so that
    the last is among them; and only epochs of which every seed tells.

    Args:
        points: see `curve_points`; all seeds.

    Returns:
        Columns method, images, epoch, mean, low, high.
    """
    last = points["epoch"].max()
    step = -(-last // MAX_EPOCHS_DRAWN)
    drawn = points[(last - points["epoch"]) % step == 0]
    keys = ["method", "images", "epoch"]
    by_epoch = drawn.groupby(keys, as_index=False, sort=False)["accuracy"]
    curves = by_epoch.agg(mean="mean", low="min", high="max", seeds="count")
    complete = curves["seeds"] == points["seed"].nunique()
    return curves[complete].drop(columns="seeds").reset_index(drop=True)


def _noted(run: Run, method: TrainedMethod | PosthocMethod) -> pd.DataFrame:
    tau = getattr(method, "tau", np.nan)
    table = run.accuracies
    same_tau = table["tau"].isna() if np.isnan(tau) else table["tau"] == tau
    of_method = (table["method"] == method.name) & (table["view"] == View.PLAIN)
    known = table.loc[of_method & same_tau, ["epoch", "accuracy"]]
    last = len(run.epochs)
    if isinstance(method, PosthocMethod) and last not in known["epoch"].array:
        logits = method.adjust(run.logits[Part.TEST, View.PLAIN], run.last_layer)
        right = accuracy(logits, run.labels[Part.TEST])
        known = pd.DataFrame({"epoch": [last], "accuracy": [right]})
    return known.assign(method=method.name, images="test")
