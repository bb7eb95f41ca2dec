"""SNL: which ReLUs may become the identity, learnt by gradient (Cho et al., ICML 2022).

Every ReLU gets a mask c: c relu(x) + (1 - c) x. A penalty pulls masks down while the
network is trained, harder every epoch, until enough are near 0; then they are made 0 or 1 and
the network is fine-tuned with its all-ReLU self as teacher.

published: the penalty counts ReLUs (L1 of the masks), and the B largest masks stay.
oracle:    the penalty is the latency of the masks (picost.LatencyPenalty), and SolveBudget
           chooses how many stay in each layer, worth what their masks add up to.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import picost
import torch
from torch import nn

from searches import digits, training
from searches.context import Context
from searches.networks import NETWORKS, activations, recording
from searches.pricing import GARBLED, Pricer, Setting

SETTINGS = GARBLED
BUDGETS = {"large": 0.7, "medium": 0.45, "small": 0.22}
# A step of a mask under the penalty alone in the first epoch, and its growth per epoch.
STEP, GROWTH = 0.004, 1.35
LEVELS = 16


def elements_of(network: nn.Module) -> List[torch.Size]:
    """The shape of each activation's result."""
    with torch.no_grad(), recording(network) as layers:
        network.eval()(torch.zeros(1, *digits.SHAPE))
        return [layer.seen.shape[1:] for layer in layers]


def with_masks(network: nn.Module, granularity: str) -> List[nn.Parameter]:
    """Puts masks of 1 on every activation: one per element ("pixel") or per channel."""
    masks = []
    for layer, shape in zip(activations(network), elements_of(network)):
        layer.mask = nn.Parameter(torch.ones(shape if granularity == "pixel" else (shape[0], 1, 1)))
        masks.append(layer.mask)
    return masks


def binarise(masks: List[nn.Parameter], keep: List[int]) -> None:
    """The `keep` largest masks of each layer become 1, the others 0, for good."""
    for mask, count in zip(masks, keep):
        order = mask.detach().flatten().argsort(descending=True, stable=True)
        flat = torch.zeros(mask.numel())
        flat[order[:count]] = 1.0
        mask.data = flat.view_as(mask)
        mask.requires_grad_(False)
        mask.grad = None


def largest(masks: List[nn.Parameter], budget: int, weights: List[int]) -> List[int]:
    """How many of the largest masks of all lie in each layer; weights: elements per mask."""
    values = torch.cat([mask.detach().flatten() for mask in masks])
    layer = torch.cat([torch.full((mask.numel(),), i) for i, mask in enumerate(masks)])
    order = values.argsort(descending=True, stable=True)
    cost = torch.tensor(weights)[layer[order]].cumsum(0)
    chosen = layer[order[cost <= budget]]
    return [int((chosen == i).sum()) for i in range(len(masks))]


def worth(mask: torch.Tensor, weight: int) -> Dict[int, float]:
    """By elements kept: what the largest masks add up to. Concave, as they are sorted."""
    values = mask.detach().flatten().sort(descending=True).values.double()
    sums = [0.0] + values.cumsum(0).tolist()
    counts = sorted({round(i * mask.numel() / LEVELS) for i in range(LEVELS + 1)})
    return {count * weight: sums[count] * weight for count in counts}


def run(context: Context, network: str, objective: str, setting: Optional[Setting], budget: str,
        seed: int, granularity: str = "pixel") -> Dict[str, Any]:
    make = NETWORKS[network]
    teacher = context.bases.get(network, make, seed)
    student = context.bases.get(network, make, seed)
    training.begin(seed)
    masks = with_masks(student, granularity)
    weights = [shape.numel() // mask.numel() for mask, shape in zip(masks, elements_of(student))]
    total = sum(mask.numel() for mask in masks)
    fraction = BUDGETS[budget]

    if objective == "published":
        count = sum(mask.numel() * weight for mask, weight in zip(masks, weights))
        penalty = lambda: sum(mask.abs().mean() * mask.numel() * weight  # noqa: E731
                              for mask, weight in zip(masks, weights)) / count
    else:
        pricer = Pricer(context.oracle, make(), setting)
        latency = picost.LatencyPenalty(pricer.table(), "online_seconds", envelope=True)
        scale = pricer.base.seconds - pricer.floor().seconds
        penalty = lambda: latency(dict(zip(pricer.layers, masks))) / scale  # noqa: E731

    pull = [0.0]
    optimizer = torch.optim.SGD(masks, lr=float(total))

    def clamp() -> None:
        for mask in masks:
            mask.data.clamp_(0.0, 1.5)

    def harder(epoch: int) -> None:
        pull[0] = STEP * GROWTH**epoch

    training.fit(student, context.data, context.epochs(8), teacher=teacher, rate=0.002,
                 extra=lambda: pull[0] * penalty(), optimizers=[optimizer], each_step=clamp,
                 each_epoch=harder)

    if objective == "published":
        keep = largest(masks, int(fraction * count), weights)
    else:
        curves = {node: worth(mask, weight)
                  for node, mask, weight in zip(pricer.layers, masks, weights)}
        keep = [kept // weight for kept, weight in
                zip(pricer.allocate(pricer.budget(fraction), curves), weights)]
    binarise(masks, keep)
    training.fit(student, context.data, context.epochs(8), teacher=teacher)
    kept = [count * weight for count, weight in zip(keep, weights)]
    return {"accuracy": training.accuracy(student, context.data.test), "kept": kept}


def variant(result: Dict[str, Any]) -> Tuple[nn.Module, Callable[[Sequence[str]], Any]]:
    """The network of a result, and its edit for the names of the activations."""
    return NETWORKS[result["network"]](), lambda nodes: dict(zip(nodes, result["kept"]))
