import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets import FolderDataset


def test_folder_is_made_where_there_is_none(tmp_path):
    dataset = FolderDataset(path=str(tmp_path / "a" / "b"))
    assert not dataset.exists()
    assert dataset.load().is_dir()
    assert dataset.exists()
    with pytest.raises(DatasetError, match="to write into"):
        dataset.save(tmp_path)
