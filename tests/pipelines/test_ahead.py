"""The trainings of a run, ahead of its nodes."""

from pathlib import Path

import pytest

from logit_adjustment_kedro.longtail.methods import Methods
from logit_adjustment_kedro.pipelines import modeling
from logit_adjustment_kedro.pipelines.modeling.ahead import Ahead
from logit_adjustment_kedro.runs import RunStore
from logit_adjustment_kedro.training import HeldOut, Recipe
from made_runs import COUNTS, image_set

RECIPE = {
    "network": "convnet",
    "epochs": 1,
    "batch_size": 8,
    "learning_rate": {"base": 0.05, "warmup": 0, "for_epochs": 1},
    "l2": 0,
    "precision": "float32",
    "evaluate_every": 1,
    "mirrored_view": False,
    "seeds": [0, 1],
    "at_once": 2,
}


class Catalog:
    """What a run would load, by the names of datasets."""

    def __init__(self, folder: Path, fraction: float):
        train_set = image_set(*COUNTS)
        self._folder = folder
        self._sets = {
            "train_set": train_set,
            "test_set": image_set(6, 6, 6, seed=1),
            "validation_set": train_set.take(slice(0, 0)),
            "params:training": Recipe.model_validate(RECIPE),
            "params:methods": Methods(),
            "params:held_out": HeldOut(fraction=fraction),
        }

    def load(self, name: str):
        if name.endswith("run_store") or name.endswith(".runs"):
            return RunStore(self._folder / "runs")
        return self._sets.get(name, self._folder / name)


@pytest.mark.parametrize(("fraction", "runs"), [(0.0, 4), (0.3, 6)])
def test_nodes_find_what_was_trained_before_the_first_of_them(tmp_path, fraction, runs):
    pipeline = modeling.create_pipeline(("erm", "crt"))
    pipeline += modeling.create_held_out_pipeline(("erm",))
    catalog, ahead = Catalog(tmp_path, fraction), Ahead(pipeline)
    for node in pipeline.nodes:
        inputs = {name: catalog.load(name) for name in node.inputs}
        ahead.before_node_run(node, catalog, inputs)
        assert len(list(tmp_path.rglob("run.json"))) == runs
        assert list(node.func(*inputs.values())) == []


def test_what_does_not_train_waits_for_nothing(tmp_path):
    pipeline = modeling.create_pipeline(("erm",))
    (node,) = pipeline.nodes
    catalog = Catalog(tmp_path, 0.0)
    other = node._copy(func=lambda *inputs: None)
    Ahead(pipeline).before_node_run(other, catalog, {})
    assert not list(tmp_path.iterdir())
