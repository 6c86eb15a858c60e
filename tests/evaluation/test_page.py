"""The page, and the place of each chart on it."""

import json
import re
from dataclasses import replace
from html import unescape

import altair as alt
import numpy as np
import pandas as pd
import pytest

from drawn_charts import gaussians_table, invented, tables_of
from logit_adjustment_kedro import charts
from logit_adjustment_kedro.charts import CHARTS, Chart, dataset_of
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.evaluation import Predictions, read_predictions
from logit_adjustment_kedro.evaluation.by_class import class_table, most_lost
from logit_adjustment_kedro.evaluation.gains import gain_table
from logit_adjustment_kedro.evaluation.page import Figure, render
from logit_adjustment_kedro.evaluation.read import BY_DEFAULT
from logit_adjustment_kedro.evaluation.readings import Choice, Readings
from logit_adjustment_kedro.evaluation.tables import method_table
from logit_adjustment_kedro.evaluation.traffic import traffic_table
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TABLE_1
from logit_adjustment_kedro.pipelines.reporting.nodes import report
from logit_adjustment_kedro.runs import View
from readings_by_hand import answer, counts_of, make_parameters, readings_of

RIGHT = [[2, 0], [0, 2]]


def page_of(readings: Readings, figures=()) -> str:
    return render(readings, tables_of(readings, gaussians_table()), figures)


@pytest.fixture(scope="module")
def page():
    return page_of(invented(10))


def section_of(page: str, name: str) -> str:
    """The HTML of a section, from its heading to the next."""
    return re.search(rf'<h2 id="{name}">.*?(?=<h2 |<script>)', page, re.S).group()


def rows_of(html: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.S).group(1)
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td>.*?</td>", row)]
        for row in re.findall("<tr.*?</tr>", body, re.S)
    ]


def words_of(html: str) -> str:
    return unescape(" ".join(re.sub("<[^>]*>", " ", html).split()))


def test_your_traffic_tells_each_method_in_each_named_mix(page):
    named = traffic_table(invented(10)).dropna(subset="mix")
    by_method = named.pivot(index="method", columns="mix", values="accuracy")
    rows = rows_of(section_of(page, "traffic"))
    assert [row[0] for row in rows] == [method.title for method in METHODS.values()]
    gains = named.pivot(index="method", columns="mix", values="gain").mul(100)
    for row, name in zip(rows, METHODS, strict=True):
        told = [cell.split(", ") for cell in row[1:]]
        mixes = ["train", "uniform", "reverse", "test"]
        shown = [f"{100 * by_method.loc[name, mix]:.1f}" for mix in mixes]
        assert [first for first, *_ in told] == shown
        for (_, *gain), mix in zip(told, mixes, strict=True):
            if name != "erm" and abs(gains.loc[name, mix]) >= 0.05:
                assert gain == [f"{gains.loc[name, mix]:+.1f}".replace("-", "−")]
    posthoc = rows[[*METHODS].index("posthoc_logit_adjusted")]
    assert posthoc[1].endswith(", nothing gained")


def test_each_gain_stands_beside_its_noise_and_a_verdict(page):
    table = gain_table(invented(10)).set_index("method")
    rows = rows_of(section_of(page, "gains"))
    assert [row[0] for row in rows] == [METHODS[name].title for name in table.index]
    for row, told in zip(rows, table.itertuples(), strict=True):
        assert row[1] == f"{100 * told.accuracy:.1f}"
        if told.Index == "erm":
            assert row[4:] == ["", "", "", ""]
            continue
        assert row[4].startswith(f"{100 * told.gain:+.1f}".replace("-", "−"))
        assert row[-1] == told.verdict
    assert {"gains", "loses", "within noise"} >= {row[-1] for row in rows[1:]}


def test_the_page_begins_with_what_each_method_of_table_1_gains(page):
    readings = invented(10)
    table = gain_table(readings).set_index("method")
    lost = most_lost(class_table(readings), readings)
    for line, method in zip(summary_of(page), TABLE_1, strict=True):
        row = table.loc[method]
        start = f"{METHODS[method].title} : {100 * row.accuracy:.1f}% balanced accuracy"
        assert line.startswith(start)
        if method != "erm":
            assert f"{100 * row.gain:+.1f} points over ERM, which " in line
        assert re.search(r"; head [\d.]+, medium [\d.]+, tail [\d.]+(;|\.$)", line)
        assert ("the class that loses most" in line) == (method in lost)
        if method in lost:
            name, before, after = lost[method][["class_name", "before", "after"]]
            shares = f"{100 * before:.1f}\xa0→\xa0{100 * after:.1f}%."
            assert line.endswith(f"; the class that loses most: “{name}”, {shares}")


