"""One picture, from the bytes of its file to the pixels that a network is given."""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from ..errors import InputError
from ..parameters import Parameters

if TYPE_CHECKING:  # importing it takes a while, and few commands need it
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
Side = Annotated[int, Field(ge=1, le=1024)]


def _both(size: Any) -> Any:
    if isinstance(size, int):
        return size, size
    return tuple(size) if isinstance(size, list) else size


Fit = Literal["crop", "pad", "squash"]


class Fitting(Parameters):
    """How pictures of any size and colours become images of one shape.

    Attributes:
        image_size: the height and width of an image, in pixels; a single number stands
            for both.
        channels: 3 for colours, 1 for greys.
        fit: what becomes of a picture with other proportions: `crop` cuts off what is
            too wide or too high, equally at both ends; `pad` adds black there, equally
            at both ends; `squash` changes the proportions.

    Example:
    >>> Fitting(image_size=[24, 32]).image_shape
    (24, 32, 3)
    """

    image_size: Annotated[tuple[Side, Side], BeforeValidator(_both)] = (32, 32)
    channels: Literal[1, 3] = 3
    fit: Fit = "crop"

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The shape of an image, `(H, W, C)`."""
        return (*self.image_size, self.channels)


def decode(content: bytes | BinaryIO, fitting: Fitting) -> np.ndarray:
    """Decodes a picture, and resizes it to the shape asked for.

    Of an animation the first frame counts. What EXIF says of the camera's orientation
    is done. Transparent pixels are laid over white, as a browser shows them. Of 16 bits
    65535 becomes 255. Colour profiles are not applied.

    This is the one resize of the project: Pillow's bilinear filter, which is a triangle
    as wide as the reduction, so that nothing is aliased. Cropping and resizing are one
    resampling.

    Args:
        content: a JPEG, PNG, GIF, WebP or BMP: its bytes, or a file opened in binary
            mode.
        fitting: the shape asked for, and how to reach it.

    Returns:
        `[H, W, C] uint8`.

    Raises:
        InputError: this is no such picture; or it is cut short or damaged; or it has
            more pixels than Pillow's `MAX_IMAGE_PIXELS`, which is read off its header
            before anything is decoded.
    """
    from PIL import Image

    stream = BytesIO(content) if isinstance(content, bytes) else content
    size = ""
    try:
        image = Image.open(stream, formats=FORMATS)
        size = f" of {image.width}x{image.height} pixels"
        _check_size(image)
        image.load()
        colours = _in_mode(_turned(image), "L" if fitting.channels == 1 else "RGB")
        return np.array(_fitted(colours, fitting)).reshape(fitting.image_shape)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(
            f"Expected a picture of at most {Image.MAX_IMAGE_PIXELS:,} pixels. "
            f"Received: one{size or ' of more'}, which may be a decompression bomb"
        ) from None
    except Exception as error:  # the formats' decoders raise errors of many kinds
        raise InputError(_trouble(stream, size, error)) from error


def _check_size(image: "Image") -> None:
    """Pillow itself raises from twice as many pixels on, and warns of fewer."""
    from PIL import Image

    most = Image.MAX_IMAGE_PIXELS
    if most is not None and image.width * image.height > most:
        raise Image.DecompressionBombError


def _trouble(stream: BinaryIO, size: str, error: Exception) -> str:
    """Says what is wrong with a picture, by what its file begins with."""
    from PIL import Image, UnidentifiedImageError

    stream.seek(0)
    start = stream.read(16)
    name = next((name for name in FORMATS if Image.OPEN[name][1](start)), None)
    if name is None:
        came = f"a file that begins with {start!r}" if start else "an empty file"
        return f"Expected a JPEG, PNG, GIF, WebP or BMP. Received: {came}"
    told = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, UnidentifiedImageError):
        told = "its header cannot be read, or says that it has no pixels"
    return f"Expected a whole picture. Received: a damaged {name}{size}: {told}"


def _turned(image: "Image") -> "Image":
    from PIL import ImageOps

    with suppress(Exception):  # EXIF that cannot be read is no reason to lose a picture
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _in_mode(image: "Image", mode: str) -> "Image":
    """Returns a picture in mode `L` or `RGB`, opaque and of 8 bits a channel."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        greys = np.asarray(image).astype(np.uint32)
        greys[greys == image.info.get("transparency", -1)] = 65535
        image = Image.fromarray(((greys + 128) // 257).astype(np.uint8))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image if image.mode == mode else image.convert(mode)


def _fitted(image: "Image", fitting: Fitting) -> "Image":
    from PIL import Image

    height, width = fitting.image_size
    if fitting.fit == "squash":
        return image.resize((width, height), Image.Resampling.BILINEAR)
    # The size at which one side fits, while the other one is too long, or too short.
    across = image.width * height / image.height
    down = image.height * width / image.width
    if fitting.fit == "pad":
        size = min(width, max(1, round(across))), min(height, max(1, round(down)))
        padded = Image.new(image.mode, (width, height))
        corner = (width - size[0]) // 2, (height - size[1]) // 2
        padded.paste(image.resize(size, Image.Resampling.BILINEAR), corner)
        return padded
    kept = (
        min(image.width, image.height * width / height),
        min(image.height, image.width * height / width),
    )
    left, top = (image.width - kept[0]) / 2, (image.height - kept[1]) / 2
    box = left, top, left + kept[0], top + kept[1]
    return image.resize((width, height), Image.Resampling.BILINEAR, box)
