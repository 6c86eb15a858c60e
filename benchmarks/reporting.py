"""What the report of all methods takes: seconds, and memory.

    python benchmarks/reporting.py

Ten methods, five seeds, 10,000 test images, 100 classes, and as many images held out:
the predictions are invented and stored as trainings store them, in a copy of the
project. Then `kedro run --pipelines=comparison_reporting` is timed there.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import CatalogProtocol

from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS
from logit_adjustment_kedro.pipelines.modeling.tables import predictions_table

ROOT = Path(__file__).parent.parent
PARTS = ("conf", "src", "pyproject.toml", ".telemetry")
CLASSES, IMAGES, SEEDS, EPOCHS = 100, 10_000, 5, 200
COUNTS = exponential_profile(500, CLASSES, 100)
CLASS_COUNTS = pd.DataFrame(
    {
        "label": range(CLASSES),
        "class_name": [f"class {label}" for label in range(CLASSES)],
        "count": COUNTS,
    }
)


def invent(kind: str) -> pd.DataFrame:
    """Returns what the trainings of a method store: see `modeling.tables`."""
    random = np.random.default_rng(0)
    tables = []
    for seed in range(SEEDS):
        if kind == "predictions":
            labels = np.arange(IMAGES) % CLASSES
            logits = random.normal(size=(IMAGES, CLASSES)).astype("float32")
            logits[range(IMAGES), labels] += 2
            tables.append(predictions_table(seed, "plain", labels, logits))
        elif kind == "history":
            epoch = np.arange(1, EPOCHS + 1)
            columns = {"epoch": epoch, "train_accuracy": 0.9, "test_accuracy": 0.5}
            tables.append(pd.DataFrame(columns).assign(seed=seed))
        elif kind == "classifier":
            columns = {"weight_norm": random.uniform(1, 2, CLASSES), "bias": 0.0}
            known = CLASS_COUNTS[["label", "count"]].assign(**columns)
            tables.append(known.assign(seed=seed))
        else:
            took = {"epochs": EPOCHS, "samples_seen": 10**6, "weights": 10**6}
            took |= {"training_seconds": 600.0, "tau": 1.0, "setup": "invented"}
            tables.append(pd.DataFrame(took, index=[0]).assign(seed=seed))
    return pd.concat(tables, ignore_index=True)


def store(catalog: CatalogProtocol) -> None:
    """Saves what the report reads of the images and of all methods."""
    catalog.save("class_counts", CLASS_COUNTS)
    invented = {}
    for name in sorted(pipelines["comparison_reporting"].inputs()):
        method, _, kind = name.partition(".")
        if kind and method.removesuffix("_held_out") in METHODS:
            if kind not in invented:
                invented[kind] = invent(kind)
            catalog.save(name, invented[kind])


def kedro(project: Path, *arguments: str) -> tuple[float, float]:
    """Runs `kedro` there; returns its seconds, and its peak memory in GiB."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "kedro", "run", "--env=cifar100_lt", *arguments]
    process = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - begun, usage.ru_maxrss / 2**20


def main() -> None:
    """Prints two numbers."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        subprocess.run(["cp", "-R", *PARTS, project], cwd=ROOT, check=True)
        bootstrap_project(project)
        kedro(project, "--pipelines=synthetic", "--params=synthetic.trials=2")
        with KedroSession.create(project, env="cifar100_lt") as session:
            store(session.load_context().catalog)
        seconds, memory = kedro(project, "--pipelines=comparison_reporting")
    print(f"{seconds:.1f} s, at most {memory:.2f} GiB")  # noqa: T201


if __name__ == "__main__":
    main()
