"""The tables of README.md from results.jsonl."""
from __future__ import annotations

import collections
import math
import statistics
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from searches.pricing import GARBLED, POLYNOMIAL

BEGIN, END = "<!-- tables: run_all --report -->", "<!-- end of tables -->"
ORDER = ("large", "medium", "small")


class Point(NamedTuple):
    """Of one objective at one budget in one setting, over the seeds."""
    budget: str
    accuracy: float
    error: float  # standard error of the mean
    seconds: float
    deviation: float  # of seconds, between seeds
    flights: float
    relus: float
    seeds: int


def point(budget: str, rows: Sequence[Dict[str, Any]], setting: str) -> Point:
    accuracy = [row["accuracy"] for row in rows]
    costs = [row["costs"][setting] for row in rows]
    seconds = [cost["seconds"] for cost in costs]
    spread = statistics.stdev if len(rows) > 1 else (lambda values: 0.0)
    return Point(budget, statistics.mean(accuracy), spread(accuracy) / math.sqrt(len(rows)),
                 statistics.mean(seconds), spread(seconds),
                 statistics.mean(cost["flights"] for cost in costs),
                 statistics.mean(cost["relus"] for cost in costs), len(rows))


def fronts(rows: Sequence[Dict[str, Any]]) -> Dict[Tuple[str, str, str], Dict[str, List[Point]]]:
    """(search, network, setting) -> objective -> points from large to small."""
    cells = collections.defaultdict(list)
    for row in rows:
        polynomial = row["search"] == "pillar"
        for setting in map(str, POLYNOMIAL if polynomial else GARBLED):
            # A network found without a look at any setting has a point in each.
            if row["setting"] in ("", setting):
                cells[row["search"], row["network"], setting, row["objective"],
                      row["budget"]].append(row)
    result: Dict[Any, Dict[str, List[Point]]] = {}
    for (search, network, setting, objective, budget), group in cells.items():
        of = result.setdefault((search, network, setting), collections.defaultdict(list))
        of[objective].append(point(budget, group, setting))
    for objectives in result.values():
        for points in objectives.values():
            points.sort(key=lambda p: ORDER.index(p.budget))
    return result


def equal_or_better(other: Point, than: Point) -> bool:
    """Accuracy not below by more than one standard error of the difference."""
    return other.accuracy >= than.accuracy - math.hypot(other.error, than.error)


def match(published: Point, oracle: Sequence[Point]) -> Any:
    """The cheapest of the oracle's points that is as accurate, or None."""
    return min((p for p in oracle if equal_or_better(p, published)), key=lambda p: p.seconds,
               default=None)


def seconds(value: float) -> str:
    return "%.3g s" % value if value >= 1 else "%.3g ms" % (value * 1e3)


def describe(p: Point) -> str:
    return "%d | %.1f +- %.1f %% | %s +- %s | %.0f | %.0f" % (
        p.seeds, 100 * p.accuracy, 100 * p.error, seconds(p.seconds), seconds(p.deviation), p.flights,
        p.relus)


def tables(rows: Sequence[Dict[str, Any]]) -> str:
    most = len({row["seed"] for row in rows})
    lines = ["%d runs, up to %d seeds; the first table has the budgets that have all of them. Accuracy on 500 test images, mean and standard error; online "
             "latency, mean and standard deviation between seeds." %
             (len(rows), most)]
    summary = ["| search | network | setting | as accurate as published at | published | oracle | "
               "latency, oracle / published |", "|---|---|---|---|---|---|---|"]
    details: List[str] = []
    for (search, network, setting), objectives in fronts(rows).items():
        published, oracle = ([p for p in objectives.get(name, []) if p.seeds == most]
                             for name in ("published", "oracle"))
        for p in published:
            best = match(p, oracle)
            found = ("%s | %.3f" % (seconds(best.seconds), best.seconds / p.seconds) if best else
                     "none as accurate | -")
            summary.append("| %s | %s | %s | %s (%.1f %%) | %s | %s |" % (
                search, network, setting, p.budget, 100 * p.accuracy, seconds(p.seconds), found))
        details += ["", "%s, %s, %s:" % (search, network, setting), "",
                    "| objective | budget | seeds | accuracy | online latency | flights | %s |" %
                    ("ReLUs" if search != "pillar" else "ReLUs left"),
                    "|---|---|---|---|---|---|---|"]
        for objective, points in objectives.items():
            details += ["| %s | %s | %s |" % (objective, p.budget, describe(p)) for p in points]
    return "\n".join(lines + ["", *summary, "", "### Every front", *details])


def rewrite(path: str, rows: Sequence[Dict[str, Any]]) -> None:
    """Puts the tables between the marks of README.md."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    with open(path, "w", encoding="utf-8") as file:
        file.write("%s%s\n\n%s\n\n%s%s" % (head, BEGIN, tables(rows), END, tail))
