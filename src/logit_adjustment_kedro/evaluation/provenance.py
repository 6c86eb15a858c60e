"""In what runs that are drawn together agree, and differ, beside what was asked."""

from collections.abc import Mapping, Sequence

import pandas as pd


def differences(made_with: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Tabulates what made the runs.

    Args:
        made_with: of each run; see there.

    Returns:
        Columns what (such as "keras"), values (all that there are, in their order of
        appearance, parted by commas) and differs (whether there is more than one).

    >>> differences([{"keras": "3.15.0"}, {"keras": "3.15.1"}]).to_dict("records")
    [{'what': 'keras', 'values': '3.15.0, 3.15.1', 'differs': True}]
    """
    names = dict.fromkeys(name for run in made_with for name in run)
    values = {
        name: list(dict.fromkeys(run.get(name, "unknown") for run in made_with))
        for name in names
    }
    return pd.DataFrame(
        {
            "what": list(values),
            "values": [", ".join(of_name) for of_name in values.values()],
            "differs": [len(of_name) > 1 for of_name in values.values()],
        }
    )
