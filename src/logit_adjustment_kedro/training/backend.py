"""How the backends of Keras are to behave."""

import logging
import os
import sys

# For TensorFlow, for JAX, and for what NumPy calls.
THREADS = ("TF_NUM_INTRAOP_THREADS", "NPROC", "OMP_NUM_THREADS")
DEFAULTS = {
    # Spares a run some of TensorFlow's notes on how it was built, and no error.
    "TF_CPP_MIN_LOG_LEVEL": "2",
    # Two operations that run at once on a CPU split their sums by who came first, and
    # the same seed gives two tables. One at a time, each on all cores, is as fast.
    "TF_NUM_INTEROP_THREADS": "1",
    # TensorFlow uses oneDNN's convolutions on recent server processors alone, but
    # elsewhere they are faster too: 1.4 to 2.4 times as fast a step, with AVX2.
    "TF_ENABLE_ONEDNN_OPTS": "1",
    # On a GPU, take memory as it is needed rather than the whole card.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}

logger = logging.getLogger(__name__)


def prepare() -> None:
    """Sets what the environment does not say otherwise; before Keras is imported."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


def with_threads(threads: int) -> dict[str, str]:
    """Returns the environment of a process whose Keras has so many threads."""
    return os.environ | dict.fromkeys(THREADS, str(threads))


def compute_with(threads: int) -> None:
    """Has Keras compute with so many threads, if it is not imported yet."""
    wanted = dict.fromkeys(THREADS, str(threads))
    if "keras" not in sys.modules:
        os.environ.update(wanted)
    elif not wanted.items() <= os.environ.items():
        logger.warning(
            "Keras was imported before it was known that trainings are to compute with "
            "%d thread%s: their last digits may be others.",
            threads,
            "" if threads == 1 else "s",
        )
