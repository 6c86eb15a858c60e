"""The nodes of the comparison that read no predictions: tables, charts, the page.

Altair takes two seconds to import, so the nodes that draw import the charts when they
run, and their hints say `Any` for a chart: Kedro evaluates the hints of every node.
"""

from typing import Any

import pandas as pd

from .results import Results
from .tables import method_table, tau_table

__all__ = ["method_table", "tau_table"]
CHARTS = (  # those on the page
    "tau_chart",
    "tau_explorer",
    "class_accuracy_chart",
    "confusion_chart",
    "weight_norm_chart",
    "beta_chart",
    "reliability_chart",
    "training_curves",
    "synthetic_chart",
    "boundaries_chart",
)


def collect(**results: Results) -> dict[str, Results]:
    """Returns the results of all methods, in the order of the registry."""
    return results


def tau_chart(results: dict[str, Results]) -> Any:
    """Draws the balanced error of the post-hoc methods over tau."""
    from . import charts

    return charts.tau_chart(results)


def tau_explorer(tau_table: pd.DataFrame) -> Any:
    """Draws the accuracies of post-hoc logit adjustment beside a slider for tau."""
    from . import charts

    adjusted = tau_table[tau_table["method"] == "posthoc_logit_adjusted"]
    return charts.tau_explorer(adjusted.drop(columns="method"))


def class_accuracy_chart(
    results: dict[str, Results], class_counts: pd.DataFrame
) -> Any:
    """Draws the accuracy on each class, a panel a method."""
    from . import charts

    return charts.class_accuracy_chart(results, class_counts)


def confusion_chart(results: dict[str, Results], class_counts: pd.DataFrame) -> Any:
    """Draws which classes are taken for which, a panel a method."""
    from . import charts

    return charts.confusion_chart(results, class_counts)


def reliability_chart(results: dict[str, Results]) -> Any:
    """Draws the accuracy over the confidence, a panel a method."""
    from . import charts

    return charts.reliability_chart(results)


def weight_norm_chart(results: dict[str, Results], class_counts: pd.DataFrame) -> Any:
    """Draws the norms of the last layer's weights by class, a panel a method."""
    from . import charts

    return charts.weight_norm_chart(results, class_counts)


def training_curves(results: dict[str, Results]) -> Any:
    """Draws the test accuracy by epoch, a panel a trained method."""
    from . import charts

    return charts.training_curves(results)


def report(
    method_table: pd.DataFrame,
    class_counts: pd.DataFrame,
    synthetic_table: pd.DataFrame,
    parameters: dict,
    **charts: Any,
) -> str:
    """Puts tables, charts and parameters on one page; see `page.render`."""
    from .page import render

    return render(method_table, class_counts, synthetic_table, parameters, charts)
