"""An exported table: costs of allocations without any call, and their gradient."""
from __future__ import annotations

import bisect
import math
from typing import Any, Dict, List, Mapping, Tuple

from picost._wire import edits_pb2

METRICS = ("online_seconds", "offline_seconds", "total_seconds", "online_bytes", "offline_bytes",
           "total_bytes", "online_flights", "client_storage_bytes", "relu_elements")


def _known(costs: Any, metric: str) -> float:
    if metric.endswith("_seconds") and not costs.HasField(metric):
        raise ValueError(metric + " is not in the table: no table of the deployment covers some "
                         "primitive; take bytes or flights, or another deployment")
    return getattr(costs, metric)


class CostTable:
    """Layer x choice costs (CostTable of proto/picost/v1/edits.proto has the rule)."""

    def __init__(self, message: edits_pb2.CostTable) -> None:
        self.message = message
        self.layers = {layer.node: layer for layer in message.layers}
        # Groups of layers that are resized together, by the first one; choice 0: as it is.
        self.widths = {width.nodes[0]: width for width in message.widths}
        self._interactions = [self._pair(pair) for pair in message.interactions]
        # Counts alone, ascending: the piecewise-linear form.
        self._grid = {
            node: sorted((c.kept_elements, i) for i, c in enumerate(layer.choices)
                         if c.operation.HasField("keep_relus"))
            for node, layer in self.layers.items()
        }

    def _pair(self, pair: edits_pb2.TableInteraction) -> Tuple[str, int, str, int, Any]:
        other = (self.message.widths[pair.other_width].nodes[0]
                 if pair.HasField("other_width") else self.message.layers[pair.layer].node)
        width = self.message.widths[pair.width].nodes[0]
        return width, pair.width_choice, other, pair.other_choice, pair

    def choices(self, node: str) -> Any:
        """Of an activation, or of the group of layers whose widths change with this one."""
        return (self.layers[node] if node in self.layers else self.widths[node]).choices

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

    def base(self, metric: str = "total_seconds") -> float:
        """Of the network as it is. ValueError: no table covers these seconds."""
        return _known(self.message.base, metric)

    def total(self, chosen: Mapping[str, int], metric: str = "total_seconds") -> float:
        """chosen: {node: index of a choice}, nodes of `layers` and of `widths`; what is left out
        stays as in the base."""
        value = self.base(metric)
        draws = [pool.base_draws for pool in self.message.pools]
        made = [self.choices(node)[index] for node, index in chosen.items()]
        made += [pair for one, first, other, second, pair in self._interactions
                 if chosen.get(one) == first and chosen.get(other) == second]
        for part in made:
            value += _known(part.added, metric)
            draws = [d + more for d, more in zip(draws, part.draws)]
        for pool, drawn in zip(self.message.pools, draws):
            size = getattr(pool, "yield")
            value += (drawn // size - pool.base_draws // size) * getattr(pool.refill, metric)
        return value

    def _point(self, node: str, index: int, metric: str) -> float:
        return self._smooth(self.choices(node)[index], metric)

    def _smooth(self, part: Any, metric: str) -> float:
        """Cost of a choice, or of two together, with refills in proportion to what it draws."""
        value = _known(part.added, metric)
        for pool, draws in zip(self.message.pools, part.draws):
            value += draws / getattr(pool, "yield") * getattr(pool.refill, metric)
        return value

    def points(self, node: str, metric: str = "total_seconds",
               envelope: bool = False) -> List[Tuple[int, float]]:
        """(kept elements, cost beyond the base) of a layer's counts, ascending. envelope: only
        those on the lower convex hull, so that what a layer costs at all is part of the price
        of its first element."""
        points = [(kept, self._point(node, i, metric)) for kept, i in self._grid[node]]
        if not envelope:
            return points
        hull: List[Tuple[int, float]] = []
        for k, y in points:
            # The middle one of three goes where it is not below the line of its neighbours.
            while len(hull) > 1 and ((hull[-1][1] - hull[-2][1]) * (k - hull[-2][0]) >=
                                     (y - hull[-2][1]) * (hull[-1][0] - hull[-2][0])):
                hull.pop()
            hull.append((k, y))
        return hull

    def line(self, node: str, metric: str = "total_seconds",
             envelope: bool = False) -> Tuple[float, List[Tuple[int, float]]]:
        """The cost where nothing is kept, and the points that lines join. Without envelope
        the identity stands apart: the line begins at the first count above 0."""
        points = self.points(node, metric, envelope)
        apart = not envelope and len(points) > 2 and points[0][0] == 0
        return points[0][1], points[1:] if apart else points

    def _segment(self, node: str, kept: float, metric: str,
                 envelope: bool) -> Tuple[float, float]:
        nothing, line = self.line(node, metric, envelope)
        if kept <= 0 and not envelope:
            return nothing, 0.0
        right = min(max(bisect.bisect_left(line, (kept, -math.inf)), 1), len(line) - 1)
        (k0, y0), (k1, y1) = line[right - 1], line[right]
        slope = (y1 - y0) / (k1 - k0)
        return y0 + slope * (kept - k0), slope

    def interpolate(self, kept: Mapping[str, float], metric: str = "total_seconds",
                    envelope: bool = False) -> float:
        """Cost where `kept` elements are left, linear between the table's counts."""
        return self.base(metric) + sum(
            self._segment(node, count, metric, envelope)[0] for node, count in kept.items())

    def gradient(self, kept: Mapping[str, float], metric: str = "total_seconds",
                 envelope: bool = False) -> Dict[str, float]:
        """Of interpolate: cost of one more element, by node."""
        return {node: self._segment(node, count, metric, envelope)[1]
                for node, count in kept.items()}

    def expected(self, probabilities: Mapping[str, "list[float]"],
                 metric: str = "total_seconds") -> float:
        """Expected cost under independent distributions over the choices of layers and of widths
        (DARTS style)."""
        value = self.base(metric)
        for node, row in probabilities.items():
            for index, probability in enumerate(row):
                value += probability * self._point(node, index, metric)
        for one, first, other, second, cost in self.interactions(metric):
            if one in probabilities and other in probabilities:
                value += probabilities[one][first] * probabilities[other][second] * cost
        return value

    def interactions(self, metric: str = "total_seconds"
                     ) -> "list[Tuple[str, int, str, int, float]]":
        """(node of `widths`, choice, other node, choice, cost beyond the sum of both)."""
        return [(one, first, other, second, self._smooth(pair, metric))
                for one, first, other, second, pair in self._interactions]

    def tensor(self, metric: str = "total_seconds"):
        """The layer x choice matrix as a torch tensor of doubles, in the order of `layers`:
        what each choice adds to base(metric). Rows of layers with fewer choices are filled up
        with their dearest one."""
        import torch
        rows = [self.rows(node, metric) for node in self.layers]
        width = max(map(len, rows))
        return torch.tensor([row + [max(row)] * (width - len(row)) for row in rows],
                            dtype=torch.float64)

    def rows(self, node: str, metric: str = "total_seconds") -> "list[float]":
        """What the choices of a layer add, in order: a row of the layer x choice matrix."""
        return [self._point(node, i, metric) for i in range(len(self.choices(node)))]


def reward(accuracy: float, target: float, latency: float, exponent: float = 0.07) -> float:
    """accuracy x (target / latency)^exponent: the soft constraint of MnasNet."""
    return accuracy * (target / latency)**exponent
