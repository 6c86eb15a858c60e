"""A model in use: the networks of all seeds, and what reads them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.special import softmax

from ..errors import InputError
from ..longtail.methods import ADJUSTED, METHODS, LogitAdjusted, Method
from ..longtail.mixes import class_shares, is_uniform
from ..runs import Part, Run, Setup, View
from .together import check_together, seeds_by_setup

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Model:
    """Stored runs that answer together.

    Attributes:
        runs: of one setup, a seed each; of a combined method, of one setup a member, of
            the same seeds.
        method: the one that they were trained with, or one that adjusts its logits, or
            combines them.
        target: `[L]`, the share of each class among what is to be predicted; None for
            the mix that the method is made for.
        mirrored: whether each image is also shown mirrored from left to right, and the
            mean of both logits counts.

    Raises:
        InputError: the runs are of another method, or of several setups, or seeds are
            missing; or the shares are none, or the method cannot be moved to them.
    """

    runs: Sequence[Run]
    method: Method
    target: np.ndarray | None = None
    mirrored: bool = False

    def __post_init__(self):
        """Checks that the runs go together, and with the method."""
        check_together(self.runs, self.method)
        if self.target is not None:
            shares = class_shares(self.target, len(self.class_names), "target")
            # The uniform mix asks for a method as it was made, and so does the mix that
            # it was made for.
            prior = self.method.prior(np.array(self.setup.class_counts))
            as_made = prior is not None and np.allclose(shares, prior)
            shares = None if as_made or is_uniform(shares) else shares
            object.__setattr__(self, "target", shares)
        if self.target is not None:
            self.check_moves()

    @classmethod
    def of(
        cls,
        runs: Iterable[Run],
        method: str = LogitAdjusted.name,
        target: np.ndarray | None = None,
        mirrored: bool = False,
    ) -> Self:
        """Returns the model of a method, at the parameters that it was trained with.

        Args:
            runs: such as a store of them; those of other methods, and those with images
                held out, are passed over.
            method: its name in the registry; a post-hoc one is taken at tau 1.
            target: see `Model`.
            mirrored: see `Model`.

        Raises:
            InputError: there is no such method, or see `Model`.
        """
        if method not in METHODS:
            raise InputError(
                f"Expected one of {', '.join(METHODS)}. Received: method={method}"
            )
        read = METHODS[method].reads()
        mine = [
            run for run in runs if run.setup.method in read and not run.setup.held_out
        ]
        own = mine[0].setup.parameters if mine and method in read else {}
        return cls(mine, METHODS[method].model_validate(own), target, mirrored)

    def moved_to(self, target: np.ndarray) -> Self:
        """Returns it for another mix of classes, `[L]`, with the same networks."""
        moved = replace(self, target=target)
        if "networks" in vars(self):  # where `cached_property` keeps them
            vars(moved)["networks"] = self.networks
        return moved

    @property
    def answers_for(self) -> np.ndarray | None:
        """The mix that its probabilities are for, `[L] float64` with sum 1, if known.

        What the adjustment adds to the logits of each class says how far it moves them
        from the mix that those of the network are for: with a tau other than 1, not all
        the way to the target.
        """
        counts = np.array(self.setup.class_counts)
        if self.method.prior(counts) is None:
            return None
        trained = METHODS[self.setup.method].model_validate(self.setup.parameters)
        nothing = np.zeros((1, len(counts)))
        added = self.method.adjust(nothing, self.runs[0].last_layer, self.target)
        return softmax(np.log(trained.prior(counts)) + added, axis=1)[0]

    @property
    def setups(self) -> tuple[Setup, ...]:
        """What was asked of its trainings, each once."""
        return tuple(seeds_by_setup(self.runs))

    @property
    def setup(self) -> Setup:
        """The first of them; of data and recipe, they all say the same."""
        return self.runs[0].setup

    @property
    def seeds(self) -> list[int]:
        """Those of its trainings, each once."""
        return seeds_by_setup(self.runs)[self.setup]

    @property
    def class_names(self) -> tuple[str, ...]:
        """The `L` names, in the order of the columns of what is answered."""
        return self.setup.class_names

    @cached_property
    def networks(self) -> "list[keras.Model]":
        """Those of the seeds, each read once."""
        return [run.network() for run in self.runs]

    def logits(self, examples: np.ndarray, place: int = 0) -> np.ndarray:
        """Returns what a network says, before any method adjusts it.

        Args:
            examples: `[N, H, W, C] uint8`, images as they come; or features,
                `[N, 1, 1, D] float32`.
            place: which of the runs.

        Returns:
            `[N, L] float32`.

        Raises:
            InputError: the network takes others than these.
        """
        network = self.networks[place]
        taken = network.inputs[0]
        shape, dtype = tuple(taken.shape[1:]), taken.dtype
        if examples.shape[1:] != shape or examples.dtype != dtype:
            raise InputError(
                f"Expected examples of shape {shape} each, and dtype {dtype}. "
                f"Received: shape={examples.shape[1:]}, dtype={examples.dtype}"
            )
        plain = network.predict_on_batch(examples)
        if not self.mirrored:
            return plain
        return (plain + network.predict_on_batch(examples[:, :, ::-1])) / 2

    def probabilities(self, examples: np.ndarray) -> np.ndarray:
        """Returns the mean of what each network says.

        Args:
            examples: see `logits`; all of them are shown to each network at once.

        Returns:
            `[N, L] float64`, each row with sum 1.

        Raises:
            InputError: the networks take others than these.
        """
        said = [
            self._read_out(run, self.logits(examples, place))
            for place, run in enumerate(self.runs)
        ]
        return np.mean(said, axis=0)

    def of_tested(self) -> np.ndarray:
        """Returns what `probabilities` says of the test images, from stored logits.

        Returns:
            `[N, L] float64`, each row with sum 1.
        """
        shown = Part.TEST, View.MIRRORED if self.mirrored else View.PLAIN
        said = [self._read_out(run, run.logits[shown]) for run in self.runs]
        return np.mean(said, axis=0)

    def _read_out(self, run: Run, logits: np.ndarray) -> np.ndarray:
        adjusted = self.method.adjust(logits, run.last_layer, self.target)
        return softmax(adjusted.astype(np.float64), axis=1)

    def check_moves(self) -> None:
        """Looks whether the method is moved to other mixes, as in reports.

        Raises:
            InputError: it is read as it is.
        """
        counts = self.runs[0].last_layer.class_counts
        if self.method.name in ADJUSTED or self.method.prior(counts) is None:
            movable = [
                name
                for name, method in METHODS.items()
                if name not in ADJUSTED and method().prior(counts) is not None
            ]
            raise InputError(
                "Expected a method that is moved to a mix of classes: one of "
                f"{', '.join(movable)}. Received: {self.method.name}, which is read as "
                "it is, and target_prior"
            )
