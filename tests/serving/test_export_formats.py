import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import ZipFile

import keras
import numpy as np
import pytest
from test_export_resizing import by_pillow, picture

from exported import FEATURES, IMAGES, make_network, make_trained, shortened
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images.decoding import Fitting
from logit_adjustment_kedro.longtail.methods import PosthocLogitAdjusted
from logit_adjustment_kedro.serving import Model
from logit_adjustment_kedro.serving.export import FORMATS, Export
from made_runs import make_setup
from project_copies import PATIENCE

METHOD = PosthocLogitAdjusted(tau=0.5)
LARGER = np.stack([picture(50, 90), picture(50, 90)[::-1]])


@dataclass
class Exported:
    """What lies in a folder, a format below each name, and what it is to answer."""

    folder: Path
    model: Model

    def path(self, name: str) -> Path:
        return self.folder / name / f"model{FORMATS[name].suffix}"

    def about(self, name: str) -> dict:
        return json.loads((self.folder / name / "about.json").read_text())


def export(folder, runs, examples) -> Exported:
    model = Model(runs, METHOD)
    for name in FORMATS:
        Export(model, name, examples, data="noise", fit="crop").write(folder / name)
    return Exported(folder, model)


@pytest.fixture(scope="module")
def of_images(tmp_path_factory) -> Exported:
    """Three networks as one model, so that each format is written once."""
    networks = [make_network("convnet"), make_network("whitened")]
    networks.append(shortened(make_network("resnet32")))
    runs = [make_trained(network, seed) for seed, network in enumerate(networks)]
    return export(tmp_path_factory.mktemp("images"), runs, IMAGES)


@pytest.fixture(scope="module")
def of_features(tmp_path_factory) -> Exported:
    runs = [make_trained(make_network("standardised", FEATURES))]
    return export(tmp_path_factory.mktemp("features"), runs, FEATURES)


def script(name: str, exported: Exported, inputs: dict[str, np.ndarray]) -> str:
    """Returns what the model card says, for arrays in place of zeros."""
    lines = []
    for called, array in inputs.items():
        np.save(exported.folder / f"{called}.npy", array)
        loading = FORMATS[name].loading.format(
            file=exported.path(name),
            input="features" if array.dtype == np.float32 else "images",
            shape=array.shape,
            dtype=array.dtype.name,
        )
        zeros = f'numpy.zeros({array.shape}, "{array.dtype.name}")'
        assert zeros in loading
        loaded = f"numpy.load({str(exported.folder / called) + '.npy'!r})"
        answers = exported.folder / f"{name}_{called}.npy"
        lines += [loading.replace(zeros, loaded)]
        lines += [f"numpy.save({str(answers)!r}, probabilities)"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("names", "without"),
    [(("keras", "savedmodel"), ()), (("onnx", "litert"), ("tensorflow", "keras"))],
)
def test_a_process_without_this_project_answers_alike(
    names, without, of_images, of_features
):
    blocked = ["logit_adjustment_kedro", *without]
    code = f"import sys\nfor name in {blocked}: sys.modules[name] = None\n"
    for name in names:
        code += script(name, of_images, {"same": IMAGES, "larger": LARGER})
        code += script(name, of_features, {"features": FEATURES})
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=of_images.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr

    # The pipeline resizes by Pillow; a pixel may differ by 1 of 255.
    fitting = Fitting(image_size=IMAGES.shape[1:3])
    resized = np.stack([by_pillow(image, fitting) for image in LARGER])
    for name in names:
        assert difference(of_images, f"{name}_same", IMAGES) < 1e-4
        assert difference(of_features, f"{name}_features", FEATURES) < 1e-4
        assert difference(of_images, f"{name}_larger", resized) < 0.01


def difference(exported: Exported, answers: str, examples: np.ndarray) -> float:
    answered = np.load(exported.folder / f"{answers}.npy")
    assert answered.dtype == np.float32
    return np.abs(answered - exported.model.probabilities(examples)).max()


def test_what_is_known_lies_inside_and_beside(of_images):
    import onnx

    model = onnx.load(of_images.path("onnx"))
    extra = of_images.path("savedmodel") / "assets.extra/about.json"
    inside = {
        "onnx": {p.key: p.value for p in model.metadata_props}[
            "logit_adjustment_kedro"
        ],
        "savedmodel": extra.read_text(),
    }
    for name in ("keras", "litert"):
        with ZipFile(of_images.path(name)) as archive:
            inside[name] = archive.read("about.json")
    for name, words in inside.items():
        known = json.loads(words)
        assert known["class_names"] == ["a", "b", "c"]
        # Of the first class, whose logits win by 1, the third gains log(10) / 2.
        assert known["accuracy"]["all classes alike"] == pytest.approx(2 / 3)
        assert known["method"] == {"name": "posthoc_logit_adjusted", "tau": 0.5}
        assert known["seeds"] == [0, 1, 2]
        beside = of_images.about(name)
        written = beside.pop("written")
        assert beside == known
        assert (written["format"], written["file"]) == (name, of_images.path(name).name)
        assert 0 <= written["from_runs"] < 1e-4


