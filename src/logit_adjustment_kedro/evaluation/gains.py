"""What a method gains over what it is compared with, and whether that is noise.

Methods share seeds, first weights and test images, so their difference is known better
than either: it is taken seed by seed, and image by image.
"""

import numpy as np
import pandas as pd

from ..longtail.intervals import interval_over_images, interval_over_seeds
from ..runs import View
from .measures import measures
from .readings import Choice, Readings

GAINS, NOISE, LOSES = "gains", "within noise", "loses"
UNKNOWN = "not known"  # of one image a class, or no seed in common
ONE_SEED = "not known: one seed"  # of another training


def gain_table(readings: Readings) -> pd.DataFrame:
    """Compares each method with another, in the mix that is predicted.

    Where tau was chosen, the readings are left out.

    Returns:
        Columns method, compared_with (see there), n_seeds, accuracy (in the mix; of the
        method, the mean over the seeds), images_low and images_high (its 95% interval
        over test images; see `interval_over_images`), gain (in that accuracy; NaN, like
        all that follows, of the first method, which is compared with none), gain_std,
        gain_low and gain_high (over the seeds; the interval of the mean, by Student's
        t), gain_images_low and gain_images_high (over test images), verdict: "gains" or
        "loses" where all intervals that there are say so, "not known" where there is
        none, "not known: one seed" of another training with one seed, and else "within
        noise". Gains are those of the seeds that both have.
    """
    accuracies = _by_seed(readings)
    rows = []
    for name in readings.methods["method"]:
        baseline = readings.compared_with.get(name)
        seeds = accuracies[name].count()
        low, high = _over_images(readings, name, "right", seeds)
        row = {
            "method": name,
            "compared_with": baseline,
            "n_seeds": seeds,
            "accuracy": accuracies[name].mean(),
            "images_low": low,
            "images_high": high,
        }
        if baseline is not None:
            row |= _gain(readings, name, accuracies[name] - accuracies[baseline])
        rows.append(row)
    return pd.DataFrame(rows)


def _gain(
    readings: Readings, method: str, by_seed: pd.Series
) -> dict[str, float | str]:
    """Returns what is said of a gain, given that of each seed; NaN of no seed."""
    gain, std, seeds = by_seed.mean(), by_seed.std(), by_seed.count()
    low, high = np.clip(interval_over_seeds(gain, std, seeds), -1, 1)
    images_low, images_high = _over_images(readings, method, "wins", seeds)
    return {
        "gain": gain,
        "gain_std": std,
        "gain_low": low,
        "gain_high": high,
        "gain_images_low": images_low,
        "gain_images_high": images_high,
        "verdict": _verdict(np.fmin(low, images_low), np.fmax(high, images_high))
        if seeds != 1 or method in readings.adjusts
        else ONE_SEED,
    }


def _verdict(lowest: float, highest: float) -> str:
    """Returns what both intervals say; one that is NaN does not count."""
    if np.isnan(lowest):
        return UNKNOWN
    return GAINS if lowest > 0 else LOSES if highest < 0 else NOISE


def _by_seed(readings: Readings) -> pd.DataFrame:
    """Returns the accuracies in the mix that is predicted: a column a method."""
    measured = measures(readings)
    fixed = (measured["view"] == View.PLAIN) & (measured["choice"] == Choice.FIXED)
    errors = measured[fixed].pivot(
        index="seed", columns="method", values="target_error"
    )
    return 1 - errors


def _over_images(
    readings: Readings, method: str, of: str, seeds: int
) -> tuple[float, float]:
    """Returns the interval of the mean over images of what so many seeds say."""
    if not seeds:
        return np.nan, np.nan
    hits = readings.hits[readings.hits["method"] == method]
    images = hits.groupby(["label", of], as_index=False)["images"].sum()
    return interval_over_images(
        images[of].to_numpy() / seeds,
        images["images"].to_numpy(),
        images["label"].to_numpy(),
        readings.target_shares,
    )
