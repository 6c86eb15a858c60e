"""Folders and archives that hold what they must not, or are not whole."""

import os
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets.sources import containers
from logit_adjustment_kedro.datasets.sources.archives import open_container
from logit_adjustment_kedro.datasets.sources.pictures import read_pictures
from logit_adjustment_kedro.images import Fitting
from picture_trees import KINDS, picture, pictures, write

TREE = pictures("cat/1.png", "dog/1.png")


def fault_of(path: Path) -> str:
    with pytest.raises(DatasetError) as failure:
        container = open_container(path)
        list(container.contents(container.names()))
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith(str(path))
    return str(failure.value)


@pytest.mark.parametrize("kind", KINDS)
def test_names_and_contents(tmp_path, kind):
    container = open_container(write(TREE | {"emu/": b""}, tmp_path / "set", kind))
    files = {name for name in container.names() if not name.endswith("/")}
    assert files == {*TREE}
    assert "emu/" in container.names()
    read = {name: content() for name, content in container.contents(["dog/1.png"])}
    assert read == {"dog/1.png": TREE["dog/1.png"]}


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
@pytest.mark.parametrize("name", ["../a.png", "cat/../../a.png", "/etc/a.png"])
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path, kind, name):
    told = fault_of(write(TREE | {name: b""}, tmp_path / "set", kind))
    assert f"Received: {name}, a name that leads out" in told


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    path = tmp_path / "set.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("cat/a.png")
        info.type, info.linkname = kind, "cat/1.png"
        archive.addfile(info)
    assert "Received: cat/a.png, which is a link or a device" in fault_of(path)


def test_links_in_a_zip_are_refused(tmp_path):
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("cat/a.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert "Received: cat/a.png, which is a link or a device" in fault_of(path)


def test_an_encrypted_zip_is_refused(tmp_path):
    path = write(TREE, tmp_path / "set", "zip")
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for found in re.finditer(re.escape(header), bytes(content)):
            content[found.start() + flags] |= 1
    path.write_bytes(content)
    assert "which is encrypted: unpack the archive first" in fault_of(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_file_that_is_there_twice_is_refused(tmp_path, kind):
    path = write(TREE | {"./cat/1.png": b"other"}, tmp_path / "set", kind)
    assert "Received: cat/1.png, which is there twice" in fault_of(path)


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_an_archive_cut_short_is_refused(tmp_path, kind):
    path = write(TREE, tmp_path / "set", kind)
    content = path.read_bytes()
    ends = [0, 1, 100, len(content) // 2, len(content) - 9]
    if kind == "tar":
        ends = [0, 1, 100, 512, 512 + 10, 1024, 1024 + 10, 1024 + 512]
    for end in ends:
        path.write_bytes(content[:end])
        assert "cannot be read: " in fault_of(path)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_damaged_archive_is_refused_or_not_seen(tmp_path, kind):
    path = write(TREE, tmp_path / "set", kind)
    content = path.read_bytes()
    for place in range(0, min(len(content), 2048), 7):
        changed = (
            content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        )
        path.write_bytes(changed)
        try:
            container = open_container(path)
            list(container.contents(container.names()))
        except DatasetError as fault:
            assert "\n" not in str(fault)


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path):
    path = write(TREE, tmp_path / "set", "tar")
    content = bytearray(path.read_bytes())
    content[1024] ^= 1  # the second header
    path.write_bytes(content)
    assert "cannot be read: it is cut short or damaged" in fault_of(path)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_large_file_in_an_archive_is_refused(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(containers, "LARGEST", 10**6)
    bomb = {"cat/bomb.png": bytes(10**6 + 1)}
    path = write(TREE | bomb, tmp_path / "set", kind)
    container = open_container(path)
    _, faults = read_pictures(container, ["cat/bomb.png", *TREE], Fitting())
    (told,) = faults.values()
    expected = "Expected files of at most 1,000,000 bytes. "
    expected += "Received: cat/bomb.png of 1,000,001"
    assert told == expected
    assert len([*container.contents([*TREE])]) == 2  # what nobody reads may be large


def test_a_damaged_file_in_a_zip_leaves_the_others(tmp_path):
    path = write(TREE, tmp_path / "set", "zip")
    content = bytearray(path.read_bytes())
    content[content.index(b"cat/1.png") + 20] ^= 0x55  # in what is compressed
    path.write_bytes(content)
    pixels, faults = read_pictures(open_container(path), [*TREE], Fitting())
    assert set(faults) == {0}
    assert pixels[1].min() == 1  # as dog is grey


def test_a_large_file_in_a_folder_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "LARGEST", 100)
    container = open_container(write({"a.png": bytes(101)}, tmp_path))
    _, faults = read_pictures(container, ["a.png"], Fitting())
    assert "at most 100 bytes. Received: a.png of 101" in faults[0]


def test_links_within_a_folder_are_files(tmp_path):
    folder = write(TREE, tmp_path / "set")
    (folder / "dog" / "2.png").symlink_to(folder / "cat" / "1.png")
    (tmp_path / "link").symlink_to(folder)
    container = open_container(tmp_path / "link")
    assert "dog/2.png" in container.names()
    ((_, read),) = container.contents(["dog/2.png"])
    assert read() == TREE["cat/1.png"]


@pytest.mark.parametrize("target", ["outside.png", "outside", "set/cat", "nowhere"])
def test_other_links_in_a_folder_are_refused(tmp_path, target):
    folder = write(TREE, tmp_path / "set")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.png").write_bytes(picture(1))
    (folder / "dog" / "link.png").symlink_to(tmp_path / target)
    told = fault_of(folder)
    assert f"Received: dog/link.png, a link to {tmp_path / target}" in told


def test_what_is_no_file_in_a_folder_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "Received: pipe.png, neither file nor folder" in fault_of(tmp_path)


def test_only_some_files_are_in_memory_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    container = open_container(write(pictures(*map(str, range(99))), tmp_path))
    begun, done, most = 0, 0, 0

    class Counting:
        def contents(self, names):
            nonlocal begun, most
            for name, read in container.contents(names):
                begun += 1
                most = max(most, begun - done)
                yield name, lambda read=read: counted(read())

    def counted(content):
        nonlocal done
        done += 1
        return content

    files = [*map(str, range(99))]
    pixels, faults = read_pictures(Counting(), files, Fitting(image_size=2))
    assert pixels[:, 0, 0, 0].tolist() == list(range(99))
    assert not faults
    assert most <= 3
