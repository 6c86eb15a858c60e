"""New pictures, answered by what `kedro run` has stored, and by what it exports."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest
import written
from PIL import Image
from scipy.special import softmax

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.datasets import ImageFolderDataset
from logit_adjustment_kedro.images import Fitting, decode
from logit_adjustment_kedro.runs import Part, View
from logit_adjustment_kedro.serving import Model
from project_copies import PATIENCE, ROOT, Project, copy_project
from test_own_images import make_pictures

GIVEN = "image_size=8,fit=pad,training.epochs=1,training.batch_size=8"
SEEDS = 2
FORMATS = {"odd/0.webp": {"lossless": True}, "odd/0.bmp": {}, "odd/palette.png": {}}
SERVE = "print(server.server_port, flush=True)\nserver.serve_forever()\n"
ALONE = """import sys
for name in ("keras", "tensorflow", "logit_adjustment_kedro"):
    sys.modules[name] = None
"""
TURNED = 6  # EXIF's number for what is to be turned by 90 degrees, clockwise


def add_odd_ones(folder: Path) -> None:
    """Adds one picture in other formats, one turned, and what is none."""
    (folder / "odd").mkdir()
    greys = Image.open(folder / "cat" / "0.png").convert("L")
    greys.save(folder / "odd" / "0.png")
    for name, options in FORMATS.items():
        image = greys.convert("P") if "palette" in name else greys
        image.save(folder / name, **options)
    greys.save(folder / "odd" / "0.gif")
    exif = Image.Exif()
    exif[0x0112] = TURNED
    turned = greys.transpose(Image.Transpose.ROTATE_90)
    turned.save(folder / "odd" / "turned.png", exif=exif)
    (folder / "odd" / "none.jpg").write_bytes(b"no picture")


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> tuple[Project, Path]:
    """A project that has trained two seeds on a folder, and that folder."""
    place = tmp_path_factory.mktemp("predict")
    project, pictures = copy_project(place / "project"), make_pictures(place / "pets")
    recipes = project.path / "conf" / "base" / "parameters_recipes.yml"
    one, two = "seeds: [0]", f"seeds: [{', '.join(map(str, range(SEEDS)))}]"
    recipes.write_text(recipes.read_text().replace(one, two))
    done = project.kedro("run", "--env=images", f"--params=folder={pictures},{GIVEN}")
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(project.path, done.stdout), pictures


@pytest.fixture(scope="module")
def answered(own, tmp_path_factory) -> tuple[pd.DataFrame, str, Path]:
    """What the project answers about its own and odd pictures, and how it says it."""
    project, pictures = own
    new = shutil.copytree(pictures, tmp_path_factory.mktemp("new") / "pets")
    add_odd_ones(new)
    done = predict(own, f"input={new}")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(project.latest("07_model_output/images/**/answers.csv"))
    return table, done.stdout, new


def predict(own, given: str, pipeline: str = "predict"):
    project, pictures = own
    params = f"--params=folder={pictures},{GIVEN},{given}"
    return project.kedro("run", "--env=images", f"--pipelines={pipeline}", params)


def stored_model(own, method: str = "logit_adjusted") -> Model:
    project, _ = own
    (folder,) = project.path.glob("data/07_model_output/images/pets-*/photos/runs")
    return Model.of(runs.open(folder), method)


def test_the_answers_are_the_mean_of_what_the_stored_seeds_say(own, answered):
    table, (_, pictures) = answered[0].set_index("file"), own
    model = stored_model(own)
    assert len(model.runs) == SEEDS
    logits = [run.logits[Part.TEST, View.PLAIN] for run in model.runs]
    expected = np.mean([softmax(z, axis=1) for z in logits], axis=0)
    # The division of the folder is its own; the test images are known by name.
    tested = ImageFolderDataset(
        folder=str(pictures), part="test", image_size=8, fit="pad"
    ).load()
    found = table.loc[tested.files]
    best = expected.argsort(axis=1)[:, ::-1]
    names = np.array(model.class_names)
    assert found["class_name"].tolist() == names[best[:, 0]].tolist()
    assert found["next_class_name"].tolist() == names[best[:, 1]].tolist()
    ordered = np.take_along_axis(expected, best, axis=1)
    columns = ["probability", "next_probability"]
    np.testing.assert_allclose(found[columns], ordered[:, :2], atol=1e-5)


def test_a_picture_is_answered_alike_in_all_formats_and_as_it_was_held(answered):
    table = answered[0].set_index("file")
    one = table.loc["odd/0.png", "probability"]
    for name in (*FORMATS, "odd/0.gif", "odd/turned.png"):
        assert table.loc[name, "probability"] == pytest.approx(one, abs=1e-5), name


def test_what_is_no_picture_is_told_and_the_rest_answered(answered):
    table, said, _ = answered
    unreadable = table[table["unreadable"].notna()]
    assert unreadable["file"].tolist() == ["odd/none.jpg"]
    assert unreadable["class_name"].isna().all()
    assert len(table) == 57 + 7
    assert "1 of 64 files cannot be read" in " ".join(said.split())


def test_a_person_sees_the_first_answers_and_where_all_lie(own, answered):
    project, _ = own
    _, said, _ = answered
    assert "Answers: the first 10 of 64" in said
    assert "unreadable: 1" in said
    assert "the mean of seeds 0, 1, for equally many" in " ".join(said.split())
    (line,) = (line for line in said.splitlines() if line.startswith("Answers: data/"))
    assert project.path.joinpath(line.removeprefix("Answers: ")).is_file()


def test_five_lines_of_python_say_the_same(own, answered):
    table, _, new = answered
    model = stored_model(own)
    file = "odd/0.bmp"
    image = decode((new / file).read_bytes(), Fitting(image_size=8, fit="pad"))
    probabilities = model.probabilities(image[np.newaxis])
    assert probabilities.max() == pytest.approx(
        table.set_index("file").loc[file, "probability"], abs=1e-5
    )


def test_a_posthoc_method_answers_for_another_mix(own, answered, tmp_path):
    """Read out of ERM's runs; a class without a share is never answered."""
    _, _, new = answered
    (tmp_path / "mix.csv").write_text(
        'class_name,share\ncat,0\ndog,0.4\n"höhle, dunkel",0.6\n', encoding="utf-8"
    )
    given = f"input={new / 'cat' / '0.png'},method=posthoc_logit_adjusted"
    done = predict(own, f"{given},target_prior={tmp_path / 'mix.csv'}")
    assert done.returncode == 0, done.stdout + done.stderr
    project, _ = own
    table = pd.read_csv(project.latest("07_model_output/images/**/answers.csv"))
    model = stored_model(own, "posthoc_logit_adjusted").moved_to(
        np.array([0, 0.4, 0.6])
    )
    content = (new / "cat" / "0.png").read_bytes()
    image = decode(content, Fitting(image_size=8, fit="pad"))
    said = model.probabilities(image[np.newaxis])[0]
    assert table["file"].tolist() == ["0.png"]
    assert table["class_name"].tolist() == [model.class_names[said.argmax()]]
    assert table["probability"][0] == pytest.approx(said.max(), abs=1e-5)
    assert {*table.loc[0, ["class_name", "next_class_name"]]} == {
        *model.class_names[1:]
    }


