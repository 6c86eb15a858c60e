"""What a person is told of a mistake, in few words."""

from kedro.config import MissingConfigException
from kedro.io import DatasetError
from kedro.io.core import VersionNotFoundError
from omegaconf.errors import OmegaConfBaseException
from yaml.error import YAMLError

from .errors import InputError

TRAINERS = ("keras", "tensorflow", "tensorboard")  # of the extra `train`


def in_few_words(error: BaseException) -> str | None:
    """Returns what to tell of a mistake, or None of a bug, whose traceback helps.

    Kedro wraps whatever happens while it loads and saves in a `DatasetError`: what
    counts is the cause behind it.
    """
    told, cause = str(error), error
    while cause is not None:
        if isinstance(cause, ModuleNotFoundError) and cause.name in TRAINERS:
            return (
                f"Training needs {cause.name}, which is not installed. Install "
                "requirements.txt, or the extra `train` of this package."
            )
        if isinstance(cause, ModuleNotFoundError) and cause.name == "distributed":
            return "DaskRunner needs Dask. Install the extra `dask` of this package."
        if isinstance(cause, InputError):
            return " ".join(line.strip() for line in told.strip().splitlines())
        if isinstance(cause, VersionNotFoundError | FileNotFoundError):
            return (
                f"{cause}\nNothing is stored there yet. Run `kedro run` first, with "
                "the same --env and --params=recipe=..."
            )
        if isinstance(
            cause, OmegaConfBaseException | YAMLError | MissingConfigException
        ):
            return f"Wrong configuration. {str(cause).splitlines()[0]}"
        if not isinstance(cause, DatasetError | OSError) and not _is_a_call(cause):
            return None
        cause = cause.__cause__
    return " ".join(told.split())


def _is_a_call(error: BaseException) -> bool:
    """Tells whether Kedro's arguments do not fit, as those of a catalog entry may."""
    frame, last = error.__traceback__, None
    while frame is not None:
        frame, last = frame.tb_next, frame.tb_frame.f_globals.get("__name__", "")
    return isinstance(error, TypeError) and str(last).startswith("kedro.")
