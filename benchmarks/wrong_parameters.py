"""Types wrong parameters, and looks whether each is told in one line.

    python benchmarks/wrong_parameters.py

Each is a `kedro run` of its own on the embedded digits or CIFAR-10-LT, with wrong
`--params`, other wrong options, or a wrong file under `conf/`. It must end with one
line that says what is wrong, without a traceback, before anything is trained.
"""

import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from projects import Project

TIME = 120.0  # seconds, many times what is needed
PARAMETERS = """
trainng.epochs=3 training.epoch=3 training.epochs=few training.epochs=0
training.epochs=-1 training.epochs=1.5 training.epochs=null training.epochs=[]
training.epochs={{7*7}} training.epochs=${{x}} training.batch_size=0
training.batch_size=1e99 training.batch_size=1000 training.network=resnet33
training.network=1 training.network=whitened training.head=cosin training.optimizer=adam
training.sgd.momentum=two training.sgd.momentun=0.9 training.sgd=0.9
training.adamw.weight_decay=-1 training.learning_rate=0.1 training.learning_rate.base=0
training.learning_rate.base=inf training.learning_rate.base=nan
training.learning_rate.warmup=-1 training.learning_rate.end=2
training.learning_rate.start=-1 training.learning_rate.for_epochs=0
training.learning_rate.stop=1 training.l2=-1e-4 training.l2=much
training.precision=float16 training.precision=16 training.evaluate_every=0
training.mirrored_view=maybe training.mirrored_view=2 training.seeds=-1 training.seeds=x
training.seeds=4294967296 training.seeds=0.5 training.augmentation=none
training.augmentation.shift=2 training.augmentation.shift.pixels=0
training.augmentation.shift.pixels=1000000000 training.augmentation.shift.pixels=8
training.augmentation.shfit.pixels=1 training.augmentation.zoom.factor=0.5
training.augmentation.cutout.size=0 training.augmentation.mirror=1 training.momentum=0.9
training.crop_padding=4 training.flip=true training=fast recipe=paper recipe=nope
recipe=2024 recipe=on recipe=~ recipes.default=1 records_url=/x methods.erm.tau=1
methods.emr.tau=1 methods.logit_adjusted.tau=abc methods.logit_adjusted.tau=nan
methods.logit_adjusted.tau=1e308 methods.posthoc_logit_adjusted.tau=1e308
methods.logit_adjusted.fisher_weight=2
methods.weight_normalised.tau=1e308 methods.class_balanced.beta=2
methods.adaptive.deferred=soon methods.vs.gamma=big methods=erm held_out.fraction=1
held_out.fraction=-0.1 held_out.share=0.2 held_out=0.2 comparison.tau_max=0
comparison.tau_max=inf comparison.tau_steps=0 comparison.tau_steps=1e8
comparison.groups.head=9 comparison.groups.by=size comparison.dataset=5
reporting.betas=2 reporting.betas=[] dataset.test_images_per_class=0
dataset.test_images_per_class=51 dataset.train_profile.n_max=0
dataset.train_profile.imbalance_ratio=0.5 dataset.train_profile=exp synthetic.trials=0
synthetic.positive_share=1 noequals =1
"""
CIFAR = """
records_url=http://[ records_url=2024 records_url=on records_url=~
records_url=http://127.0.0.1:9 records_url=/nowhere records_url=nope://x
"""
OPTIONS = [
    "--pipelines=modelling",
    "--pipeline=nope",
    "--nodes=erm",
    "--from-nodes=nope",
    "--to-nodes=nope",
    "--from-inputs=nope",
    "--to-outputs=nope",
    "--tags=nope",
    "--namespaces=nope",
    "--load-versions=readings",
    "--load-versions=nope:2026",
    "--env=smok",
    "--conf-source=nowhere",
    "--runner=NopeRunner",
]
FILES = [
    ("parameters_x", "trainings: {epochs: 1}"),
    ("parameters_x", "training.epochs: 1"),
    ("parameters_x", "recipes: {smoke: {epochs: 1}}"),
    ("parameters_x", "recipes: {smoke: {digits_lt: {epohcs: 1}}}"),
    ("parameters_x", "recipes: null"),
    ("parameters_x", "recipes: [smoke]"),
    ("parameters_x", "recipe: nope"),
    ("parameters_x", "training: {epochs: 1}\ntraining: {epochs: 2}"),
    ("parameters_x", "training: {epochs: 1, epochs: 2}"),
    ("parameters_x", "training: !mine {epochs: 1}"),
    ("parameters_x", "training: {epochs: 1}\n---\ntraining: {epochs: 2}"),
    ("parameters_x", "training: {epochs: 1"),
    ("parameters_x", "training: {epochs: ${nope}}"),
    ("parameters_x", "training: {epochs: ${nope:1}}"),
    ("parameters_x", "- training"),
    ("parameters_x", "training"),
    ("parameters_x", b"training: {epochs: '\xff'}"),
    ("parameters_x", "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "\n".join(
        f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]"
        for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )),
    ("globals", "dataset: digits_lt\nrecipe: nope"),
    ("globals", "dataset: digits_lt\nrecipie: smoke"),
    ("globals", "dataset: nope\nrecipe: smoke"),
    ("globals", "dataset: digits_lt\nrecipe: [smoke"),
    ("catalog_x", "train_source: {type: Nope}"),
    ("catalog_x", "train_source: {typ: pandas.CSVDataset}"),
    ("catalog_x", "train_source: 5"),
    ("catalog_x", "readings: {type: logit_adjustment_kedro.datasets.ReadingsDataset}"),
    ("catalog_x", "accuracy_table: {type: logit_adjustment_kedro.datasets."
     "TableDataset, filepath: 's3://bucket/table.csv', versioned: true}"),
]  # fmt: skip