def test_the_mix_can_be_estimated(own, answered):
    project, _ = own
    done = predict(own, f"input={answered[2]},target_prior=estimated")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Estimated shares of the classes: cat" in " ".join(done.stdout.split())
    table = pd.read_csv(project.latest("07_model_output/images/**/answers.csv"))
    assert len(table) == 64


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            "input={new},method=vs",
            "There is none of vs at all. Train it: kedro run --p",
        ),
        ("method=erm", "Give it as --params=input=PATH"),
    ],
)
def test_what_is_missing_is_told_in_one_line(own, answered, given, told):
    done = predict(own, given.format(new=answered[2]))
    assert done.returncode == 1
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr


def test_a_row_of_the_oracle_is_no_method(own):
    done = predict(own, "method=posthoc_logit_adjusted (oracle)")
    assert done.returncode == 1
    assert "chosen on the test set, and is no result" in " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def exported(own) -> tuple[Path, str]:
    """The folder of an ONNX file of what predicts, and how the project says so."""
    done = predict(own, "format=onnx", "export")
    assert done.returncode == 0, done.stdout + done.stderr
    project, _ = own
    return project.latest("07_model_output/images/**/model.onnx").parent, done.stdout


def test_a_person_sees_where_the_model_lies_and_what_it_takes(own, exported):
    project, _ = own
    folder, said = exported
    lines = said.splitlines()
    assert f"Exported: {(folder / 'model.onnx').relative_to(project.path)}" in lines
    assert f"Model card: {(folder / 'README.md').relative_to(project.path)}" in lines
    assert re.search(r"[\d.]+ MB; [\d.]+ ms an example here; .* to \de-0[5-9]", said)


