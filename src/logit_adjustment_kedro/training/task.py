"""What is to be trained, on what, and measured on what."""

from dataclasses import dataclass
from functools import cached_property

from ..images import ImageSet, check_apart, hold_out
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
        validation_set: what it is read out on once it is trained; None without any.
    """

    train_set: ImageSet
    measured: ImageSet
    part: Part
    validation_set: ImageSet | None = None

    @property
    def parts(self) -> dict[Part, ImageSet]:
        """What the trained network is read out on."""
        parts = {self.part: self.measured}
        if self.validation_set is not None:
            parts[Part.VALIDATION] = self.validation_set
        return parts


@dataclass(frozen=True, eq=False)
class Task:
    """A training to be done, for any seed.

    Attributes:
        method: whose loss it is trained with.
        recipe: network, schedule and the rest, sized for the training set, as the
            method changes it; of one that starts from another's network, that of this.
        train_set: what to learn from, with those held out.
        test_set: what to measure on, unless images are held out.
        held_out: how much of each class to hold out of the training and to measure on;
            0 measures on the test set.
        validation_set: images set aside to choose on, where none are held out; None, or
            an empty set, without any.
    """

    method: TrainedMethod
    recipe: Recipe
    train_set: ImageSet
    test_set: ImageSet
    held_out: float = 0.0
    validation_set: ImageSet | None = None

    def __post_init__(self):
        """Fits the recipe to images and method, and refuses sets that do not fit.

        Raises:
            InputError: their images or classes are others, or some are in both.
        """
        recipe = self.recipe.sized_for(self.train_set)
        if self.method.starts_from is None:
            recipe = recipe.changed_by(self.method.recipe_changes())
        object.__setattr__(self, "recipe", recipe)
        for images in filter(None, (self.test_set, self.validation_set)):
            check_apart(images, self.train_set)

    @property
    def chosen_on(self) -> ImageSet | None:
        """The validation set, if there are any images in it, and none held out."""
        return None if self.held_out or not self.validation_set else self.validation_set

    @cached_property
    def setup(self) -> Setup:
        """What identifies the training, beside its seed."""
        return Setup.of(
            self.method,
            self.recipe.asked(),
            self.train_set,
            test_set=None if self.held_out else self.test_set,
            validation_set=self.chosen_on,
            held_out=self.held_out,
        )

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.method.name} for tau" if self.held_out else self.method.name

    def split(self, seed: int) -> Split:
        """Returns the images of the training of a seed, which holds out its own."""
        if not self.held_out:
            return Split(self.train_set, self.test_set, Part.TEST, self.chosen_on)
        rest, held = hold_out(self.train_set, self.held_out, seed)
        return Split(rest, held, Part.HELD_OUT)
