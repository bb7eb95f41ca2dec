"""What a network costs in a setting: a protocol over a deployment."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple

import picost
import torch
from torch import nn

from searches import digits


class Setting(NamedTuple):
    protocol: str
    deployment: str

    def __str__(self) -> str:
        return self.protocol + "/" + self.deployment

    @property
    def question(self) -> Dict[str, str]:
        return self._asdict()


GARBLED = [Setting("delphi", "lan"), Setting("cheetah", "wan")]
POLYNOMIAL = [Setting(protocol, deployment) for protocol in ("pillar-espn", "pillar-honeybadger")
              for deployment in ("lan", "wan")]


class Price(NamedTuple):
    """Of one inference, online."""
    seconds: float  # latency; where no table covers the protocol, of the link alone
    megabytes: float
    flights: int
    relus: int
    computed: bool  # whether `seconds` holds computing, too


class Pricer:
    """Prices variants of one network in one setting; answers are remembered by the client."""

    def __init__(self, oracle: picost.Client, network: nn.Module, setting: Setting) -> None:
        self._oracle = oracle
        self.setting = setting
        self.model = oracle.register(network.eval(), example=torch.zeros(1, *digits.SHAPE))
        estimate = oracle.estimate(self.model, **setting.question)
        self.base = self._price(estimate, estimate.relu_elements)
        link = estimate.message.provenance
        self._up, self._down = (link.client_to_server_bytes_per_second,
                                link.server_to_client_bytes_per_second)
        self._flight = link.round_trip_seconds / 2 + link.flight_overhead_seconds
        # Activations in the order of the file, which is that of networks.activations.
        self.layers = {layer.node: layer.relu_elements for layer in estimate.layers
                       if layer.relu_elements}

    def link_seconds(self, bytes_: float, flights: float) -> float:
        """Of bytes that go both ways alike."""
        return bytes_ / 2 / self._up + bytes_ / 2 / self._down + flights * self._flight

    def _price(self, costs: Any, relus: int) -> Price:
        online = costs.online
        seconds = online.seconds
        if seconds is None:
            message = getattr(costs, "message", None)
            if message is not None:
                seconds = message.online.transfer_seconds + message.online.flight_seconds
            else:
                seconds = (online.up_bytes / self._up + online.down_bytes / self._down +
                           online.flights * self._flight)
        return Price(seconds, online.bytes / 1e6, online.flights, relus, online.seconds is not None)

    def kept(self, counts: Mapping[str, int]) -> Price:
        """With so many ReLUs left in each layer."""
        return self.edited(dict(counts))

    def edited(self, edit: Any) -> Price:
        totals, = self._oracle.evaluate_edits(self.model, [edit], **self.setting.question)
        return self._price(totals, totals.relu_elements)

    def floor(self) -> Price:
        """Without any activation: what no mask can take away."""
        return self.kept({node: 0 for node in self.layers})

    def budget(self, fraction: float) -> float:
        """Seconds: the floor and a fraction of what activations add to it."""
        floor = self.floor().seconds
        return floor + fraction * (self.base.seconds - floor)

    def table(self, **options: Any) -> picost.CostTable:
        return self._oracle.cost_table(self.model, **self.setting.question, **options)

    def allocate(self, seconds: float, curves: Mapping[str, Mapping[int, float]]) -> List[int]:
        """ReLUs per layer that are worth the most within the budget; curves: worth by count."""
        answer = self._oracle.solve_budget(self.model, importance=curves, online_seconds=seconds,
                                           **self.setting.question)
        return [answer.kept.get(node, 0) for node in self.layers]

