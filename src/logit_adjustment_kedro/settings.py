"""How Kedro reads this project."""

import os

from .hooks import ProjectHooks

# Spares a run some of TensorFlow's notes on how it was built, and none of its errors.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Two operations that run at once on a CPU split their sums by who came first, and the
# same seed gives two tables. One at a time, each on all cores, is as fast.
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
# TensorFlow uses oneDNN's convolutions on recent server processors alone, but elsewhere
# they are faster too: 1.4 to 2.4 times as fast a step, on a processor with AVX2.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# On a GPU, take memory as it is needed rather than the whole card: TensorFlow, JAX.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

HOOKS = (ProjectHooks(),)

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "base",
    "merge_strategy": {"parameters": "soft"},
}
