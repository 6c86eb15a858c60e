"""Labelled images from a table of pictures."""

import logging
from typing import Any, NoReturn

from typing_extensions import override

from ...images import ImageSet
from ..errors import DataError
from .containers import Folder
from .image_folder import ImageFolderDataset
from .picture_files import Part
from .picture_tables import read_table
from .pictures import read_pictures

logger = logging.getLogger(__name__)


class ImageTableDataset(ImageFolderDataset):
    """One part of the pictures that a table lists; read-only.

    The table has a row for each picture, and columns

    - `path`: where the picture lies, from the table's folder on, with slashes;
    - `label`: the name of its class, a text, whatever it looks like: `NA` and `1.0`
      are names. The classes are sorted by it;
    - `split`, if there is one: `train`, `validation` (or `val`) or `test`;
    - `group`, if there is one, such as the patient: no group is ever divided between
      the parts. A picture without a group is one of its own.

    Without `split`, the parts are divided here, at random, always in the same way:
    class by class as `images.divide` does, or group by group, as near to that as
    `images.divide_groups` comes.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.ImageTableDataset
      table: ~/pictures/cells.csv
      part: train
      image_size: 64
      unreadable: skip
    ```

    Args:
        table: a `.csv` file in UTF-8, or a `.parquet` file. A relative one starts where
            the command is typed, not at the project, and `~` is the home folder.
        part: `train`, `test` or `validation`.
        **reading: image_size, channels, fit, test_fraction, validation_fraction, seed,
            unreadable and metadata; see `ImageFolderDataset`.

    Raises:
        DataError: an argument is none of these.
    """

    def __init__(self, *, table: str, part: Part, **reading: Any):
        super().__init__(folder=table, part=part, **reading)

    @override
    def load(self) -> ImageSet:
        """Reads all pictures of the part.

        Returns:
            The images in the order of the table; `origin` names the table and the part,
            `files` are the paths in it, tidied.

        Raises:
            DataError: the table is not as expected, see `read_table`; or there are
                pictures that cannot be read, and are not to be skipped.
        """
        asked = self._asked
        fractions = (asked.test_fraction, asked.validation_fraction)
        found = read_table(self._path, fractions, asked.seed)
        if found.divided and asked.part == "train":
            logger.info(
                "%s has no column split: of each class, %g %% are to test on and %g %% "
                "to validate on, chosen at random by seed %d; groups stay together.",
                self._path,
                *(100 * fraction for fraction in fractions),
                asked.seed,
            )
        files, labels = found.parts[asked.part]
        folder = Folder(self._path.parent)
        pixels, faults = read_pictures(folder, files.tolist(), asked)
        origin = f"{self._path} ({asked.part})"
        images = ImageSet(pixels, labels, found.class_names, origin, files=files)
        return self._without_unreadable(images, faults) if faults else images

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError("Tables of pictures are read-only: nothing is saved there.")

    @override
    def _describe(self) -> dict[str, Any]:
        return {"table": str(self._path), **self._asked.model_dump()}
