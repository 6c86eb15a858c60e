"""What all stores share, on the simplest of them: a page."""

import os
import pickle
import subprocess
import sys

import pytest
from kedro.io import DatasetError, Version

from logit_adjustment_kedro.datasets import (
    AltairChartDataset,
    ImageSetDataset,
    PageDataset,
    ReadingsDataset,
    TableDataset,
)
from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.errors import InputError

EARLIER, LATER = "2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"
STORES = [
    AltairChartDataset,
    ImageSetDataset,
    PageDataset,
    ReadingsDataset,
    TableDataset,
]


SAVE = """
import sys
from kedro.io import Version
from logit_adjustment_kedro.datasets import PageDataset
PageDataset(filepath=sys.argv[1], version=Version(None, sys.argv[2])).save("other")
"""


def of_this_process(version):
    return f"{version}-{os.getpid()}"


@pytest.fixture
def page_of(tmp_path):
    """Returns the page as a run sees it that saves, and may load, these versions."""

    def page_of(save=None, load=None):
        return PageDataset(
            filepath=str(tmp_path / "page.html"), version=Version(load, save)
        )

    return page_of


def test_without_versions_there_is_one_file(tmp_path):
    page = PageDataset(filepath=str(tmp_path / "new" / "page.html"))
    assert not page.exists()
    for text in ("first", "second"):
        page.save(text)
        assert page.exists()
        assert page.load() == text
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "page.html"]


def test_each_run_saves_a_version_of_its_own(page_of, tmp_path):
    page_of(save=EARLIER).save("earlier")
    page_of(save=LATER).save("later")
    folder = tmp_path / "page.html"
    assert (folder / of_this_process(EARLIER) / "page.html").read_text() == "earlier"
    assert (folder / of_this_process(LATER) / "page.html").read_text() == "later"


def test_the_newest_version_is_loaded_unless_one_is_asked_for(page_of):
    assert not page_of().exists()
    page_of(save=EARLIER).save("earlier")
    page_of(save=LATER).save("later")
    assert page_of().load() == "later"
    assert page_of(load=of_this_process(EARLIER)).load() == "earlier"


@pytest.mark.filterwarnings("error")
def test_a_run_reads_what_it_saved_though_another_saved_later(page_of):
    mine = page_of(save=EARLIER)
    page_of(save=LATER).save("later")
    assert mine.load() == "later"  # as long as there is none of its own
    mine.save("mine")
    assert mine.load() == "mine"


def test_another_process_of_the_run_reads_it_too(page_of):
    """As with ParallelRunner, whose processes have each a copy of the catalog."""
    mine, copy = page_of(save=EARLIER), page_of(save=EARLIER)
    page_of(save=LATER).save("later")
    assert copy.load() == "later"
    pickle.loads(pickle.dumps(mine)).save("mine")
    assert copy.load() == "mine"


def test_runs_that_begin_in_the_same_millisecond_have_versions_of_their_own(
    page_of, tmp_path
):
    mine = page_of(save=EARLIER)
    mine.save("mine")
    path = tmp_path / "page.html"
    subprocess.run(
        [sys.executable, "-c", SAVE, path, EARLIER],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert len([*path.iterdir()]) == 2
    assert mine.load() == "mine"


def test_a_version_asked_for_comes_before_that_of_the_run(page_of):
    page_of(save=EARLIER).save("earlier")
    page_of(save=LATER).save("later")
    assert page_of(save=LATER, load=of_this_process(EARLIER)).load() == "earlier"


def test_a_version_is_never_overwritten(page_of):
    page_of(save=EARLIER).save("first")
    with pytest.raises(DatasetError, match="must not exist"):
        page_of(save=EARLIER).save("second")
    assert page_of().load() == "first"


def test_what_cannot_be_saved_leaves_no_version(page_of, tmp_path):
    page_of(save=EARLIER).save("earlier")
    with pytest.raises(DatasetError):
        page_of(save=LATER).save("\ud800")  # no character: UTF-8 has no bytes for it
    assert page_of().load() == "earlier"
    assert list((tmp_path / "page.html" / of_this_process(LATER)).iterdir()) == []


def test_a_file_without_versions_in_the_way_is_named(page_of, tmp_path):
    (tmp_path / "page.html").write_text("of an earlier layout")
    page = page_of(save=LATER)
    assert not page.exists()
    for use in (page.load, lambda: page.save("new")):
        with pytest.raises(DataError) as told:
            use()
        line = str(told.value)
        assert line.startswith(f"{tmp_path / 'page.html'} is of an earlier layout")
        assert "Remove it" in line and "\n" not in line


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("path", ["s3://bucket/a.json", "file:///data/a.json"])
def test_a_path_that_is_not_local_is_refused(store, path):
    with pytest.raises(InputError) as refusal:
        store(filepath=path)
    assert str(refusal.value) == f"Expected a local path. Received: {path}"


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "version", [None, Version(None, LATER), Version(EARLIER, None)]
)
def test_nothing_stored_is_told_in_one_line(store, version, tmp_path):
    dataset = store(filepath=str(tmp_path / "a.json"), version=version)
    assert not dataset.exists()
    with pytest.raises(DataError) as told:
        dataset.load()
    line = str(told.value)
    assert line.startswith(f"No {store.content} at {tmp_path / 'a.json'}")
    assert "pipeline" in line and "\n" not in line


DAMAGE = {
    "empty": b"",
    "binary": b"\xff\x00\x93",
    "cut_off": b'{"half": ',
    "of_another_kind": b"[1]\n",
}


def assert_told_in_one_line(store, file, content):
    file.write_bytes(content)
    with pytest.raises(DataError) as told:
        store(filepath=str(file)).load()
    line = str(told.value)
    assert line.startswith(f"Expected the {store.content} stored in {file}, but it is")
    assert f"remove {file} and run the" in line and "\n" not in line


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("store", [AltairChartDataset, ImageSetDataset])
def test_a_damaged_file_is_told_in_one_line(store, content, tmp_path):
    assert_told_in_one_line(store, tmp_path / "a.json", content)


@pytest.mark.parametrize(
    ("store", "content"), [(TableDataset, b""), (PageDataset, b"caf\xe9")]
)
def test_a_damaged_text_is_told_in_one_line(store, content, tmp_path):
    assert_told_in_one_line(store, tmp_path / "a.txt", content)
