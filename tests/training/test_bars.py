"""What a person sees of trainings while they run."""

import re
from io import StringIO

import pytest
import rich
from rich.console import Console
from rich.text import Text

from logit_adjustment_kedro.training.bars import Bars

NAME = "logit_adjusted, seed 0"
RESULTS = "epoch 100/200  loss 0.179  test 81.2%"


@pytest.fixture
def drawn(monkeypatch) -> StringIO:
    """What is drawn on a terminal of 80 columns."""
    drawn = StringIO()
    terminal = Console(file=drawn, width=80, force_terminal=True)
    monkeypatch.setattr(rich, "_console", terminal)
    return drawn


def test_80_columns_have_room_for_a_training_and_all_that_is_told_of_it(drawn):
    bars = Bars(2)
    bars.begin(NAME, 0, 200)
    bars.move(NAME, 100)
    bars.tell(NAME, RESULTS)
    bars.close()
    *_, both, training = Text.from_ansi(drawn.getvalue()).plain.splitlines()
    assert both.startswith("2 trainings")
    assert re.search("1 waiting, 1 running, 0 over +-:--:-- left$", both)
    assert training.startswith(NAME)
    assert training.endswith(f"{RESULTS} -:--:-- left")
