"""What valid parameters of the synthetic experiment are."""

from pydantic import Field

from ...parameters import Parameters


class Synthetic(Parameters):
    """The parameters of the synthetic experiment.

    Attributes:
        trials: how often points are drawn and rules learned; two at the least, for a
            standard deviation.
        train_points: how many points a trial learns from.
        test_points: how many more it is tested on.
        positive_share: the probability of a positive, which leaves both classes enough
            points to overlap.
        max_tau: the strengths go from 0 to this one.
        tau_steps: in so many equal steps.
        seed: that of all randomness.
    """

    trials: int = Field(ge=2)
    train_points: int = Field(ge=1000)
    test_points: int = Field(ge=1000)
    positive_share: float = Field(ge=0.01, le=0.99)
    max_tau: float = Field(gt=0)
    tau_steps: int = Field(ge=1)
    seed: int = Field(ge=0)
