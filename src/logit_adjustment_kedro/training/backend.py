"""How the backends of Keras are to behave."""

import os

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


def prepare() -> None:
    """Sets what the environment does not say otherwise; before Keras is imported."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
