"""Input and output: what an entry of the data catalog may be."""

from .altair_chart import AltairChartDataset
from .digits import LongTailedDigitsDataset
from .folder import FolderDataset
from .image_set import ImageSet, ImageSetDataset
from .keras_models import KerasModelsDataset
from .tfrecords import TFRecordDataset

__all__ = [
    "AltairChartDataset",
    "FolderDataset",
    "ImageSet",
    "ImageSetDataset",
    "KerasModelsDataset",
    "LongTailedDigitsDataset",
    "TFRecordDataset",
]
