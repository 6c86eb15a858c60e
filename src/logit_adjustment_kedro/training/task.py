"""What is to be trained, on what, and measured on what."""

from dataclasses import dataclass
from functools import cached_property

from ..errors import InputError
from ..images import ImageSet, hold_out
from ..longtail.methods import TrainedMethod
from ..runs import Part, Setup
from .recipe import Recipe


@dataclass(frozen=True, eq=False)
class Split:
    """The images of one training.

    Attributes:
        train_set: what the network learns from.
        measured: what it is measured on; nothing is chosen on it while training.
        part: what `measured` is.
    """

    train_set: ImageSet
    measured: ImageSet
    part: Part


@dataclass(frozen=True, eq=False)
class Task:
    """A training to be done, for any seed.

    Attributes:
        method: whose loss it is trained with.
        recipe: network, schedule and the rest.
        train_set: what to learn from, with those held out.
        test_set: what to measure on, unless images are held out.
        held_out: how much of each class to hold out of the training and to measure on;
            0 measures on the test set.
    """

    method: TrainedMethod
    recipe: Recipe
    train_set: ImageSet
    test_set: ImageSet
    held_out: float = 0.0

    def __post_init__(self):
        """Refuses a test set that is none of this training set.

        Raises:
            InputError: its images or classes are others.
        """
        for name in ("image_shape", "class_names"):
            here, there = getattr(self.train_set, name), getattr(self.test_set, name)
            if here != there:
                raise InputError(
                    f"{self.test_set.origin}: expected {name} {here}, as of the "
                    f"training set. Received: {there}"
                )

    @cached_property
    def setup(self) -> Setup:
        """What identifies the training, beside its seed."""
        return Setup.of(
            self.method,
            self.recipe.asked(),
            self.train_set,
            self.test_set,
            self.held_out,
        )

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.method.name} for tau" if self.held_out else self.method.name

    def split(self, seed: int) -> Split:
        """Returns the images of the training of a seed, which holds out its own."""
        if not self.held_out:
            return Split(self.train_set, self.test_set, Part.TEST)
        rest, held = hold_out(self.train_set, self.held_out, seed)
        return Split(rest, held, Part.HELD_OUT)
