"""Image sets, stored by what they hold."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from typing_extensions import override

from ...files import creating, replacing
from ...images import FeatureSet, ImageSet
from ..errors import DataError
from .versioned import VersionedStore

INGESTION = "kedro run --pipelines=ingestion, with the same --env and --params"
AGAIN = f"Run the ingestion again: {INGESTION}"


class ImageSetDataset(VersionedStore[ImageSet]):
    """An `ImageSet`, of features too: a small record of which it is, and its arrays.

    The arrays lie beside the record, as `<digest>/images.npy` and `labels.npy`, and the
    names of files and groups, where there are any, as `files-<their digest>.json` and
    `groups-<their digest>.json`. They are written once, however many versions and
    records mean them, and never changed. Pixels are mapped from the disk, not read: who
    looks at a few loads a few.

    ```yaml
    train_set:
      type: logit_adjustment_kedro.datasets.ImageSetDataset
      filepath: data/03_primary/digits_lt/train_set.json
      versioned: true
    ```

    Args:
        filepath: a local path that ends in `.json`; the arrays lie beside it.
        version: the version to load and to save, where the entry is versioned.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: `filepath` is not a local path, or does not end in `.json`.
    """

    content = "images"
    maker = f"run the ingestion: {INGESTION}"
    suffix = ".json"

    @override
    def _read(self, path: Path) -> ImageSet:
        record = json.loads(path.read_text(encoding="utf-8"))
        arrays = self._arrays(record["digest"])
        if not arrays.is_dir():
            raise DataError(f"No images at {arrays}. {AGAIN}")
        with self._reading(arrays, whole=arrays):
            # An empty file cannot be mapped.
            mode = "r" if sum(record["counts"]) else None
            pixels = np.load(arrays / "images.npy", mmap_mode=mode, allow_pickle=False)
            kind = FeatureSet if pixels.dtype == FeatureSet.DTYPE else ImageSet
            images = kind(
                pixels,
                np.load(arrays / "labels.npy", allow_pickle=False),
                class_names=tuple(record["class_names"]),
                origin=record["origin"],
                fit=record.get("fit"),  # which no earlier version has recorded
                known_digest=record["digest"],
                **{name: _read_texts(arrays, record[name]) for name in ImageSet.TEXTS},
            )
            counts = images.class_counts().tolist()
            if len(images.pixels) != len(images) or counts != record["counts"]:
                raise ValueError("other images than those recorded")
        return images

    @override
    def _write_beside(self, data: ImageSet, path: Path) -> None:
        arrays = self._arrays(data.digest)
        if not arrays.is_dir():
            with creating(arrays) as temporary:
                temporary.mkdir()
                _write_pixels(data, temporary / "images.npy")
                np.save(temporary / "labels.npy", data.labels, allow_pickle=False)
        for name in ImageSet.TEXTS:
            words = _words(data, name)
            if words is not None and not (file := arrays / _file(name, words)).exists():
                with replacing(file) as temporary:
                    temporary.write_text(words, encoding="utf-8")

    @override
    def _write(self, data: ImageSet, path: Path) -> None:
        record = {
            "digest": data.digest,
            "class_names": data.class_names,
            "counts": data.class_counts().tolist(),
            "origin": data.origin,
            "fit": data.fit,
        } | {name: _file(name, _words(data, name)) for name in ImageSet.TEXTS}
        path.write_text(json.dumps(record, indent=1), encoding="utf-8")

    def _arrays(self, digest: str) -> Path:
        return Path(self._filepath).parent / digest

    @override
    def _missing(self, path: Path) -> str:
        old = Path(self._filepath).with_suffix(".npz")
        if old.is_file():
            return (
                f"{old} is of an earlier layout, which is not read; you may delete it. "
                f"{AGAIN}"
            )
        return f"No images at {path}. Run the ingestion first: {INGESTION}"


def _write_pixels(images: ImageSet, file: Path) -> None:
    """Writes what `np.save` would, but never has all images in memory."""
    shape = (len(images), *images.image_shape)
    descr = np.lib.format.dtype_to_descr(images.DTYPE)
    about = {"descr": descr, "fortran_order": False, "shape": shape}
    with file.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, about)
        for piece in images.pieces():
            stream.write(np.ascontiguousarray(piece).data)


def _words(images: ImageSet, name: str) -> str | None:
    texts = getattr(images, name)
    return None if texts is None else json.dumps(texts.tolist())


def _file(name: str, words: str | None) -> str | None:
    if words is None:
        return None
    return f"{name}-{sha256(words.encode()).hexdigest()[:16]}.json"


def _read_texts(arrays: Path, file: str | None) -> np.ndarray | None:
    if file is None:
        return None
    texts = json.loads((arrays / file).read_text(encoding="utf-8"))
    return np.array(texts, dtype=str)
