"""Two classes, of which the training had 80 and 20 images: the prior's odds are 4."""

import logging

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.evaluation import NewLogits
from logit_adjustment_kedro.longtail.methods import Methods
from logit_adjustment_kedro.serving import Prediction, answer_logits

ODDS = np.array([8.0, 2.0, 0.25])  # of the cat, before anything is adjusted
COUNTS, PRIOR, UNIFORM = np.array([80, 20]), [0.8, 0.2], [0.5, 0.5]


def logits(odds=ODDS):
    return np.log(np.stack([odds, np.ones(len(odds))], axis=1)).astype("float32")


def new(*networks, prior=PRIOR):
    named = {f"{number}.csv": z for number, z in enumerate(networks)}
    return NewLogits(["cat", "dog"], COUNTS, np.array(prior), named or {"": logits()})


def answered(of, target_prior="uniform", tau=1.0):
    given = {"method": "posthoc_logit_adjusted", "target_prior": target_prior}
    methods = Methods.model_validate({"posthoc_logit_adjusted": {"tau": tau}})
    return answer_logits(of, Prediction.model_validate(given), methods)


def cats(table):
    """The probability of a cat in each row."""
    is_cat = table["class_name"] == "cat"
    return table["probability"].where(is_cat, table["next_probability"]).tolist()


def test_the_table_is_that_of_answers_about_images():
    table = answered(new())
    assert [*table] == [
        *("row", "class_name", "probability"),
        *("next_class_name", "next_probability", "unreadable"),
    ]
    assert table["row"].tolist() == ["0", "1", "2"]
    assert table["class_name"].tolist() == ["cat", "dog", "dog"]
    assert table["next_class_name"].tolist() == ["dog", "cat", "cat"]
    # Odds of 8 / 4 = 2, of 2 / 4 = 1 / 2, and of 1 / 16.
    assert table["probability"].tolist() == pytest.approx([2 / 3, 2 / 3, 16 / 17])
    assert table["next_probability"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 17])
    assert table["unreadable"].isna().all()


def test_it_is_told_what_answers(caplog):
    caplog.set_level("INFO")
    answered(new(logits(), logits()), tau=0.5)
    told = "Answers: Post-hoc logit adjustment at tau 0.5, the mean of 2 networks, "
    assert f"{told}asked for equally many of each class" in caplog.text
    # Those of equal shares are moved whole, whatever tau is.
    answered(new(prior=UNIFORM), "train", tau=0.5)
    told = "Answers: Post-hoc logit adjustment, one network, asked for the mix of the"
    assert told in caplog.text


@pytest.mark.parametrize(
    ("target_prior", "tau", "odds"),
    [
        ("uniform", 1.0, ODDS / 4),
        ("uniform", 0.5, ODDS / 2),
        ("uniform", 0.0, ODDS),
        ("train", 1.0, ODDS),
        ("train", 0.5, ODDS),
        ({"dog": 0.9, "cat": 0.1}, 1.0, ODDS / 36),
        ({"dog": 0.9, "cat": 0.1}, 0.5, ODDS / 6),
        ({"dog": 1.0, "cat": 0.0}, 1.0, 0 * ODDS),
    ],
)
def test_odds_move_from_the_prior_to_the_mix_as_far_as_tau_says(
    target_prior, tau, odds
):
    found = cats(answered(new(), target_prior, tau))
    assert found == pytest.approx(odds / (1 + odds), rel=1e-5)


def test_a_file_says_which_mix(tmp_path):
    (tmp_path / "mix.csv").write_text("class_name,share\ndog,0.9\ncat,0.1\n")
    odds = ODDS / 36
    found = cats(answered(new(), str(tmp_path / "mix.csv")))
    assert found == pytest.approx(odds / (1 + odds), rel=1e-5)


@pytest.mark.parametrize("tau", [1.0, 0.5])
def test_logits_for_the_uniform_mix_are_moved_to_another_one_whole(tau):
    of = new(prior=UNIFORM)
    assert cats(answered(of, tau=tau)) == pytest.approx(ODDS / (1 + ODDS), rel=1e-5)
    moved = cats(answered(of, "train", tau))
    assert moved == pytest.approx(4 * ODDS / (1 + 4 * ODDS), rel=1e-5)


def test_of_several_networks_the_mean_probability_counts():
    table = answered(new(logits(np.array([4.0])), logits(np.array([12.0]))))
    assert table["class_name"].tolist() == ["cat"]
    assert table["probability"].tolist() == pytest.approx([(1 / 2 + 3 / 4) / 2])


def test_the_mix_can_be_estimated_from_the_logits_themselves(caplog):
    """The likeliest share of 12 is s = (2 + p) / 12, where p is the first's in it.

    Two are cats and nine are dogs for sure. The first has odds of 24 in the training,
    so of 6 where the classes are alike, so p = 6 s / (1 + 5 s), and 60 s^2 = 4 s + 2.
    """
    caplog.set_level(logging.INFO)
    odds = np.repeat([1e6, 1e-6], [3, 9])
    odds[0] = 24.0
    table = answered(new(logits(odds)), "estimated")
    share = (1 + np.sqrt(31)) / 30
    assert "cat 21.9%, dog 78.1%" in caplog.text
    expected = 6 * share / (1 + 5 * share)
    assert cats(table)[0] == pytest.approx(expected, abs=1e-3)
    assert table["class_name"].tolist() == ["cat"] * 3 + ["dog"] * 9


def test_of_few_examples_no_mix_is_estimated():
    with pytest.raises(InputError, match="at least 5 images a class, 10"):
        answered(new(), "estimated")


def test_another_method_takes_more_than_logits():
    asked = Prediction.model_validate({"method": "vs"})
    with pytest.raises(InputError, match="Expected posthoc_logit_adjusted, .*=vs"):
        answer_logits(new(), asked, Methods())


def test_shares_of_other_classes_are_refused():
    with pytest.raises(InputError, match="target_prior: .* no class: 'owl'"):
        answered(new(), {"cat": 0.5, "owl": 0.5})


@pytest.mark.parametrize(
    ("networks", "told"),
    [
        ([logits(), logits()[:2]], "Received: 3 in 0.csv, 2 in 1.csv"),
        ([np.full((3, 2), 0.5, "float32")], "which are probabilities"),
        ([logits() * np.nan], "finite logits of 0.csv. Received: row 0"),
        ([np.hstack([logits(), logits()])], "one logit for each of 2 classes"),
    ],
)
def test_what_are_no_logits_of_the_same_examples_is_refused(networks, told):
    with pytest.raises(InputError, match=told):
        new(*networks)


def test_classes_have_names_of_their_own():
    with pytest.raises(InputError, match="a name of its own for each of 2"):
        NewLogits(["cat", "cat"], COUNTS, np.array(PRIOR), {"": logits()})
