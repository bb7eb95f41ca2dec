"""An exported table: costs of allocations without any call, and their gradient."""
from __future__ import annotations

import bisect
from typing import Dict, Mapping

from picost._wire import edits_pb2

METRICS = ("online_seconds", "offline_seconds", "total_seconds", "online_bytes", "offline_bytes",
           "total_bytes", "online_flights", "client_storage_bytes", "relu_elements")


class CostTable:
    """Layer x choice costs (CostTable of proto/picost/v1/edits.proto has the rule)."""

    def __init__(self, message: edits_pb2.CostTable) -> None:
        self.message = message
        self.layers = {layer.node: layer for layer in message.layers}
        # Counts alone, ascending: the piecewise-linear form.
        self._grid = {
            node: sorted((c.kept_elements, i) for i, c in enumerate(layer.choices)
                         if c.operation.HasField("keep_relus"))
            for node, layer in self.layers.items()
        }

    def __reduce__(self):
        return CostTable, (self.message,)

    def save(self, path: str) -> None:
        with open(path, "wb") as file:
            file.write(self.message.SerializeToString())

    @staticmethod
    def load(path: str) -> "CostTable":
        with open(path, "rb") as file:
            return CostTable(edits_pb2.CostTable.FromString(file.read()))

    def error(self, metric: str = "total_seconds") -> float:
        """How far the table may be from EvaluateEdits where its choices are taken."""
        return getattr(self.message.errors, metric)

    def total(self, chosen: Mapping[str, int], metric: str = "total_seconds") -> float:
        """chosen: {node: index of a choice}; layers left out stay as in the base."""
        value = getattr(self.message.base, metric)
        draws = [pool.base_draws for pool in self.message.pools]
        for node, index in chosen.items():
            choice = self.layers[node].choices[index]
            value += getattr(choice.added, metric)
            draws = [d + more for d, more in zip(draws, choice.draws)]
        for pool, drawn in zip(self.message.pools, draws):
            size = getattr(pool, "yield")
            value += (drawn // size - pool.base_draws // size) * getattr(pool.refill, metric)
        return value

    def _point(self, node: str, index: int, metric: str) -> float:
        """Cost of a choice with refills in proportion to what it draws."""
        choice = self.layers[node].choices[index]
        value = getattr(choice.added, metric)
        for pool, draws in zip(self.message.pools, choice.draws):
            value += draws / getattr(pool, "yield") * getattr(pool.refill, metric)
        return value

    def _segment(self, node: str, kept: float, metric: str):
        grid = self._grid[node]
        # The identity is a point of its own: the line begins at the first ReLU kept.
        if kept <= 0:
            return self._point(node, grid[0][1], metric), 0.0
        line = grid[1:] if len(grid) > 2 and grid[0][0] == 0 else grid
        right = min(max(bisect.bisect_left(line, (kept, -1)), 1), len(line) - 1)
        (k0, i0), (k1, i1) = line[right - 1], line[right]
        y0, y1 = self._point(node, i0, metric), self._point(node, i1, metric)
        slope = (y1 - y0) / (k1 - k0)
        return y0 + slope * (kept - k0), slope

    def interpolate(self, kept: Mapping[str, float], metric: str = "total_seconds") -> float:
        """Cost where `kept` elements are left, linear between the table's counts."""
        return getattr(self.message.base, metric) + sum(
            self._segment(node, count, metric)[0] for node, count in kept.items())

    def gradient(self, kept: Mapping[str, float],
                 metric: str = "total_seconds") -> Dict[str, float]:
        """Of interpolate: cost of one more element, by node."""
        return {node: self._segment(node, count, metric)[1] for node, count in kept.items()}

    def expected(self, probabilities: Mapping[str, "list[float]"],
                 metric: str = "total_seconds") -> float:
        """Expected cost under a distribution over each layer's choices (DARTS style)."""
        value = getattr(self.message.base, metric)
        for node, row in probabilities.items():
            for index, probability in enumerate(row):
                value += probability * self._point(node, index, metric)
        return value

    def rows(self, node: str, metric: str = "total_seconds") -> "list[float]":
        """What the choices of a layer add, in order: a row of the layer x choice matrix."""
        return [self._point(node, i, metric) for i in range(len(self.layers[node].choices))]


def reward(accuracy: float, target: float, latency: float, exponent: float = 0.07) -> float:
    """accuracy x (target / latency)^exponent: the soft constraint of MnasNet."""
    return accuracy * (target / latency)**exponent
