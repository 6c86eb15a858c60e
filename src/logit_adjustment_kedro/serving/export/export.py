"""A model in a folder of its own, that needs nothing of this project."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError, did_you_mean, first_of
from ...files import replacing
from ...images import Fit, Fitting
from ...longtail.groups import Groups
from ..measured import Measured
from ..model import Model
from .about import about
from .card import card
from .formats import ABOUT_FILE, FORMATS
from .written import TOLERANCES, write

CARD_FILE = "README.md"
THIRDS = Groups(by="share", head=1 / 3, tail=1 / 3)


@dataclass(frozen=True, eq=False)
class Export:
    """A model that is to be written in a format.

    Attributes:
        model: what answers.
        format: a name in `FORMATS`.
        samples: `[K, H, W, C]`, images or features as the model was trained on: what is
            written has to answer about them as the model does.
        data: the name of the data, for the card.
        fit: what became of pictures of other proportions when the training's were made
            images; see `images.Fitting`. The model does the same.
        groups: which classes the card counts as head, medium and tail.

    Raises:
        ValueError: there is no such format or fit, or what the format takes is not
            installed.
    """

    model: Model
    format: str
    samples: np.ndarray
    data: str
    fit: Fit
    groups: Groups = THIRDS

    def __post_init__(self):
        """Refuses a format or a fit before anything is computed."""
        if self.format not in [*FORMATS]:
            raise InputError(
                f"Expected format to be one of {', '.join(FORMATS)}. Received: "
                f"{self.format}.{did_you_mean(str(self.format), FORMATS)}"
            )
        Fitting.model_validate({"fit": self.fit})
        FORMATS[self.format].check()

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes the model, what is known of it, and its card: all of them or nothing.

        Args:
            folder: where `model` with the format's suffix, `about.json` and `README.md`
                shall lie. An export that is there is replaced.

        Returns:
            What `about.json` says: see `about`; and written: the format, the file, and
            what `Written` says of it.

        Raises:
            InputError: something else is in the folder; or the model cannot be written
                so, or what was written answers otherwise; see `deployable` and
                `written.write`.
            OSError: nothing can be written there.
        """
        import keras

        from .model import deployable

        _refuse_other(folder)
        measured = Measured.of(self.model, self.groups)
        accuracy = measured.accuracy.set_index("group")["accuracy"].to_dict()
        known = about(self.model, self.samples, self.fit, accuracy)
        kind = FORMATS[self.format]
        file = f"model{kind.suffix}"
        # A GPU may round products of float32 to fewer digits than the formats keep.
        with replacing(folder) as new, keras.device("cpu"):
            new.mkdir()
            written = write(
                deployable(self.model, self.fit),
                new / file,
                kind,
                _json(known),
                self.samples,
                self.model.probabilities(self.samples),
                TOLERANCES[self.model.setup.recipe.get("precision", "float32")],
            )
            known["written"] = {"format": kind.name, "file": file, **asdict(written)}
            text = card(known, measured, self.data)
            (new / CARD_FILE).write_text(text, encoding="utf-8")
            (new / ABOUT_FILE).write_text(_json(known), encoding="utf-8")
        return known


def _refuse_other(folder: Path) -> None:
    if not folder.is_dir():
        found = [folder] if folder.exists() else []
    else:
        found = [] if (folder / ABOUT_FILE).exists() else sorted(folder.iterdir())
    if found:
        raise InputError(
            f"Expected {folder} to be a new folder, or an earlier export. Received: "
            f"{first_of([str(path) for path in found])}, which is none"
        )


def _json(words: dict[str, Any]) -> str:
    return json.dumps(words, indent=1, ensure_ascii=False)
