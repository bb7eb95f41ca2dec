"""Data that ships with scikit-learn: 1,797 handwritten digits of 8x8 pixels, 10 classes.

The digits are a part of the test set of E. Alpaydin and C. Kaynak, "Optical Recognition of
Handwritten Digits", UCI Machine Learning Repository, 1998.
"""
from __future__ import annotations

from typing import NamedTuple

import torch

CLASSES = 10
SHAPE = (1, 8, 8)


class Part(NamedTuple):
    images: torch.Tensor  # [n, channels, height, width]
    labels: torch.Tensor  # [n]


class Data(NamedTuple):
    train: Part
    search: Part  # what a search may look at to decide
    test: Part  # what is reported


def load(limit: int = 0) -> Data:
    """The same parts for every seed. limit: at most so many images to train with."""
    from sklearn.datasets import load_digits
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    labels = torch.tensor(digits.target)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    test, search, train = order[:500], order[500:800], order[800:]
    if limit:
        train = train[:limit]
    return Data(*(Part(images[part], labels[part]) for part in (train, search, test)))
