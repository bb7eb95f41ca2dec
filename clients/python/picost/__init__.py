"""What will private inference cost? Client of the picost daemon."""
from picost import edits
from picost.answers import Allocation, Estimate, Totals
from picost.client import AsyncClient, Client
from picost.cost_table import METRICS, CostTable, reward
from picost.errors import PicostError
from picost.private import local

__all__ = [
    "METRICS", "Allocation", "AsyncClient", "Client", "CostTable", "Estimate", "PicostError", "Totals",
    "edits", "local", "reward"
]
