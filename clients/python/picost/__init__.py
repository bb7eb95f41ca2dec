"""What will private inference cost? Client of the picost daemon."""
from typing import Any

from picost import edits
from picost._requests import network
from picost.answers import Allocation, Estimate, Totals
from picost.client import AsyncClient, Client
from picost.comparison import Comparison
from picost.cost_table import METRICS, CostTable, reward
from picost.errors import PicostError
from picost.objective import Objective
from picost.private import local

__all__ = [
    "METRICS", "Allocation", "AsyncClient", "Client", "Comparison", "CostTable", "Estimate",
    "LatencyPenalty", "Objective", "PicostError", "Totals", "edits", "local",
    "network", "reward"
]


def __getattr__(name: str) -> Any:
    # Needs torch, which nothing else here does.
    if name == "LatencyPenalty":
        from picost.penalty import LatencyPenalty
        return LatencyPenalty
    raise AttributeError("module 'picost' has no attribute %r" % name)
