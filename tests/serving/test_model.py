from dataclasses import replace

import numpy as np
import pytest
from answering import Network, greys, run_of

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.methods import (
    ERM,
    LogitAdjusted,
    PosthocLogitAdjusted,
    TauExperts,
)
from logit_adjustment_kedro.runs import Run
from logit_adjustment_kedro.serving import Model
from made_runs import make_run, make_setup

# The training images: 20, 8 and 2, so shares of 10, 4 and 1 in 15.
ANY = [[0.5, 0.25, 0.25]]


def test_the_seeds_probabilities_are_averaged_and_not_their_logits():
    runs = [run_of([[0.9, 0.05, 0.05]]), run_of([[0.1, 0.8, 0.1]], seed=1)]
    said = Model(runs, LogitAdjusted()).probabilities(greys(0))
    np.testing.assert_allclose(said, [[0.5, 0.425, 0.075]], rtol=1e-6)


def test_a_posthoc_method_is_read_out_of_erm():
    model = Model([run_of([[0.5, 0.4, 0.1]], "erm")], PosthocLogitAdjusted())
    # Divided by the shares: 0.75, 1.5 and 1.5.
    np.testing.assert_allclose(model.probabilities(greys(0)), [[0.2, 0.4, 0.4]])


def test_a_method_is_moved_to_the_mix_that_is_asked_for():
    model = Model([run_of(ANY)], LogitAdjusted()).moved_to(np.array([0.2, 0.3, 0.5]))
    # Its logits are for equal shares; times the new ones: 0.1, 0.075 and 0.125.
    said = model.probabilities(greys(0))
    np.testing.assert_allclose(said, [[1 / 3, 1 / 4, 5 / 12]], rtol=1e-6)


def test_a_class_without_a_share_is_never_answered():
    model = Model([run_of(ANY)], LogitAdjusted(), np.array([0.0, 0.5, 0.5]))
    np.testing.assert_allclose(model.probabilities(greys(0)), [[0, 0.5, 0.5]])


def test_the_uniform_mix_is_what_methods_are_made_for():
    as_made = Model([run_of(ANY, "erm")], ERM())
    said = as_made.moved_to(np.full(3, 1 / 3)).probabilities(greys(0))
    np.testing.assert_array_equal(said, as_made.probabilities(greys(0)))


def test_the_mirrored_view_is_the_mean_of_both_logits():
    images = greys(0)
    images[0, 0, -1] = 1  # first, once it is mirrored
    run = run_of([[0.8, 0.1, 0.1], [0.2, 0.4, 0.4]])
    said = Model([run], LogitAdjusted(), mirrored=True).probabilities(images)
    # The geometric means, 0.4, 0.2 and 0.2, scaled to sum 1.
    np.testing.assert_allclose(said, [[0.5, 0.25, 0.25]], rtol=1e-6)


def test_each_network_is_read_once(monkeypatch):
    read = []
    monkeypatch.setattr(Run, "network", lambda run: read.append(run) or run.trained)
    model = Model([run_of(ANY)], LogitAdjusted())
    for _ in range(3):
        model.probabilities(greys(0))
    model.moved_to(np.array([0.2, 0.3, 0.5])).probabilities(greys(0))
    assert len(read) == 1


def test_what_is_answered_for_is_the_target_where_tau_is_1():
    target = np.array([0.2, 0.3, 0.5])
    for method, trained in [
        ("logit_adjusted", None),
        ("posthoc_logit_adjusted", "erm"),
    ]:
        run = run_of(ANY, trained or method)
        model = Model.of([run], method)
        np.testing.assert_allclose(model.answers_for, [1 / 3] * 3)
        np.testing.assert_allclose(model.moved_to(target).answers_for, target)


def test_with_another_tau_it_lies_between_the_prior_and_the_target():
    model = Model([run_of(ANY, "erm")], PosthocLogitAdjusted(tau=0.5))
    roots = np.sqrt([10, 4, 1])
    np.testing.assert_allclose(model.answers_for, roots / roots.sum())
    moved = model.moved_to(np.array([0.2, 0.3, 0.5])).answers_for
    roots = np.sqrt([10 * 0.2, 4 * 0.3, 0.5])
    np.testing.assert_allclose(moved, roots / roots.sum())


