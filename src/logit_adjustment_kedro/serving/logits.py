"""What logits of a model that was trained elsewhere answer about new examples."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import softmax

from ..errors import InputError
from ..evaluation import NewLogits
from ..evaluation.parameters import Mix
from ..evaluation.shares import known_shares
from ..longtail.methods import ERM, LastLayer, Methods, PosthocLogitAdjusted
from ..longtail.mixes import is_uniform
from .answers import as_table, mix_in_words, two_likeliest
from .asked import Prediction
from .mix import estimated_shares

logger = logging.getLogger(__name__)


def answer_logits(new: NewLogits, asked: Prediction, methods: Methods) -> pd.DataFrame:
    """Answers about examples by their logits, adjusted to a mix, and says by what.

    Args:
        new: the logits.
        asked: the mix; `estimated` is a guess from the first network's logits.
        methods: the parameters of each; tau is that of the post-hoc adjustment.

    Returns:
        See `answer`; the column `row` has the numbers of the examples, from 0.

    Raises:
        InputError: another method is asked for, which takes more than logits; or the
            mix is none, or cannot be estimated.
    """
    if asked.method != PosthocLogitAdjusted.name:
        raise InputError(
            f"Expected {PosthocLogitAdjusted.name}, the one method that logits alone "
            "are adjusted by, and what --env=logits asks for. "
            f"Received: method={asked.method}"
        )
    adjusting = methods.posthoc_logit_adjusted
    shares = shares_of_logits(asked.target_prior, new)
    networks = len(new.logits)
    logger.info(
        "Answers: %s%s, %s, asked for %s",
        adjusting.title,
        "" if is_uniform(new.prior) else f" at tau {adjusting.tau:g}",
        "one network" if networks == 1 else f"the mean of {networks} networks",
        mix_in_words(shares, new.class_counts),
    )
    probabilities = adjusted_probabilities(new, adjusting, shares)
    rows = [str(row) for row in range(new.count)]
    return as_table("row", rows, new.class_names, *two_likeliest(probabilities), {})


def adjusted_probabilities(
    new: NewLogits, method: PosthocLogitAdjusted, target: np.ndarray
) -> np.ndarray:
    """Returns the mean over the networks of the softmax of their adjusted logits.

    Logits for the uniform mix, where there is nothing to adjust, are moved to another
    one whole, whatever tau is, as in the report.

    Args:
        new: the logits.
        method: what adjusts them.
        target: `[L]`, the share of each class among the examples.

    Returns:
        `[N, L] float64`, each row with sum 1.
    """
    unknown = np.full(len(new.prior), np.nan)
    last_layer = LastLayer(new.prior, unknown, unknown)
    moving = ERM() if is_uniform(new.prior) else method
    total = np.zeros((new.count, len(new.prior)))
    for logits in new.logits.values():
        adjusted = moving.adjust(logits, last_layer, target)
        total += softmax(adjusted.astype(np.float64), axis=1)
    return total / len(new.logits)


def shares_of_logits(asked: str | Mapping[str, float], new: NewLogits) -> np.ndarray:
    """Returns the mix that is asked for, `[L] float64`; see `shares_of`."""
    if asked != Mix.ESTIMATED:
        return known_shares(asked, new.class_names, new.class_counts, "target_prior")
    first = next(iter(new.logits.values()))
    return estimated_shares(first, new.prior, new.class_names)