def test_a_card_lies_beside_with_what_the_mean_of_the_seeds_reached(of_images):
    written = (of_images.folder / "onnx" / "README.md").read_text()
    assert "The mean of 3 networks." in written
    assert "| all classes alike | 66.7 | 66.7 to 66.7 |" in written


def test_an_onnx_file_says_what_it_takes(of_images):
    import onnxruntime

    session = onnxruntime.InferenceSession(of_images.path("onnx"))
    (entry,), (out,) = session.get_inputs(), session.get_outputs()
    assert (entry.name, entry.shape) == ("images", ["N", "height", "width", 3])
    assert (entry.type, out.name) == ("tensor(uint8)", "probabilities")
    assert out.shape == ["N", 3]


def in_features(model, name, folder=Path("nowhere")):
    Export(model, name, FEATURES, data="noise", fit="crop").write(folder)


@pytest.mark.parametrize("wrong", [0.001, np.nan])
def test_what_answers_otherwise_is_not_written(
    of_features, tmp_path, monkeypatch, wrong
):
    other = of_features.model.probabilities(FEATURES) + wrong
    monkeypatch.setattr(Model, "probabilities", lambda model, examples: other)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "about.json").touch()
    with pytest.raises(InputError, match="format=keras to answer as the stored runs"):
        in_features(of_features.model, "keras", tmp_path / "model")
    assert [p.name for p in tmp_path.rglob("*")] == ["model", "about.json"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_leaves_nothing(of_features, tmp_path, name):
    resource = pytest.importorskip("resource", reason="only POSIX limits files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        with pytest.raises((OSError, InputError), match="File too large"):
            in_features(of_features.model, name, tmp_path / "model")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("precision", "wrong"), [("mixed_float16", 0.01), ("mixed_bfloat16", 0.05)]
)
def test_half_precision_may_differ_by_more(
    of_features, tmp_path, monkeypatch, precision, wrong
):
    (run,) = of_features.model.runs
    run = replace(run, setup=make_setup(precision=precision))
    model = Model([run], METHOD)
    other = model.probabilities(FEATURES) + wrong
    monkeypatch.setattr(Model, "probabilities", lambda model, examples: other)
    in_features(model, "keras", tmp_path / "half")
    about = json.loads((tmp_path / "half" / "about.json").read_text())
    assert about["written"]["from_runs"] == pytest.approx(wrong, rel=0.01)
    assert about["written"]["from_model"] == 0


def test_what_a_format_cannot_hold_is_told_in_one_line(tmp_path):
    entry = keras.Input((1, 1, 30))
    # Its error function has no counterpart in ONNX as TensorFlow writes it.
    bent = keras.layers.Dense(3, activation="gelu")(keras.layers.Flatten()(entry))
    model = Model([make_trained(keras.Model(entry, bent))], METHOD)
    with pytest.raises(
        InputError, match="format=onnx can hold, .*Received: .*Erf"
    ) as told:
        in_features(model, "onnx", tmp_path / "bent")
    assert "\n" not in str(told.value)
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_told_with_those_there_are(of_features):
    with pytest.raises(
        InputError, match="keras, savedmodel, onnx, litert. .*mean onnx"
    ):
        in_features(of_features.model, "onx")


@pytest.mark.parametrize("changed", [{"format": None}, {"fit": "stretch"}])
def test_what_there_is_not_is_refused_at_once(of_features, changed):
    given = {"format": "keras", "data": "noise", "fit": "crop"} | changed
    with pytest.raises(ValueError, match=r"Received: ('stretch'|None)"):
        Export(of_features.model, samples=FEATURES, **given)


def test_a_folder_of_other_things_is_left_alone(of_features, tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match=r"a new folder, .*: .*thesis.tex, which"):
        in_features(of_features.model, "keras", tmp_path)
    with pytest.raises(InputError, match=r"a new folder, .*: .*thesis.tex, which"):
        in_features(of_features.model, "keras", tmp_path / "thesis.tex")
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]
    for _ in range(2):  # an export may take the place of another
        in_features(of_features.model, "keras", tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "module"), [("onnx", "onnxruntime"), ("litert", "ai_edge_litert")]
)
def test_what_is_not_installed_is_told_in_one_line(
    monkeypatch, of_features, name, module
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError) as told:
        in_features(of_features.model, name)
    assert str(told.value) == (
        f"Expected {module} to be installed, for format={name}. Received: none. "
        f'Install it with pip install ".[{name}]"'
    )


def test_another_backend_writes_no_format_of_tensorflow(monkeypatch, of_features):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(InputError, match="Expected KERAS_BACKEND=tensorflow"):
        in_features(of_features.model, "onnx")
