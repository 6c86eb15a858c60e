"""Images as a page can hold them."""

import base64
from io import BytesIO

import numpy as np


def png_of(image: np.ndarray) -> str:
    """Returns an image as a PNG file, in base64.

    Args:
        image: `[H, W, C] uint8`, with one channel or three.
    """
    from PIL import Image

    content = BytesIO()
    pixels = image.squeeze(-1) if image.shape[-1] == 1 else image
    Image.fromarray(pixels).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode("ascii")
