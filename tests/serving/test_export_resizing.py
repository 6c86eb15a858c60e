from io import BytesIO

import keras
import numpy as np
import pytest
from PIL import Image

from logit_adjustment_kedro.images.decoding import Fitting, decode
from logit_adjustment_kedro.serving.export.resizing import fitted

SIZES = [(16, 24), (32, 48), (8, 8), (100, 75), (120, 160), (250, 40), (17, 25)]
SIZES += [(3, 200), (1, 1)]


def picture(height, width):
    """A picture with surfaces, edges and noise."""
    random = np.random.default_rng(height)
    few = random.integers(0, 256, (height // 9 + 2, width // 9 + 2, 3), "uint8")
    smooth = np.asarray(Image.fromarray(few).resize((width, height), Image.BICUBIC))
    noisy = smooth + random.normal(0, 12, smooth.shape)
    return noisy.clip(0, 255).astype("uint8")


def by_pillow(pixels, fitting):
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return decode(file.getvalue(), fitting)


@pytest.mark.parametrize("fit", ["crop", "pad", "squash"])
def test_pixels_differ_from_those_of_pillow_by_1_at_most(fit):
    fitting = Fitting(image_size=(16, 24), fit=fit)
    images = keras.Input((None, None, 3), dtype="uint8")
    model = keras.Model(images, fitted(images, (16, 24), fit))
    differing = []
    for size in SIZES:
        pixels = picture(*size)
        expected = by_pillow(pixels, fitting).astype("float32")
        made = np.asarray(model(np.stack([pixels, pixels[::-1]])))[0]
        differing.append(np.abs(made - expected))
        assert differing[-1].max() <= 1, size
    assert differing[0].max() == 0  # of the size that is asked for, nothing changes
    # Only a value half-way between two is ever rounded to the other one.
    assert np.mean(differing) < 0.1
