"""Readings as runs of all methods would leave them, of invented logits."""

from typing import Any

import numpy as np
import pandas as pd

from logit_adjustment_kedro import evaluation
from logit_adjustment_kedro.evaluation.confidence import calibration_rows
from logit_adjustment_kedro.evaluation.readings import (
    Choice,
    Readings,
    compared_with,
)
from logit_adjustment_kedro.evaluation.rows import registered
from logit_adjustment_kedro.evaluation.target import Target
from logit_adjustment_kedro.evaluation.together import Seeds
from logit_adjustment_kedro.evaluation.traffic import traffic_rows
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.calibration import calibration_bins
from logit_adjustment_kedro.longtail.methods import (
    COMBINED,
    METHODS,
    POSTHOC,
    LastLayer,
    Methods,
)
from logit_adjustment_kedro.longtail.metrics import class_accuracies, confusion_matrix
from logit_adjustment_kedro.longtail.posthoc import adjust_logits, normalise_weights
from logit_adjustment_kedro.longtail.priors import class_prior
from logit_adjustment_kedro.runs import Part, View
from readings_by_hand import answer, counts_of, readings_of

MOST_IMAGES = {10: 5000, 100: 500}
HELD_OUT = 0.1
EPOCHS = 60
TAUS = np.linspace(0, 4, 41)  # those of the parameters by hand
# How much of the log prior the networks of a method have learned to prefer.
PREFERENCE = {
    "erm": 1.0,
    "balanced": 0.55,
    "class_balanced": 0.7,
    "adaptive": 0.85,
    "equalised": 0.4,
    "logit_adjusted": 0.1,
    "tail_expert": -0.8,
    "logit_adjusted_adaptive": 0.0,
    "vs": 0.05,
}


def make_class_counts(num_classes: int) -> pd.DataFrame:
    """Returns columns label, class_name, count; labels are not in order of count."""
    counts = exponential_profile(MOST_IMAGES[num_classes], num_classes, 100)
    return counts_of(*np.random.default_rng(0).permutation(counts).tolist())


