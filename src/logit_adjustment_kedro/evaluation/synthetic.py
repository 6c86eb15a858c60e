"""Two Gaussians, whose right answer is known: rules learned in many trials."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from ..longtail import gaussians
from ..longtail.methods import METHODS
from ..parameters import Parameters

RULE_TITLES = {
    "erm": METHODS["erm"].title,
    "weight_normalised_bias_dropped": "Weight normalisation, bias dropped",
    "weight_normalised_bias_normalised": "Weight normalisation, bias normalised",
    "weight_normalised_bias_kept": "Weight normalisation, bias kept",
    "posthoc_logit_adjusted": METHODS["posthoc_logit_adjusted"].title,
    "logit_adjusted": METHODS["logit_adjusted"].title,
}


class Synthetic(Parameters):
    """The parameters of the synthetic experiment.

    Attributes:
        trials: how often points are drawn and rules learned; two at the least, for a
            standard deviation.
        train_points: how many points a trial learns from.
        test_points: how many more it is tested on.
        positive_share: the probability of a positive, which leaves both classes enough
            points to overlap.
        max_tau: the strengths go from 0 to this one.
        tau_steps: in so many equal steps.
        seed: that of all randomness.
    """

    trials: int = Field(ge=2)
    train_points: int = Field(ge=1000)
    test_points: int = Field(ge=1000)
    positive_share: float = Field(ge=0.01, le=0.99)
    max_tau: float = Field(gt=0)
    tau_steps: int = Field(ge=1)
    seed: int = Field(ge=0)


def synthetic_trials(synthetic: Synthetic) -> pd.DataFrame:
    """Learns all rules in every trial, and measures them.

    Returns:
        Columns trial, method, tau, balanced_error (exact), empirical_error (the
        balanced error on the trial's test points), positive_share, fractions; one row
        a trial, method and tau, and for ERM one a trial, with tau 0.
    """
    taus = np.linspace(0, synthetic.max_tau, synthetic.tau_steps + 1)
    tables = []
    for trial in range(synthetic.trials):
        train, test = _samples(synthetic, trial)
        rules = _learn(*train, taus)
        of_rules = rules[["w1", "w2", "b"]].to_numpy()
        errors = rules[["method", "tau"]].assign(
            trial=trial,
            positive_share=synthetic.positive_share,
            balanced_error=gaussians.balanced_error(of_rules),
            empirical_error=gaussians.empirical_balanced_error(of_rules, *test),
        )
        tables.append(errors)
    return pd.concat(tables, ignore_index=True)


def synthetic_table(synthetic_trials: pd.DataFrame) -> pd.DataFrame:
    """Summarises the errors over the trials.

    Args:
        synthetic_trials: what the function of this name returned.

    Returns:
        Columns method (one of `RULE_TITLES`), tau (0 for ERM), balanced_error (the
        mean), balanced_error_std (the sample standard deviation), empirical_error,
        empirical_error_std, trials, positive_share; one row a method and tau.
    """
    by_rule = synthetic_trials.groupby(["method", "tau"], sort=False, as_index=False)
    return by_rule.agg(
        balanced_error=("balanced_error", "mean"),
        balanced_error_std=("balanced_error", "std"),
        empirical_error=("empirical_error", "mean"),
        empirical_error_std=("empirical_error", "std"),
        trials=("trial", "count"),
        positive_share=("positive_share", "first"),
    )


def first_trial(synthetic: Synthetic, tau: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learns the rules of the first trial, at one tau.

    Returns:
        The training points, columns x1, x2, label (1 for positives); and the rules,
        columns method, tau, w1, w2, b; see `gaussians` on linear rules.
    """
    (points, labels), _ = _samples(synthetic, trial=0)
    table = pd.DataFrame(points, columns=["x1", "x2"]).assign(label=labels)
    return table, _learn(points, labels, [tau])


def _samples(synthetic: Synthetic, trial: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns points and labels to train and to test on; see `gaussians.sample`."""
    random = np.random.default_rng([synthetic.seed, trial])
    return [
        gaussians.sample(random, size, synthetic.positive_share)
        for size in (synthetic.train_points, synthetic.test_points)
    ]


def _learn(
    points: np.ndarray, labels: np.ndarray, taus: Sequence[float]
) -> pd.DataFrame:
    """Returns columns method, tau, w1, w2, b; see `gaussians` on linear rules."""
    plain = gaussians.erm(points, labels)
    class_counts = np.bincount(labels)
    rules = {
        **{
            f"weight_normalised_bias_{bias}": gaussians.weight_normalised(
                plain, taus, bias
            )
            for bias in gaussians.BIASES
        },
        "posthoc_logit_adjusted": gaussians.posthoc_logit_adjusted(
            plain, class_counts, taus
        ),
        "logit_adjusted": gaussians.logit_adjusted(points, labels, taus),
    }
    tables = [_tabulate("erm", plain[None], [0.0])]
    tables += [_tabulate(method, learned, taus) for method, learned in rules.items()]
    return pd.concat(tables, ignore_index=True)


def _tabulate(method: str, rules: np.ndarray, taus: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(rules, columns=["w1", "w2", "b"]).assign(
        method=method, tau=taus
    )
