"""What made the runs that are drawn together."""

from logit_adjustment_kedro.evaluation.provenance import differences

H200 = {"keras": "3.15.1", "device": "NVIDIA H200"}


def test_what_is_the_same_in_all_runs_is_told_once():
    assert differences([H200, H200, H200]).to_dict("list") == {
        "what": ["keras", "device"],
        "values": ["3.15.1", "NVIDIA H200"],
        "differs": [False, False],
    }


def test_what_differs_is_told_in_the_order_in_which_it_came():
    others = [{**H200, "device": name} for name in ("cpu", "NVIDIA H200", "a laptop")]
    assert differences([H200, *others]).to_dict("list") == {
        "what": ["keras", "device"],
        "values": ["3.15.1", "NVIDIA H200, cpu, a laptop"],
        "differs": [False, True],
    }


def test_what_a_run_does_not_tell_is_unknown_and_a_difference():
    assert differences([{}, H200 | {"jax": "0.10"}]).to_dict("list") == {
        "what": ["keras", "device", "jax"],
        "values": ["unknown, 3.15.1", "unknown, NVIDIA H200", "unknown, 0.10"],
        "differs": [True, True, True],
    }
