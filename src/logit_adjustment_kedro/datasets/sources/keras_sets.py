"""The image datasets that Keras knows by name."""

from typing import Any, Literal, NoReturn, get_args

import numpy as np
from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import ImageSet
from ..errors import DataError
from .addresses import printable

Name = Literal["cifar10", "cifar100", "mnist", "fashion_mnist"]
DIGITS = tuple("0123456789")
CIFAR10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
CIFAR100 = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus
butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach
couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster
house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket
rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip
turtle wardrobe whale willow_tree wolf woman worm
"""
CLASS_NAMES: dict[Name, tuple[str, ...]] = {
    "cifar10": CIFAR10,
    "cifar100": tuple(CIFAR100.split()),
    "mnist": DIGITS,
    "fashion_mnist": FASHION,
}


class KerasImagesDataset(AbstractDataset[NoReturn, ImageSet]):
    """One part of an image dataset that Keras downloads, by its name; read-only.

    Keras keeps the files in `~/.keras/datasets`, and downloads them once. Grey images
    have one channel.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.KerasImagesDataset
      name: cifar10
      part: train
    ```

    Args:
        name: `cifar10`, `cifar100` (with its 100 fine classes), `mnist` or
            `fashion_mnist`.
        part: `train` or `test`, as published.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: an argument is none of these.
    """

    def __init__(
        self,
        *,
        name: Name,
        part: Literal["train", "test"],
        metadata: dict[str, Any] | None = None,
    ):
        for told, value, allowed in (
            ("name", name, get_args(Name)),
            ("part", part, ("train", "test")),
        ):
            if value not in allowed:
                raise DataError(
                    f"Expected {told} to be one of {', '.join(allowed)}. "
                    f"Received: {value!r}"
                )
        self._name: Name = name
        self._part = part
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads the images, and downloads them first if need be.

        Returns:
            The images in Keras's order.

        Raises:
            DataError: they could not be downloaded, or what is kept is damaged.
        """
        from keras import datasets  # with its backend it takes seconds

        try:
            train, test = getattr(datasets, self._name).load_data()
        except Exception as fault:  # of a failed download Keras raises just that
            told = printable(str(fault)) or type(fault).__name__
            raise DataError(f"Keras cannot load {self._name}: {told}") from fault
        images, labels = train if self._part == "train" else test
        if images.ndim == 3:
            images = images[..., np.newaxis]
        return ImageSet(
            images,
            labels.ravel().astype(np.int64),
            CLASS_NAMES[self._name],
            origin=f"Keras's {self._name} ({self._part})",
        )

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError("Keras's datasets are read-only: nothing is saved there.")

    @override
    def _describe(self) -> dict[str, Any]:
        return {"name": self._name, "part": self._part}
