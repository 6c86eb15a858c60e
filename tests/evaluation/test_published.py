"""The figures of papers that stand beside ours, by their papers."""

import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation.published import published_errors
from logit_adjustment_kedro.evaluation.readings import Choice
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS

PROFILES = {"cifar10_lt": (5000, 10, 100), "cifar100_lt": (500, 100, 100)}
# Menon et al., ICLR 2021: balanced errors in %, on these profiles, by method, choice
# and tau; 0 where there is none, or the best was chosen.
ERRORS = {
    ("erm", Choice.FIXED, 0): (27.16, 61.64),
    ("weight_normalised", Choice.FIXED, 1): (24.02, 58.89),
    ("weight_normalised", Choice.ORACLE, 0): (21.50, 58.76),
    ("posthoc_logit_adjusted", Choice.FIXED, 1): (22.60, 58.24),
    ("posthoc_logit_adjusted", Choice.ORACLE, 0): (19.08, 57.90),
    ("adaptive", Choice.FIXED, 0): (26.65, 60.40),
    ("equalised", Choice.FIXED, 1): (26.02, 57.26),
    ("logit_adjusted", Choice.FIXED, 1): (22.33, 56.11),
}


def figures_of(dataset: str, profile: tuple[int, int, int]) -> pd.DataFrame:
    return published_errors(dataset, pd.Series(exponential_profile(*profile)))


@pytest.mark.parametrize("column", [0, 1], ids=list(PROFILES))
def test_the_figures_are_those_of_the_paper_each_with_a_source(column):
    figures = figures_of(*list(PROFILES.items())[column])
    taus = figures["published_tau"].fillna(0)
    keys = [*zip(figures["method"], figures["tau_choice"], taus, strict=True)]
    found = dict(zip(keys, figures["published_balanced_error"], strict=True))
    assert len(found) == len(keys)
    assert found == pytest.approx({k: e[column] / 100 for k, e in ERRORS.items()})
    assert set(figures["method"]) <= set(METHODS)
    assert figures["published_source"].str.contains("Menon et al., ICLR 2021").all()


def test_of_other_data_no_figure_is_published():
    assert figures_of("digits_lt", PROFILES["cifar10_lt"]).empty
