"""Labelled images from a table of pictures."""

from typing import Any

from typing_extensions import override

from .addresses import local_path
from .containers import Container, Folder
from .picture_parts import Part, PictureFiles
from .picture_sets import PicturesDataset
from .picture_tables import read_table


class ImageTableDataset(PicturesDataset):
    """One part of the pictures that a table lists; read-only.

    The table has a row for each picture, and columns

    - `path`: where the picture lies, from the table's folder on, with slashes;
    - `label`: the name of its class, a text, whatever it looks like: `NA` and `1.0`
      are names. The classes are sorted by it;
    - `split`, if there is one: `train`, `validation` (or `val`) or `test`;
    - `group`, if there is one, such as the patient: no group is ever divided between
      the parts, nor by holding out. A picture without a group is one of its own.

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
        **options: image_size, channels, fit, test_fraction, validation_fraction, seed,
            unreadable and metadata; see `ImageFolderDataset`.

    Raises:
        DataError: an argument is none of these.
    """

    divider = "column split"
    besides = "; groups stay together"

    def __init__(self, *, table: str, part: Part, **options: Any):
        super().__init__(local_path(str(table)), part, **options)

    @override
    def _find(self) -> tuple[Container, PictureFiles]:
        found = read_table(self.path, self.asked.fractions, self.asked.seed)
        return Folder(self.path.parent), found
