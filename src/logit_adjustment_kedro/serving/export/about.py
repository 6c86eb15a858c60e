"""What is known of an exported model, as JSON can hold it."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ... import __version__
from ...images import Fit
from ..model import Model

LIBRARIES = ("keras", "tensorflow", "numpy")


def about(
    model: Model,
    samples: np.ndarray,
    fit: Fit,
    accuracy: Mapping[str, float],
) -> dict[str, Any]:
    """Returns what is known of a model that `deployable` makes.

    Args:
        model: what is exported.
        samples: `[K, H, W, C]`, images or features as it was trained on.
        fit: how it resizes.
        accuracy: what it reached, as fractions by their names.

    Returns:
        class_names and class_counts in the order of the answers; method, with its
        parameters; target_prior, None where the method is read as it was made; the mix
        that the probabilities are for, None where it is not known; input; what made the
        runs, and versions.
    """
    setup, method = model.setup, model.method
    return {
        "class_names": list(setup.class_names),
        "class_counts": list(setup.class_counts),
        "method": {"name": method.name, **method.model_dump(mode="json")},
        "target_prior": _listed(model.target),
        "answers_for": _listed(model.answers_for),
        "accuracy": dict(accuracy),
        "input": {
            "name": "images" if samples.dtype == np.uint8 else "features",
            "dtype": samples.dtype.name,
            "shape": list(samples.shape[1:]),  # of images, what they are resized to
            "fit": fit,
        },
        "mirrored_view": model.mirrored,
        "seeds": model.seeds,
        "networks": len(model.runs),
        "setups": [{"digest": s.digest, **asdict(s)} for s in model.setups],
        "made_with": dict(model.runs[0].made_with),
        "exported_with": {"logit_adjustment_kedro": __version__, **_versions()},
    }


def _listed(shares: np.ndarray | None) -> list[float] | None:
    return None if shares is None else shares.tolist()


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:  # as of a backend that is not TensorFlow
            continue
    return found
