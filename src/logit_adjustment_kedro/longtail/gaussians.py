"""Two Gaussians with unit variance: the problem whose right answer is known.

Negatives are drawn around `(-1, -1)`, positives around `(1, 1)`, and positives are
rare. Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, section 6.1.

A linear rule is a row `(w1, w2, b)`, and calls a point positive where
`w1 x1 + w2 x2 + b > 0`. Read as a softmax of two logits, as a training that starts from
zero finds it, it is `f_1 = (w . x + b) / 2` and `f_0 = -f_1`.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtr

from .checks import check_in_range
from .posthoc import adjust_logits, normalise_weights
from .priors import class_prior

BAYES_RULE = np.array([1.0, 1.0, 0.0])
BAYES_ERROR = float(ndtr(-np.sqrt(2)))
HALVES = np.array([-0.5, 0.5])
BIASES = ("dropped", "normalised", "kept")
GRADIENT_TOLERANCE = 1e-10
# Ten are enough, 14 where 1 point in 100 is positive; where there is no minimum, it
# takes 24 until the gradient vanishes.
MAX_NEWTON_STEPS = 20


def sample(
    random: np.random.Generator, size: int, positive_share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draws points and their labels.

    Args:
        random: where the randomness comes from.
        size: `N`, how many points.
        positive_share: the probability of a positive.

    Returns:
        `[N, 2] float64`, the points, and `[N] int64`, their labels: 1 for positives.
    """
    labels = (random.uniform(size=size) < positive_share).astype(np.int64)
    means = np.where(labels, 1.0, -1.0)[:, None]
    return random.normal(means, size=(size, 2)), labels


def balanced_error(rules: np.ndarray) -> np.ndarray:
    """Returns the exact balanced error of linear rules, free of a test set's noise.

    `1/2 [Phi((-b - w1 - w2) / ||w||) + Phi((b - w1 - w2) / ||w||)]`: the misses and the
    false alarms.

    Args:
        rules: `[..., 3]`.

    Returns:
        `[...] float64`, fractions.

    Example:
    The best rule, and the same moved to the mean of the positives:

    >>> import numpy as np
    >>> balanced_error(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, -2.0]])).round(4)
    array([0.0786, 0.2512])
    """
    total, bias = rules[..., :2].sum(axis=-1), rules[..., 2]
    norm = np.linalg.norm(rules[..., :2], axis=-1)
    return (ndtr((-bias - total) / norm) + ndtr((bias - total) / norm)) / 2


