"""Results as trainings of all methods would leave them, of invented logits."""

import numpy as np
import pandas as pd

from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TRAINED
from logit_adjustment_kedro.longtail.priors import class_prior
from logit_adjustment_kedro.pipelines.comparison.assess import (
    assess_trained,
    posthoc_node,
)
from logit_adjustment_kedro.pipelines.comparison.params import Comparison
from logit_adjustment_kedro.pipelines.comparison.results import Results
from logit_adjustment_kedro.pipelines.modeling.params import Methods
from logit_adjustment_kedro.pipelines.modeling.tables import (
    no_classifiers,
    predictions_table,
)

MOST_IMAGES = {10: 5000, 100: 500}
HELD_OUT = 0.1
EPOCHS = 60
# How much of the log prior the networks of a method have learned to prefer.
PREFERENCE = {
    "erm": 1.0,
    "balanced": 0.55,
    "class_balanced": 0.7,
    "adaptive": 0.85,
    "equalised": 0.4,
    "logit_adjusted": 0.1,
    "logit_adjusted_adaptive": 0.0,
    "vs": 0.05,
}
METHOD_PARAMETERS = Methods.model_validate({name: {} for name in METHODS})
GROUPS = {
    10: {"by": "rank", "head": 3, "tail": 8},
    100: {"by": "count", "head": 100, "tail": 20},
}


def make_comparison(num_classes: int) -> Comparison:
    groups = GROUPS[num_classes]
    return Comparison.model_validate(
        {"dataset": "invented", "groups": groups, "tau_max": 4.0, "tau_steps": 40}
    )


def make_class_counts(num_classes: int) -> pd.DataFrame:
    """Returns columns label, class_name, count; labels are not in order of count."""
    counts = exponential_profile(MOST_IMAGES[num_classes], num_classes, 100)
    return pd.DataFrame(
        {
            "label": range(num_classes),
            "class_name": [f"class {label}" for label in range(num_classes)],
            "count": np.random.default_rng(0).permutation(counts),
        }
    )


def make_results(
    num_classes: int, seeds: int, held_out: bool = True
) -> dict[str, Results]:
    """Returns the results of every method, as the nodes read them."""
    counts = make_class_counts(num_classes)["count"].to_numpy()
    images = np.full(num_classes, 400 // num_classes)
    results, stored = {}, {}
    for name in TRAINED:
        predictions = _predictions(name, counts, images, seeds)
        classifier = _classifiers(name, counts, seeds)
        stored[name] = predictions, classifier
        results[name] = assess_trained(
            predictions,
            _history(predictions, seeds),
            classifier,
            _trainings(name, seeds),
        )
    comparison = make_comparison(num_classes)
    kept = np.round(counts * HELD_OUT).astype(int)
    for name, method in POSTHOC.items():
        less = _predictions(method.trained, counts - kept, kept, seeds)
        known = _classifiers(method.trained, counts - kept, seeds)
        if not held_out:
            less, known = less.iloc[:0], no_classifiers()
        results[name] = posthoc_node(name)(
            *stored[method.trained], less, known, METHOD_PARAMETERS, comparison
        )
    return {name: results[name] for name in METHODS}


def _predictions(
    name: str, counts: np.ndarray, images: np.ndarray, seeds: int
) -> pd.DataFrame:
    """Returns logits for so many images of each class, `[L]`, and for each seed."""
    labels = np.repeat(np.arange(len(counts)), images)
    log_prior = np.log(class_prior(counts))
    # The more a class was seen, the better it is known.
    signal = 3.8 + 0.35 * (log_prior - log_prior.mean())
    own = np.arange(len(counts)) == labels[:, None]
    tables = []
    for seed in range(seeds):
        random = np.random.default_rng([seed, *name.encode(), len(labels)])
        noise = random.normal(scale=1.4, size=(len(labels), len(counts)))
        logits = 6 + 1.3 * (own * signal + noise + PREFERENCE[name] * log_prior)
        tables.append(
            predictions_table(seed, "plain", labels, logits.astype(np.float32))
        )
    return pd.concat(tables, ignore_index=True)


def _classifiers(name: str, counts: np.ndarray, seeds: int) -> pd.DataFrame:
    tables = []
    for seed in range(seeds):
        random = np.random.default_rng([seed, *name.encode()])
        norm = (counts / counts.max()) ** (0.12 * PREFERENCE[name])
        tables.append(
            pd.DataFrame(
                {
                    "seed": seed,
                    "label": range(len(counts)),
                    "count": counts,
                    "weight_norm": 2 * norm * random.normal(1, 0.03, len(counts)),
                    "bias": 0.2 * PREFERENCE[name] * np.log(counts / counts.mean()),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _history(predictions: pd.DataFrame, seeds: int) -> pd.DataFrame:
    """Returns histories whose last test accuracies are near those of predictions."""
    logits = predictions.filter(like="logit_").to_numpy()
    right = (logits.argmax(axis=1) == predictions["label"]).mean()
    epoch = np.tile(np.arange(1, EPOCHS + 1), seeds)
    random = np.random.default_rng(len(predictions))
    learned = 1 - np.exp(-epoch / 12)
    noise = random.normal(scale=0.03, size=len(epoch)) * (1 - 0.8 * epoch / EPOCHS)
    return pd.DataFrame(
        {
            "seed": np.repeat(range(seeds), EPOCHS),
            "epoch": epoch,
            "train_accuracy": learned,
            "test_accuracy": np.clip(right * learned + noise, 0, 1),
        }
    )


def _trainings(name: str, seeds: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "seed": range(seeds),
            "tau": getattr(getattr(METHOD_PARAMETERS, name), "tau", np.nan),
            "epochs": EPOCHS,
            "samples_seen": 600_000,
            "weights": 460_000,
            "training_seconds": 90.0,
            "setup": "0123abcd",
        }
    )