def summary_of(page: str) -> list[str]:
    summary = re.search(r'<ul id="summary">(.*?)</ul>', page, re.S).group(1)
    return [words_of(item) for item in re.findall("<li>.*?</li>", summary, re.S)]


def test_each_method_is_explained_in_a_line(page):
    (told,) = re.findall(r'<details id="what_they_are">(.*?)</details>', page, re.S)
    assert [words_of(item) for item in re.findall("<li>.*?</li>", told)] == [
        f"{method.title}: {method.summary}" for method in METHODS.values()
    ]


def test_a_single_seed_has_no_columns_of_intervals_over_seeds():
    three, one = invented(10), invented(10, seeds=1)
    expect_fewer_columns(page_of(one), page_of(three))


def test_nor_has_it_any_where_another_mix_is_predicted():
    answers = [answer([[2, 0], [1, 1]], seed=seed) for seed in range(3)]
    counts = counts_of(9, 1)
    shares = {"label": [0, 1], "share": [0.9, 0.1], "standard_error": np.nan}
    one, three = (
        page_of(readings_of(given, counts, target=pd.DataFrame(shares)))
        for given in (answers[:1], answers)
    )
    assert "Error in<br>the mix" in one
    expect_fewer_columns(one, three)


def expect_fewer_columns(one: str, three: str) -> None:
    for section in ("methods", "gains"):
        for html in (one, three):
            table = section_of(html, section)
            assert table.count("<th>") == len(rows_of(table)[0])
        assert "95% interval" not in section_of(one, section)
        widths = [len(rows_of(section_of(html, section))[0]) for html in (one, three)]
        assert widths[0] < widths[1]


def test_a_single_epoch_is_pointed_out():
    readings = readings_of([answer(RIGHT)], counts_of(9, 1))
    assert 'id="trial"' not in page_of(readings)
    trained = readings.trainings.assign(epochs=1)
    assert 'id="trial"' in page_of(replace(readings, trainings=trained))


def test_with_one_seed_another_training_is_not_judged_and_the_page_says_why():
    html = page_of(invented(10, seeds=1))
    verdicts = {row[0]: row[-1] for row in rows_of(section_of(html, "gains"))}
    assert verdicts[METHODS["logit_adjusted"].title] == "not known: one seed"
    assert "one seed" not in verdicts[METHODS["posthoc_logit_adjusted"].title]
    assert "which one seed cannot tell from noise" in html
    assert "seeds: [0, 1, 2]" in section_of(html, "gains")
    assert "seeds: [0, 1, 2]" not in section_of(page_of(invented(10)), "gains")


def test_the_ensemble_of_a_single_seed_is_not_told():
    assert "Ensemble" in section_of(page_of(invented(10)), "gains")
    assert "Ensemble" not in section_of(page_of(invented(10, seeds=1)), "gains")


def test_confidence_is_told_in_both_mixes_beside_chance(page):
    means = invented(10).calibration.groupby(["method", "mix"]).mean(numeric_only=True)
    rows = rows_of(section_of(page, "confidence"))
    for row, name in zip(rows, METHODS, strict=True):
        expected = []
        for mix in ("own", "target"):
            known = (name, mix) in means.index
            of_mix = means.loc[(name, mix)] if known else {}
            expected += [
                f"{100 * of_mix[what]:.1f}" if known else "–"
                for what in ("error", "by_chance")
            ]
        assert row == [METHODS[name].title, *expected]


def test_another_mix_is_told_with_its_shares_and_what_the_test_images_are_worth():
    logits = np.random.default_rng(0).normal(size=(40, 2))
    predictions = Predictions.of({"net": logits}, np.arange(40) % 2, [9, 1], ["a", "b"])
    comparison = BY_DEFAULT["comparison"] | {"target_prior": {"a": 0.9, "b": 0.1}}
    readings = read_predictions(predictions, BY_DEFAULT | {"comparison": comparison})
    html = render(readings, tables_of(readings), [])
    words = words_of(html.partition("<nav>")[0])
    assert (
        "The 40 test images count as 24 of that mix." in words
    )  # 1 / (.81 + .01) * 20
    assert words.endswith("The mix, in % a 90.0, b 10.0")
    assert 'id="target"' not in page_of(invented(10))


