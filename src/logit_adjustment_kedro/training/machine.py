"""What a training ran on and with: it may change its last digits."""

import os
from importlib import import_module

import keras
import numpy as np

from .. import __version__
from .limits import processors


def made_with() -> dict[str, str]:
    """Returns versions, devices and threads, as text by name."""
    backend = keras.backend.backend()
    return {
        "logit_adjustment_kedro": __version__,
        "keras": keras.__version__,
        backend: import_module(backend).__version__,
        "numpy": np.__version__,
        "device": ", ".join(keras.distribution.list_devices()),
        "threads": os.environ.get("TF_NUM_INTRAOP_THREADS", str(processors())),
    }
