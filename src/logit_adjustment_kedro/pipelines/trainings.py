"""The trainings that the present data and parameters ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..images import ImageSet
from ..longtail.methods import Methods
from ..runs import Run, RunStore
from ..training import HeldOut, Recipe, Task


@dataclass(frozen=True, eq=False)
class Trainings:
    """What identifies the runs that a node reads.

    Attributes:
        recipe: network, schedule and the rest, sized for the training set.
        methods: with their parameters.
        held_out: how much is held out of the trainings that choose tau.
        train_set: what they learn from.
        test_set: what they are measured on.
        validation_set: what may have been set aside to choose on.
    """

    recipe: Recipe
    methods: Methods
    held_out: HeldOut
    train_set: ImageSet
    test_set: ImageSet
    validation_set: ImageSet

    @classmethod
    def of(
        cls, parameters: Mapping[str, Any], train_set: ImageSet, *sets: ImageSet
    ) -> Self:
        """Returns those of all the parameters of a run; the sets as in the class."""
        return cls(
            Recipe.model_validate(parameters["training"]).sized_for(train_set),
            Methods.model_validate(parameters["methods"]),
            HeldOut.model_validate(parameters["held_out"]),
            train_set,
            *sets,
        )

    def runs(self, name: str, store: RunStore, held_out: float = 0.0) -> Sequence[Run]:
        """Returns the runs of a method, one a seed of the recipe.

        Args:
            name: that of the method; it is one that trains.
            store: where to look them up.
            held_out: how much of each class they were trained without.

        Raises:
            InputError: a run is missing; the message tells what is there instead.
        """
        task = Task(
            getattr(self.methods, name),
            self.recipe,
            self.train_set,
            self.test_set,
            held_out,
            self.validation_set,
        )
        return store.demand(task.setup, self.recipe.seeds)