def test_the_name_of_a_model_is_no_markup():
    name = "<img src=x onerror=alert(1)>"
    logits = np.random.default_rng(0).normal(size=(40, 2))
    predictions = Predictions.of({name: logits}, np.arange(40) % 2, [9, 1])
    readings = read_predictions(predictions)
    chart = charts.draw("traffic", readings)
    figures = charts.figures({"traffic_chart": chart})
    html = render(readings, tables_of(readings), figures)
    assert name not in html
    assert "&lt;img src=x onerror=alert(1)&gt;, adjusted" in html


def test_the_table_is_that_of_all_methods(page):
    table = method_table(invented(10))

    rows = rows_of(section_of(page, "methods"))

    titles = [METHODS[name].title for name in table["method"]]
    assert [row[0].partition(",")[0] for row in rows] == titles
    errors = (100 * table["balanced_error"]).map("{:.1f}".format)
    assert [row[2] for row in rows] == errors.tolist()
    oracles = [row[0] for row in rows if "oracle" in row[0]]
    assert oracles == [
        f"{POSTHOC[name].title}, {oracle}"
        for name in POSTHOC
        for oracle in ("oracle τ for all seeds", "oracle τ per seed")
    ]
    assert page.count('<tr class="oracle">') == len(oracles)


def test_the_head_of_the_page_tells_data_and_recipe(page):
    words = words_of(page.partition("<ul")[0].partition("<h1>")[2])

    counts = invented(10).class_counts["count"]
    assert f"{counts.sum():,} training images in 10 classes" in words
    assert "from 5,000 of a class to 50; 400 test images, 40 of a class;" in words
    assert "class; recipe invented recipe" in words
    assert words.endswith("2 epochs, 3 seeds.")


def test_a_mirrored_view_has_a_column_where_there_is_one(page):
    assert "mirrored" not in section_of(page, "methods")

    answers = [answer(RIGHT), answer([[2, 0], [2, 0]], view=View.MIRRORED)]
    (row,) = rows_of(page_of(readings_of(answers, counts_of(9, 1))))

    assert row[3:5] == ["100.0", "50.0"]


def test_published_figures_stand_on_the_page_with_their_source():
    parameters = make_parameters(10, dataset="cifar10_lt")
    parameters["training"] = {"network": "resnet32", "epochs": 200}
    counts = counts_of(*exponential_profile(5000, 10, 100))
    right = np.eye(10, dtype=int)
    readings = readings_of([answer(right)], counts, parameters=parameters)

    section = section_of(page_of(readings), "methods")

    assert rows_of(section)[0][-1] == "27.16"
    assert "Published figures: Menon et al., ICLR 2021: mean of 5 trials." in section


def test_what_the_held_out_tau_costs_is_told(page):
    section = words_of(section_of(page, "tau"))

    table = method_table(invented(10)).set_index(["method", "tau_choice"])
    for name in POSTHOC:
        errors = table.loc[name, "balanced_error"]
        gap = 100 * (errors["held-out"] - errors["oracle per seed"])
        told = f"{METHODS[name].title}: the held-out τ falls {gap:.1f} points short"
        assert told in section
    nothing = page_of(invented(10, held_out=False))
    assert "no training images were held out" in section_of(nothing, "tau")


def test_a_new_chart_is_on_the_page_by_its_row_alone(monkeypatch):
    new = Chart(("readings",), "A chart of tomorrow", "methods", "confidence")
    monkeypatch.setitem(CHARTS, "new", new)
    bars = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    drawn = {dataset_of(name): bars for name in CHARTS}

    page = page_of(invented(10), charts.figures(drawn))

    figures = re.findall(
        r'<figure class="chart" id="(\w+)".*? aria-label="(.*?)">', page
    )
    assert dict(figures) == {
        dataset_of(name): chart.caption.replace("'", "&#39;")
        for name, chart in CHARTS.items()
        if chart.section
    }
    section = section_of(page, "confidence")
    assert re.findall(r'id="(\w+_chart)"', section) == [
        "reliability_chart",
        "new_chart",
    ]
    (specifications,) = re.findall(r"Object\.entries\((.*)\)\) \{", page)
    assert json.loads(specifications)["new_chart"] == bars.to_dict()


def test_a_section_that_the_page_does_not_have_is_refused():
    with pytest.raises(ValueError, match="for x_chart. Received: appendix"):
        Figure("x_chart", "A chart", "appendix", {})


def test_the_parameters_are_those_that_made_the_readings(page):
    parameters = make_parameters() | {"training": {"network": "of yesterday"}}
    readings = readings_of([answer(RIGHT)], counts_of(9, 1), parameters=parameters)

    section = section_of(page_of(readings), "run")

    assert "training:\n  network: of yesterday\n" in section
    assert "comparison:\n  dataset: invented\n" in section


