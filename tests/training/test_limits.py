"""What a container or a batch system leaves of a machine."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from logit_adjustment_kedro.training import limits

GIB = 2**30


@pytest.fixture(autouse=True)
def groups(tmp_path, monkeypatch) -> Path:
    """The groups of a machine of 16 cores with 64 GiB free, and this process in two."""
    (tmp_path / "cgroup").write_text("4:memory:/old\n0::/batch/job_7\n")
    (tmp_path / "batch/job_7").mkdir(parents=True)
    monkeypatch.setattr(limits, "GROUPS", tmp_path)
    monkeypatch.setattr(limits, "GROUP", tmp_path / "cgroup")
    there = SimpleNamespace(available=64 * GIB)
    monkeypatch.setattr(limits.psutil, "virtual_memory", lambda: there)
    monkeypatch.setattr(limits, "processors", lambda: 16)
    return tmp_path


def limit_memory(group: Path, most: str, taken: float, files: float = 0.0) -> None:
    (group / "memory.max").write_text(f"{most}\n")
    (group / "memory.current").write_text(f"{int(taken * GIB)}\n")
    stat = f"anon 12\ninactive_file {int(files * GIB)}\n"
    (group / "memory.stat").write_text(stat)


def test_without_limits_it_is_all_of_the_machine():
    assert (limits.cores(), limits.free_memory()) == (16, 64 * GIB)


def test_no_limit_is_written_as_max(groups):
    limit_memory(groups / "batch", "max", taken=60)
    (groups / "batch/cpu.max").write_text("max 100000\n")
    assert (limits.cores(), limits.free_memory()) == (16, 64 * GIB)


@pytest.mark.parametrize("group", ["batch/job_7", "batch", "."])
def test_a_limit_of_any_group_that_it_is_in_holds(groups, group):
    limit_memory(groups / group, str(8 * GIB), taken=3)
    (groups / group / "cpu.max").write_text("250000 100000\n")
    assert (limits.cores(), limits.free_memory()) == (2, 5 * GIB)


def test_the_tightest_limit_counts(groups):
    limit_memory(groups / "batch", str(8 * GIB), taken=3)
    limit_memory(groups / "batch/job_7", str(4 * GIB), taken=1)
    assert limits.free_memory() == 3 * GIB


def test_files_in_memory_that_are_not_in_use_are_free(groups):
    limit_memory(groups / "batch", str(8 * GIB), taken=7, files=2.5)
    assert limits.free_memory() == 3.5 * GIB


def test_there_is_always_one_core_and_never_less_than_no_memory(groups):
    (groups / "batch/cpu.max").write_text("50000 100000\n")
    limit_memory(groups / "batch", str(GIB), taken=1.5)
    assert (limits.cores(), limits.free_memory()) == (1, 0)


def test_elsewhere_than_on_linux_there_are_no_groups(groups):
    (groups / "cgroup").unlink()
    assert (limits.cores(), limits.free_memory()) == (16, 64 * GIB)
