"""Protocols x deployments: who is faster where, and where that flips."""
from __future__ import annotations

from typing import Any, List, Optional, Sequence

from picost import errors
from picost.answers import Phase, seconds, si, table


class Cell:
    """One protocol under one deployment. error is set where the protocol refuses."""

    def __init__(self, message: Any, protocol: str, deployment: str) -> None:
        self.protocol = protocol
        self.deployment = deployment
        self.error: Optional[errors.PicostError] = (
            errors.from_status(message.error) if message.HasField("error") else None)
        self.setup, self.offline, self.online = (
            Phase(message.setup), Phase(message.offline), Phase(message.online))
        known = message.HasField("seconds")
        self.seconds: Optional[float] = message.seconds.p50 if known else None
        self.low: Optional[float] = message.seconds.low if known else None
        self.high: Optional[float] = message.seconds.high if known else None
        self.missing: List[str] = [m.primitive for m in message.missing]
        self.extrapolated: bool = message.extrapolated
        self.bottleneck: str = message.bottleneck


class BreakEven:
    """faster_below wins below the value of quantity, faster_above above it. Quantities:
    round_trip_seconds, bandwidth_factor (of the deployment's), relu_elements."""

    def __init__(self, message: Any, protocols: Sequence[str], deployments: Sequence[str]) -> None:
        self.deployment = deployments[message.deployment]
        self.faster_below = protocols[message.faster_below]
        self.faster_above = protocols[message.faster_above]
        self.quantity: str = message.WhichOneof("quantity")
        self.value: float = getattr(message, self.quantity)

    def __repr__(self) -> str:
        return "BreakEven(%s: %s below %s=%g, %s above)" % (
            self.deployment, self.faster_below, self.quantity, self.value, self.faster_above)


def _name(resource: str, label: str) -> str:
    return resource.split("/", 1)[-1] or label


class Comparison:
    """cells in the order of deployments, then protocols; fastest by deployment."""

    def __init__(self, message: Any, protocols: Sequence[Any], deployments: Sequence[Any]) -> None:
        self.message = message
        self.protocols = [_name(p.protocol, "") for p in protocols]
        self.deployments = [_name(d.name or d.custom.base, "custom") for d in deployments]
        self.cells = [Cell(c, self.protocols[c.protocol], self.deployments[c.deployment])
                      for c in message.cells]
        self.break_evens = [BreakEven(b, self.protocols, self.deployments)
                            for b in message.break_evens]
        self.fastest: List[Optional[str]] = [
            self.protocols[f.protocol] if f.HasField("protocol") else None for f in message.fastest]

    def cell(self, protocol: int, deployment: int) -> Cell:
        """By the positions asked for."""
        return self.cells[deployment * len(self.protocols) + protocol]

    def __str__(self) -> str:
        rows = [["deployment", "protocol", "seconds", "interval", "up", "down", "flights"]]
        for c in self.cells:
            if c.error is not None:
                rows.append([c.deployment, c.protocol, "refused", "-", "-", "-", "-"])
                continue
            spread = "-" if c.low is None else "%s .. %s" % (seconds(c.low), seconds(c.high))
            rows.append([c.deployment, c.protocol, seconds(c.seconds), spread,
                         si(c.offline.up_bytes + c.online.up_bytes, "B"),
                         si(c.offline.down_bytes + c.online.down_bytes, "B"),
                         str(c.offline.flights + c.online.flights)])
        return "\n".join([table(rows)] + [repr(b) for b in self.break_evens])
