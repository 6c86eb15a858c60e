import gzip
import re
import traceback
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from catalog_examples import example as documented
from logit_adjustment_kedro.datasets.sources.tfrecords import TFRecordDataset
from picture_trees import picture
from tfrecord_files import example, write

SHAPE = (2, 3, 3)
CLASSES = ("cat", "dog", "fox")


def dataset(
    url: str | Path | Sequence[str], path: str | Path = "unused"
) -> TFRecordDataset:
    return TFRecordDataset(
        url=url if isinstance(url, list | tuple) else str(url),
        path=str(path),
        image_shape=SHAPE,
        class_names=CLASSES,
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


@pytest.fixture
def shards(tmp_path, records) -> list[Path]:
    """The records in files of three, three and one."""
    parts = (records[:3], records[3:6], records[6:])
    return [
        write(tmp_path / f"train-0000{number}-of-00003.tfrecord", part)
        for number, part in enumerate(parts)
    ]


def fault_of(source: TFRecordDataset) -> str:
    with pytest.raises(DatasetError) as failure:
        source.load()
    assert "\n" not in str(failure.value)
    return str(failure.value)


def test_shards_are_read_in_the_order_of_their_names(shards, tmp_path, images, labels):
    pattern = tmp_path / "train-*-of-*.tfrecord"
    source = dataset(pattern)
    assert source.exists()
    read = source.load()
    np.testing.assert_array_equal(read.images, images)
    np.testing.assert_array_equal(read.labels, labels)
    assert read.origin == f"{pattern} (3 files)"
    assert str(pattern) in str(source)


def test_a_list_is_read_in_its_order(shards, images):
    read = dataset([str(shards[2]), str(shards[0])]).load()
    np.testing.assert_array_equal(read.images, images[[6, 0, 1, 2]])
    assert read.origin == f"{shards[2]}, {shards[0]} (2 files)"
    globs = dataset([str(shards[1]), f"{shards[0].parent}/train-00000-*"])
    assert "expected 3 shards" in fault_of(globs)


def test_a_glob_may_be_relative_and_begin_at_home(shards, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    monkeypatch.chdir(tmp_path)
    for pattern in ("train-?????-of-00003.tfrecord", "~/train-*", "*/../train-*"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        assert len(dataset(pattern).load()) == 7


def test_a_file_whose_name_looks_like_a_glob_is_read(tmp_path, records):
    file = write(tmp_path / "set[1].tfrecord", records)
    write(tmp_path / "set1.tfrecord", records[:1])
    assert len(dataset(file).load()) == 7


def test_a_glob_that_matches_nothing_is_told(tmp_path):
    (tmp_path / "a.tfrecord").mkdir()
    source = dataset(tmp_path / "*.tfrecord")
    assert not source.exists()
    told = f"There is no file that matches {tmp_path / '*.tfrecord'}."
    assert fault_of(source) == told


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_shard_is_found(shards, tmp_path, missing):
    shards[missing].unlink()
    assert fault_of(dataset(tmp_path / "train-*")) == (
        f"{tmp_path / 'train-*'}: expected 3 shards, as their names say. Received: 2, "
        f"without number {missing}"
    )


def test_a_shard_cut_short_is_named(shards, tmp_path):
    shards[1].write_bytes(shards[1].read_bytes()[:-1])
    assert fault_of(dataset(tmp_path / "train-*")) == (
        f"{shards[1]}: record 2: expected a whole record that matches its checksums, "
        "came a damaged or cut-off one"
    )


def test_an_empty_list_is_refused():
    with pytest.raises(DatasetError, match="url: .* at least 1 item"):
        dataset([])


def test_several_files_may_be_listed_in_any_sequence(shards, images):
    urls = [str(shard) for shard in shards[:2]]
    for places in (urls, tuple(urls)):
        np.testing.assert_array_equal(dataset(places).load().images, images[:6])


def test_a_file_that_is_there_twice_is_refused(shards, tmp_path):
    with pytest.raises(DatasetError, match=f"each file once. Received: {shards[1]}"):
        dataset([str(shards[1]), str(tmp_path / "train-*")]).load()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"image_shape": 28}, "image_shape: .* Received: 28"),
        ({"image_shape": [28, 28]}, "image_shape: .* at least 3 items"),
        ({"image_shape": [28, 28, 0]}, "image_shape.2: .* greater than or equal to 1"),
        ({"image_shape": ["4", 4, 3]}, "image_shape.0: .* valid integer"),
        ({"class_names": "abc"}, "class_names: .* valid list. Received: 'abc'"),
        ({"url": None}, "url: .* valid list. Received: None"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(wrong, told):
    given = {"url": "a", "image_shape": [4, 4, 3], "class_names": ["a", "b"]} | wrong
    with pytest.raises(DatasetError, match=f"^Wrong argument of a source .*{told}"):
        TFRecordDataset(path="kept", **given)


def test_a_picture_with_as_many_bytes_as_raw_pixels_is_a_picture(tmp_path):
    png = picture(50)
    read = encoded(tmp_path, png, shape=(len(png), 1, 1)).load()
    assert np.unique(read.images).tolist() == [50]


def test_shards_at_urls_are_fetched_and_kept(server, shards, tmp_path, images):
    for shard in shards[:2]:
        server.send_whole(shard.read_bytes())
    urls = [f"{server.url}/{shard.name}" for shard in shards[:2]]
    source = dataset(urls, path=tmp_path / "kept")
    assert not source.exists()
    for _ in range(2):
        np.testing.assert_array_equal(source.load().images, images[:6])
    assert source.exists()
    assert server.requests == [f"/{shard.name}" for shard in shards[:2]]


@pytest.mark.parametrize("name", ["a.tfrecord.gz", "a.tfrecord"])
def test_compressed_files_are_read(file, tmp_path, images, labels, name):
    packed = tmp_path / name
    packed.write_bytes(gzip.compress(file.read_bytes()))
    read = dataset(packed).load()
    np.testing.assert_array_equal(read.images, images)
    np.testing.assert_array_equal(read.labels, labels)


def test_compressed_shards_are_read(shards, tmp_path, images):
    for shard in shards:
        packed = shard.with_name(f"{shard.name}.gz")
        packed.write_bytes(gzip.compress(shard.read_bytes()))
        shard.unlink()
    read = dataset(tmp_path / "train-*-of-*.tfrecord.gz").load()
    np.testing.assert_array_equal(read.images, images)


def test_a_compressed_file_cut_short_is_found_wherever_it_ends(file, tmp_path):
    content = gzip.compress(file.read_bytes())
    packed = tmp_path / "a.gz"
    for end in range(1, len(content)):
        packed.write_bytes(content[:end])
        assert fault_of(dataset(packed)).startswith(f"{packed}: record ")


def test_a_flipped_byte_of_a_compressed_file_is_found(file, tmp_path):
    content = gzip.compress(file.read_bytes())
    packed = tmp_path / "a.gz"
    for place in range(10, len(content)):  # the header has no more than a time
        changed = bytearray(content)
        changed[place] ^= 1
        packed.write_bytes(changed)
        assert fault_of(dataset(packed)).startswith(f"{packed}: ")


def encoded(tmp_path, *images: bytes, shape=(2, 2, 3)) -> TFRecordDataset:
    records = [example(image=image, label=n % 3) for n, image in enumerate(images)]
    return TFRecordDataset(
        url=str(write(tmp_path / "encoded.tfrecord", records)),
        path="unused",
        image_shape=shape,
        class_names=CLASSES,
    )


@pytest.mark.parametrize("suffix", ["png", "jpeg"])
@pytest.mark.parametrize("shape", [(2, 2, 3), (4, 6, 3), (2, 3, 1)])
def test_encoded_images_are_decoded_and_fitted(tmp_path, suffix, shape):
    read = encoded(tmp_path, picture(50, suffix), picture(99, suffix), shape=shape)
    images = read.load()
    assert images.image_shape == shape
    for image, grey in zip(images.images, (50, 99), strict=True):
        assert np.unique(image).tolist() == [grey]
    assert images.labels.tolist() == [0, 1]


def test_raw_and_encoded_images_may_stand_together(tmp_path):
    read = encoded(tmp_path, bytes(range(12)), picture(50)).load()
    assert read.images[0].ravel().tolist() == list(range(12))
    assert np.unique(read.images[1]).tolist() == [50]


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_raw_images_that_begin_as_encoded_ones_are_raw(tmp_path, start):
    raw = start + bytes(12 - len(start))
    read = encoded(tmp_path, raw).load()
    assert read.images.tobytes() == raw


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (picture(50)[:-30], "Expected a whole picture. Received: .* PNG"),
        (b"\xff\xd8\xff" + bytes(20), "Expected a whole picture. Received: .* JPEG"),
        (picture(50, "gif"), "or a JPEG or PNG, came .* bytes; this is a GIF"),
        (bytes(13), "image/encoded of 12 bytes, or a JPEG or PNG, came 13 bytes$"),
    ],
)
def test_what_cannot_be_decoded_is_named(tmp_path, image, told):
    told_of = fault_of(encoded(tmp_path, picture(1), image))
    assert told_of.startswith(f"{tmp_path / 'encoded.tfrecord'}: record 1: ")
    assert re.search(told, told_of)


def test_encoded_images_of_a_shape_that_no_picture_has_are_refused(tmp_path):
    told = fault_of(encoded(tmp_path, picture(1), shape=(2, 2, 4)))
    assert "record 0: channels: Input should be 1 or 3. Received: 4" in told


def test_the_example_in_the_documentation_works(tmp_path):
    records = [example(image=bytes(32 * 32 * 3), label=label) for label in range(10)]
    file = write(tmp_path / "cifar10_test.tfrecord", records)
    source = documented(TFRecordDataset, url=str(file))
    assert source.load().images.shape == (10, 32, 32, 3)
    assert source.load().class_names[9] == "truck"
