"""The source of what a dataset does not have."""

from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ..errors import DataError


class NoImagesDataset(AbstractDataset[NoReturn, None]):
    """No images: for the validation part of a dataset that has none.

    ```yaml
    validation_source:
      type: logit_adjustment_kedro.datasets.NoImagesDataset
    ```

    Args:
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(self, *, metadata: dict[str, Any] | None = None):
        self.metadata = metadata

    @override
    def load(self) -> None:
        """Returns None, which stands for no images."""

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError("Where no images are, none can be saved.")

    @override
    def _describe(self) -> dict[str, Any]:
        return {}
