"""What a client remembers: models that it registered, and answers."""
from __future__ import annotations

import collections
import time
from typing import Any, Dict, Hashable, Tuple


class Memory:
    """Equal questions have equal answers, until the daemon gets other tables: answers are
    forgotten after `seconds`, the oldest first when there are more than `entries`."""

    def __init__(self, entries: int, seconds: float) -> None:
        self.models: Dict[str, str] = {}
        self.hits = 0
        self._entries = entries
        self._seconds = seconds
        self._answers: "collections.OrderedDict[Hashable, Tuple[float, Any]]" = (
            collections.OrderedDict())

    def get(self, key: Hashable) -> Any:
        found = self._answers.get(key)
        if found is None or time.monotonic() > found[0]:
            return None
        self.hits += 1
        return found[1]

    def put(self, key: Hashable, answer: Any) -> None:
        if self._entries <= 0:
            return
        self._answers[key] = (time.monotonic() + self._seconds, answer)
        while len(self._answers) > self._entries:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        self.models.clear()
        self._answers.clear()

    def __getstate__(self) -> Dict[str, Any]:
        # Names of models are worth taking along; answers are asked for again.
        return dict(self.__dict__, _answers=collections.OrderedDict(), hits=0)
