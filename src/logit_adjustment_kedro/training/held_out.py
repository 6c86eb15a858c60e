"""What is held out of a training, to choose on."""

from pydantic import Field

from ..parameters import Parameters


class HeldOut(Parameters):
    """Which training images the tau of post-hoc methods is chosen on.

    Attributes:
        fraction: how much of each class is held out from one more training a seed; 0
            spares that training, and no tau is chosen.
    """

    fraction: float = Field(ge=0, le=0.5)
