import pytest

from logit_adjustment_kedro.serving import Prediction


def test_by_default_the_logit_adjusted_loss_answers_for_equal_shares():
    asked = Prediction.model_validate({})
    assert (asked.method, asked.target_prior) == ("logit_adjusted", "uniform")


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("logit_ajusted", "Expected one of erm, .*Did you mean logit_adjusted[?]"),
        (
            "posthoc_logit_adjusted (oracle)",
            "methods.posthoc_.*tau: that of the oracle",
        ),
        (
            "weight_normalised (held-out)",
            "weight_normalised alone, at a tau given as m",
        ),
    ],
)
def test_a_method_is_one_of_the_registry(method, told):
    with pytest.raises(ValueError, match=told):
        Prediction.model_validate({"method": method})


def test_the_mix_of_the_test_images_says_nothing_of_new_ones():
    with pytest.raises(ValueError, match="target_prior: Expected uniform, train, est"):
        Prediction.model_validate({"target_prior": "test"})


@pytest.mark.parametrize("mix", ["train", "estimated", "my.csv", {"a": 0.5, "b": 0.5}])
def test_other_mixes_are_those_of_the_comparison(mix):
    assert Prediction.model_validate({"target_prior": mix}).target_prior == mix
