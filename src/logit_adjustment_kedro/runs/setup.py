"""What was asked of a training, and how to name it."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..images import ImageSet
from ..longtail.methods import TrainedMethod

# Raise it when a training of the same setup would end in other weights than before, or
# when what is stored of a run changes: earlier runs are then found no more.
FORMAT = 4


@dataclass(frozen=True, eq=False)
class Setup:
    """What was asked of a training, but its seed.

    Two trainings of one setup and seed are the same training. Nothing that a reading
    may change without a training belongs here: neither the tau of a post-hoc method nor
    the view of the test images.

    Attributes:
        method: its name in the registry.
        parameters: the method's own.
        recipe: everything about the training but its data, its loss and its seeds.
        class_names: in the order of the labels.
        class_counts: the number of training images of each class.
        train_set: the digest of the training images; see `ImageSet.digest`.
        test_set: that of the test images; None of a training that never saw them.
        validation_set: that of the images set aside to choose on; None without any.
        held_out: how much of each class was held out of the training, to choose on.
        backend: that of Keras.
        format: see `FORMAT`.
    """

    method: str
    parameters: Mapping[str, Any]
    recipe: Mapping[str, Any]
    class_names: tuple[str, ...]
    class_counts: tuple[int, ...]
    train_set: str
    test_set: str | None
    validation_set: str | None
    held_out: float
    backend: str
    format: int = field(default=FORMAT)

    @classmethod
    def of(
        cls,
        method: TrainedMethod,
        recipe: Mapping[str, Any],
        train_set: ImageSet,
        test_set: ImageSet | None,
        validation_set: ImageSet | None = None,
        held_out: float = 0.0,
    ) -> "Setup":
        """Returns the setup of a training.

        Args:
            method: what to train.
            recipe: what a recipe asks for, as JSON can hold it; see `Recipe.asked`.
            train_set: the images to train on, those held out among them.
            test_set: what the network is measured on; None if on what is held out.
            validation_set: what is set aside to choose on; None without any.
            held_out: the fraction of each class that is held out.
        """
        return cls(
            method=method.name,
            parameters=method.model_dump(mode="json"),
            recipe=recipe,
            class_names=train_set.class_names,
            class_counts=tuple(train_set.class_counts().tolist()),
            train_set=train_set.digest,
            test_set=None if test_set is None else test_set.digest,
            validation_set=None if validation_set is None else validation_set.digest,
            held_out=float(held_out),
            backend=configured_backend(),
        )

    @cached_property
    def digest(self) -> str:
        """The name of the setup: 16 hexadecimal digits that follow from all of it."""
        words = json.dumps(asdict(self), sort_keys=True, allow_nan=False)
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def __eq__(self, other: object) -> bool:
        """Two setups are the same where their digests are."""
        return isinstance(other, Setup) and self.digest == other.digest

    def __hash__(self) -> int:
        """Follows from the digest."""
        return hash(self.digest)

    def differences(self, other: "Setup") -> dict[str, tuple[Any, Any]]:
        """Returns what differs, by its name: the value here, and that of `other`.

        >>> one = Setup(
        ...     "erm", {}, {"l2": 0.1}, ("a",), (1,), "f0", "f1", None, 0.0, "jax"
        ... )
        >>> other = Setup(
        ...     "erm", {}, {"l2": 0.2}, ("a",), (1,), "f0", "f1", None, 0.0, "jax"
        ... )
        >>> one.differences(other)
        {'recipe.l2': (0.1, 0.2)}
        """
        here, there = (_flat(asdict(setup)) for setup in (self, other))
        return {
            name: (here.get(name), there.get(name))
            for name in here | there
            if here.get(name) != there.get(name)
        }

    def unlike(self, other: "Setup") -> list[str]:
        """Returns the names of what differs beside the method and its parameters."""
        names = {name.partition(".")[0] for name in self.differences(other)}
        return sorted(names - {"method", "parameters"})

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> "Setup":
        """Returns the setup that JSON holds, whose tuples came back as lists."""
        tuples = {name: tuple(words[name]) for name in ("class_names", "class_counts")}
        return cls(**{**words, **tuples})


def configured_backend() -> str:
    """Returns the backend that Keras takes, or would take, without importing it.

    By Keras's own rule: the environment variable `KERAS_BACKEND`, or else the file
    `keras.json` in `KERAS_HOME` or `~/.keras`, or else TensorFlow.
    """
    if backend := os.environ.get("KERAS_BACKEND"):
        return backend
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        return json.loads((home / "keras.json").read_text())["backend"]
    except (OSError, ValueError, KeyError):
        return "tensorflow"


def _flat(words: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat = {}
    for name, value in words.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
