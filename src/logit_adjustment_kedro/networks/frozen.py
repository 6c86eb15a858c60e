"""A network that others have trained; training/frozen_features.py has its features."""

import hashlib
import warnings
from importlib.metadata import version
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from ..errors import InputError
from ..files import typed_path
from .standardised import Standardised

IMAGENET = "imagenet"
# The networks of `keras.applications`, by the module with the scaling of their input.
# They stand here so that a recipe can be checked without Keras.
MODULES = {
    "convnext": (
        "ConvNeXtTiny",
        "ConvNeXtSmall",
        "ConvNeXtBase",
        "ConvNeXtLarge",
        "ConvNeXtXLarge",
    ),
    "densenet": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "efficientnet": (
        "EfficientNetB0",
        "EfficientNetB1",
        "EfficientNetB2",
        "EfficientNetB3",
        "EfficientNetB4",
        "EfficientNetB5",
        "EfficientNetB6",
        "EfficientNetB7",
    ),
    "efficientnet_v2": (
        "EfficientNetV2B0",
        "EfficientNetV2B1",
        "EfficientNetV2B2",
        "EfficientNetV2B3",
        "EfficientNetV2S",
        "EfficientNetV2M",
        "EfficientNetV2L",
    ),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "inception_v3": ("InceptionV3",),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": ("MobileNetV3Small", "MobileNetV3Large"),
    "nasnet": ("NASNetMobile", "NASNetLarge"),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
    "vgg16": ("VGG16",),
    "vgg19": ("VGG19",),
    "xception": ("Xception",),
}
BACKBONES = {name: module for module, names in MODULES.items() for name in names}


class Frozen(Standardised):
    """A network of `keras.applications` that learns nothing more.

    Its features of the images are computed once, by `extractor`. They are what the rest
    is built on and trained with: each is standardised, for a head that learns.

    Attributes:
        backbone: a class of `keras.applications`.
        weights: those of its training on ImageNet, which Keras downloads once; or the
            path of a file that Keras saved weights in, without those of the last
            layers; None for random ones.
        size: pixels a side that images are resized to, whatever their proportions;
            None leaves them as they are.
    """

    name: ClassVar[str] = "frozen"
    backbone: Literal[*BACKBONES] = "EfficientNetV2B0"
    weights: str | None = IMAGENET
    size: int | None = Field(224, ge=1)

    @override
    def asked(self) -> dict[str, Any]:
        """Returns the parameters, with the content of a file in place of its path.

        In place of random weights stands what made them, Keras's version.

        Raises:
            InputError: there is no such file.
        """
        asked = super().asked()
        if self.weights is None:
            return asked | {"weights": f"random_{version('keras')}"}
        if self.weights == IMAGENET:
            return asked
        try:
            with typed_path(self.weights).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        except OSError as fault:
            raise InputError(
                f"Expected training.frozen.weights to be {IMAGENET}, null or the path "
                f"of a file. Received: {self.weights} ({fault.strerror})"
            ) from None
        return asked | {"weights": digest}

    @override
    def features(self, images, l2: float):
        if images.shape[1:3] != (1, 1):
            raise InputError(
                "Expected features of images, from the extractor of network=frozen. "
                f"Received: shape={images.shape}"
            )
        return super().features(images, l2)

    def extractor(self, image_shape: tuple[int, int, int]):
        """Returns a model from raw images to their features.

        Args:
            image_shape: `(H, W, C)`, with 1 or 3 channels.

        Returns:
            From `[N, H, W, C]`, from 0 to 255, to `[N, 1, 1, D] float32`.

        Raises:
            InputError: the images do not go with the backbone, or the weights do not,
                or they cannot be downloaded.
        """
        import keras
        from keras import layers

        from .layers import InputScaling

        height, width, channels = image_shape
        if channels not in (1, 3):
            raise InputError(
                "Expected images in colour or grey for network=frozen. Received: "
                f"{channels} channels"
            )
        images = keras.Input(image_shape, dtype="uint8", name="images")
        x = layers.Rescaling(1.0)(images)
        if channels == 1:
            x = layers.Concatenate()([x, x, x])
        if self.size is not None:
            height = width = self.size
            x = layers.Resizing(height, width, antialias=True)(x)
        x = InputScaling(BACKBONES[self.backbone])(x)
        x = self._built((height, width, 3))(x, training=False)
        return keras.Model(images, layers.GlobalAveragePooling2D(keepdims=True)(x))

    def _built(self, shape: tuple[int, int, int]):
        """Returns the backbone, without its last layers."""
        import keras

        if self.weights is None:  # they are to be the same whenever they are asked for
            keras.utils.set_random_seed(0)
        build = getattr(keras.applications, self.backbone)
        try:
            network = build(include_top=False, weights=None, input_shape=shape)
        except ValueError as fault:  # Keras's, of too small a shape
            raise InputError(
                f"Expected training.frozen.size for {self.backbone}. Received: "
                f"{shape[0]} x {shape[1]} pixels ({_first_line(fault)})"
            ) from None
        if self.weights == IMAGENET:
            network = self._downloaded(build, shape)
        elif self.weights is not None:
            self._read(network)
        network.trainable = False
        return network

    def _downloaded(self, build, shape: tuple[int, int, int]):
        try:
            return build(include_top=False, weights=IMAGENET, input_shape=shape)
        except Exception as fault:  # Keras raises no narrower one
            raise InputError(
                f"Expected to download the weights of {self.backbone}, or to find them "
                "in ~/.keras/models; training.frozen.weights can name a file. "
                f"Received: {_first_line(fault)}"
            ) from fault

    def _read(self, network) -> None:
        try:
            with warnings.catch_warnings():
                # Of another network, one a layer before the error that says it.
                warnings.simplefilter("ignore")
                network.load_weights(typed_path(self.weights))
        except Exception as fault:  # damaged files raise errors of many kinds
            raise InputError(
                f"Expected weights of {self.backbone}, without its last layers, as "
                f"Keras saves them in .weights.h5. Received: {self.weights} "
                f"({_first_line(fault)})"
            ) from fault


def _first_line(fault: Exception) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]