def make_readings(num_classes: int, seeds: int, held_out: bool = True) -> Readings:
    """Returns the readings of every method, in the plain view."""
    class_counts = make_class_counts(num_classes)
    counts = class_counts["count"].to_numpy()
    kept = np.round(counts * HELD_OUT).astype(int)
    images = np.full(num_classes, 400 // num_classes)
    uniform = np.full(num_classes, 1 / num_classes)
    target = Target(uniform, uniform * np.nan)
    together = Seeds(np.repeat(np.arange(num_classes), images), test_set=None)
    answers, sweeps, layers, traffic, calibration = [], [], [], [], []
    for name, method in METHODS.items():
        networks = [
            [Network(read, seed, counts, images) for read in method.reads()]
            for seed in range(seeds)
        ]
        if name in POSTHOC:
            on_test = [n.sweep(name, Part.TEST) for (n,) in networks]
            sweeps += on_test
            for (network,), swept in zip(networks, on_test, strict=True):
                by_choice = {Choice.ORACLE: pd.concat(on_test)}
                if seeds > 1:
                    by_choice[Choice.ORACLE_PER_SEED] = swept
                if held_out:
                    other = Network(network.name, network.seed, counts - kept, kept)
                    sweeps.append(other.sweep(name, Part.HELD_OUT))
                    by_choice = {Choice.HELD_OUT: sweeps[-1]} | by_choice
                answers.append(network.answer(name, Choice.FIXED, 1.0))
                for choice, sweep in by_choice.items():
                    best = sweep.groupby("tau")["accuracy"].mean().idxmax()
                    answers.append(network.answer(name, choice, best))
            continue
        for seed, members in enumerate(networks):
            if name in COMBINED:
                read = [member.read() for member in members]
                network = evaluation.network.Network.of_members(read, method())
            else:
                network = members[0].read()
                layers.append(members[0].layer())
            logits, labels = network.logits[Part.TEST, View.PLAIN], members[0].labels
            answers.append(
                answer(
                    confusion_matrix(logits, labels),
                    name,
                    calibration_bins(logits, labels),
                    seed=seed,
                    tau=method().strength,
                )
            )
            traffic += traffic_rows(network, counts)
            calibration += calibration_rows(network, target)
            together.add(network, target)
    return readings_of(
        answers,
        class_counts,
        sweeps=pd.concat(sweeps, ignore_index=True),
        traffic=pd.DataFrame(traffic),
        calibration=pd.DataFrame(calibration),
        hits=together.hits(compared_with(registered(METHODS))),
        ensembles=together.ensembles(),
        curves=_curves(),
        last_layers=pd.concat(layers, ignore_index=True),
    )


class Network:
    """The logits of a method's network for so many images of each class, `[L]`."""

    def __init__(self, name: str, seed: int, counts: np.ndarray, images: np.ndarray):
        self.name, self.seed, self.counts = name, seed, counts
        self.labels = np.repeat(np.arange(len(counts)), images)
        random = np.random.default_rng([seed, *name.encode(), len(self.labels)])
        log_prior = np.log(class_prior(counts))
        # The more a class was seen, the better it is known.
        signal = 3.8 + 0.35 * (log_prior - log_prior.mean())
        own = np.arange(len(counts)) == self.labels[:, None]
        noise = random.normal(scale=1.4, size=own.shape)
        preference = PREFERENCE.get(name, 0.5)
        preferred = preference * log_prior
        self.logits = 6 + 1.3 * (own * signal + noise + preferred)
        norm = (counts / counts.max()) ** (0.12 * preference)
        self.norm = 2 * norm * random.normal(1, 0.03, len(counts))
        self.bias = 0.2 * preference * np.log(counts / counts.mean())

    def read_by(self, name: str, tau: float) -> np.ndarray:
        """The logits, as a method makes its answer of them."""
        if name == "weight_normalised":
            return normalise_weights(self.logits, self.norm, self.bias, tau)
        if name == "posthoc_logit_adjusted":
            return adjust_logits(self.logits, self.counts, tau)
        return self.logits

    def read(self) -> evaluation.network.Network:
        """As the evaluation knows it."""
        method = METHODS[self.name]()
        return evaluation.network.Network(
            name=self.name,
            method=method,
            adjusting={m.name: m for m in Methods().adjusting(self.name)},
            seed=self.seed,
            logits={(Part.TEST, View.PLAIN): self.logits},
            labels={Part.TEST: self.labels},
            last_layer=LastLayer(self.counts, self.norm, self.bias),
        )

    def answer(self, name: str, choice: Choice, tau: float) -> dict[str, Any]:
        logits = self.read_by(name, tau)
        return answer(
            confusion_matrix(logits, self.labels),
            name,
            calibration_bins(logits, self.labels),
            seed=self.seed,
            choice=choice,
            tau=tau,
        )

    def sweep(self, name: str, part: Part) -> pd.DataFrame:
        tables = []
        for tau in TAUS:
            confusion = confusion_matrix(self.read_by(name, tau), self.labels)
            keys = {"method": name, "part": str(part), "seed": self.seed, "tau": tau}
            columns = {"label": range(len(confusion))} | keys
            accuracy = class_accuracies(confusion)
            tables.append(pd.DataFrame(columns | {"accuracy": accuracy}))
        return pd.concat(tables)

    def layer(self) -> pd.DataFrame:
        keys = {"method": self.name, "seed": self.seed, "label": range(len(self.norm))}
        return pd.DataFrame(keys | {"weight_norm": self.norm, "bias": self.bias})


def _curves() -> pd.DataFrame:
    """Invented curves; a post-hoc method has none of the training set."""
    epoch = np.arange(1, EPOCHS + 1)
    tables = []
    for at, name in enumerate(name for name in METHODS if name not in COMBINED):
        for images in ("test",) if name in POSTHOC else ("train", "test"):
            mean = (0.9 if images == "train" else 0.6 + at / 50) * (
                1 - np.exp(-epoch / 12)
            )
            columns = {
                "epoch": epoch,
                "mean": mean,
                "low": mean - 0.02,
                "high": mean + 0.03,
            }
            tables.append(pd.DataFrame({"method": name, "images": images} | columns))
    return pd.concat(tables, ignore_index=True)
