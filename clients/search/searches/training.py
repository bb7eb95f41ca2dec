"""The one training loop of all searches. CPU, one thread, the same bits for the same seed."""
from __future__ import annotations

import copy
from typing import Callable, Iterable, List, Optional

import torch
from torch import nn
from torch.nn import functional

from searches.digits import Data, Part

BATCH = 64


def begin(seed: int) -> None:
    """Everything random follows from the seed."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def distillation(logits: torch.Tensor, teacher: torch.Tensor, temperature: float = 4.0) -> torch.Tensor:
    """Hinton's loss: the teacher's softened answer, scaled back by the temperature squared."""
    return functional.kl_div((logits / temperature).log_softmax(1), (teacher / temperature).softmax(1),
                             reduction="batchmean") * temperature**2


def fit(network: nn.Module, data: Data, epochs: int, *, rate: float = 0.005,
        teacher: Optional[nn.Module] = None, extra: Optional[Callable[[], torch.Tensor]] = None,
        optimizers: Iterable[torch.optim.Optimizer] = (),
        each_step: Optional[Callable[[], None]] = None,
        each_epoch: Optional[Callable[[int], None]] = None) -> nn.Module:
    """Trains on data.train. teacher: distilled from, beside the labels. extra: a term of the
    loss, after each forward pass. optimizers: of parameters that are not the network's weights
    (masks). Returns the network in inference mode."""
    weights = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], rate,
                               weight_decay=1e-4)
    images, labels = data.train
    steps = (len(labels) + BATCH - 1) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(weights, rate, total_steps=max(epochs * steps, 2))
    truth = None
    if teacher is not None:
        with torch.no_grad():
            truth = teacher.eval()(images)
    others: List[torch.optim.Optimizer] = list(optimizers)
    for epoch in range(epochs):
        network.train()
        if each_epoch is not None:
            each_epoch(epoch)
        for part in torch.randperm(len(labels)).split(BATCH):
            logits = network(images[part])
            loss = functional.cross_entropy(logits, labels[part])
            if truth is not None:
                loss = 0.5 * loss + 0.5 * distillation(logits, truth[part])
            if extra is not None:
                loss = loss + extra()
            for optimizer in [weights, *others]:
                optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            for optimizer in [weights, *others]:
                optimizer.step()
            schedule.step()
            if each_step is not None:
                each_step()
    return network.eval()


def accuracy(network: nn.Module, part: Part) -> float:
    with torch.no_grad():
        return (network.eval()(part.images).argmax(1) == part.labels).double().mean().item()


def loss(network: nn.Module, part: Part) -> float:
    with torch.no_grad():
        return functional.cross_entropy(network.eval()(part.images), part.labels).item()


class Bases:
    """Trained all-ReLU networks, which several runs begin from."""

    def __init__(self, data: Data, epochs: int) -> None:
        self._data = data
        self._epochs = epochs
        self._trained = {}

    def get(self, name: str, make: Callable[[], nn.Module], seed: int) -> nn.Module:
        """A copy; the same whether another run asked before or not."""
        key = (name, seed)
        if key not in self._trained:
            begin(seed)
            self._trained[key] = fit(make(), self._data, self._epochs)
        return copy.deepcopy(self._trained[key])
