"""What every run shares."""
from __future__ import annotations

from typing import Any, Dict

import picost

from searches.digits import Data, load
from searches.training import Bases


class Context:
    """effort: 1 for results; less trains shorter, for tests."""

    def __init__(self, oracle: picost.Client, effort: float = 1.0) -> None:
        self.oracle = oracle
        self.effort = effort
        self.data: Data = load(0 if effort >= 1 else 400)
        self.found: Dict[Any, Any] = {}  # by what searches look up more than once
        self.bases = Bases(self.data, self.epochs(14))

    def epochs(self, full: int) -> int:
        return max(1, round(full * self.effort))
