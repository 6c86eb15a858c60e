import logging

import numpy as np
import pytest
from answering import Examples, greys, run_of

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.methods import LogitAdjusted
from logit_adjustment_kedro.serving import Model, shares_of
from made_runs import TRAIN

SURE = np.full((3, 3), 1e-4) + np.eye(3)


@pytest.fixture
def model():
    return Model([run_of(SURE)], LogitAdjusted())


@pytest.mark.parametrize(
    ("asked", "shares"),
    [
        ("uniform", [1 / 3, 1 / 3, 1 / 3]),
        ("train", [20 / 30, 8 / 30, 2 / 30]),
        ({"c": 0.5, "a": 0.2, "b": 0.3}, [0.2, 0.3, 0.5]),
    ],
)
def test_a_mix_that_is_known_needs_no_example(model, asked, shares):
    found = shares_of(asked, model, None, TRAIN)
    np.testing.assert_allclose(found, shares)


def test_a_file_of_shares_has_the_classes_of_the_training(model, tmp_path):
    file = tmp_path / "mix.csv"
    file.write_text("class_name,share\na,0.5\nowl,0.5\n")
    with pytest.raises(InputError, match="missing: 'b', 'c'; no class: 'owl'"):
        shares_of(str(file), model, None, TRAIN)


def test_a_mix_can_be_estimated_of_the_examples_themselves(model, caplog):
    caplog.set_level(logging.INFO)
    examples = Examples(greys(*[0] * 4, *[1] * 4, *[2] * 12), faults={0: "damaged"})
    found = shares_of("estimated", model, examples, TRAIN)
    np.testing.assert_allclose(found, [3 / 19, 4 / 19, 12 / 19], atol=1e-3)
    assert "a 15.8%, b 21.0%, c 63.2%" in caplog.text


def test_of_few_examples_no_mix_is_estimated(model):
    with pytest.raises(InputError, match="at least 5 images a class, 15"):
        shares_of("estimated", model, Examples(greys(0, 1, 2)), TRAIN)


def test_from_a_method_that_is_for_no_mix_none_is_estimated():
    model = Model.of([run_of(SURE, "adaptive")], "adaptive")
    with pytest.raises(InputError, match="Received: adaptive"):
        shares_of("estimated", model, Examples(greys(0)), TRAIN)
