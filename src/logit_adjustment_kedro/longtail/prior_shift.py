"""Which mix of classes unlabelled images come from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from ..errors import InputError
from .checks import check_no_probabilities, check_num_logits
from .priors import class_prior

TOLERANCE = 1e-6  # of the mean log-likelihood, in nats
MAX_STEPS = 10_000
IMAGES_A_CLASS = 5  # with fewer, a share says as much of the images as of the mix
ABSENT = 1e-3  # of the gain of a little more of a class: then there is none of it
SINGULAR = 1e-9  # of the curvatures' ratio: there the likelihood is flat


@dataclass(frozen=True)
class EstimatedPrior:
    """An estimate of the shares of the classes among some images.

    Attributes:
        shares: `[L] float64`, at least 0, with sum 1.
        standard_errors: `[L] float64`, by how much they may be off because these are so
            few images; NaN of a class of which there is none. That the network is
            calibrated, and that images of a class look as they did in training, is
            taken for granted.
    """

    shares: np.ndarray
    standard_errors: np.ndarray


def estimate_prior(logits: np.ndarray, prior: ArrayLike) -> EstimatedPrior:
    """Estimates the shares of the classes among images whose labels are not known.

    Those that make the predictions likeliest, by expectation maximisation: images are
    given to the classes by their probabilities, shares are counted, and the
    probabilities follow from those. Saerens et al., "Adjusting the Outputs of a
    Classifier to New a Priori Probabilities: A Simple Procedure", Neural Computation
    2002. There is one maximum if the network tells the classes apart, and it is found
    to `TOLERANCE`.

    Args:
        logits: `[N, L]`, floating, of the images.
        prior: `[L]`, positive, the prior that these logits are for; see
            `methods.Method.prior`. Class counts will do for those of ERM.

    Returns:
        The shares.

    Raises:
        InputError: there is not one logit a class, there are fewer than
            `IMAGES_A_CLASS` images a class, a logit is no number, a prior is not
            positive, the images do not tell the classes apart, or after `MAX_STEPS` the
            maximum is not found.

    Example:
    A network that is sure of nine images in ten:

    >>> import numpy as np
    >>> logits = np.log(np.repeat([[0.9, 0.1], [0.1, 0.9]], [20, 60], axis=0))
    >>> estimated = estimate_prior(logits, prior=[0.5, 0.5])
    >>> estimated.shares.round(2), estimated.standard_errors.round(2)
    (array([0.19, 0.81]), array([0.06, 0.06]))
    """
    shares = class_prior(prior, "prior")
    ratios = _likelihood_ratios(np.asarray(logits), shares)
    for _ in range(MAX_STEPS):
        # How much likelier a little more of each class would make the images, against
        # as much more of all: the mean over the images, 1 where it makes no difference.
        gains = np.mean(ratios / (ratios @ shares)[:, None], axis=0)
        # The likelihood is concave, so no shares are better by more than this.
        if np.log(gains.max()) < TOLERANCE:
            present = gains > 1 - ABSENT
            return EstimatedPrior(shares, _standard_errors(ratios, shares, present))
        shares = shares * gains
        shares /= shares.sum()
    raise InputError(
        f"Expected to find the likeliest shares in {MAX_STEPS:,} steps. Received: "
        f"predictions of {len(ratios):,} images for which they still change"
    )


def _likelihood_ratios(logits: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Returns `p(x | y) / p(x)` of each image and class, `[N, L] float64`."""
    if logits.ndim != 2 or logits.dtype.kind != "f":
        raise InputError(
            "Expected floating logits of shape [N, L]. "
            f"Received: shape={logits.shape}, dtype={logits.dtype}"
        )
    check_num_logits(logits, len(prior))
    expected = IMAGES_A_CLASS * len(prior)
    if len(logits) < expected:
        raise InputError(
            f"Expected at least {IMAGES_A_CLASS} images a class, {expected:,}, to "
            f"estimate their shares from. Received: {len(logits):,}"
        )
    if not np.isfinite(logits).all():
        row = int(np.argmin(np.isfinite(logits).all(axis=1)))
        raise InputError(
            f"Expected finite logits. Received: logits[{row}]={logits[row]}"
        )
    check_no_probabilities(logits)
    return softmax(logits.astype(np.float64), axis=1) / prior


def _standard_errors(
    ratios: np.ndarray, shares: np.ndarray, present: np.ndarray
) -> np.ndarray:
    """Returns the standard error of each share, from the curvature at the maximum.

    The inverse of the observed information, along the directions in which the sum of
    the shares stays 1.

    Raises:
        InputError: the likelihood is the same along one of them.
    """
    scores = ratios[:, present] / (ratios @ shares)[:, None]
    errors = np.full(len(shares), np.nan)
    others = scores.shape[1] - 1
    if not others:
        return errors
    # Any basis of those directions will do: each of the others against the last.
    basis = np.vstack([np.eye(others), -np.ones(others)])
    along = scores @ basis
    information = along.T @ along
    curvatures = np.linalg.eigvalsh(information)
    if curvatures[0] <= SINGULAR * max(curvatures[-1], 1):
        raise InputError(
            "Expected predictions that tell the classes apart. Received: "
            f"{len(ratios):,} images that are as likely with other shares"
        )
    covariance = basis @ np.linalg.inv(information) @ basis.T
    errors[present] = np.sqrt(np.diag(covariance))
    return errors
