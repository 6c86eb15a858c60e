"""Input and output: what an entry of the data catalog may be.

Neither Keras nor TensorFlow nor Altair is imported before something is loaded or saved
that needs it.
"""

from .sources.arrays import ArraysDataset
from .sources.digits import LongTailedDigitsDataset
from .sources.features import FeaturesDataset
from .sources.image_folder import ImageFolderDataset
from .sources.image_table import ImageTableDataset
from .sources.keras_sets import KerasImagesDataset
from .sources.new_examples import NewExamplesDataset
from .sources.new_logits import NewLogitsDataset
from .sources.nothing import NoImagesDataset
from .sources.predictions import PredictionsDataset
from .sources.tfrecords import TFRecordDataset
from .stores.charts import AltairChartDataset
from .stores.exports import ExportDataset
from .stores.folder import FolderDataset
from .stores.image_sets import ImageSetDataset
from .stores.pages import PageDataset
from .stores.readings import ReadingsDataset
from .stores.runs import RunsDataset
from .stores.tables import TableDataset

__all__ = [
    "AltairChartDataset",
    "ArraysDataset",
    "ExportDataset",
    "FeaturesDataset",
    "FolderDataset",
    "ImageFolderDataset",
    "ImageSetDataset",
    "ImageTableDataset",
    "KerasImagesDataset",
    "LongTailedDigitsDataset",
    "NewExamplesDataset",
    "NewLogitsDataset",
    "NoImagesDataset",
    "PageDataset",
    "PredictionsDataset",
    "ReadingsDataset",
    "RunsDataset",
    "TFRecordDataset",
    "TableDataset",
]
