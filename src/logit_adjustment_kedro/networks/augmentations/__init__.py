"""What happens to images at random while a network is trained.

An augmentation is geometric, and says from where the pixels of an image are taken, or
photometric, and changes their values. `layers.Augment` makes one layer of several, in
which the geometric ones share a single gather of pixels.
"""

from .base import Augmentation, Geometric, Photometric
from .geometric import Mirror, Shift, Zoom
from .photometric import Colour, Cutout

__all__ = [
    "AUGMENTATIONS",
    "Augmentation",
    "Colour",
    "Cutout",
    "Geometric",
    "Mirror",
    "Photometric",
    "Shift",
    "Zoom",
]

# They act in this order.
AUGMENTATIONS: dict[str, type[Augmentation]] = {
    augmentation.name: augmentation
    for augmentation in (Mirror, Shift, Zoom, Colour, Cutout)
}
