"""Answers of synthetic parents, drawn from the typing tool's own published moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, likeness
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from random import Random

_LEFT_OUT = 0.02


def answers_of_one(chance: Random) -> dict[str, int]:
    """Ratings by item of a made-up parent, 1 (very much like me) to 6; a few are left out.

    No respondent is behind these numbers: they are drawn from the mean and covariance that the
    typing tool's file states, so that the practice council's groups are about as large as real
    ones.
    """
    tool = load_typing_tool()
    drawn = np.random.default_rng(chance.getrandbits(64)).multivariate_normal(
        tool.mean, tool.covariance
    )
    ratings = np.clip(np.rint(likeness(drawn)), MOST_LIKE_ME, LEAST_LIKE_ME).astype(int)
    return {
        item: int(rating)
        for item, rating in zip(tool.items, ratings, strict=True)
        if chance.random() >= _LEFT_OUT
    }
