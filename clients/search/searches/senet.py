"""SENet: a ReLU budget spent by layer sensitivity, in three stages (Kundu et al., ICLR 2023).

1. Sensitivity: what the trained network loses when a layer's ReLUs become the identity; from
   it how many each layer may keep.
2. Location: which ones, by how much the identity would change what follows.
3. Training of the masked network, with the all-ReLU one as teacher, on its answers and on its
   activations behind each ReLU.

published: the budget is spent in proportion to sensitivity.
oracle:    SolveBudget spends seconds; a layer that keeps k of n ReLUs is worth
           sensitivity x sqrt(k / n).
"""
from __future__ import annotations

from typing import Any, Dict, List, Optional

import torch
from torch import nn
from torch.nn import functional

from searches import snl, training
from searches.context import Context
from searches.networks import NETWORKS, activations, recording
from searches.pricing import GARBLED, Pricer, Setting

SETTINGS = GARBLED
BUDGETS = {"large": 0.7, "medium": 0.45, "small": 0.22}
LEVELS = 16
# Weight of the difference of activations in the last stage.
MISMATCH = 0.1


def sensitivities(network: nn.Module, context: Context) -> List[float]:
    """Stage 1: loss on the search part with one layer linear, beyond the loss as it is."""
    whole = training.loss(network, context.data.search)
    result = []
    for layer in activations(network):
        layer.mask = torch.zeros(())
        result.append(max(training.loss(network, context.data.search) - whole, 1e-4))
        layer.mask = None
    return result


def proportional(budget: int, sensitivity: List[float], sizes: List[int]) -> List[int]:
    """budget x sensitivity / sum, and what exceeds a layer's size goes to the others."""
    keep = [0] * len(sizes)
    open_layers = list(range(len(sizes)))
    while open_layers:
        left = budget - sum(keep)
        total = sum(sensitivity[i] for i in open_layers)
        full = [i for i in open_layers if left * sensitivity[i] / total >= sizes[i]]
        if not full:
            for i in open_layers:
                keep[i] = int(left * sensitivity[i] / total)
            break
        for i in full:
            keep[i] = sizes[i]
            open_layers.remove(i)
    return keep


def changes(network: nn.Module, context: Context) -> List[torch.Tensor]:
    """Stage 2: mean |relu(x) - x| of each element over the training images."""
    with torch.no_grad(), recording(network) as layers:
        network.eval()(context.data.train.images)
        return [functional.relu(-layer.seen).mean(0) for layer in layers]


def masks_of(scores: List[torch.Tensor], keep: List[int]) -> List[torch.Tensor]:
    masks = []
    for score, count in zip(scores, keep):
        order = score.flatten().argsort(descending=True, stable=True)
        mask = torch.zeros(score.numel())
        mask[order[:count]] = 1.0
        masks.append(mask.view_as(score))
    return masks


def train(student: nn.Module, teacher: nn.Module, context: Context) -> None:
    """Stage 3."""
    teacher.eval()

    # The student's last batch is what its layers have seen; the teacher answers on it, too.
    inputs: List[torch.Tensor] = []
    hook = student.register_forward_pre_hook(lambda module, given: inputs.__setitem__(
        slice(None), [given[0]]))

    def mismatch() -> torch.Tensor:
        with torch.no_grad():
            teacher(inputs[0])
        terms = []
        for mine, theirs in zip(activations(student), activations(teacher)):
            terms.append(functional.mse_loss(mine.seen.relu(), theirs.seen.relu()))
        return MISMATCH * torch.stack(terms).mean()

    with recording(student), recording(teacher):
        training.fit(student, context.data, context.epochs(9), teacher=teacher, extra=mismatch)
    hook.remove()


def run(context: Context, network: str, objective: str, setting: Optional[Setting], budget: str,
        seed: int) -> Dict[str, Any]:
    make = NETWORKS[network]
    teacher = context.bases.get(network, make, seed)
    student = context.bases.get(network, make, seed)
    training.begin(seed)
    sensitivity = sensitivities(student, context)
    scores = changes(student, context)
    sizes = [score.numel() for score in scores]
    fraction = BUDGETS[budget]

    if objective == "published":
        keep = proportional(int(fraction * sum(sizes)), sensitivity, sizes)
    else:
        pricer = Pricer(context.oracle, make(), setting)
        curves = {}
        for node, size, worth in zip(pricer.layers, sizes, sensitivity):
            counts = sorted({round(i * size / LEVELS) for i in range(LEVELS + 1)})
            curves[node] = {count: worth * (count / size)**0.5 for count in counts}
        keep = pricer.allocate(pricer.budget(fraction), curves)

    for layer, mask in zip(activations(student), masks_of(scores, keep)):
        layer.mask = mask
    train(student, teacher, context)
    return {"accuracy": training.accuracy(student, context.data.test), "kept": keep,
            "sensitivity": [round(s, 4) for s in sensitivity]}


variant = snl.variant
