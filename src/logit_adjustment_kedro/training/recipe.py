"""A recipe: everything about a training but its data and its loss."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..images import ImageSet
from ..networks import AUGMENTATIONS, HEADS, NETWORKS, Architecture, Frozen
from ..parameters import Parameters
from .optimizers import OPTIMIZERS, Optimizer

BY_SIZE = "by_size"
SMALL = 16  # pixels
Positive = Annotated[float, Field(gt=0)]


class LearningRate(Parameters):
    """A rate that warms up linearly, then falls linearly, in steps, or both.

    The milestones are epochs of a training of `for_epochs` epochs; one of another
    length has them at the same fractions of it.

    Attributes:
        base: the rate at the end of the warm-up.
        start: the rate at which the warm-up starts, as a fraction of `base`.
        warmup: the epoch at which the warm-up ends; 0 means none.
        end: the rate at the end of the training, as a fraction of `base`, reached
            linearly from the end of the warm-up on; 1 means no such fall.
        drops: from which epoch on, the rate is multiplied by which factor; of several
            the last counts.
        for_epochs: the length of training that the milestones are written for.
    """

    base: Positive
    start: float = Field(0.0, ge=0, le=1)
    warmup: float = Field(ge=0)
    end: float = Field(1.0, ge=0, le=1)
    drops: dict[Positive, Positive] = {}
    for_epochs: int = Field(ge=1)


def _listed(seeds: Any) -> Any:
    return [seeds] if isinstance(seeds, int) else seeds


def _distinct(seeds: list[int]) -> list[int]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("expected seeds that differ")
    return seeds


PLUGINS: Mapping[str, type[Parameters]] = {**NETWORKS, **HEADS, **OPTIMIZERS}

Blocks = create_model(
    "Blocks",
    __base__=Parameters,
    __doc__="The parameters of every network, head and optimiser, by its name.",
    **{name: (plugin, plugin()) for name, plugin in PLUGINS.items()},
)
Augmentations = create_model(
    "Augmentations",
    __base__=Parameters,
    __doc__="The parameters of augmentations, by name; one that is None is off.",
    **{name: (plugin | None, None) for name, plugin in AUGMENTATIONS.items()},
)


class Recipe(Blocks):
    """A recipe: everything about a training but its data and its loss.

    Network, head and optimiser are chosen by their names. Beside these stands a block
    of parameters for each that could be chosen, under its name; those that are not
    chosen do nothing. The last partial batch of an epoch is dropped.

    A recipe for any images leaves open what follows from theirs; see `sized_for`.

    Attributes:
        network: which of `NETWORKS`; or `by_size`, which is `convnet` for images whose
            shorter side has fewer than 16 pixels, and else `whitened`.
        head: which of `HEADS`.
        optimizer: which of `OPTIMIZERS`.
        augmentation: what happens to images at random: a block of parameters for each
            of `AUGMENTATIONS` that acts.
        epochs: passes over the training set; None for as many as `samples` is worth.
        samples: how many training images are seen, each as often as it is used, where
            `epochs` is None.
        batch_size: images a step.
        learning_rate: the rate's schedule.
        l2: the factor of Keras's `l2` regulariser, half of the usual weight decay.
        precision: Keras's name of the dtype of the maps and products. Weights, logits
            and loss are `float32` in any case.
        evaluate_every: how many epochs there are from one measurement of the test
            accuracy to the next; the last epoch is always measured. None is a tenth of
            the training.
        mirrored_view: whether the trained network is also read out on the mean of the
            logits of each test image and of its mirror image.
        threads: that a training computes with; the last digits depend on it.
        at_once: how many trainings at once, each in a process of its own; None for as
            many as the cores and the memory of this machine are enough for, and on a
            GPU one. One trains in the process that asks.
        seeds: one training each; weights, shuffling and augmentation follow from it.
            A single one may stand without a list, as `--params` has none.
    """

    moved: ClassVar[Mapping[str, str]] = {
        "momentum": "training.sgd.momentum",
        "crop_padding": "training.augmentation.shift.pixels",
        "flip": "training.augmentation.mirror",
        "zoom": "training.augmentation.zoom.factor",
        "colour_jitter": "training.augmentation.colour",
    }

    network: Literal[*NETWORKS, BY_SIZE]
    head: Literal[*HEADS] = "linear"
    optimizer: Literal[*OPTIMIZERS] = "sgd"
    augmentation: Augmentations = Augmentations()
    epochs: int | None = Field(None, ge=1)
    samples: int | None = Field(None, ge=1)
    batch_size: int = Field(ge=1)
    learning_rate: LearningRate
    l2: float = Field(ge=0)
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"]
    evaluate_every: int | None = Field(ge=1)
    mirrored_view: bool
    threads: int = Field(1, ge=1)
    at_once: int | None = Field(None, ge=1)
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, lt=2**32)]],
        Field(min_length=1),
        BeforeValidator(_listed),
        AfterValidator(_distinct),
    ]

    @field_validator("augmentation")
    @classmethod
    def _of_what_learns(cls, found: Augmentations, info: ValidationInfo) -> Any:
        if info.data.get("network") == Frozen.name and any(dict(found).values()):
            raise ValueError("of frozen features, computed once: expected none")
        return found

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.epochs is None and self.samples is None:
            raise PydanticCustomError("length", "Expected epochs or samples")
        return self

    def sized_for(self, train_set: ImageSet) -> Self:
        """Returns the recipe with all that it left open until the images are known."""
        epochs, network = self.epochs, self.network
        if epochs is None:
            epochs = max(1, round(self.samples / len(train_set)))
        if network == BY_SIZE:
            small = min(train_set.image_shape[:2]) < SMALL
            network = "convnet" if small else "whitened"
        every = self.evaluate_every or max(1, epochs // 10)
        found = {"epochs": epochs, "network": network, "evaluate_every": every}
        return self.model_copy(update=found)

    def changed_by(self, changes: Mapping[str, Any]) -> Self:
        """Returns the recipe with other values of some of its keys."""
        return self.model_validate(self.model_dump() | changes) if changes else self

    @property
    def architecture(self) -> Architecture:
        """The parts of the model that is trained."""
        return Architecture(
            network=getattr(self, self.network),
            head=getattr(self, self.head),
            augmentations={k: a for k, a in self.augmentation if a is not None},
            l2=self.l2,
        )

    @property
    def chosen_optimizer(self) -> Optimizer:
        """The optimiser, with its parameters."""
        return getattr(self, self.optimizer)

    def asked(self) -> dict[str, Any]:
        """Returns what identifies a training, in terms of JSON.

        That is the recipe, sized for its images, without the blocks that do nothing.
        Three things more are left out: one more seed leaves the trainings of the others
        as they are, as does how many are done at once, and the mirrored view is read
        out when a training is over.
        """
        unused = set(PLUGINS) - {self.network, self.head, self.optimizer}
        asked = self.model_dump(
            mode="json",
            exclude={"seeds", "at_once", "mirrored_view", "samples"} | unused,
        )
        if self.network != BY_SIZE:
            asked[self.network] = getattr(self, self.network).asked()
        augmentation = asked["augmentation"].items()
        acting = {name: block for name, block in augmentation if block is not None}
        return asked | {"augmentation": acting}
