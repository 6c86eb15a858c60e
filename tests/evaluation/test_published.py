"""The figures of papers that stand beside ours, by their papers."""

import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation.published import published_errors
from logit_adjustment_kedro.evaluation.readings import Choice
from logit_adjustment_kedro.longtail.methods import METHODS
from logit_adjustment_kedro.longtail.profiles import exponential_profile, step_profile

SIZES = {"cifar10_lt": (5000, 10), "cifar100_lt": (500, 100)}
FIXED, BEST = Choice.FIXED, Choice.ORACLE
# Balanced errors in %, CIFAR-10 and CIFAR-100, by method, choice and tau; 0 where there
# is none, or the best was chosen. Menon et al., ICLR 2021: ResNet-32, 200 epochs.
EXP = {
    ("erm", FIXED, 0): (27.16, 61.64),
    ("weight_normalised", FIXED, 1): (24.02, 58.89),
    ("weight_normalised", BEST, 0): (21.50, 58.76),
    ("posthoc_logit_adjusted", FIXED, 1): (22.60, 58.24),
    ("posthoc_logit_adjusted", BEST, 0): (19.08, 57.90),
    ("equalised", FIXED, 1): (26.02, 57.26),
    ("logit_adjusted", FIXED, 1): (22.33, 56.11),
}
STEP = {
    ("erm", FIXED, 0): (36.54, 60.23),
    ("weight_normalised", FIXED, 1): (30.86, 55.19),
    ("posthoc_logit_adjusted", FIXED, 1): (28.66, 55.82),
    ("equalised", FIXED, 1): (31.42, 57.82),
    ("logit_adjusted", FIXED, 1): (27.57, 55.52),
    ("ldam", FIXED, 0): (34.61, 58.86),
}
# Cao et al., NeurIPS 2019, with the same network and epochs.
LDAM, LDAM_DRW = (26.65, 60.40), (22.97, 57.96)
SOURCES = {
    "resnet32": "Menon et al., ICLR 2021",
    "resnet32_released": "the code of Menon et al., ICLR 2021: one run",
}
# What the authors' code says of itself.
RELEASED = {
    ("erm", FIXED, 0): (28.64, 60.13),
    ("posthoc_logit_adjusted", FIXED, 1): (22.68, 55.93),
    ("logit_adjusted", FIXED, 1): (22.11, 55.94),
}


def found(
    dataset,
    profile,
    ratio=100,
    network="resnet32",
    epochs=200,
    head="linear",
    **changed,
):
    """The published figures by method, choice and tau."""
    methods = {name: method().model_dump() for name, method in METHODS.items()}
    for name, parameters in changed.items():
        methods[name] |= parameters
    counts = pd.Series(profile(*SIZES[dataset], ratio))
    training = {"network": network, "epochs": epochs, "head": head}
    figures = published_errors(dataset, counts, training, methods)
    for row in figures.itertuples():
        whose = SOURCES[network]
        if row.method == "ldam" and profile is exponential_profile:
            whose = "Cao et al., NeurIPS 2019: LDAM"
        assert row.published_source.startswith(whose)
        assert ("best tau" in row.published_source) == (row.tau_choice == BEST)
    taus = figures["published_tau"].fillna(0)
    keys = [*zip(figures["method"], figures["tau_choice"], taus, strict=True)]
    assert len({*keys}) == len(keys)
    percent = figures["published_balanced_error"].mul(100).round(9)
    return dict(zip(keys, percent, strict=True))


def column(figures, dataset):
    return {key: both[list(SIZES).index(dataset)] for key, both in figures.items()}


@pytest.mark.parametrize("dataset", SIZES)
def test_the_figures_of_the_papers_stand_beside_their_network_and_profile(dataset):
    ldam = {("ldam", FIXED, 0): LDAM}
    expected = column(EXP | ldam, dataset)
    assert found(dataset, exponential_profile) == expected
    assert found(dataset, step_profile) == column(STEP, dataset)


@pytest.mark.parametrize("dataset", SIZES)
def test_the_figures_of_the_released_code_stand_beside_its_own_length(dataset):
    epochs = {"cifar10_lt": 1241, "cifar100_lt": 1419}[dataset]
    like = {"network": "resnet32_released", "epochs": epochs}
    assert found(dataset, exponential_profile, **like) == column(RELEASED, dataset)
    assert not found(dataset, exponential_profile, **like | {"epochs": 200})


@pytest.mark.parametrize("dataset", SIZES)
@pytest.mark.parametrize(("deferred", "figures"), [(False, LDAM), (True, LDAM_DRW)])
def test_a_figure_is_one_of_a_method_and_its_parameters(dataset, deferred, figures):
    given, ldam = {"deferred": deferred}, {("ldam", FIXED, 0): figures}
    errors = found(dataset, exponential_profile, ldam=given)
    assert errors == column(EXP | ldam, dataset)
    for other in ({"scale": 16.0}, {"max_margin": 0.1}):
        errors = found(dataset, exponential_profile, ldam=given | other)
        assert ("ldam", FIXED, 0) not in errors
    weighted = {"fisher_weight": True}
    errors = found(dataset, exponential_profile, logit_adjusted=weighted)
    assert ("logit_adjusted", FIXED, 1) not in errors


@pytest.mark.parametrize(
    "other",
    [{"ratio": 50}, {"network": "whitened"}, {"epochs": 100}, {"head": "cosine"}],
)
def test_rather_than_a_near_figure_none_stands(other):
    assert not found("cifar10_lt", exponential_profile, **other)


def test_of_another_dataset_nothing_is_published():
    counts = pd.Series(exponential_profile(5000, 10, 100))
    training = {"network": "resnet32", "epochs": 200, "head": "linear"}
    assert not published_errors("cifar10_lt", counts, training, {}).empty
    assert published_errors("digits_lt", counts, training, {}).empty
