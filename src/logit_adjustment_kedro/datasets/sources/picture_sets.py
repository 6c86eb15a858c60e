"""What folders and tables of pictures have in common."""

import logging
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np
from kedro.io import AbstractDataset
from pydantic import Field
from typing_extensions import override

from ...images import Fitting, ImageSet
from ..errors import DataError, known_to_kedro
from .addresses import listed
from .arguments import checked
from .containers import Container
from .picture_parts import Part, PictureFiles
from .pictures import read_pictures

logger = logging.getLogger(__name__)


class Asked(Fitting):
    """What is asked of pictures, but where they are; see `ImageFolderDataset`."""

    part: Part
    test_fraction: float = Field(gt=0, lt=1)
    validation_fraction: float = Field(ge=0, lt=1)
    seed: int = Field(ge=0)
    unreadable: Literal["refuse", "skip"]

    @property
    def fractions(self) -> tuple[float, float]:
        """How much of each class is to test on, and how much to validate on."""
        return self.test_fraction, self.validation_fraction


class PicturesDataset(AbstractDataset[NoReturn, ImageSet]):
    """One part of pictures that lie somewhere; read-only.

    Subclasses write `_find`.

    Args:
        path: where they are; None is refused when they are loaded.
        part: `train`, `test` or `validation`.
        image_size: see `ImageFolderDataset`, as of all others.
        channels: 3 for colours, 1 for greys.
        fit: `crop`, `pad` or `squash`.
        test_fraction: how much of each class is to test on, if they come undivided.
        validation_fraction: how much of each class is to validate on, if so.
        seed: of that division.
        unreadable: `refuse`, or `skip` and warn.
        metadata: anything; used by Kedro plugins, not by this class.

    Attributes:
        divider: what divides pictures into parts, where it is there, for messages.
        besides: what else holds of a division made here, for messages.

    Raises:
        DataError: an argument is none of these.
    """

    divider: ClassVar[str]
    besides: ClassVar[str] = ""

    def __init__(
        self,
        path: Path | None,
        part: Part,
        *,
        image_size: int | list[int] = 32,
        channels: Literal[1, 3] = 3,
        fit: Literal["crop", "pad", "squash"] = "crop",
        test_fraction: float = 0.2,
        validation_fraction: float = 0.1,
        seed: int = 0,
        unreadable: Literal["refuse", "skip"] = "refuse",
        metadata: dict[str, Any] | None = None,
    ):
        self.path = path
        asked = {
            "part": part,
            "image_size": image_size,
            "channels": channels,
            "fit": fit,
            "test_fraction": test_fraction,
            "validation_fraction": validation_fraction,
            "seed": seed,
            "unreadable": unreadable,
        }
        self.asked = checked(Asked, asked)
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads all pictures of the part.

        Returns:
            The images; `origin` names where they are and the part, `files` are their
            names there.

        Raises:
            DataError: no path was given; or nothing is there, or not as expected; or
                pictures cannot be read, and are not to be skipped.
        """
        if self.path is None:
            raise DataError(
                "Expected a folder of pictures, or an archive of one. Received: none. "
                "Give it as --params=folder=PATH"
            )
        with known_to_kedro():
            container, found = self._find()
            if self.asked.part == "train":
                self._tell(found)
            part = found.parts[self.asked.part]
            pixels, faults = read_pictures(container, part.files.tolist(), self.asked)
            images = ImageSet(
                pixels,
                part.labels,
                found.class_names,
                origin=f"{self.path} ({self.asked.part})",
                files=part.files,
                groups=part.groups,
                fit=self.asked.fit,
            )
        return self._without_unreadable(images, faults) if faults else images

    @abstractmethod
    def _find(self) -> tuple[Container, PictureFiles]:
        """Returns where the pictures are read, and which there are."""

    def _tell(self, found: PictureFiles) -> None:
        if found.divided:
            logger.info(
                "%s has no %s: of each class, %g %% are to test on and %g %% to "
                "validate on, chosen at random by seed %d%s.",
                self.path,
                self.divider,
                *(100 * fraction for fraction in self.asked.fractions),
                self.asked.seed,
                self.besides,
            )
        if found.others:
            logger.info(
                "%s: files passed over, as they are not pictures in the folder of a "
                "class: %d (%s)",
                self.path,
                len(found.others),
                listed(found.others),
            )

    def _without_unreadable(self, images: ImageSet, faults: dict[int, str]) -> ImageSet:
        told = [f"{images.files[row]} ({fault})" for row, fault in faults.items()]
        if self.asked.unreadable == "refuse":
            raise DataError(
                f"{images.origin}: {len(faults)} of {len(images)} pictures cannot be "
                f"read: {listed(told)}. Mend or remove them, or "
                "leave them out with `unreadable: skip`"
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
        raise DataError(f"{self.path} is read-only: nothing is saved there.")

    @override
    def _exists(self) -> bool:
        return self.path is not None and self.path.exists()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"path": str(self.path), **self.asked.model_dump()}
