"""Mistakes of a person, which are told in a line before anything trains."""

import pytest

from project_copies import copy_project


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--params=trainng.epochs=3"], "Unknown parameter trainng"),
        (["--params=training.epoch=3"], "Did you mean epochs?"),
        (["--params=training.epochs=few"], "epochs: Input should be a valid integer"),
        (["--params=training.epochs=0"], "Received: 0 (int)"),
        (["--params=methods.logit_adjusted.tau=abc"], "logit_adjusted.tau: "),
        (["--params=recipe=paper"], "one of default, smoke, fast, frozen, which"),
        (["--params=recipe=on"], "recipe: expected text; quote it. Received: True"),
        (["--params=training.epochs={{7*7}}"], "Wrong configuration."),
        (["--pipelines=modelling"], "Unknown pipeline modelling: expected one of"),
        (["--nodes=erm"], "erm"),
        (["--tags=nope"], "no nodes"),
        (["--load-versions=raedings:2026"], "Did you mean readings?"),
        (["--params=recipes.default=1"], "Unknown parameter recipes"),
        (["--params=records_url=/x"], "Unknown parameter records_url"),
        (["--params=training.batch_size=295"], "batch_size=295"),
        (
            ["--env=cifar10_lt", "--params=records_url=/nowhere"],
            "no file at /nowhere/cifar10-lt_train.tfrecord",
        ),
        (
            ["--env=cifar10_lt", "--params=records_url=http://127.0.0.1:9"],
            "Cannot fetch http://127.0.0.1:9/cifar10-lt_train.tfrecord",
        ),
        (["--params=training=fast"], "all of it: "),
        (
            ["--params=training.crop_padding=4"],
            "now training.augmentation.shift.pixels",
        ),
        (["--params=training.augmentation.shfit.pixels=1"], "Did you mean"),
        (["--env=cifra10_lt"], "cifra10_lt"),
        (["--pipelines=reporting"], "Run the ingestion first"),
    ],
)
def test_mistakes_are_told_shortly_and_before_any_training(project, arguments, told):
    done = project.kedro("run", *arguments)
    assert done.returncode == 1
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert told in done.stderr[done.stderr.index(error) :]
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(project.path.glob("data/06_models/**/*.npz"))
    assert not list(project.path.glob("data/07_model_output/**/*.json"))


@pytest.mark.parametrize(
    ("file", "yaml", "told"),
    [
        ("parameters_reporting", "reporting: {betas: [1, 1.5]}", "betas.1: Expected"),
        ("parameters_reporting", "reporting: {beta: [1]}", "beta: there is no such"),
        ("parameters_modeling", "methods: {erm: {tau: 1}}", "erm.tau: there is no"),
        ("parameters_modeling", "methods: {emr: {}}", "emr: there is no such"),
        ("parameters_modeling", "methods: {erm: {}", "Wrong configuration"),
        ("parameters_x", "trainings: {epochs: 1}", "trainings: there is no such"),
        ("parameters_x", "training.epochs: 1", "training.epochs: there is no such"),
        ("parameters_x", "recipes: {smoke: {epochs: 1}}", "recipes.smoke.epochs.all"),
        ("parameters_x", "recipes: {fast: {x: {}}}", "recipes.fast.x.network: this"),
        ("parameters_x", "recipes: null", "recipes: expected names of recipes"),
        ("parameters_x", "recipe: nope", "recipe: expected to be chosen in globals"),
        ("globals", "dataset: digits_lt\nrecipe: nope", "one of default, smoke, fast"),
        (
            "catalog_x",
            "train_source: {type: logit_adjustment_kedro.datasets.TableDataset}",
            "missing 1 required keyword-only argument: 'filepath'",
        ),
        ("globals", "dataset: digits_lt\nrecipie: a\n", "Did you mean recipe?"),
        (
            "parameters_modeling",
            "methods: {logit_adjusted: {tau: .nan}}",
            "logit_adjusted.tau: Input should be a finite number",
        ),
    ],
)
def test_mistakes_in_the_files_are_told_too(project, file, yaml, told):
    (project.path / "conf" / "smoke" / f"{file}.yml").write_text(yaml)
    done = project.kedro("run", "--env=smoke")
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (project.path / "data").exists()


@pytest.mark.parametrize("name", ["project [v2]", "{x}", "what?"])
def test_a_path_that_kedro_takes_for_a_pattern_is_refused(tmp_path, name):
    done = copy_project(tmp_path / name).kedro("run", "--env=smoke")
    assert done.returncode == 1
    assert "Expected a project whose path has no " in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