def test_erm_answers_for_the_mix_of_its_training():
    model = Model([run_of(ANY, "erm")], ERM())
    np.testing.assert_allclose(model.answers_for, [10 / 15, 4 / 15, 1 / 15])
    asked = model.moved_to(np.array([10, 4, 1]) / 15)
    np.testing.assert_array_equal(
        asked.probabilities(greys(0)), model.probabilities(greys(0))
    )


def test_runs_with_images_held_out_are_passed_over():
    less = make_run(make_setup("erm", held_out=0.2), trained=Network(ANY))
    assert Model.of([less, run_of(ANY, "erm")], "erm").setup.held_out == 0


@pytest.mark.parametrize(
    "images", [np.zeros((1, 4, 4, 3), "uint8"), np.zeros((1, 4, 4, 1), "float32")]
)
def test_images_of_another_shape_or_scale_are_refused(images):
    with pytest.raises(InputError, match="shape .4, 4, 1. each, and dtype uint8. Rec"):
        Model([run_of(ANY)], LogitAdjusted()).probabilities(images)


def test_a_method_that_is_for_no_mix_is_not_moved():
    run, target = run_of(ANY, "adaptive"), np.array([0.2, 0.3, 0.5])
    model = Model.of([run], "adaptive")
    with pytest.raises(InputError, match="Received: adaptive, which is read as it is"):
        model.moved_to(target)


def test_erm_is_shown_as_it_is_and_adjusted_under_another_name():
    with pytest.raises(InputError, match="one of posthoc_logit_adjusted, .* erm, whi"):
        Model([run_of(ANY, "erm")], ERM(), np.array([0.2, 0.3, 0.5]))


def test_runs_of_two_setups_do_not_answer_together():
    other = make_run(make_setup("logit_adjusted", epochs=3), 1, trained=Network(ANY))
    with pytest.raises(InputError, match="of one setup of logit_adjusted"):
        Model([run_of(ANY), other], LogitAdjusted())


@pytest.mark.parametrize(
    ("runs", "came"), [((), "none"), ((run_of(ANY, "vs"),), "vs ")]
)
def test_a_method_needs_runs_of_its_own(runs, came):
    with pytest.raises(
        InputError, match=f"of erm, to read erm out of. Received: {came}"
    ):
        Model(runs, ERM())


def test_a_store_is_looked_through_for_what_a_method_needs():
    runs = [run_of(ANY, "erm"), run_of(ANY), run_of(ANY, seed=1)]
    assert [*Model.of(runs).runs] == runs[1:]
    assert [*Model.of(runs, "posthoc_logit_adjusted").runs] == runs[:1]


def test_a_trained_method_keeps_the_parameters_of_its_training():
    setup = make_setup("logit_adjusted")
    object.__setattr__(setup, "parameters", {"tau": 0.5, "fisher_weight": False})
    run = make_run(setup, trained=Network(ANY))
    assert Model.of([run]).method == LogitAdjusted(tau=0.5)


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match="Received: method=logit"):
        Model.of([run_of(ANY)], "logit")


def test_of_each_member_of_a_combined_method_there_are_the_same_seeds():
    *two, third = (run_of(ANY, name) for name in TauExperts.members)
    assert Model([*two, third], TauExperts()).seeds == [0]
    other = run_of(ANY, "tail_expert", seed=1)
    with pytest.raises(InputError, match="same seeds of erm and of logit_adjusted and"):
        Model([*two, other], TauExperts())
    with pytest.raises(InputError, match="one setup of erm and of logit_adjusted and"):
        Model(two, TauExperts())


@pytest.mark.parametrize(
    ("name", "value"),
    [("recipe", {"l2": 0.5}), ("class_names", ("a", "c", "b")), ("test_set", "other")],
)
def test_members_of_other_recipes_or_data_do_not_answer_together(name, value):
    *two, third = (run_of(ANY, name) for name in TauExperts.members)
    other = replace(third, setup=replace(third.setup, **{name: value}))
    with pytest.raises(InputError, match=f"Received: runs that differ in {name}$"):
        Model([*two, other], TauExperts())
