"""What a person sees of trainings while they run."""

import re
from io import StringIO
from types import SimpleNamespace

import pytest
import rich
from rich.console import Console
from rich.text import Text
from tiny import AS_THEY_COME, make_task

from logit_adjustment_kedro.longtail.methods import TRAINED
from logit_adjustment_kedro.training import bars, train
from logit_adjustment_kedro.training.bars import Bars


@pytest.fixture
def drawn(monkeypatch) -> StringIO:
    """What is drawn on a terminal of 80 columns."""
    drawn = StringIO()
    terminal = Console(file=drawn, width=80, force_terminal=True)
    monkeypatch.setattr(rich, "_console", terminal)
    return drawn


def test_where_nobody_watches_the_log_has_a_line_a_minute_and_no_results_are_lost(
    monkeypatch, caplog
):
    caplog.set_level("INFO")
    monkeypatch.setattr(rich, "_console", Console(file=StringIO()))
    now = [0]
    monkeypatch.setattr(bars, "time", SimpleNamespace(monotonic=lambda: now[0]))
    shown, name = Bars(), "erm, seed 0"
    shown.begin(name, 0, 8)
    for now[0], epochs in ((50, 0.6), (61, 0.7), (70, 0.8)):
        shown.move(name, epochs)
    for now[0], results in ((80, "epoch 1/8"), (100, "epoch 2/8"), (140, "epoch 3/8")):
        shown.tell(name, results)
    for now[0], epochs in ((150, 3.1), (200, 3.5)):
        shown.move(name, epochs)
    shown.close()
    told = "0.7 epochs are done", "epoch 1/8", "epoch 3/8", "3.5 epochs are done"
    assert caplog.messages == [f"{name}: {line}" for line in told]


def lines(drawn: StringIO) -> list[str]:
    return Text.from_ansi(drawn.getvalue()).plain.splitlines()


def test_80_columns_have_room_for_a_training_and_all_that_is_told_of_it(drawn):
    train(make_task("logit_adjusted", epochs=1, **AS_THEY_COME), seed=0)
    told = (
        r"logit_adjusted, seed 0 ━+ epoch 1/1  loss [\d.]+  test [\d.]+% +0:00:00 left"
    )
    assert re.fullmatch(told, lines(drawn)[-1])


@pytest.mark.parametrize("method", TRAINED)
def test_results_that_have_no_room_go_on_below_and_nothing_is_cut(drawn, method):
    shown, name = Bars(), f"{method} for tau, seed 10"
    shown.begin(name, 0, 1419)
    shown.tell(name, "epoch 1241/1419  loss 12.179  validation 81.2%")
    shown.close()
    assert "…" not in drawn.getvalue()
    assert any(line.startswith(name) and line.endswith("left") for line in lines(drawn))
    told = " ".join(" ".join(lines(drawn)).replace("-:--:-- left", "").split())
    assert told.endswith(" epoch 1241/1419 loss 12.179 validation 81.2%")
