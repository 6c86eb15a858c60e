"""The nodes that draw, and the pipeline of the two Gaussians that has some."""

import subprocess
import sys

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation import TypeExtractor

from drawn_charts import SYNTHETIC
from logit_adjustment_kedro.charts import CHARTS, charts_of
from logit_adjustment_kedro.evaluation.synthetic import Synthetic
from logit_adjustment_kedro.pipelines.drawing import chart_nodes
from logit_adjustment_kedro.pipelines.synthetic import create_pipeline


@pytest.mark.parametrize("pipeline", ["table_1", "methods", "gaussians"])
def test_a_pipeline_has_a_node_for_each_of_its_charts(pipeline):
    nodes = {node.name: node for node in chart_nodes(charts_of(pipeline))}

    rows = {n: chart for n, chart in CHARTS.items() if chart.pipeline == pipeline}
    assert list(nodes) == [f"{name}_chart" for name in rows]
    for name, chart in rows.items():
        node = nodes[f"{name}_chart"]
        assert node.inputs == list(chart.inputs)
        assert node.outputs == [f"{name}_chart"]


def test_the_gaussians_need_nothing_but_parameters():
    pipeline = create_pipeline()

    assert pipeline.inputs() == {"params:synthetic"}
    assert pipeline.outputs() == {"synthetic_chart", "boundaries_chart"}
    types = TypeExtractor({"synthetic": pipeline}).extract_types_from_pipelines()
    assert types == {"synthetic": Synthetic}


def test_the_gaussians_run():
    catalog = DataCatalog({"params:synthetic": MemoryDataset(SYNTHETIC)})

    outputs = SequentialRunner().run(create_pipeline(), catalog)

    drawn = {name: output.load().to_dict() for name, output in outputs.items()}
    titles = {name: chart["title"]["text"] for name, chart in drawn.items()}
    assert titles == {
        "synthetic_chart": "Balanced error on two Gaussians, by τ",
        "boundaries_chart": "Decision boundaries of one trial, at τ = 1",
    }


def test_wiring_imports_neither_altair_nor_keras():
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from logit_adjustment_kedro.pipelines.synthetic import create_pipeline
create_pipeline()
loaded = {{"altair", "jinja2", "keras", "tensorflow"}} & set(sys.modules)
sys.exit(f"imported: {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
