"""New examples, whose labels nobody knows, from wherever they lie."""

import logging
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import Unlabelled
from ..errors import DataError
from .addresses import listed, local_path
from .archives import ENDINGS, open_container
from .containers import Container, Folder
from .feature_files import read_unlabelled
from .picture_files import PICTURES, all_names
from .unlabelled import NewFeatures, NewPictures

TABLES = (".npz", ".parquet", ".csv")

logger = logging.getLogger(__name__)


class NewExamplesDataset(AbstractDataset[NoReturn, Unlabelled]):
    """New pictures, or features, to be told the classes of; read-only.

    - A folder, or a `.tar`, `.tar.gz`, `.tgz` or `.zip` file: all pictures in it, also
      in folders further down, which are listed here, and read when they are asked for.
      Other files are counted and told.
    - Any other file is a picture, unless its name ends as below.
    - `.npz`, with `features`, `[N, D]` floating numbers; `.parquet` or `.csv`, with
      columns `feature_0`, `feature_1` and so on. They are read here. Labels and
      whatever else is there are passed over.

    ```yaml
    new_examples:
      type: logit_adjustment_kedro.datasets.NewExamplesDataset
      input: ~/pictures/new
    ```

    Args:
        input: where they are. A relative path starts where the command is typed, not
            at the project, and `~` is the home folder. None is refused only when it is
            loaded.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(self, *, input: str | None, metadata: dict[str, Any] | None = None):
        # A folder's name may be a number, and then is one in YAML.
        self._path = None if input is None else local_path(str(input))
        self.metadata = metadata

    @override
    def load(self) -> Unlabelled:
        """Finds pictures, or reads features.

        Raises:
            DataError: no path was given; or nothing is there, or nothing of these.
        """
        path = self._path
        if path is None:
            raise DataError(
                "Expected new images: a folder of pictures, an archive of one, or a "
                "picture; or a table of features. Received: none. Give it as "
                "--params=input=PATH"
            )
        if not path.exists():
            raise DataError(f"There is no file or folder at {path}.")
        name = path.name.lower()
        if path.is_dir() or name.endswith(ENDINGS):
            return _pictures_in(open_container(path))
        if name.endswith(TABLES):
            return NewFeatures(read_unlabelled(path), origin=str(path))
        return NewPictures(Folder(path.parent), [path.name])

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._path} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        return self._path is not None and self._path.exists()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"input": None if self._path is None else str(self._path)}


def _pictures_in(container: Container) -> NewPictures:
    files = [name for name in all_names(container) if not name.endswith("/")]
    names = [name for name in files if name.lower().endswith(PICTURES)]
    others = [name for name in files if not name.lower().endswith(PICTURES)]
    if not names:
        raise DataError(
            f"{container.path}: expected pictures ({', '.join(PICTURES)}). "
            f"Received: {listed(others) or 'no file'}"
        )
    if others:
        logger.info(
            "%s: files passed over, as their names are not those of pictures: %d (%s)",
            container.path,
            len(others),
            listed(others),
        )
    return NewPictures(container, names)
