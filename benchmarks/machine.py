"""What a benchmark ran on, and how fast that is at best.

Works with Keras on TensorFlow and on JAX, on a CPU and on a GPU.
"""

import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from math import prod
from pathlib import Path

import keras
from keras import ops

PRODUCTS = 8  # matrix products in one compiled call
REPETITIONS = 5
SECONDS = 0.2  # of a repetition, at least about


def describe() -> str:
    """Returns two lines: the hardware, and what runs on it."""
    cores = len(os.sched_getaffinity(0)) if _on_linux() else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    backend = keras.backend.backend()
    hardware = [_processor(), f"{cores} cores", f"{memory:.1f} GiB", *_gpus()]
    software = [
        f"Python {platform.python_version()}",
        f"Keras {keras.version()}",
        f"{backend} {sys.modules[backend].__version__}",
        "on " + ", ".join(keras.distribution.list_devices()),
    ]
    return "\n".join((", ".join(hardware), ", ".join(software)))


def matmul_rate(dtype: str, size: int = 2048) -> float:
    """Measures products of square matrices, as the backend does them when compiled.

    A GPU may round `float32` to TF32 in them, and takes a larger size to be busy.

    Args:
        dtype: `float32`, `bfloat16` or `float16`.
        size: rows and columns.

    Returns:
        FLOP/s, the best of some repetitions.
    """
    # Orthogonal: its powers neither grow nor vanish.
    values = keras.initializers.Orthogonal(seed=0)((size, size))
    matrix = ops.cast(values, dtype)

    @_compiled
    def multiply(product, matrix):
        for _ in range(PRODUCTS):
            product = ops.matmul(product, matrix)
        return product

    def seconds(calls: int) -> float:
        start = time.perf_counter()
        product = matrix
        for _ in range(calls):
            product = multiply(product, matrix)
        ops.convert_to_numpy(ops.cast(product[0, 0], "float32"))  # waits for it
        return time.perf_counter() - start

    seconds(1)  # compiles
    calls = max(1, round(SECONDS / seconds(1)))
    best = min(seconds(calls) for _ in range(REPETITIONS))
    return calls * PRODUCTS * 2 * size**3 / best


def convolution_flops(model: keras.Model) -> int:
    """Counts the floating-point operations of one image's forward pass.

    Those of the `Conv2D` and `Dense` layers alone, each multiply-add as two, and at the
    borders those with the padding too.
    """
    return sum(
        2 * prod(layer.kernel.shape[:-1]) * prod(layer.output.shape[1:])
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)
    )


def peak_memory() -> float:
    """Returns the most memory in GiB that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1024 if _on_linux() else 1) / 2**30


def _on_linux() -> bool:
    return sys.platform == "linux"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor() or platform.machine()


def _gpus() -> list[str]:
    if keras.backend.backend() == "jax":
        import jax

        return [d.device_kind for d in jax.devices() if d.platform != "cpu"]
    import tensorflow as tf

    details = tf.config.experimental.get_device_details
    gpus = tf.config.list_physical_devices("GPU")
    return [details(gpu).get("device_name", gpu.name) for gpu in gpus]


def _compiled(function: Callable) -> Callable:
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function)
