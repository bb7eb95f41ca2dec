"""The cost of a candidate, for any search: what the plug-ins are made of."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from picost._requests import DeploymentLike, ModelLike, ProtocolLike
from picost.answers import Totals
from picost.client import Client
from picost.cost_table import METRICS

Kept = Mapping[str, int]


class Objective:
    """Costs of variants {node: ReLUs kept} of one network. Pickles: workers of a pool or of a
    cluster that reach the daemon's address may hold it.

    layers: {node: ReLU elements}, the search space. limits: {metric: most}, the constraints.
    """

    def __init__(self, client: Client, model: ModelLike, *, protocol: ProtocolLike,
                 deployment: DeploymentLike, metrics: Sequence[str] = ("total_seconds",),
                 limits: Optional[Mapping[str, float]] = None) -> None:
        self.metrics = list(metrics)
        self.limits = dict(limits or {})
        unknown = [m for m in [*self.metrics, *self.limits] if m not in METRICS]
        if unknown:
            raise ValueError("unknown metric %s; there are %s" % (unknown[0], ", ".join(METRICS)))
        self._client = client
        self._question: Dict[str, Any] = {"protocol": protocol, "deployment": deployment}
        self._model = client.register(model)
        estimate = client.estimate(self._model, **self._question)
        self.layers = {layer.node: layer.relu_elements for layer in estimate.layers
                       if layer.relu_elements}

    def totals(self, candidates: Iterable[Kept]) -> List[Totals]:
        """All costs of many candidates, in one call."""
        return self._client.evaluate_edits(
            self._model, [self._of(candidate) for candidate in candidates], **self._question)

    def __call__(self, candidate: Kept) -> Dict[str, float]:
        """{metric: cost} of one candidate; layers that it does not name stay as they are."""
        totals, = self.totals([candidate])
        return {metric: totals.cost(metric) for metric in self.metrics}

    def with_deviation(self, candidate: Kept) -> Dict[str, Tuple[float, float]]:
        """{metric: (cost, standard deviation)}."""
        totals, = self.totals([candidate])
        return {metric: totals.cost_with_deviation(metric) for metric in self.metrics}

    def excess(self, candidate: Kept) -> List[float]:
        """By how much each limit is exceeded; 0 and less: it is met."""
        totals, = self.totals([candidate])
        return [totals.cost(metric) - most for metric, most in self.limits.items()]

    def _of(self, candidate: Kept) -> Dict[str, int]:
        # Frameworks hand over numbers of their own types, and parameters that are not ours.
        return {node: int(candidate[node]) for node in self.layers if node in candidate}


Value = Callable[[Kept], float]


def relus(candidate: Kept) -> float:
    """The value of a candidate if nothing better is known: ReLUs kept."""
    return float(sum(candidate.values()))
