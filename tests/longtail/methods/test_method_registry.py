import re
import subprocess
import sys

import pytest
import written

from logit_adjustment_kedro.longtail.methods import (
    COMBINED,
    METHODS,
    POSTHOC,
    TABLE_1,
    TRAINED,
    CombinedMethod,
    Methods,
    PosthocMethod,
    TrainedMethod,
)

EVERY = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def test_the_methods_in_the_order_of_tables_and_charts():
    assert list(METHODS) == [
        "erm",
        "weight_normalised",
        "posthoc_logit_adjusted",
        "balanced",
        "class_balanced",
        "adaptive",
        "ldam",
        "equalised",
        "logit_adjusted",
        "tail_expert",
        "logit_adjusted_adaptive",
        "vs",
        "crt",
        "tau_experts",
    ]


def test_the_page_that_helps_to_choose_says_of_each_what_the_report_says():
    page = written.page("docs/which-method.md").read_text()
    table = re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.M)
    assert [name for name, _ in table] == list(METHODS)
    for name, told in table:
        assert told.replace("`", "").startswith(METHODS[name].summary)


def test_a_method_is_registered_under_its_own_name():
    assert all(method.name == name for name, method in METHODS.items())


def test_every_method_is_either_trained_or_posthoc_or_combined():
    assert TRAINED | POSTHOC | COMBINED == METHODS
    assert len(TRAINED) + len(POSTHOC) + len(COMBINED) == len(METHODS)
    assert all(issubclass(method, CombinedMethod) for method in COMBINED.values())
    assert all(issubclass(method, TrainedMethod) for method in TRAINED.values())
    assert all(issubclass(method, PosthocMethod) for method in POSTHOC.values())


def test_what_a_method_starts_from_is_trained_before_it():
    names = list(TRAINED)
    starts = {n: m.starts_from for n, m in TRAINED.items() if m.starts_from}
    assert starts == {"crt": "erm"}
    assert names.index("crt") > names.index("erm")


def test_a_method_is_started_by_another_with_the_parameters_given_for_it():
    methods = Methods()
    assert methods.start_of("crt") is methods.erm
    assert methods.start_of("erm") is None


def test_titles_tell_the_methods_apart():
    assert len({method.title for method in METHODS.values()}) == len(METHODS)


def test_the_methods_of_table_1():
    assert TABLE_1 == ("erm", "posthoc_logit_adjusted", "logit_adjusted")


@EVERY
def test_every_method_has_a_default_of_each_parameter(method):
    assert getattr(Methods(), method.name) == method()


@EVERY
def test_a_parameter_that_does_not_exist_is_refused_by_its_name(method):
    with pytest.raises(ValueError, match="tua: there is no such parameter"):
        method.model_validate({"tua": 1.0})


def test_parameters_are_those_of_the_method_of_this_name():
    methods = Methods.model_validate({"vs": {"tau": 2.0}, "logit_adjusted": {}})
    assert (methods.vs.tau, methods.logit_adjusted.tau) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"emr": {}}, "emr: there is no such parameter"),
        ({"erm": {"tau": 1.0}}, "erm.tau: there is no such parameter"),
        ({"vs": {"gamma": -1.0}}, r"vs.gamma: .* Received: -1.0 \(float\)"),
        ({"crt": {"epochs": 0}}, r"crt.epochs: .* Received: 0 \(int\)"),
    ],
)
def test_wrong_parameters_are_told_by_their_place(given, told):
    with pytest.raises(ValueError, match=told):
        Methods.model_validate(given)


def test_the_registry_needs_neither_keras_nor_pandas():
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
import logit_adjustment_kedro.longtail.methods
loaded = {{"keras", "pandas", "kedro", "scipy"}} & set(sys.modules)
sys.exit(f"imported: {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
