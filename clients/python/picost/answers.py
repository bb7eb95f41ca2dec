"""Answers: thin views of the messages that print well."""
from __future__ import annotations

from typing import Any, List, Optional, Tuple

from picost._wire import edits_pb2, estimate_pb2


def si(value: float, unit: str) -> str:
    """Three digits and a prefix: 1234567 -> "1.23 M"."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return "%.3g %s%s" % (value / factor, prefix, unit)
    return ("%.3g %s" % (value, unit)).rstrip()


def seconds(value: Optional[float]) -> str:
    if value is None:
        return "-"
    if value == 0 or value >= 1:
        return "%.4g s" % value
    return "%.3g ms" % (value * 1e3) if value >= 1e-3 else "%.3g us" % (value * 1e6)


def table(rows: List[List[str]]) -> str:
    """The first row is the head; the first column is text."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                  for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows)


class Phase:
    """One phase: traffic always, seconds where tables cover it."""

    def __init__(self, message: Any) -> None:
        traffic = getattr(message, "traffic", message)
        self.up_bytes: int = traffic.client_to_server_bytes
        self.down_bytes: int = traffic.server_to_client_bytes
        self.flights: int = traffic.flights
        known = message.HasField("latency_seconds")
        interval = message.latency_seconds
        self.seconds: Optional[float] = interval.p50 if known else None
        self.low: Optional[float] = interval.low if known else None
        self.high: Optional[float] = interval.high if known else None
        self.standard_deviation: Optional[float] = interval.standard_deviation if known else None

    @property
    def bytes(self) -> int:
        return self.up_bytes + self.down_bytes

    def row(self, name: str) -> List[str]:
        spread = "-" if self.low is None else "%s .. %s" % (seconds(self.low), seconds(self.high))
        return [name, seconds(self.seconds), spread, si(self.up_bytes, "B"),
                si(self.down_bytes, "B"), str(self.flights)]

    HEAD = ["phase", "latency", "interval", "up", "down", "flights"]


class _Totals:
    setup: Phase
    offline: Phase
    online: Phase

    def _read(self, message: Any) -> None:
        self.setup, self.offline, self.online = (
            Phase(message.setup), Phase(message.offline), Phase(message.online))
        self.client_storage_bytes: int = message.client_storage_bytes
        self.server_storage_bytes: int = message.server_storage_bytes
        self.extrapolated: bool = message.extrapolated

    @property
    def seconds(self) -> Optional[float]:
        """Offline and online."""
        if self.offline.seconds is None or self.online.seconds is None:
            return None
        return self.offline.seconds + self.online.seconds

    @property
    def bytes(self) -> int:
        """Offline and online, both directions."""
        return self.offline.bytes + self.online.bytes

    def cost(self, metric: str) -> float:
        """One of picost.METRICS. ValueError: no table covers these seconds."""
        return self.cost_with_deviation(metric)[0]

    def cost_with_deviation(self, metric: str) -> Tuple[float, float]:
        """Value and standard deviation, which is 0 for what is exact. Phases share their
        fits, so that their deviations add up."""
        if metric in ("client_storage_bytes", "relu_elements"):
            return getattr(self, metric), 0.0
        name, _, unit = metric.partition("_")
        phases = [self.offline, self.online] if name == "total" else [getattr(self, name)]
        if unit != "seconds":
            return sum(getattr(phase, unit) for phase in phases), 0.0
        value = deviation = 0.0
        for phase in phases:
            if phase.seconds is None or phase.standard_deviation is None:
                raise ValueError(metric + " is not known: no table of the deployment covers some "
                                 "primitive; take bytes or flights, or another deployment")
            value += phase.seconds
            deviation += phase.standard_deviation
        return value, deviation

    def _table(self) -> str:
        return table([Phase.HEAD] + [getattr(self, name).row(name)
                                     for name in ("setup", "offline", "online")])


class Totals(_Totals):
    """Totals of an edited network."""

    def __init__(self, message: edits_pb2.EditTotals) -> None:
        self._read(message)
        self.relu_elements: int = message.relu_elements

    def __str__(self) -> str:
        return "%s ReLUs\n%s" % (self.relu_elements, self._table())


class Layer:
    """One layer's share."""

    def __init__(self, message: estimate_pb2.LayerEstimate) -> None:
        self.node: str = message.node
        self.kind: str = message.kind
        self.local: bool = message.local
        self.relu_elements: int = message.counts.relu_elements
        self.offline, self.online = Phase(message.offline), Phase(message.online)


class Estimate(_Totals):
    """What private inference of a network costs; print it for a table."""

    def __init__(self, message: estimate_pb2.Estimate) -> None:
        self._read(message)
        self.message = message
        self.relu_elements: int = message.totals.relu_elements
        self.layers = [Layer(layer) for layer in message.layers]
        self.missing: List[str] = [m.primitive for m in message.missing]
        self.bottleneck: str = message.bottleneck

    def __str__(self) -> str:
        lines = ["%s under %s, %s ReLUs" % (self.message.provenance.model[:19],
                                          self.message.provenance.protocol.split("/")[-1],
                                          self.relu_elements), self._table()]
        if self.missing:
            lines.append("no table covers " + ", ".join(sorted(set(self.missing))))
        if self.bottleneck:
            lines.append(self.bottleneck)
        return "\n".join(lines)

    def __reduce__(self):
        return Estimate, (self.message,)

    def rows(self) -> List[dict]:
        """One dictionary per layer: what pandas.DataFrame takes."""
        return [{
            "node": layer.node,
            "kind": layer.kind,
            "relu_elements": layer.relu_elements,
            "offline_seconds": layer.offline.seconds,
            "online_seconds": layer.online.seconds,
            "offline_bytes": layer.offline.bytes,
            "online_bytes": layer.online.bytes,
            "online_flights": layer.online.flights,
        } for layer in self.layers]

    def to_pandas(self):
        import pandas
        return pandas.DataFrame(self.rows()).set_index("node")

    def plot_layers(self, axes=None, unit: str = "seconds"):
        """Bars of what each layer costs, offline and online, on matplotlib axes, which are
        returned. unit: "seconds" (layers without a table have no bar), "bytes" or "flights"."""
        layers = [layer for layer in self.layers if not layer.local]
        if not layers:
            raise ValueError("there are no layers to plot: estimate with layers=True")
        if axes is None:
            from matplotlib import pyplot
            axes = pyplot.subplots(figsize=(8, 1 + 0.2 * len(layers)), layout="constrained")[1]
        left = [0.0] * len(layers)
        for phase in ("offline", "online"):
            width = [getattr(getattr(layer, phase), unit) or 0.0 for layer in layers]
            axes.barh([layer.node for layer in layers], width, left=left, label=phase)
            left = [a + b for a, b in zip(left, width)]
        axes.invert_yaxis()
        axes.set_xlabel(unit + " per inference")
        axes.set_title(str(self).splitlines()[0], fontsize="small")
        axes.legend()
        return axes


class Allocation:
    """An answer to a budget: what to keep where."""

    def __init__(self, message: edits_pb2.Allocation) -> None:
        self.message = message
        self.operations = list(message.operations)
        self.kept = {o.keep_relus.node: o.keep_relus.count for o in message.operations
                     if o.HasField("keep_relus")}
        self.importance: float = message.total_importance
        self.bound: float = message.importance_bound
        self.gap: float = message.gap_relative_bound
        self.totals = Totals(message.totals)

    def __str__(self) -> str:
        return "%s\nworth %.6g, at most %.6g is possible" % (self.totals, self.importance, self.bound)
