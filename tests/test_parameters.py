from typing import ClassVar

import pytest

from logit_adjustment_kedro.parameters import Parameters


class Inner(Parameters):
    moved: ClassVar = {"rate": "there.speed"}
    momentum: float = 0.0


class Outer(Parameters):
    inner: Inner = Inner()
    maybe: Inner | None = None
    by_name: dict[str, Inner] = {}
    epochs: int


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"epochs": "3"}, "epochs: Input should be a valid integer. Received: '3' (s"),
        ({}, "epochs: this parameter is missing"),
        ([], "all of it: Input should be"),
        ({"epochs": 1, "epoch": 2}, "no such parameter. Did you mean epochs?"),
        ({"epochs": 1, "maybe": {"momentun": 2}}, "Did you mean maybe.momentum?"),
        ({"epochs": 1, "inner": {"rate": 2}}, "inner.rate: this parameter is now ther"),
        ({"inner": {"momentum": []}}, "inner.momentum: Input should be a valid number"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(given, told):
    with pytest.raises(ValueError) as error:
        Outer.model_validate(given)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "given",
    [{"epochs": 1, "zebra": 2}, {"epochs": 1, "by_name": {"x": {"momentun": 2}}}],
)
def test_nothing_is_guessed_where_nothing_is_near_or_known(given):
    with pytest.raises(ValueError, match="there is no such parameter$"):
        Outer.model_validate(given)


def test_every_mistake_is_told():
    with pytest.raises(ValueError, match="; ") as error:
        Outer.model_validate({"epochs": 1.5, "wrong": 1})
    assert "epochs: " in str(error.value) and "wrong: " in str(error.value)
