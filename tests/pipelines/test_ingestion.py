"""Ingestion as Kedro runs it: what it makes, and what it refuses before it runs."""

import numpy as np
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation import TypeExtractor

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import Expected, ImageSet, LongTail
from logit_adjustment_kedro.pipelines.ingestion import create_pipeline

# The exponential profile with n_max 4 and ratio 4: 4, 2, 1.
EXPECTED = Expected.model_validate(
    {
        "train_profile": {"n_max": 4, "imbalance_ratio": 4},
        "test_images_per_class": 2,
    }
)


def image_set(*counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = np.zeros((len(labels), 2, 2, 1), "uint8")
    return ImageSet(pixels, labels, ("cat", "dog", "emu"), origin="a/file.tfrecord")


def ingest(train_source, test_source, **long_tail):
    inputs = {
        "train_source": train_source,
        "test_source": test_source,
        "validation_source": None,
        "params:dataset": EXPECTED,
        "params:long_tail": LongTail(**long_tail),
    }
    datasets = {name: MemoryDataset(value) for name, value in inputs.items()}
    outputs = SequentialRunner().run(create_pipeline(), DataCatalog(datasets))
    return {name: output.load() for name, output in outputs.items()}


def test_images_as_expected_are_handed_on_with_their_counts():
    made = ingest(image_set(4, 2, 1), image_set(2, 2, 2))
    assert set(made) >= {"test_set", "class_counts"}
    assert made["test_set"].labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert made["class_counts"].to_dict("list") == {
        "label": [0, 1, 2],
        "class_name": ["cat", "dog", "emu"],
        "count": [4, 2, 1],
    }


def test_training_images_are_made_long_tailed_before_they_are_checked():
    train, test = image_set(5, 4, 4), image_set(2, 2, 2)
    made = ingest(train, test, profile="exp", n_max=4, imbalance_ratio=4)
    assert made["class_counts"]["count"].tolist() == [4, 2, 1]
    assert len(made["test_set"]) == 6
    with pytest.raises(InputError, match="expected 7 images"):
        ingest(train, test, profile="exp", n_max=4, imbalance_ratio=2)


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [((4, 2, 2), (2, 2, 2), "7 images"), ((4, 2, 1), (2, 2, 1), "6 images")],
)
def test_images_unlike_what_is_expected_are_refused(train, test, message):
    with pytest.raises(InputError, match=message):
        ingest(image_set(*train), image_set(*test))


def test_parameters_are_typed_by_the_nodes_that_take_them():
    """So Kedro refuses a wrong one before anything runs."""
    types = TypeExtractor({"": create_pipeline()}).extract_types_from_pipelines()
    assert types == {"dataset": Expected, "long_tail": LongTail}
