"""Reads record files that were tampered with, and counts what goes wrong.

    python benchmarks/fuzz_records.py --records=10000 --seed=0

Each case is a file of a few records of which one was changed: bits flipped, bytes put
in or taken out, another length, each with wrong or with repaired checksums; or fields
of the protobuf that come several times, in another order, or that nobody knows. A
process of its own reads it, with little memory and little time. What it says is
compared with TensorFlow's `tf.train.Example` and TensorBoard's checksums: whether it
refuses the file, and if not, which pixels and labels it reads.
"""

import multiprocessing
import tempfile
from collections import Counter
from pathlib import Path

import click
from tampered_records import CLASSES, SHAPE, SIZE, Case, framed

SECONDS = 10.0  # for one small file
MEMORY = 4 * 2**30  # bytes, for one small file
FAULTS = ("crash", "hang", "read otherwise", "refused, though right")


def right(content: bytes) -> list[tuple[bytes, int]] | None:
    """Returns what is to be read from a file, or None if it is to be refused."""
    records, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 8], "little")
        record = content[at + 12 : at + 12 + min(length, len(content))]
        if content[at : (end := at + length + 16)] != framed(record):
            return None
        records.append(right_record(record))
        at = end
    return None if None in records else records or None


def right_record(record: bytes) -> tuple[bytes, int] | None:
    """Returns image and label as TensorFlow's protobuf reads them."""
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    try:
        features = dict(tf.train.Example.FromString(record).features.feature)
    except DecodeError:
        return None
    empty = tf.train.Feature()
    images = list(features.get("image/encoded", empty).bytes_list.value)
    labels = list(features.get("image/class/label", empty).int64_list.value)
    one_each = len(images) == len(labels) == 1
    valid = one_each and len(images[0]) == SIZE and 0 <= labels[0] < CLASSES
    return (images[0], labels[0]) if valid else None


def serve(pipe, file: Path) -> None:
    """Reads the files that come by the pipe, until it is closed or this dies."""
    from logit_adjustment_kedro.datasets.sources.records import read_records

    try:
        import resource  # not on Windows
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pipe.send("ready")
    while True:
        file.write_bytes(pipe.recv())
        images = []
        try:
            labels = read_records(file, SHAPE, CLASSES, images.append)
        except ValueError:
            pipe.send(None)
        else:
            pipe.send(list(zip(images, labels.tolist(), strict=True)))


class Reader:
    """The project's reader, in a process that may die."""

    def __init__(self, file: Path):
        self._file = file
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, self._file))
        self._process.start()
        other.close()
        self._pipe.recv()

    def outcome(self, content: bytes) -> str:
        """Returns one of `FAULTS`, or `read` or `refused`, both rightly."""
        self._pipe.send(content)
        try:
            if not self._pipe.poll(SECONDS):
                return self._restart("hang")
            came = self._pipe.recv()
        except EOFError:
            return self._restart("crash")
        expected = right(content)
        if came is None:
            return "refused" if expected is None else "refused, though right"
        return "read" if came == expected else "read otherwise"

    def _restart(self, fault: str) -> str:
        self.close()
        self._start()
        return fault

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.join()


@click.command()
@click.option("--records", default=10_000, type=click.IntRange(1), show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(records: int, seed: int) -> None:
    """Reads as many tampered files, and fails if any is not read or refused rightly."""
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder, "case.tfrecord"))
        for number in range(records):
            kind, content = Case(f"{seed}/{number}").file()
            outcome = reader.outcome(content)
            counts[kind, outcome] += 1
            if outcome in FAULTS:
                click.echo(f"case {number}, {kind}: {outcome}")
        reader.close()
    for (kind, outcome), count in sorted(counts.items()):
        click.echo(f"{kind:10}{outcome:24}{count:7}")
    faults = {
        name: sum(counts[k, o] for k, o in counts if o == name) for name in FAULTS
    }
    click.echo(", ".join(f"{count} {name}" for name, count in faults.items()))
    if any(faults.values()):
        raise click.ClickException("not all was read or refused rightly")


if __name__ == "__main__":
    main()
