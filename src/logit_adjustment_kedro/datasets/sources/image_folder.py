"""Labelled images from a folder of pictures, or an archive of one."""

from typing import Any

from typing_extensions import override

from .addresses import local_path
from .archives import open_container
from .containers import Container
from .picture_files import find_pictures
from .picture_parts import Part, PictureFiles
from .picture_sets import PicturesDataset


class ImageFolderDataset(PicturesDataset):
    """One part of a folder of pictures, one folder a class; read-only.

    The folder holds `train/CLASS/*` and `test/CLASS/*`, and perhaps `val/CLASS/*` (or
    `validation`, `valid`; also `training` and `testing`); without it the validation
    part is empty. Or it holds only `CLASS/*`: then the parts are divided here, at
    random, class by class, always in the same way, and at least one image of each class
    trains. A single folder around all that is entered.

    The classes are the names of the folders, sorted. Their pictures are JPEG, PNG, GIF,
    WebP and BMP files, also in folders further down, of any sizes and colours; see
    `images.decode`. Hidden files are passed over, other files are counted and told.
    Links to files within the folder are followed; other links, and all in an archive,
    are refused.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.ImageFolderDataset
      folder: ~/pictures/cells.tar.gz
      part: train
      image_size: [48, 64]
      fit: pad
    ```

    Args:
        folder: a folder, or a `.tar`, `.tar.gz`, `.tgz` or `.zip` file, read in place.
            A relative one starts where the command is typed, not at the project, and
            `~` is the home folder. None is refused only when it is loaded.
        part: `train`, `test` or `validation`.
        image_size: the height and width of the images, or one number for both.
        channels: 3 for colours, 1 for greys.
        fit: what becomes of a picture with other proportions: `crop`, `pad` (with
            black) or `squash`.
        test_fraction: where there are no parts, how much of each class is to test on;
            at least one image of a class that has two.
        validation_fraction: where there are no parts, how much of each class is to
            validate on; at least one image of a class that has three.
        seed: where there are no parts, which images are in which part follows from it.
        unreadable: what to do with files that cannot be read as pictures: `refuse`, or
            `skip` and warn. What they are changes nothing about the others.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: an argument is none of these.
    """

    divider = "folders train and test"

    def __init__(self, *, folder: str | None, part: Part, **options: Any):
        # A folder's name may be a number, and then is one in YAML.
        path = None if folder is None else local_path(str(folder))
        super().__init__(path, part, **options)

    @override
    def _find(self) -> tuple[Container, PictureFiles]:
        container = open_container(self.path)
        return container, find_pictures(
            container, self.asked.fractions, self.asked.seed
        )
