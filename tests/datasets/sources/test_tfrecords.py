import re
import traceback
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets.sources.tfrecords import TFRecordDataset

SHAPE = (2, 3, 3)
CLASSES = ("cat", "dog", "fox")


def dataset(url: str | Path, path: str | Path = "unused") -> TFRecordDataset:
    return TFRecordDataset(
        url=str(url), path=str(path), image_shape=SHAPE, class_names=CLASSES
    )


def test_records_are_read_in_order(file, images, labels):
    read = dataset(file).load()
    np.testing.assert_array_equal(read.images, images)
    np.testing.assert_array_equal(read.labels, labels)
    assert read.images.dtype == np.uint8
    assert read.labels.dtype == np.int64
    assert read.class_names == CLASSES
    assert read.origin == str(file)


def test_local_file_is_read_in_place(file, tmp_path):
    for url in (str(file), file.as_uri()):
        read = dataset(url, path=tmp_path / "kept").load()
        assert len(read.labels) == 7
        assert read.origin == url
    assert list(tmp_path.iterdir()) == [file]


def test_missing_local_file_is_an_error(tmp_path):
    file = tmp_path / "none.tfrecord"
    with pytest.raises(DatasetError) as failure:
        dataset(file).load()
    assert str(failure.value) == f"There is no file at {file}."


def test_saving_is_refused(file):
    with pytest.raises(DatasetError, match="read-only"):
        dataset(file).save(dataset(file).load())


def test_url_is_fetched_once_and_kept(server, file, tmp_path, images):
    server.send_whole(file.read_bytes())
    source = dataset(f"{server.url}/a/good.tfrecord", path=tmp_path / "kept")
    assert not source.exists()
    for _ in range(2):
        read = source.load()
        np.testing.assert_array_equal(read.images, images)
        host = f"127.0.0.1%3a{server.server_port}"
        kept = tmp_path / "kept" / "http" / host / "a" / "good.tfrecord"
        assert read.origin == f"{server.url}/a/good.tfrecord (kept at {kept})"
        assert kept.is_file()
    assert source.exists()
    assert server.requests == ["/a/good.tfrecord"]


@pytest.mark.parametrize("page", [b"<html>", b"<!DOCTYPE html><p>Please log in.</p>"])
def test_html_page_is_refused_and_not_kept(server, tmp_path, page):
    server.send_whole(page)
    url = f"{server.url}/good.tfrecord"
    with pytest.raises(DatasetError) as failure:
        dataset(url, path=tmp_path).load()
    assert str(failure.value) == (
        f"{url}: record 0: expected a whole record that matches its checksums, "
        f"came a file that begins with {page[:20]!r}"
    )
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
    assert len(server.requests) == 1


def test_damaged_kept_file_is_named_by_its_path(server, file, tmp_path):
    server.send_whole(file.read_bytes())
    source = dataset(f"{server.url}/good.tfrecord", path=tmp_path / "kept")
    source.load()
    (kept,) = (tmp_path / "kept").rglob("*.tfrecord")
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(DatasetError) as failure:
        source.load()
    assert str(failure.value).startswith(f"{kept}: record 6: ")
    assert str(failure.value).endswith(
        f" (kept from {server.url}/good.tfrecord; remove the file to fetch it again)"
    )
    kept.unlink()
    assert len(source.load()) == 7


def test_description_names_url_and_file(tmp_path):
    text = str(dataset("https://host.org/a.tfrecord", path=tmp_path))
    assert "https://host.org/a.tfrecord" in text
    assert str(tmp_path / "https" / "host.org" / "a.tfrecord") in text


def test_no_secret_is_shown_or_stored(server, file, tmp_path, caplog):
    server.send_status(503)
    server.send_whole(file.read_bytes())
    host = server.url.removeprefix("http://")
    url = f"http://me:pa55w0rd@{host}/good.tfrecord?token=hidden&sesame"
    source = dataset(url, path=tmp_path / "kept")
    read = source.load()
    assert read.origin.startswith(f"{server.url}/good.tfrecord?token=***&*** (kept at ")
    assert server.requests[-1] == "/good.tfrecord?token=hidden&sesame"
    (kept,) = (path for path in tmp_path.rglob("*good*") if path != file)
    said = [str(kept), read.origin, str(source), repr(source), caplog.text]
    assert "Trying again" in caplog.text
    kept.write_bytes(b"damaged")
    for fail in (source.load, lambda: source.save(None)):
        with pytest.raises(DatasetError) as failure:
            fail()
        said.append("".join(traceback.format_exception(failure.value)))
    for text in said:
        assert not re.search("pa55w0rd|hidden|sesame", text)


def test_secrets_are_not_in_what_could_not_be_fetched(server, tmp_path):
    server.send_status(403)
    host = server.url.removeprefix("http://")
    url = f"http://me:pa55w0rd@{host}/good.tfrecord?token=hidden"
    with pytest.raises(DatasetError) as failure:
        dataset(url, path=tmp_path).load()
    text = "".join(traceback.format_exception(failure.value))
    assert f"Cannot fetch {server.url}/good.tfrecord?token=***: the server" in text
    assert not re.search("pa55w0rd|hidden", text)


def test_folder_may_end_with_a_slash(server, file, tmp_path):
    server.send_whole(file.read_bytes())
    dataset(f"{server.url}/rec//good.tfrecord", path=tmp_path / "kept").load()
    assert server.requests == ["/rec/good.tfrecord"]
    assert len(dataset(f"{tmp_path}//good.tfrecord").load()) == 7


def test_home_folder_may_be_a_tilde(file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    monkeypatch.setenv("USERPROFILE", str(file.parent))  # on Windows
    assert len(dataset("~/good.tfrecord").load()) == 7
