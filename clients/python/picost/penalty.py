"""Latency, bytes or flights as a term of a torch loss, from an exported table."""
from __future__ import annotations

from typing import Dict, List, Mapping, Tuple

import torch

from picost.cost_table import CostTable


class LatencyPenalty(torch.nn.Module):
    """The cost of a network whose masks or architecture parameters are being trained.

        penalty = LatencyPenalty(table, "total_seconds")
        loss = task_loss + weight * penalty({node: mask})

    No call is made. Values and gradients are those of the table: linear between its counts,
    refills of shared pools in proportion to what is drawn. Layers that are not named cost
    what they cost in the base.

    envelope: price by the lower convex hull. A layer's fixed share (flights, a ciphertext) is
    a step at the first element, of which a gradient knows nothing; the hull spreads it over
    the elements up to the next corner, so that emptying a small layer pays.
    """

    def __init__(self, table: CostTable, metric: str = "total_seconds", *,
                 envelope: bool = False) -> None:
        super().__init__()
        self.metric = metric
        self.envelope = envelope
        self.elements = {node: layer.elements for node, layer in table.layers.items()}
        self._base = table.base(metric)
        self._index = {node: i for i, node in enumerate(table.layers)}
        self._nothing: Dict[str, float] = {}
        for i, node in enumerate(table.widths, len(self._index)):
            self._index[node] = i
        for node, i in self._index.items():
            self.register_buffer("rows_%d" % i, torch.tensor(table.rows(node, metric),
                                                             dtype=torch.float64))
        # Which choices two probabilities stand for, and what both cost beyond their sum.
        self._pairs: Dict[Tuple[str, str], Tuple[List[int], List[int]]] = {}
        costs: Dict[Tuple[str, str], List[float]] = {}
        for one, first, other, second, cost in table.interactions(metric):
            choices = self._pairs.setdefault((one, other), ([], []))
            choices[0].append(first)
            choices[1].append(second)
            costs.setdefault((one, other), []).append(cost)
        for i, pair in enumerate(self._pairs):
            self.register_buffer("pair_%d" % i, torch.tensor(costs[pair], dtype=torch.float64))
        for node in table.layers:
            i = self._index[node]
            self._nothing[node], line = table.line(node, metric, envelope)
            self.register_buffer("kept_%d" % i, torch.tensor([float(k) for k, _ in line],
                                                             dtype=torch.float64))
            self.register_buffer("cost_%d" % i, torch.tensor([y for _, y in line],
                                                             dtype=torch.float64))

    def forward(self, masks: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """masks: {node: values from 0 to 1}, one per element, channel or position; a layer
        keeps their mean of its elements."""
        return self.of_kept({node: mask.double().mean() * self.elements[node]
                             for node, mask in masks.items()})

    def of_kept(self, kept: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """kept: {node: how many elements}, as scalars."""
        terms = [self._interpolated(node, count.double()) for node, count in kept.items()]
        return self._base + torch.stack(terms).sum()

    def of_choices(self, probabilities: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """probabilities: {node: one per choice of the table's layer or width}, as softmax of
        architecture parameters gives (DARTS), or the sample of a gate (ProxylessNAS): the expected
        cost. Widths that are not named stay as in the base."""
        terms = []
        for node, row in probabilities.items():
            costs = getattr(self, "rows_%d" % self._index[node])
            if row.shape != costs.shape:
                raise ValueError("%s has %d choices, not %s" % (node, len(costs), tuple(row.shape)))
            terms.append((row.double() * costs).sum())
        for i, ((one, other), (first, second)) in enumerate(self._pairs.items()):
            if one in probabilities and other in probabilities:
                both = probabilities[one].double()[first] * probabilities[other].double()[second]
                terms.append((both * getattr(self, "pair_%d" % i)).sum())
        return self._base + torch.stack(terms).sum()

    def _interpolated(self, node: str, count: torch.Tensor) -> torch.Tensor:
        x, y = (getattr(self, "%s_%d" % (name, self._index[node])) for name in ("kept", "cost"))
        right = torch.bucketize(count.detach(), x).clamp(1, len(x) - 1)
        slope = (y[right] - y[right - 1]) / (x[right] - x[right - 1])
        on_line = y[right - 1] + slope * (count - x[right - 1])
        if self.envelope:
            return on_line
        return torch.where(count > 0, on_line, on_line.new_tensor(self._nothing[node]))
