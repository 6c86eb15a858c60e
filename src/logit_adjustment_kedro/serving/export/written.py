"""A model written to a file, read again, and compared."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ...errors import InputError
from .formats import Answer, Format

if TYPE_CHECKING:
    import keras

# By how much a probability may differ from that of the stored runs, by the precision
# that they compute in: the export computes in float32.
TOLERANCES = {"float32": 1e-4, "mixed_bfloat16": 0.1, "mixed_float16": 0.02}
TOLERANCE = TOLERANCES["float32"]


@dataclass(frozen=True)
class Written:
    """What was written, and how it compares.

    Attributes:
        size: its bytes.
        samples: about how many it was compared, `K`.
        milliseconds: what an answer takes on this machine, for each of the samples at
            once.
        from_model: by how much a probability differs from the model in memory, at most;
            of images, in a second size too.
        from_runs: by how much from what the stored runs answer, at most.
    """

    size: int
    samples: int
    milliseconds: float
    from_model: float
    from_runs: float


def write(
    model: "keras.Model",
    path: Path,
    kind: Format,
    about: str,
    samples: np.ndarray,
    expected: np.ndarray,
    tolerance: float = TOLERANCE,
) -> Written:
    """Writes a model in a format, reads it again, and compares what it answers.

    Args:
        model: what `deployable` returns.
        path: where to, with the format's suffix; the caller removes it where this
            raises.
        kind: the format.
        about: JSON of what is known of the model, which goes inside.
        samples: `[K, H, W, C]`, images or features as the runs were trained on.
        expected: `[K, L]`, the probabilities that the stored runs answer with.
        tolerance: by how much probabilities may differ from `expected`; see
            `TOLERANCES`. From the model, they may by `TOLERANCE`.

    Returns:
        What was written.

    Raises:
        InputError: the format cannot hold this network, or the answers differ.
        OSError: nothing can be written there.
    """
    answer = _written(kind, model, path, about, samples)
    from_model = _largest(answer, model.predict_on_batch, samples)
    started = perf_counter()
    from_runs = _difference(answer(samples), expected)
    milliseconds = 1000 * (perf_counter() - started) / len(samples)
    _check(kind.name, "the model it was made of", from_model, TOLERANCE)
    _check(kind.name, "the stored runs", from_runs, tolerance)
    return Written(_size(path), len(samples), milliseconds, from_model, from_runs)


def _written(
    kind: Format, model: "keras.Model", path: Path, about: str, samples: np.ndarray
) -> Answer:
    """Writes a model, and returns what reads it, once it has answered at all."""
    try:
        kind.write(model, path, about)
        answer = kind.open(path)
        answer(samples)
        return answer
    except OSError:
        raise
    except Exception as fault:  # converters and runtimes raise errors of many kinds
        told = (str(fault).strip() or type(fault).__name__).splitlines()[0]
        raise InputError(
            f"Expected a network that format={kind.name} can hold, and room for it. "
            f"Received: {told}"
        ) from fault


def _largest(answer: Answer, other: Answer, samples: np.ndarray) -> float:
    """Returns by how much two answers differ, at most."""
    shown = [samples]
    if samples.dtype == np.uint8:  # and in another size, with other proportions
        shown.append(samples[:2].repeat(2, axis=1).repeat(3, axis=2))
    return max(_difference(answer(some), other(some)) for some in shown)


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def _check(format_name: str, whose: str, difference: float, tolerance: float) -> None:
    if not difference <= tolerance:  # NaN is none
        raise InputError(
            f"Expected format={format_name} to answer as {whose}, to {tolerance:g} of "
            f"a probability. Received: a difference of {difference:.2g}"
        )


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
