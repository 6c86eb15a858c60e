"""The slider from the training mix to its reverse."""

import re

import pytest
import vl_convert

from drawn_charts import TITLES, drawn, invented
from logit_adjustment_kedro.evaluation.traffic import traffic_table
from logit_adjustment_kedro.longtail.methods import METHODS


def told_at(exponent: float) -> dict[str, str]:
    """What stands on the bars, by title, as Vega draws them for a slider."""
    spec = drawn("traffic", 10).to_dict()
    spec["params"][0]["value"] = exponent
    svg = vl_convert.vegalite_to_svg(spec)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    told = [text for text in texts if re.match(r"\d+\.\d%", text)]
    titles = [text for text in texts if text in TITLES.values()]
    return dict(zip(titles, told, strict=True))


def numbers(words: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d", words)]


def as_told(*fractions: float) -> object:
    return pytest.approx([100 * fraction for fraction in fractions], abs=0.051)


@pytest.mark.parametrize("exponent", [1.0, 0.3, 0.0, -0.7, -1.0])
def test_the_bars_tell_the_accuracies_and_gains_at_the_slider(exponent):
    told = told_at(exponent)
    assert [*told] == [TITLES[name] for name in METHODS]
    table = traffic_table(invented(10))
    rows = table[(table["exponent"] - exponent).abs() < 0.01].set_index("method")
    assert numbers(told["ERM"]) == as_told(rows.loc["erm", "accuracy"])
    for name in ("logit_adjusted", "vs"):
        row, words = rows.loc[name], told[TITLES[name]]
        if abs(row["gain"]) >= 0.0005:
            sign = "+" if row["gain"] > 0 else "−"
            assert re.search(rf", {re.escape(sign)}[\d.]+ over ERM$", words)
            assert numbers(words) == as_told(row["accuracy"], abs(row["gain"]))
        else:
            assert words.endswith(", nothing gained over ERM")
            assert numbers(words) == as_told(row["accuracy"])


def test_nothing_is_gained_by_adjustment_in_the_training_mix():
    told = told_at(1.0)[TITLES["posthoc_logit_adjusted"]]
    assert told.endswith(", nothing gained over ERM")
