"""What the report of all methods takes: seconds, and memory.

    python benchmarks/reporting.py

All methods, five seeds, 10,000 test images, 100 classes, and a fifth of the training
images held out: the runs are invented and stored as trainings store them, in a copy of
the project. Then `kedro run --pipelines=comparison_reporting` is timed there.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
import pandas as pd
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from projects import Project

from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import (
    ADJUSTED,
    TRAINED,
    LastLayer,
    Methods,
)
from logit_adjustment_kedro.runs import Run, View
from logit_adjustment_kedro.training import Recipe, Task

CLASSES, IMAGES, SEEDS, EPOCHS = 100, 10_000, 5, 200
COUNTS = exponential_profile(500, CLASSES, 100)
HELD_OUT = 0.2
OPTIONS = f"--params=held_out.fraction={HELD_OUT},training.epochs={EPOCHS},recipe=paper"


class NoNetwork:
    """Stands where a run has its network, which no report reads."""

    def save(self, file: Path) -> None:
        """Writes a file."""
        file.touch()


def image_set(counts: np.ndarray) -> ImageSet:
    """Returns black images with these counts, `[L]`."""
    labels = np.repeat(np.arange(len(counts)), counts)
    names = tuple(f"class {label}" for label in range(len(counts)))
    return ImageSet(np.zeros((len(labels), 32, 32, 3), "uint8"), labels, names, "none")


def invent(task: Task, seed: int) -> Run:
    """Returns a run of logits that are right a little more often than chance."""
    random = np.random.default_rng(seed)
    split = task.split(seed)
    labels = split.measured.labels
    logits = random.normal(size=(len(labels), CLASSES)).astype("float32")
    logits[range(len(labels)), labels] += 2
    epoch = np.arange(1, EPOCHS + 1)
    costs = {"learning_rate": 0.1, "train_loss": 1.0, "train_accuracy": 0.9}
    accuracies = {"method": task.method.name, "tau": np.nan, "view": "plain"}
    return Run(
        setup=task.setup,
        seed=seed,
        epochs=pd.DataFrame({"epoch": epoch, **costs, "seconds": 3.0}),
        accuracies=pd.DataFrame({"epoch": epoch, **accuracies, "accuracy": 0.5}),
        logits={(split.part, view): logits for view in View},
        labels={split.part: labels},
        last_layer=LastLayer(
            split.train_set.class_counts(),
            random.uniform(1, 2, CLASSES),
            np.zeros(CLASSES),
        ),
        weights=10**6,
        samples_seen=10**6,
        made_with={"keras": "none"},
        trained=NoNetwork(),
    )


def store(project: Project) -> None:
    """Saves what the report reads: image sets, and runs of all methods."""
    given = {
        "recipe": "paper",
        "training": {"epochs": EPOCHS},
        "held_out": {"fraction": HELD_OUT},
    }
    bootstrap_project(project.path)
    create = KedroSession.create
    with create(project.path, env="cifar100_lt", runtime_params=given) as session:
        context = session.load_context()
        catalog, parameters = context.catalog, context.config_loader["parameters"]
        train_set = image_set(COUNTS)
        test_set = image_set(np.full(CLASSES, IMAGES // CLASSES))
        catalog.save("train_set", train_set)
        catalog.save("test_set", test_set)
        recipe = Recipe.model_validate(parameters["training"])
        methods = Methods.model_validate(parameters["methods"])
        runs = catalog.load("run_store")
        for name in TRAINED:
            for fraction in (0.0, HELD_OUT) if name in ADJUSTED else (0.0,):
                method = getattr(methods, name)
                task = Task(method, recipe, train_set, test_set, fraction)
                for seed in recipe.seeds:
                    runs.add(invent(task, seed))


def report(project: Project) -> tuple[float, float]:
    """Makes the report; returns its seconds, and its peak memory in GiB."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "kedro", "run", "--env=cifar100_lt", OPTIONS]
    command.append("--pipelines=comparison_reporting")
    process = subprocess.Popen(command, cwd=project.path, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{' '.join(command)} failed")
    return time.perf_counter() - begun, usage.ru_maxrss / 2**20


@click.command()
def main() -> None:
    """Prints two numbers."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder, "project"))
        project.run("--pipelines=synthetic", "--params=synthetic.trials=2")
        store(project)
        seconds, memory = report(project)
    click.echo(f"{seconds:.1f} s, at most {memory:.2f} GiB")


if __name__ == "__main__":
    main()
