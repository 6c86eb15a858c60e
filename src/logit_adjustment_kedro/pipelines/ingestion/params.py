"""What a dataset promises about itself."""

from pydantic import Field

from ...parameters import Parameters


class ExponentialProfile(Parameters):
    """The class counts of a training set made long-tailed by the EXP profile.

    Attributes:
        n_max: the number of images of class 0.
        imbalance_ratio: the count of the first class over that of the last.
    """

    n_max: int = Field(ge=1)
    imbalance_ratio: float = Field(ge=1)


class Promise(Parameters):
    """What must be true of a dataset before anything is trained on it.

    Attributes:
        train_profile: the class counts of the training set; none promises nothing.
        test_images_per_class: the size of the balanced test set; none promises nothing.
    """

    train_profile: ExponentialProfile | None = None
    test_images_per_class: int | None = Field(default=None, ge=1)
