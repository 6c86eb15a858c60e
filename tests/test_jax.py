"""Modeling and reporting on JAX, where TensorFlow is not to be had."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest

from logit_adjustment_kedro.longtail.methods import TABLE_1


@pytest.fixture
def jax_alone(tmp_path) -> dict[str, str]:
    """Environment variables: Keras on JAX, and importing TensorFlow an error."""
    trap = tmp_path / "traps" / "tensorflow" / "__init__.py"
    trap.parent.mkdir(parents=True)
    trap.write_text("raise ImportError('made unimportable by the test')")
    return {"KERAS_BACKEND": "jax", "PYTHONPATH": str(tmp_path / "traps")}


def test_tensorflow_is_really_out_of_reach(project, jax_alone):
    done = subprocess.run(
        [sys.executable, "-c", "import tensorflow"],
        cwd=project.path,
        env=os.environ | jax_alone,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "ImportError: made unimportable by the test" in done.stderr


def test_modeling_and_reporting_run_on_jax_without_tensorflow(project, jax_alone):
    augmented = "training.augmentation."
    given = (
        f"--params={augmented}zoom.factor=1.2,{augmented}colour.contrast=1.3,"
        "training.seeds=0"
    )
    training, reporting = (
        project.kedro("run", "--env=smoke", f"--pipelines={names}", given, **jax_alone)
        for names in ("ingestion,modeling", "reporting")
    )
    assert training.returncode == 0, training.stdout + training.stderr
    assert reporting.returncode == 0, reporting.stdout + reporting.stderr
    trained = re.findall(r"Training (\w+), seed 0, on .*\(jax\)", training.stdout)
    assert sorted(trained) == ["erm", "logit_adjusted"]
    table = pd.read_csv(project.latest("08_reporting/**/accuracy_table.csv"))
    assert table["method"].tolist() == list(TABLE_1)
    assert table["accuracy"].between(0, 1).all()
    assert (table["n_seeds"] == 1).all()
