"""The mix of classes that new examples come from."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import InputError
from ..evaluation.parameters import Mix
from ..evaluation.shares import known_shares
from ..images import ImageSet, Unlabelled
from ..longtail.methods import METHODS
from ..longtail.prior_shift import estimate_prior
from .answers import batches_of
from .model import Model

logger = logging.getLogger(__name__)


def shares_of(
    asked: str | Mapping[str, float],
    model: Model,
    examples: Unlabelled,
    like: ImageSet,
) -> np.ndarray:
    """Returns the mix that is asked for.

    Args:
        asked: see `Prediction`; for `estimated` all examples are read once more, and
            it is a guess from what the first network says of them.
        model: what answers.
        examples: what it is to answer.
        like: images of its training.

    Returns:
        `[L] float64`, at least 0 and with sum 1.

    Raises:
        InputError: shares are none, or of other classes; a file cannot be read; or the
            shares cannot be estimated.
    """
    counts = np.array(model.setup.class_counts)
    if asked != Mix.ESTIMATED:
        return known_shares(asked, model.class_names, counts, "target_prior")
    model.check_moves()
    setup = model.setup
    trained = METHODS[setup.method].model_validate(setup.parameters)
    prior = trained.prior(counts)
    if prior is None:
        raise InputError(
            "Expected a method whose network answers for some mix of classes, to "
            f"estimate another from. Received: {trained.name}"
        )
    logits = [np.zeros((0, len(counts)), np.float32)]
    for batch in batches_of(examples, like):
        if len(batch.rows):
            logits.append(model.logits(batch.examples))
    return estimated_shares(np.concatenate(logits), prior, model.class_names)


def estimated_shares(
    logits: np.ndarray, prior: np.ndarray, class_names: Sequence[str]
) -> np.ndarray:
    """Returns the likeliest mix of the examples, and tells it; see `estimate_prior`.

    Args:
        logits: `[N, L]`.
        prior: `[L]`, the mix that they are for.
        class_names: `L` names.

    Returns:
        `[L] float64`, at least 0 and with sum 1.

    Raises:
        InputError: they cannot be estimated.
    """
    shares = estimate_prior(logits, prior).shares
    told = zip(class_names, shares, strict=True)
    logger.info(
        "Estimated shares of the classes: %s",
        ", ".join(f"{name} {share:.1%}" for name, share in told),
    )
    return shares
