"""Folders and archives of small pictures, made by a test."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

KINDS = ("folder", "tar", "tar.gz", "tgz", "zip")
Tree = Mapping[str, bytes]  # by the names of the files; that of a folder ends with /


def picture(grey: int, suffix: str = "png") -> bytes:
    """Returns a picture of 2x2 pixels, all of one grey."""
    stream = io.BytesIO()
    image = Image.fromarray(np.full((2, 2), grey, "uint8"))
    image.save(stream, "JPEG" if suffix in ("jpg", "jpeg") else suffix)
    return stream.getvalue()


def pictures(*names: str) -> dict[str, bytes]:
    """Returns pictures of all these names, each of the grey that is its number."""
    return {name: picture(grey) for grey, name in enumerate(names)}


def write(tree: Tree, path: Path, kind: str = "folder", prefix: str = "") -> Path:
    """Writes a tree as a folder, or as an archive of some kind."""
    if kind == "folder":
        for name, content in tree.items():
            file = path / prefix / name
            if name.endswith("/"):
                file.mkdir(parents=True)
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        return path
    path = path.with_name(f"{path.name}.{kind}")
    members = ((prefix + name, content) for name, content in tree.items())
    (_write_zip if kind == "zip" else _write_tar)(members, path)
    return path


def _write_zip(members: Iterable[tuple[str, bytes]], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)


def _write_tar(members: Iterable[tuple[str, bytes]], path: Path) -> None:
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