def fault(project: Project, *options: str) -> str | None:
    """Returns what is wrong with how a wrong run is told; None if nothing is."""
    process = project.start(*options)
    try:
        code = process.wait(TIME)
    except subprocess.TimeoutExpired:
        process.kill()
        return f"still running after {TIME:.0f} s"
    said = project.said()
    told = re.split(r"^Error: ", said, flags=re.MULTILINE)
    if code == 0:
        return "it ran"
    if "Traceback" in said or len(told) != 2:
        return f"no single line:\n{said[-2000:]}"
    if told[1].count("\n") > 4 or len(told[1]) > 1000:
        return f"{len(told[1])} characters:\n{told[1][:2000]}"
    if any(project.path.glob("data/0[67]*/**/*.np*")):
        return "something was trained"
    return None


def wrong_runs(folder: Path) -> list[tuple[str, Project, list[str]]]:
    """Makes a project for each wrong run; with its name and its options."""
    smoke, cifar = "--env=smoke", "--env=cifar10_lt"
    given = [(f"--params={p}", [smoke, f"--params={p}"]) for p in PARAMETERS.split()]
    given += [
        (f"{cifar} --params={p}", [cifar, f"--params={p}"]) for p in CIFAR.split()
    ]
    given += [(option, [smoke, option]) for option in OPTIONS]
    cases = [
        (name, Project(folder / f"{number}"), options)
        for number, (name, options) in enumerate(given)
    ]
    for number, (file, content) in enumerate(FILES):
        project = Project(folder / f"file_{number}")
        content = content if isinstance(content, bytes) else content.encode()
        (project.path / "conf" / "smoke" / f"{file}.yml").write_bytes(content)
        cases.append((f"{file}.yml: {content[:60]!r}", project, [smoke]))
    return cases


@click.command()
@click.option("--only", default="", help="Those whose name contains this.")
@click.option("--show", is_flag=True, help="Print what each was told.")
def main(only: str, show: bool) -> None:
    """Runs all, two at a time, and counts those that are not told in one line."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        cases = [case for case in wrong_runs(Path(folder)) if only in case[0]]
        faults = pool.map(lambda case: fault(case[1], *case[2]), cases)
        wrong = 0
        for (name, project, _), found in zip(cases, faults, strict=True):
            if found:
                wrong += 1
                click.echo(f"{name}: {found}\n")
            elif show:
                told = project.said().rpartition("Error: ")[2].strip()
                click.echo(f"{name}\n    {told}")
    click.echo(f"{len(cases)} wrong runs, {wrong} not told in one line.")
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
