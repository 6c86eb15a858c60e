"""Which trainings come after which."""

import pytest
from kedro.pipeline import Pipeline

from logit_adjustment_kedro.longtail.methods import METHODS, TRAINED
from logit_adjustment_kedro.pipelines.modeling import create_pipeline


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
