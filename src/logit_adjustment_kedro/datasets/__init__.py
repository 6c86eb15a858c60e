"""Input and output: what an entry of the data catalog may be.

Neither Keras nor TensorFlow nor Altair is imported before something is loaded or saved
that needs it.
"""

from .sources.digits import LongTailedDigitsDataset
from .sources.tfrecords import TFRecordDataset
from .stores.charts import AltairChartDataset
from .stores.folder import FolderDataset
from .stores.image_sets import ImageSetDataset
from .stores.pages import PageDataset
from .stores.readings import ReadingsDataset
from .stores.runs import RunsDataset
from .stores.tables import TableDataset

__all__ = [
    "AltairChartDataset",
    "FolderDataset",
    "ImageSetDataset",
    "LongTailedDigitsDataset",
    "PageDataset",
    "ReadingsDataset",
    "RunsDataset",
    "TFRecordDataset",
    "TableDataset",
]
