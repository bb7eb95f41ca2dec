"""PILLAR: polynomials instead of ReLUs (Diaa et al., USENIX Security 2024).

A polynomial of degree d is fitted to the ReLU on [-RANGE, RANGE] and its coefficients are
rounded to multiples of 2^-BITS, as fixed point will hold them. Outside the range it grows
without bound, so that training adds a penalty to what leaves the range, and clips there
until the last epochs; the protocol does not clip, so what is reported does not either.

published: one degree for the whole network.
oracle:    a degree for each layer, or no activation, by what each costs the trained network
           before any further training, and by the exported table of the protocol: all
           combinations are enumerated without a call.
"""
from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import picost
import torch
from torch import nn
from torch.nn import functional

from searches import training
from searches.context import Context
from searches.networks import NETWORKS, activations, recording
from searches.pricing import POLYNOMIAL, Pricer, Setting

SETTINGS = POLYNOMIAL
# published: the degree; oracle: part of what degree 4 everywhere adds to no activations.
DEGREES = {"large": 4, "medium": 3, "small": 2}
BUDGETS = {"large": 0.75, "medium": 0.5, "small": 0.25}
CHOICES = (0, 2, 3, 4)  # 0: the identity
RANGE = 5.0
BITS = 8
PENALTY = 0.5


def coefficients(degree: int) -> torch.Tensor:
    """Least squares on 1,001 points of the range, ascending powers, rounded to 2^-BITS. The
    highest coefficients are small and would lose most of their digits: each is fitted anew
    when those above it are fixed."""
    points = torch.linspace(-RANGE, RANGE, 1001, dtype=torch.float64)
    target = points.relu()
    fixed: List[float] = []
    for top in range(degree, -1, -1):
        powers = torch.stack([points**k for k in range(top + 1)], 1)
        solution = torch.linalg.lstsq(powers, target).solution
        rounded = torch.round(solution[top] * 2**BITS) / 2**BITS
        fixed.append(rounded.item())
        target = target - rounded * points**top
    return torch.tensor(fixed[::-1])


class Polynomial(nn.Module):
    """p(x), clipped to the range while `clip` is on."""

    def __init__(self, degree: int) -> None:
        super().__init__()
        self.register_buffer("coefficients", coefficients(degree))
        self.clip = False
        self.excess = torch.zeros(())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.excess = functional.relu(x.abs() - 0.8 * RANGE).square().mean()
        if self.clip:
            x = x.clamp(-RANGE, RANGE)
        result = torch.zeros_like(x)
        for coefficient in self.coefficients.flip(0):
            result = result * x + coefficient
        return result


def replace(network: nn.Module, degrees: Sequence[int]) -> List[Polynomial]:
    """Degree 0: the identity."""
    polynomials = []
    for layer, degree in zip(activations(network), degrees):
        layer.polynomial = Polynomial(degree) if degree else nn.Identity()
        if degree:
            polynomials.append(layer.polynomial)
    return polynomials


def losses(network: nn.Module, context: Context) -> List[List[float]]:
    """By layer and choice: the search part's loss with that layer alone replaced, clipped."""
    whole = training.loss(network, context.data.search)
    result = []
    for layer in activations(network):
        row = []
        for degree in CHOICES:
            layer.polynomial = Polynomial(degree) if degree else nn.Identity()
            if degree:
                layer.polynomial.clip = True
            row.append(max(training.loss(network, context.data.search) - whole, 0.0))
        layer.polynomial = None
        result.append(row)
    return result


def edit_of(nodes: Sequence[str], degrees: Sequence[int]) -> List[Any]:
    return [picost.edits.polynomial(node, degree) if degree else picost.edits.remove(node)
            for node, degree in zip(nodes, degrees)]


def communication(pricer: Pricer, table: picost.CostTable) -> List[List[float]]:
    """Seconds that each layer's choice adds to the base, from the table alone. Where no table
    of measurements covers the protocol these are seconds of the link: bytes and flights."""
    rows = []
    for node in pricer.layers:
        layer = table.layers[node]
        by_degree = {}
        for i, choice in enumerate(layer.choices):
            operation = choice.operation
            if operation.HasField("replace_activation"):
                degree = operation.replace_activation.degree
            elif choice.kept_elements == 0:
                degree = 0
            else:
                continue
            by_degree[degree] = pricer.link_seconds(table.rows(node, "online_bytes")[i],
                                                    table.rows(node, "online_flights")[i])
        rows.append([by_degree[degree] for degree in CHOICES])
    return rows


def choose(pricer: Pricer, table: picost.CostTable, lost: List[List[float]],
           fraction: float) -> List[int]:
    """The degrees that lose least within `fraction` of what degree 4 everywhere costs."""
    costs = torch.tensor(communication(pricer, table), dtype=torch.float64)
    worth = torch.tensor(lost, dtype=torch.float64)
    combinations = torch.tensor(list(itertools.product(range(len(CHOICES)), repeat=len(costs))))
    layers = torch.arange(len(costs))
    cost = costs[layers, combinations].sum(1)
    loss = worth[layers, combinations].sum(1)
    least, most = cost[0], costs[:, -1].sum()  # all identities; degree 4 everywhere
    loss[cost > least + fraction * (most - least)] = float("inf")
    return [CHOICES[i] for i in combinations[loss.argmin()].tolist()]


def train(student: nn.Module, teacher: nn.Module, degrees: Sequence[int],
          context: Context) -> Dict[str, Any]:
    """What comes out with these degrees."""
    polynomials = replace(student, degrees)
    epochs = context.epochs(10)

    def clip(epoch: int) -> None:
        for polynomial in polynomials:
            polynomial.clip = epoch < epochs - epochs // 3

    extra = None
    if polynomials:
        extra = lambda: PENALTY * torch.stack([p.excess for p in polynomials]).sum()  # noqa: E731
    training.fit(student, context.data, epochs, teacher=teacher, rate=0.003, extra=extra,
                 each_epoch=clip)
    clip(epochs)
    with torch.no_grad(), recording(student) as layers:
        student.eval()(context.data.test.images)
        beyond = max([float((layer.seen.abs() > RANGE).double().mean())
                      for layer, degree in zip(layers, degrees) if degree] or [0.0])
    return {"accuracy": training.accuracy(student, context.data.test), "beyond_range": beyond}


def run(context: Context, network: str, objective: str, setting: Optional[Setting], budget: str,
        seed: int) -> Dict[str, Any]:
    make = NETWORKS[network]
    teacher = context.bases.get(network, make, seed)
    student = context.bases.get(network, make, seed)
    if objective == "published":
        degrees = [DEGREES[budget]] * len(activations(student))
    else:
        pricer = Pricer(context.oracle, make(), setting)
        table = pricer.table(levels=2, degrees=[degree for degree in CHOICES if degree])
        degrees = choose(pricer, table, losses(student, context), BUDGETS[budget])

    # Settings often agree on the degrees; equal degrees and seeds train equally.
    key = ("pillar", network, tuple(degrees), seed)
    if key not in context.found:
        training.begin(seed)
        context.found[key] = train(student, teacher, degrees, context)
    return {**context.found[key], "degrees": degrees}


def variant(result: Dict[str, Any]) -> Tuple[nn.Module, Callable[[Sequence[str]], Any]]:
    """The network of a result, and its edit for the names of the activations."""
    return NETWORKS[result["network"]](), lambda nodes: edit_of(nodes, result["degrees"])
