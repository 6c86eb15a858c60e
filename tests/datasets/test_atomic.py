import pytest

from logit_adjustment_kedro.datasets.atomic import replacing


def test_a_file_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "file.txt"
    with replacing(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as temporary:
        temporary.write_text("half")
        _ = 1 / 0
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "folder"
    for name in ("first", "second"):
        with replacing(target) as temporary:
            temporary.mkdir()
            (temporary / name).touch()
    assert [path.name for path in target.iterdir()] == ["second"]


def test_what_a_killed_process_left_is_removed(tmp_path):
    target = tmp_path / "file.txt"
    with pytest.raises(SystemExit), replacing(target) as temporary:
        left = temporary.parent
        raise SystemExit
    left.mkdir()
    (left / "file.txt").write_text("half")
    with replacing(target) as temporary:
        temporary.write_text("whole")
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]
