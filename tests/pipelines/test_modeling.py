"""Which trainings come after which, and what Kedro knows of their nodes."""

import pickle

import pytest
from kedro.pipeline import Pipeline
from kedro.validation import TypeExtractor

from logit_adjustment_kedro.longtail.methods import METHODS, TRAINED, Methods
from logit_adjustment_kedro.pipeline_registry import register_pipelines
from logit_adjustment_kedro.pipelines.modeling import create_pipeline
from logit_adjustment_kedro.training import Recipe


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return create_pipeline(METHODS)


def test_a_method_is_trained_after_the_one_whose_networks_it_starts_from(pipeline):
    after = {
        node.name: {other.name for other in others}
        for node, others in pipeline.node_dependencies.items()
    }
    expected = {f"{name}.train": set() for name in TRAINED}
    assert after == expected | {"crt.train": {"erm.train"}}


def test_alone_it_looks_for_the_runs_that_are_stored():
    alone = create_pipeline(["crt"])
    assert "erm.runs" in alone.inputs()
    assert alone.outputs() == {"crt.runs"}


def test_each_node_is_the_same_in_another_process():
    for node in (n for p in register_pipelines().values() for n in p.nodes):
        there = pickle.loads(pickle.dumps(node.func))
        for part in ("__self__", "__func__"):  # those of a bound method
            assert getattr(there, part, None) == getattr(node.func, part, None), node


def test_kedro_knows_the_models_of_the_parameters(pipeline):
    types = TypeExtractor({"modeling": pipeline}).extract_types_from_pipelines()
    assert types == {"training": Recipe, "methods": Methods}
