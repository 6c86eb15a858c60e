import re
from itertools import combinations
from pathlib import Path

import pytest

from logit_adjustment_kedro.datasets.sources.addresses import (
    kept_path,
    local_path,
    printable,
    shown,
    tidy,
)
from logit_adjustment_kedro.errors import InputError

URLS = [
    "https://host.org/a/b.tfrecord",
    "http://host.org/a/b.tfrecord",
    "s3://host.org/a/b.tfrecord",
    "gs://host.org/a/b.tfrecord",
    "https://me@host.org/a/b.tfrecord",
    "https://host.org:443/a/b.tfrecord",
    "https://host.org/A/b.tfrecord",
    "https://host.org/a//b.tfrecord",
    "https://host.org/a/../b.tfrecord",
    "https://host.org/../../b.tfrecord",
    "https://../b.tfrecord",
    "https://./b.tfrecord",
    "https:///b.tfrecord",
    "https://host.org/dir",
    "https://host.org/dir/",
    "https://host.org/dir/.",
    "https://host.org/dir/..",
    "https://host.org/dir.",
    "https://host.org/get?id=1",
    "https://host.org/get?id=2",
    "https://host.org/get?",
    "https://host.org/get?id=a/../../b",
    "https://host.org/get%3fid=1",
    "https://host.org/get%253fid=1",
    "https://host.org/a%2Fb.tfrecord",
    "https://host.org/a%2fb.tfrecord",
    "https://host.org/a\\b.tfrecord",
    "https://host.org/a b",
    "https://host.org/a ",
    "https://host.org/größe",
    "https://host.org/con",
    "https://host.org/COM1.txt",
    "https://host.org/" + "a" * 300,
    "https://host.org/" + "a" * 301,
    "zip://inner::https://host.org/a.zip",
    "zip://inner::https://host.org/b.zip",
]
# What Windows does not take: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
BAD = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@pytest.mark.parametrize("url", URLS)
def test_kept_names_are_names_everywhere(url):
    path = kept_path(url, Path("raw"))
    assert path.parts[0] == "raw"
    assert len(path.parts) >= 3
    for name in path.parts[1:]:
        assert not BAD.search(name)
        assert not RESERVED.fullmatch(name)
        assert len(name) < 200


def test_no_two_urls_share_a_file():
    """Not where capital letters are as good as small ones, either."""
    paths = {url: str(kept_path(url, Path("raw"))).lower() for url in URLS}
    for one, other in combinations(URLS, 2):
        assert paths[one] != paths[other], (one, other)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host.org/a/b.tfrecord", "https/host.org/a/b.tfrecord"),
        ("http://127.0.0.1:8000/b", "http/127.0.0.1%3a8000/b"),
        ("gs://bucket/a/b", "gs/bucket/a/b"),
        ("https://host.org/LT/../b", "https/host.org/%4c%54/.%2e/b"),
        ("https://host.org/dir/", "https/host.org/dir/%"),
    ],
)
def test_kept_path(url, expected, tmp_path):
    assert kept_path(url, tmp_path) == tmp_path / expected


def test_password_and_query_are_not_in_the_kept_path(tmp_path):
    path = kept_path("https://me:secret@host.org/get?token=hidden", tmp_path)
    assert not re.search("me|secret|token|hidden", str(path.relative_to(tmp_path)))
    other = kept_path("https://me:changed@host.org/get?token=hidden", tmp_path)
    assert path == other


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host.org/a@b/c.tfrecord", "https://host.org/a@b/c.tfrecord"),
        ("https://me:secret@host.org:80/b", "https://host.org:80/b"),
        ("https://token@host.org/b", "https://host.org/b"),
        ("https://host.org/b?sesame", "https://host.org/b?***"),
        ("https://host.org/b?id=1&sesame;c=", "https://host.org/b?id=***&***;c=***"),
        ("https://host.org/b#token=1", "https://host.org/b#***"),
        ("zip://x::https://me:secret@host.org/b", "zip://x::https://host.org/b"),
    ],
)
def test_secrets_of_a_url_are_not_shown(url, expected):
    assert shown(url) == expected


def test_text_from_elsewhere_is_one_clean_line():
    text = "no\x1b[31m\r\nway to\thttp://me:secret@host/x?t=1 now\x07"
    assert printable(text) == "no[31m way to http://host/x?t=*** now"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host.org/rec//a", "https://host.org/rec/a"),
        ("https://host.org//a", "https://host.org/a"),
        ("https://host.org/a", "https://host.org/a"),
        ("s3://bucket/x//y/rec///a", "s3://bucket/x//y/rec/a"),
        ("https://host.org/get?from=b//c", "https://host.org/get?from=b//c"),
        (
            "https://mirror.org/http://host.org/a",
            "https://mirror.org/http://host.org/a",
        ),
        ("rec//a", "rec/a"),
        ("/a", "/a"),
    ],
)
def test_slashes_before_the_name_count_as_one(url, expected):
    assert tidy(url) == expected


def test_local_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "with space.tfrecord"
    assert local_path("with space.tfrecord") == file
    assert local_path(str(file)) == file
    assert local_path(file.as_uri()) == file


def test_home_folder_is_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    assert local_path("~/rec/a.tfrecord") == tmp_path / "rec" / "a.tfrecord"


def test_a_home_folder_of_nobody_is_told():
    with pytest.raises(InputError, match="Expected a path. Received: ~nobody_at_all/x"):
        local_path("~nobody_at_all/x")
