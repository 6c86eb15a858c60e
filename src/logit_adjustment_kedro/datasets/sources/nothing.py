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
        told: what to tell who asks for images all the same, in an environment that has
            none at all; None where that is as it should be.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(
        self, *, told: str | None = None, metadata: dict[str, Any] | None = None
    ):
        self._told = told
        self.metadata = metadata

    @override
    def load(self) -> None:
        """Returns None, which stands for no images.

        Raises:
            DataError: there is something to tell.
        """
        if self._told:
            raise DataError(self._told)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError("Where no images are, none can be saved.")

    @override
    def _describe(self) -> dict[str, Any]:
        return {}