def test_what_is_known_says_how_the_training_resized_and_what_it_reached(exported):
    about = json.loads((exported[0] / "about.json").read_text())
    assert about["class_names"] == ["cat", "dog", "höhle, dunkel"]
    assert about["input"]["fit"] == "pad"
    assert about["seeds"] == [*range(SEEDS)]
    assert {"all classes alike", "head", "tail"} < {*about["accuracy"]}


@pytest.fixture
def server(exported, tmp_path):
    """The address of the web server of that page, around the exported file."""
    code = written.block("docs/predict-and-export.md", "HTTPServer")
    code = code.replace("HTTPServer((", "server = HTTPServer((").replace("8000", "0")
    code = code.replace(").serve_forever()", ")\n" + SERVE)
    shutil.copytree(exported[0], tmp_path / "exported")
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE + code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.kill()
    process.wait()


def test_a_web_server_around_the_file_answers_as_predict_does(answered, server):
    table, _, new = answered
    rows = table[table["unreadable"].isna()].set_index("file")
    for name in ("cat/0.png", "höhle, dunkel/1.png", *FORMATS, "odd/turned.png"):
        with urlopen(server, (new / name).read_bytes(), timeout=PATIENCE) as response:
            said = json.load(response)
        assert max(said, key=said.get) == rows.loc[name, "class_name"]
        # A pixel of what is resized may differ by 1 of 255.
        assert max(said.values()) == pytest.approx(
            rows.loc[name, "probability"], abs=0.01
        )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("format=onx", "keras, savedmodel, onnx, litert. Received: onx. Did you mean"),
        (
            "target_prior=estimated",
            "is not there to estimate from. Received: estimated",
        ),
        ("method=vs", "There is none of vs at all. Train it: kedro run --p"),
        ("target_prior={mix}", "missing: 'höhle, dunkel'; no class: 'owl'"),
    ],
)
def test_what_cannot_be_exported_is_told_in_one_line(own, tmp_path, given, told):
    project, _ = own
    before = {*project.path.glob("data/07_model_output/**/*")}
    mix = tmp_path / "mix.csv"
    mix.write_text("class_name,share\ncat,0.2\ndog,0.3\nowl,0.5\n")
    done = predict(own, given.format(mix=mix), "export")
    assert done.returncode == 1
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert {*project.path.glob("data/07_model_output/**/*")} == before


@pytest.mark.parametrize("pipeline", ["predict", "export"])
@pytest.mark.parametrize("content", [None, b"junk"])
def test_a_damaged_network_is_told_in_one_line(own, answered, pipeline, content):
    project, _ = own
    (network,) = project.path.glob("data/07*/**/logit_adjusted/*/seed_1/network.keras")
    whole = network.read_bytes()
    network.unlink()
    if content is not None:
        network.write_bytes(content)
    done = predict(own, f"input={answered[2]}", pipeline)
    network.write_bytes(whole)
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert f"Expected a stored run in {network.parent}." in told
    assert "Remove the folder, and the run is trained again" in told
    assert "Traceback" not in done.stdout + done.stderr


def test_keras_reads_a_stored_network_after_one_import(own):
    """As the page says, where `kedro run` says; in a process of its own."""
    project, _ = own
    (place,) = re.findall(r"Networks of ERM: (.*)", project.said)
    (network,) = project.path.glob(place.replace("seed_*", "seed_0"))
    code = written.block("docs/predict-and-export.md", "networks.layers")
    code = re.sub(r'"data/[^"]*"', repr(str(network)), code)
    code += "print(network.output_shape, network.input.dtype)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.stdout.strip() == "(None, 3) uint8", done.stderr
