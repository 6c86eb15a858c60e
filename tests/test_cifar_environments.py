"""The CIFAR environments: from a URL to checked arrays, on images made of noise."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
from kedro.io import Version

from configured import parameters
from logit_adjustment_kedro.datasets import ImageSetDataset
from logit_adjustment_kedro.evaluation import Comparison
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.groups import GROUPS
from tfrecord_files import example, write

LATEST = Version(None, None)
TRAIN_COUNTS = {
    "cifar10": [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],
    "cifar100": exponential_profile(500, 100, 100).tolist(),
}


def write_noise(file, counts):
    random = np.random.default_rng(0)
    labels = random.permutation(np.repeat(np.arange(len(counts)), counts))
    noise = random.integers(0, 256, (100, 3072), dtype="uint8")
    images = [image.tobytes() for image in noise]
    return write(
        file,
        [
            example(image=images[row % 100], label=int(label))
            for row, label in enumerate(labels)
        ],
    )


@pytest.fixture(params=["cifar10", "cifar100"])
def served(request, tmp_path):
    """Serves the two files of a dataset; yields its name and the folder's URL."""
    name = request.param
    counts = TRAIN_COUNTS[name]
    folder = tmp_path / "served"
    folder.mkdir()
    write_noise(folder / f"{name}-lt_train.tfrecord", counts)
    write_noise(folder / f"{name}_test.tfrecord", [10_000 // len(counts)] * len(counts))
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield name, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_records_are_downloaded_checked_and_counted(served, project):
    name, url = served
    run = ["run", f"--env={name}_lt", "--pipelines=ingestion"]
    done = project.kedro(*run, f"--params=records_url={url}", no_proxy="127.0.0.1")
    assert done.returncode == 0, done.stderr
    primary = project.path / f"data/03_primary/{name}_lt"
    counts = pd.read_csv(project.latest(f"03_primary/{name}_lt/class_counts.csv/*/*"))
    assert counts["count"].tolist() == TRAIN_COUNTS[name]
    train_set, test_set = (
        ImageSetDataset(filepath=f"{primary}/{part}_set.json", version=LATEST).load()
        for part in ("train", "test")
    )
    assert train_set.images.shape == (sum(TRAIN_COUNTS[name]), 32, 32, 3)
    assert train_set.class_counts().tolist() == TRAIN_COUNTS[name]
    assert len(test_set) == 10_000
    host = url.removeprefix("http://").replace(":", "%3a")
    assert (project.path / f"data/01_raw/http/{host}/{name}_test.tfrecord").is_file()


def test_records_of_another_dataset_are_refused(tmp_path, project):
    write_noise(tmp_path / "cifar10-lt_train.tfrecord", [50] * 10)
    done = project.kedro("run", "--env=cifar10_lt", f"--params=records_url={tmp_path}")
    assert done.returncode == 1
    assert "expected 12,406 images" in done.stderr
    assert "Received: 500" in done.stderr
    assert not (project.path / "data/03_primary").exists()


@pytest.mark.parametrize("source", ["lt", "exp"])
@pytest.mark.parametrize(
    ("name", "sizes"), [("cifar10", [3, 4, 3]), ("cifar100", [35, 35, 30])]
)
def test_many_medium_and_few_are_those_of_other_papers(name, source, sizes):
    """On CIFAR-100-LT: more than 100 training images, 100 to 20, and fewer."""
    asked = parameters(f"{name}_{source}")["comparison"]
    comparison = Comparison.model_validate(asked)
    groups = comparison.groups.of(TRAIN_COUNTS[name]).tolist()
    assert [groups.count(group) for group in GROUPS] == sizes