def empirical_balanced_error(
    rules: np.ndarray, points: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Returns the balanced error of linear rules on a sample.

    Args:
        rules: `[K, 3]`.
        points: `[N, 2]`.
        labels: `[N]`, both 0 and 1 among them.

    Returns:
        `[K] float64`, fractions.
    """
    wrong = (_scores(rules, _inputs(points)) > 0) != labels
    return (wrong[:, labels == 0].mean(axis=1) + wrong[:, labels == 1].mean(axis=1)) / 2


def erm(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns the rule `[3]` that minimises the plain cross-entropy."""
    return logit_adjusted(points, labels, [0.0])[0]


def logit_adjusted(
    points: np.ndarray, labels: np.ndarray, taus: ArrayLike
) -> np.ndarray:
    """Trains a linear rule with the logit-adjusted loss, for each tau.

    The loss is the cross-entropy of the logits `f_y + tau * log(pi_y)`. It is convex,
    and Newton's method finds its minimum, for all tau at once. It starts at the best
    constant: from zero it would overshoot where tau is large.

    Args:
        points: `[N, 2]`.
        labels: `[N]`, both 0 and 1 among them.
        taus: `[K]`, the strengths; 0 is ERM.

    Returns:
        `[K, 3] float64`.

    Raises:
        ValueError: a class has no point, a tau is out of range, or Newton's method
            finds no minimum; there is none where a line separates the classes.
    """
    log_odds = np.diff(np.log(class_prior(np.bincount(labels, minlength=2))))
    with np.errstate(over="ignore"):
        offsets = check_in_range(np.outer(taus, log_odds), np.abs(taus).max())
    rules = np.concatenate([np.zeros((len(offsets), 2)), log_odds - offsets], axis=1)
    inputs = _inputs(points)
    products = inputs[:, None] * inputs
    for _ in range(MAX_NEWTON_STEPS):
        positive = expit(_scores(rules, inputs) + offsets)
        gradient = np.einsum("kn,in->ki", positive - labels, inputs) / len(labels)
        if np.abs(gradient).max() < GRADIENT_TOLERANCE:
            return rules
        curvature = positive * (1 - positive) / len(labels)
        hessian = np.einsum("kn,ijn->kij", curvature, products)
        rules -= np.linalg.solve(hessian, gradient[..., None])[..., 0]
    raise ValueError(
        "Expected classes that overlap. Received: a loss whose gradient is still "
        f"{np.abs(gradient).max():.1g} after {MAX_NEWTON_STEPS} Newton steps"
    )


def posthoc_logit_adjusted(
    rule: np.ndarray, class_counts: ArrayLike, taus: ArrayLike
) -> np.ndarray:
    """Adjusts the logits of a learned rule, for each tau; see `adjust_logits`.

    A linear model with a bias that is trained with the logit-adjusted loss ends here
    too: the loss moves its minimum by `-tau * log(pi_1 / pi_0)`, in the bias alone.

    Args:
        rule: `[3]`, that of ERM.
        class_counts: `[2]`, the number of training points of each class.
        taus: `[K]`, the strengths.

    Returns:
        `[K, 3] float64`.

    Example:
    >>> import numpy as np
    >>> rule = np.array([2.0, 2.0, -1.0])
    >>> posthoc_logit_adjusted(rule, class_counts=[90, 10], taus=[0, 1]).round(3)
    array([[ 2.   ,  2.   , -1.   ],
           [ 2.   ,  2.   ,  1.197]])
    """
    biases = rule[2] * HALVES
    adjusted = np.array([adjust_logits(biases, class_counts, tau) for tau in taus])
    weights = np.broadcast_to(rule[:2], (len(adjusted), 2))
    return np.concatenate([weights, np.diff(adjusted)], axis=1)


def weight_normalised(
    rule: np.ndarray, taus: ArrayLike, bias: Literal[*BIASES]
) -> np.ndarray:
    """Normalises the weights of a learned rule, for each tau; see `normalise_weights`.

    The two logits have weights `w / 2` and `-w / 2`, of the same norm, so it is the
    bias alone that decides what changes:

    - "dropped", as by Kang et al., ICLR 2020, and as in `normalise_weights`: by
      symmetry, the best line goes through the origin, so this is Bayes whatever tau,
      but for the noise in the direction of `w`. It would not be if the two Gaussians
      were moved.
    - "normalised", as the weight of a constant input and so a part of the norm, as by
      Menon et al., equation 3: this multiplies the rule, and changes no prediction.
    - "kept" as it is: where the norm of `w / 2` is more than 1, the line moves away
      from the origin as tau grows.

    Args:
        rule: `[3]`, that of ERM.
        taus: `[K]`, the strengths.
        bias: what becomes of it.

    Returns:
        `[K, 3] float64`.

    Example:
    >>> import numpy as np
    >>> rule = np.array([6.0, 8.0, -5.0])
    >>> weight_normalised(rule, taus=[0, 1], bias="kept").round(3)
    array([[ 6. ,  8. , -5. ],
           [ 1.2,  1.6, -5. ]])
    """
    weights = np.outer(rule, HALVES)
    norms = np.linalg.norm(weights if bias == "normalised" else weights[:2], axis=0)
    # The weights of an input are the logits at its unit vector; there is no other bias.
    normalised = [normalise_weights(weights, norms, np.zeros(2), tau) for tau in taus]
    rules = np.diff(normalised)[..., 0]
    if bias != "normalised":
        rules[:, 2] = rule[2] if bias == "kept" else 0
    return rules


def _inputs(points: np.ndarray) -> np.ndarray:
    """Returns `[3, N]`: the points, and ones that the bias is multiplied with."""
    return np.stack([*points.T, np.ones(len(points))])


def _scores(rules: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Returns `w . x + b` for each rule and point, `[K, N]`.

    By einsum, as the sums above: on matrices this thin, the threads that BLAS starts
    for `@` cost more than they gain.
    """
    return np.einsum("ki,in->kn", rules, inputs)