def test_what_made_the_runs_is_told_and_where_they_differ(page):
    section = words_of(section_of(page, "run"))
    assert "Trained with keras 3.15.0, device CPU." in section
    assert "different" not in section

    made_with = pd.DataFrame(
        {
            "what": ["keras", "numpy", "device"],
            "values": ["3.15.0, 3.15.1", "2.4.0", "CPU, H100"],
            "differs": [True, False, True],
        }
    )
    readings = readings_of([answer(RIGHT)], counts_of(9, 1), made_with=made_with)

    section = words_of(section_of(page_of(readings), "run"))
    assert (
        "Trained with different versions or devices: "
        "keras 3.15.0, 3.15.1; device CPU, H100." in section
    )
    assert "Trained with numpy 2.4.0." in section


def test_the_two_gaussians_are_shown_at_tau_1(page):
    rows = rows_of(section_of(page, "gaussians"))

    errors = gaussians_table().set_index(["method", "tau"])["balanced_error"]
    assert [row[:2] for row in rows] == [
        ["ERM", ""],
        ["Weight normalisation, bias dropped", "1.0"],
        ["Weight normalisation, bias normalised", "1.0"],
        ["Weight normalisation, bias kept", "1.0"],
        ["Post-hoc logit adjustment", "1.0"],
        ["Logit-adjusted loss", "1.0"],
    ]
    assert rows[0][2] == f"{100 * errors['erm', 0]:.2f}"
    assert rows[2][2] == rows[0][2]
    assert rows[5][2] == f"{100 * errors['logit_adjusted', 1]:.2f}"


def test_the_page_loads_nothing_from_elsewhere(page):
    written = re.sub("<script>.*?</script>", "", page, flags=re.S)
    assert not re.findall(r"<(?:script|link|img|iframe)|url\(|@import", written)


def test_an_imbalanced_test_set_and_classes_without_test_images_are_named():
    confusion = [[8, 0, 0], [1, 1, 0], [0, 0, 0]]
    page = words_of(page_of(readings_of([answer(confusion)], counts_of(90, 9, 1))))
    assert "10 test images, from 8 of a class to 0" in page
    assert "The test set is not balanced" in page
    assert "Without test images , and so in no figure of this page: class 2." in page
    balanced = words_of(page_of(readings_of([answer(RIGHT)], counts_of(9, 1))))
    assert "4 test images, 2 of a class" in balanced
    assert "not balanced" not in balanced and "Without test images" not in balanced


def test_a_tau_that_was_chosen_on_validation_images_is_told():
    answers = [
        answer(confusion, "posthoc_logit_adjusted", choice=choice, tau=tau)
        for confusion, choice, tau in [
            ([[2, 0], [2, 0]], Choice.FIXED, 1.0),
            ([[2, 0], [1, 1]], Choice.VALIDATION, 1.5),
            (RIGHT, Choice.ORACLE, 2.0),
        ]
    ]
    page = page_of(readings_of(answers, counts_of(9, 1)))
    (_, chosen, _) = rows_of(section_of(page, "methods"))
    assert chosen[0].endswith(", validation τ") and chosen[2] == "25.0"
    assert "“Validation”: chosen on the validation images" in page
    assert "“Held-out”" not in page
    assert "the validation τ falls 25.0 points short of the oracle" in words_of(page)


def test_two_gaussians_of_another_version_are_refused():
    old = gaussians_table().replace("weight_normalised_bias_kept", "weight_normalised")
    readings = invented(10)
    with pytest.raises(InputError, match="another version, weight_normalised. Draw"):
        render(readings, tables_of(readings, old), ())


def test_methods_that_were_not_there_yet_have_no_row():
    told = ("erm", "posthoc_logit_adjusted", "logit_adjusted", "vs")
    answers = [answer([[2, 0], [1, 1]], name) for name in told]
    readings = readings_of(answers, counts_of(9, 1))
    tables = tables_of(readings, gaussians_table())
    page = report(
        readings, tables.methods, tables.gains, tables.classes, tables.gaussians
    )
    titles = [row[0] for row in rows_of(section_of(page, "methods"))]
    assert titles == [METHODS[name].title for name in told]
    few = readings_of(answers[:3], counts_of(9, 1))
    with pytest.raises(InputError, match="Received: those of Table 1 alone"):
        report(few, tables.methods, tables.gains, tables.classes, tables.gaussians)
