"""How the files under `conf/` are read, beyond what Kedro does."""

import shutil
from pathlib import Path

import click
import pytest

from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parent.parent / "conf"


@pytest.fixture
def conf(tmp_path) -> Path:
    return shutil.copytree(CONF, tmp_path / "conf")


def loader(conf: Path, env: str | None = None, **given) -> ConfigLoader:
    return ConfigLoader(str(conf), env, given, **CONFIG_LOADER_ARGS)


def write(file: Path, text: str | bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_without_conf_local_a_command_without_env_reads_the_base(conf):
    assert loader(conf)["globals"]["recipe"] == "default"


def test_conf_local_is_the_environment_of_a_command_without_env(conf):
    write(conf / "local" / "parameters.yml", "reporting: {betas: [0.5]}")
    assert loader(conf)["parameters"]["reporting"]["betas"] == [0.5]
    assert loader(conf, "smoke")["parameters"]["reporting"]["betas"] != [0.5]
    assert loader(conf)["parameters"]["training"]["epochs"] == 60


def test_credentials_of_conf_local_hold_everywhere_and_those_of_env_beat_them(conf):
    write(conf / "local" / "credentials.yml", "mine: {key: 1}\nours: {key: 2}")
    assert loader(conf, "smoke")["credentials"] == {
        "mine": {"key": 1},
        "ours": {"key": 2},
    }
    write(conf / "smoke" / "credentials.yml", "ours: {key: 3}")
    assert loader(conf, "smoke")["credentials"]["ours"] == {"key": 3}
    assert loader(conf)["credentials"]["ours"] == {"key": 2}


def test_what_is_stored_of_two_folders_never_lies_in_one_place(conf, tmp_path):
    def place(**given) -> str:
        catalog = loader(conf, "images", **given)["catalog"]
        return catalog["train_set"]["filepath"]

    here, there = (str(tmp_path / parent / "my cells") for parent in "ab")
    assert place() == "data/03_primary/images/train_set.json"
    assert place(folder=here).startswith("data/03_primary/images/my-cells-")
    assert place(folder=here) == place(folder=here + "/") != place(folder=there)
    assert place(folder=here, name="c") == "data/03_primary/images/c/train_set.json"
    sizes = [place(folder=here, image_size=size) for size in (32, 64)]
    assert len({place(folder=here), *sizes, place(folder=here, fit="pad")}) == 4
    assert place(image_size=32).startswith("data/03_primary/images/")
    assert place(folder="x" * 200).count("x") == 60


@pytest.mark.parametrize("name", ["c/..", "..", "a b", "x" * 61])
def test_a_name_that_no_folder_can_have_is_refused(conf, name):
    with pytest.raises(click.ClickException, match="Expected name to have at most 60"):
        loader(conf, "images", name=name)


def test_a_relative_folder_starts_where_the_command_is_typed(
    conf, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    relative, absolute = (
        loader(conf, "images", folder=folder).data_folder()
        for folder in ("cells", str(tmp_path / "cells"))
    )
    assert relative == absolute
    assert loader(conf, "smoke").data_folder() == "digits_lt"


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "\n".join(
    f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]"
    for x, y in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("training: {epochs: 1}\ntraining: {epochs: 2}", "Line 2: found duplicate key"),
        ("training: !mine {epochs: 1}", "Line 1: could not determine a constructor"),
        ("training: {a: 1}\n---\ntraining: {a: 2}", "but found another document"),
        ("training: {epochs: 1", "Line 2: "),
        ("training: {epochs: '${nope}'}", "Interpolation key 'nope' not found"),
        ("- training", "Expected keys with values. Received: a sequence"),
        ("training", "Expected keys with values. Received: a scalar"),
        (b"training: '\xff'", "can't decode byte 0xff"),
        (BOMB, "Expected at most 100,000 values"),
        ("a: &a [*a]", "Expected at most 100,000 values"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_a_line(conf, text, told):
    write(conf / "smoke" / "parameters_x.yml", text)
    with pytest.raises(click.ClickException) as error:
        loader(conf, "smoke")["parameters"]
    assert told in error.value.message
    assert "\n" not in error.value.message


@pytest.mark.parametrize("kind", ["globals", "catalog_x", "credentials"])
def test_a_wrong_file_of_any_kind_is_named(conf, kind):
    write(conf / "smoke" / f"{kind}.yml", "a: {b: 1, b: 2}")
    with pytest.raises(click.ClickException, match=rf"smoke/{kind}\.yml. Line 1"):
        loader(conf, "smoke")[kind.partition("_")[0]]
