"""Which runs may answer together."""

from collections.abc import Sequence

from ..errors import InputError
from ..longtail.methods import Method
from ..runs import Run, Setup


def seeds_by_setup(runs: Sequence[Run]) -> dict[Setup, list[int]]:
    """Returns the seeds of each setup, in the order of the runs."""
    seeds: dict[Setup, list[int]] = {}
    for run in runs:
        seeds.setdefault(run.setup, []).append(run.seed)
    return seeds


def check_together(runs: Sequence[Run], method: Method) -> None:
    """Looks whether runs are those that a method is read out of.

    Raises:
        InputError: they are of another method, of several setups of one, on several
            data or by several recipes, or of other seeds than one another.
    """
    seeds, asked = seeds_by_setup(runs), " and of ".join(method.reads())
    if sorted(setup.method for setup in seeds) != sorted(method.reads()):
        came = ", ".join(f"{setup.method} {setup.digest}" for setup in seeds)
        raise InputError(
            f"Expected runs of one setup of {asked}, to read {method.name} out of. "
            f"Received: {came or 'none'}"
        )
    first, *others = seeds
    for other in others:
        if unlike := first.unlike(other):
            raise InputError(
                f"Expected runs of {asked} on the same data, by the same recipe. "
                f"Received: runs that differ in {', '.join(unlike)}"
            )
    if len({*map(frozenset, seeds.values())}) > 1:
        came = ", ".join(f"{setup.method} {of}" for setup, of in seeds.items())
        raise InputError(
            f"Expected runs of the same seeds of {asked}. Received: {came}"
        )
