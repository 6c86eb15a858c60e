"""What was trained, found by what made it: `Setup`, `Run`, and the store of runs.

Free of Kedro, and of Keras until a network is asked for:

    from logit_adjustment_kedro import runs

    for run in runs.open("data/07_model_output/digits_lt/default/runs"):
        print(run.setup.method, run.seed, run.logits[runs.Part.TEST, runs.View.PLAIN])
"""

from pathlib import Path

from .run import Part, Run, View
from .setup import Setup, configured_backend
from .store import RunStore

__all__ = [
    "Part",
    "Run",
    "RunStore",
    "Setup",
    "View",
    "configured_backend",
    "open",
]


def open(folder: str | Path) -> RunStore:
    """Returns the runs that are stored in a folder, to look up or to loop over.

    Args:
        folder: such as `data/07_model_output/digits_lt/default/runs`; where there is
            none, there is no run in it.
    """
    return RunStore(Path(folder))
