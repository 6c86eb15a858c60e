"""Labelled images from a folder of pictures, or an archive of one."""

import logging
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from kedro.io import AbstractDataset
from pydantic import Field
from typing_extensions import override

from ...errors import InputError
from ...images import Fitting, ImageSet
from ..errors import DataError
from .addresses import local_path
from .archives import open_container
from .picture_files import Part, PictureFiles, find_pictures, listed
from .pictures import read_pictures

logger = logging.getLogger(__name__)


class _Asked(Fitting):
    part: Part
    test_fraction: float = Field(gt=0, lt=1)
    validation_fraction: float = Field(ge=0, lt=1)
    seed: int = Field(ge=0)
    unreadable: Literal["refuse", "skip"]


class ImageFolderDataset(AbstractDataset[NoReturn, ImageSet]):
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

    def __init__(
        self,
        *,
        folder: str | None,
        part: Part,
        image_size: int | list[int] = 32,
        channels: Literal[1, 3] = 3,
        fit: Literal["crop", "pad", "squash"] = "crop",
        test_fraction: float = 0.2,
        validation_fraction: float = 0.1,
        seed: int = 0,
        unreadable: Literal["refuse", "skip"] = "refuse",
        metadata: dict[str, Any] | None = None,
    ):
        # A folder's name may be a number, and then is one in YAML.
        self._path = None if folder is None else local_path(str(folder))
        try:
            self._asked = _Asked.model_validate(
                {
                    "part": part,
                    "image_size": image_size,
                    "channels": channels,
                    "fit": fit,
                    "test_fraction": test_fraction,
                    "validation_fraction": validation_fraction,
                    "seed": seed,
                    "unreadable": unreadable,
                }
            )
        except ValueError as fault:
            raise DataError(f"Wrong argument of a folder of images. {fault}") from None
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads all pictures of the part.

        Returns:
            The images in the order of the labels, then of their names; `origin` names
            the folder and the part, `files` are the names within the folder.

        Raises:
            DataError: no folder was given; or it is missing, or not laid out as
                expected; or pictures cannot be read, and are not to be skipped.
        """
        if self._path is None:
            raise DataError(
                "Expected a folder of pictures, or an archive of one. Received: none. "
                "Give it as --params=folder=PATH"
            )
        try:
            return self._read(self._path)
        except InputError as fault:
            raise DataError(str(fault)) from fault

    def _read(self, path: Path) -> ImageSet:
        asked = self._asked
        container = open_container(path)
        fractions = (asked.test_fraction, asked.validation_fraction)
        found = find_pictures(container, fractions, asked.seed)
        if asked.part == "train":
            self._tell(found)
        files, labels = found.parts[asked.part]
        pixels, faults = read_pictures(container, files.tolist(), asked)
        images = ImageSet(
            pixels,
            labels,
            found.class_names,
            origin=f"{path} ({asked.part})",
            files=files,
        )
        return self._without_unreadable(images, faults) if faults else images

    def _tell(self, found: PictureFiles) -> None:
        if found.divided:
            logger.info(
                "%s has no folders train and test: of each class, %g %% are to test on "
                "and %g %% to validate on, chosen at random by seed %d.",
                self._path,
                100 * self._asked.test_fraction,
                100 * self._asked.validation_fraction,
                self._asked.seed,
            )
        if found.others:
            logger.info(
                "%s: files passed over, as they are not pictures in the folder of a "
                "class: %d (%s)",
                self._path,
                len(found.others),
                listed(found.others),
            )

    def _without_unreadable(self, images: ImageSet, faults: dict[int, str]) -> ImageSet:
        told = [f"{images.files[row]} ({fault})" for row, fault in faults.items()]
        if self._asked.unreadable == "refuse":
            raise DataError(
                f"{images.origin}: {len(faults)} of {len(images)} pictures cannot be "
                f"read: {listed(told)}. Mend or remove them, or leave them out with "
                "`unreadable: skip`"
            )
        logger.warning(
            "%s: %d of %d pictures are left out, as they cannot be read: %s",
            images.origin,
            len(faults),
            len(images),
            listed(told, most=len(told)),
        )
        return images.take(np.setdiff1d(np.arange(len(images)), [*faults]))

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError("Folders of pictures are read-only: nothing is saved there.")

    @override
    def _exists(self) -> bool:
        return self._path is not None and self._path.exists()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"folder": str(self._path), **self._asked.model_dump()}
