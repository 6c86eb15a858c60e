"""A folder of one's own pictures, by the commands of docs/your-data.md."""

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import written
from PIL import Image

from project_copies import Project, copy_project
from tfrecord_files import example, write

COUNTS = {"cat": 40, "dog": 12, "höhle, dunkel": 5}
COMMAND = ("run", "--env=images")
QUICK = "training.epochs=1,training.batch_size=8"


def make_pictures(folder: Path) -> Path:
    """Makes noise of different sizes, brighter by class."""
    random = np.random.default_rng(0)
    for level, (name, count) in enumerate(COUNTS.items()):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 90, (9 + number % 3, 12, 3)) + 80 * level
            Image.fromarray(pixels.astype("uint8")).save(
                folder / name / f"{number}.png"
            )
    return folder


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> tuple[Project, Path]:
    """A project, after the first command of that page, and what that says to type."""
    place = tmp_path_factory.mktemp("my own")  # with a space
    project, pictures = copy_project(place / "project"), make_pictures(place / "pets")
    params = f"--params=folder={pictures},image_size=8,{QUICK}"
    done = project.kedro(*COMMAND, "--pipelines=inspect", params)
    assert done.returncode == 0, done.stdout + done.stderr
    table_1, comparison = map(
        shlex.split, re.findall("^  (kedro .*)", done.stdout, re.M)
    )
    assert comparison == ["kedro", *COMMAND, "--pipelines=comparison", params]
    done = project.kedro(*table_1[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    return project, pictures


def test_a_folder_goes_from_one_command_to_table_1(own):
    project, _ = own
    table = pd.read_csv(
        project.latest("08_reporting/images/pets-*/**/accuracy_table.csv")
    )
    assert table["method"].tolist() == [
        *("erm", "posthoc_logit_adjusted", "logit_adjusted")
    ]
    assert table.columns[1] == "balanced_accuracy"
    counts = pd.read_csv(
        project.latest("03_primary/images/pets-*/class_counts.csv/*/*")
    )
    # Of 40, 12 and 5: 8, 2 and 1 to test on, 4, 1 and 1 to choose on.
    assert dict(zip(counts["class_name"], counts["count"], strict=True)) == {
        **{"cat": 28, "dog": 9, "höhle, dunkel": 3}
    }


def test_the_inspection_is_a_page_about_the_folder(own):
    project, pictures = own
    page = project.latest("08_reporting/images/pets-*/inspection.html/*/*").read_text()
    assert str(pictures) in page
    assert "Fewer than 5 training images: höhle, dunkel (3)" in page
    assert "from 1 to 8 images of a class" in page
    assert re.search(r"about one minute on", page)


def test_what_is_stored_is_reported_by_the_same_folder_and_by_no_other(own, tmp_path):
    project, pictures = own
    command = ("run", "--env=images", "--pipelines=reporting")
    done = project.kedro(*command, f"--params=folder={pictures},image_size=8,{QUICK}")
    assert done.returncode == 0, done.stderr
    assert "The test set has from 1 to 8 images of a class" in done.stdout
    assert "Trained for one epoch: if that was a trial," in done.stdout
    other = shutil.copytree(pictures, tmp_path / "pets")
    done = project.kedro(*command, f"--params=folder={other},image_size=8,{QUICK}")
    assert done.returncode == 1
    assert "Run the ingestion first" in done.stderr


def test_a_command_without_a_folder_says_how_to_give_one(project):
    done = project.kedro("run", "--env=images")
    assert done.returncode == 1
    assert "--params=folder=PATH" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture
def mine(project) -> tuple[Path, list[str]]:
    """An environment as the page writes it, and its catalogs: images, records."""
    page = written.page("docs/your-data.md")
    names, images, dataset, groups, records = written.blocks(page, "yaml")
    folder = project.path / "conf" / "mine"
    folder.mkdir()
    (folder / "globals.yml").write_text(names)
    (folder / "parameters_ingestion.yml").write_text(dataset)
    (folder / "parameters_comparison.yml").write_text(groups)
    return folder, [images, records]


def test_an_environment_of_ones_own_as_the_page_writes_it(project, mine, tmp_path):
    pictures, (folder, (sources, _)) = make_pictures(tmp_path / "pets"), mine
    sources = sources.replace("/where/my/images/are", str(pictures))
    (folder / "catalog_ingestion.yml").write_text(sources)
    done = project.kedro("run", "--env=mine", "--pipelines=ingestion")
    assert done.returncode == 0, done.stderr
    (images,) = {
        np.load(file, mmap_mode="r").shape[1:]
        for file in project.path.glob("data/03_primary/mine/*/images.npy")
        if file.stat().st_size > 200
    }
    assert images == (48, 64, 1)


def test_records_of_ones_own_as_the_page_writes_it(project, mine, tmp_path):
    folder, (_, sources) = mine
    for part, labels in (("train", [0, 0, 1, 2, 0]), ("test", [0, 1, 2])):
        records = [example(image=bytes(32 * 32 * 3), label=label) for label in labels]
        write(tmp_path / f"{part}.tfrecord", records)
    sources = sources.replace("/where/my/records/are", str(tmp_path))
    (folder / "catalog_ingestion.yml").write_text(sources)
    done = project.kedro("run", "--env=mine", "--pipelines=ingestion")
    assert done.returncode == 0, done.stderr
    counts = pd.read_csv(project.latest("03_primary/mine/class_counts.csv/*/*"))
    assert counts["count"].tolist() == [3, 1, 1]


def test_what_is_given_for_one_run_is_how_pictures_are_read(project, tmp_path):
    pictures = make_pictures(tmp_path / "pets")
    (pictures / "cat" / "0.png").write_bytes(b"no picture")
    (pictures / "dog" / "[i].txt").write_bytes(b"")
    (pictures / "dog").rename(pictures / "dog [red]")
    given = f"--params=folder={pictures},image_size=8,fit=pad,channels=1"
    command = ("run", "--env=images", "--pipelines=ingestion")
    refused = project.kedro(*command, given)
    assert refused.returncode == 1
    assert "1 of 40 pictures cannot be read: cat/0.png" in refused.stderr
    done = project.kedro(*command, f"{given},unreadable=skip")
    assert done.returncode == 0, done.stderr
    arrays = project.path.glob("data/03_primary/images/pets-*/*/images.npy")
    assert {np.load(file).shape[1:] for file in arrays} == {(8, 8, 1)}
    # What looks like the marks of rich is none.
    assert "[red]/[i].txt" in done.stdout
