"""What every run shares."""
from __future__ import annotations

import hashlib
from typing import Any, Dict, Mapping

import picost

from searches.digits import Data, load
from searches.pricing import Pricer
from searches.training import Bases


class Context:
    """effort: 1 for results; less trains shorter, for tests. study: of the daemon, to which
    every result is added as a trial; none without a name."""

    def __init__(self, oracle: picost.Client, effort: float = 1.0, study: str = "") -> None:
        self.oracle = oracle
        self.effort = effort
        self.study = study
        self.data: Data = load(0 if effort >= 1 else 400)
        self.found: Dict[Any, Any] = {}  # by what searches look up more than once
        self.bases = Bases(self.data, self.epochs(14))
        if study:
            oracle.create_study(study, objectives={"accuracy": "maximize",
                                                   "online_seconds": "minimize"})

    def epochs(self, full: int) -> int:
        return max(1, round(full * self.effort))

    def log(self, row: Mapping[str, Any], pricer: Pricer, edit: Any, accuracy: float) -> None:
        """Adds a trial. The same row and setting add one, however often they are run."""
        if self.study:
            tags = [row["search"], row["network"], row["objective"], row["budget"],
                    "seed-%d" % row["seed"]]
            key = "/".join([*tags, row["setting"], str(pricer.setting)])
            self.oracle.log_trial(self.study, pricer.model, edit, tags=tags, accuracy=accuracy,
                                  request_id=hashlib.sha256(key.encode()).hexdigest(),
                                  **pricer.setting.question)
