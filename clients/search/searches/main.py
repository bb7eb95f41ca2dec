"""One search, or the whole table.

    search snl --network resnet --objective oracle --setting cheetah/wan --budget medium --seed 1
    run_all                   # every row that results.jsonl does not hold yet
    run_all --report          # the tables of README.md anew
    run_all --reprice         # the same results at the daemon's present prices
"""
from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from typing import Any, Dict, Iterator, List, Optional, Sequence

import picost

from searches import cryptonas, pillar, senet, snl
from searches.context import Context
from searches.networks import NETWORKS
from searches.pricing import Pricer, Setting

SEARCHES = {"cryptonas": cryptonas, "snl": snl, "senet": senet, "pillar": pillar}
# Objectives that look at no setting: their networks are priced in all. The paper's own first.
BLIND = {"cryptonas": ["published", "flop", "channel"], "snl": ["published"],
         "senet": ["published"], "pillar": ["published"]}
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEY = ("search", "network", "objective", "setting", "budget", "seed")


def setting_of(row: Dict[str, Any]) -> Optional[Setting]:
    return Setting(*row["setting"].split("/")) if row["setting"] else None


def priced(context: Context, result: Dict[str, Any]) -> Dict[str, Any]:
    """The result with its costs in every setting of the search. Into the study go the settings
    that its objective looked at, or all."""
    search = SEARCHES[result["search"]]
    network, edit_of = search.variant(result)
    costs = {}
    for setting in search.SETTINGS:
        pricer = Pricer(context.oracle, network, setting)
        edit = edit_of(list(pricer.layers))
        costs[str(setting)] = pricer.edited(edit)._asdict()
        if setting_of(result) in (None, setting):
            context.log(result, pricer, edit, result["accuracy"])
    return {**result, "costs": costs}


def run(context: Context, row: Dict[str, Any], **options: Any) -> Dict[str, Any]:
    """row: the key of a result; the result with what was found."""
    found = SEARCHES[row["search"]].run(context, row["network"], row["objective"], setting_of(row),
                                        row["budget"], row["seed"], **options)
    return priced(context, {**row, **options, **found})


def reprice(context: Context, path: str) -> None:
    """Results as they were found, at the daemon's present prices."""
    rows = [priced(context, row) for row in results(path)]
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, sort_keys=True) + "\n" for row in rows)
    os.replace(path + ".new", path)


def grid(seeds: int) -> Iterator[Dict[str, Any]]:
    """What matters most first: a table that was stopped has all seeds of some budgets."""
    for extra, budget, seed, (name, search), network in itertools.product(
            (False, True), ("medium", "small", "large"), range(1, seeds + 1), SEARCHES.items(),
            NETWORKS):
        if extra:
            objectives = [(objective, "") for objective in BLIND[name][1:]]
        else:
            objectives = [(BLIND[name][0], "")]
            objectives += [("oracle", str(setting)) for setting in search.SETTINGS]
        for objective, setting in objectives:
            yield dict(zip(KEY, (name, network, objective, setting, budget, seed)))


def key_of(row: Dict[str, Any]) -> Any:
    return tuple(row[part] for part in KEY)


def results(path: str) -> List[Dict[str, Any]]:
    """A last line that was cut off does not count, and is removed."""
    if not os.path.exists(path):
        return []
    with open(path, "rb+") as file:
        text = file.read()
        whole = text.rfind(b"\n") + 1
        file.truncate(whole)
    return results_of(path)


def results_of(path: str) -> List[Dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run_all(context: Context, path: str, seeds: int, only: Optional[Sequence[str]] = None) -> int:
    """Appends what is missing; how many rows that were."""
    done = {key_of(row) for row in results(path)}
    rows = [row for row in grid(seeds)
            if key_of(row) not in done and (not only or row["search"] in only)]
    begin = time.monotonic()
    with open(path, "a", encoding="utf-8") as file:
        for i, row in enumerate(rows):
            result = run(context, row)
            file.write(json.dumps(result, sort_keys=True) + "\n")
            file.flush()
            spent = time.monotonic() - begin
            print("%d of %d, %.0f s, %.0f s to go: %s accuracy %.3f" % (
                i + 1, len(rows), spent, spent / (i + 1) * (len(rows) - i - 1),
                " ".join(str(part) for part in key_of(row)), result["accuracy"]), file=sys.stderr)
    return len(rows)


def client(server: Optional[str]) -> picost.Client:
    return picost.Client(server) if server else picost.local()


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="search", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("search", choices=SEARCHES)
    parser.add_argument("--network", choices=NETWORKS, default="resnet")
    parser.add_argument("--objective", choices=["published", "oracle", "flop", "channel"],
                        default="oracle")
    parser.add_argument("--setting", help="PROTOCOL/DEPLOYMENT; default: the search's first")
    parser.add_argument("--budget", choices=["large", "medium", "small"], default="large")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--granularity", choices=["pixel", "channel"], help="of SNL's masks")
    parser.add_argument("--server", help="HOST:PORT; default: a private daemon")
    parser.add_argument("--study", default="", help="of that server: results become its trials")
    options = parser.parse_args(arguments)
    blind = options.objective != "oracle"
    if blind and options.objective not in BLIND[options.search]:
        parser.error("%s has no objective %s" % (options.search, options.objective))
    if options.granularity and options.search != "snl":
        parser.error("--granularity is snl's")
    setting = "" if blind else options.setting or str(SEARCHES[options.search].SETTINGS[0])
    if setting.count("/") > 1 or (setting and "/" not in setting):
        parser.error("--setting is PROTOCOL/DEPLOYMENT, such as cheetah/wan")
    row = dict(zip(KEY, (options.search, options.network, options.objective, setting, options.budget,
                         options.seed)))
    extra = {"granularity": options.granularity} if options.granularity else {}
    with client(options.server) as oracle:
        print(json.dumps(run(Context(oracle, study=options.study), row, **extra), sort_keys=True))
    return 0


def main_all(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="run_all", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=SEARCHES, help="these searches")
    parser.add_argument("--results", default=os.path.join(HERE, "results.jsonl"))
    parser.add_argument("--report", action="store_true", help="write README.md's tables, run nothing")
    parser.add_argument("--server", help="HOST:PORT; default: a private daemon")
    parser.add_argument("--study", default="", help="of that server: results become its trials")
    parser.add_argument("--reprice", action="store_true",
                        help="price what was found with the daemon's present tables, run nothing")
    options = parser.parse_args(arguments)
    if options.reprice:
        with client(options.server) as oracle:
            reprice(Context(oracle, study=options.study), options.results)
    elif not options.report:
        with client(options.server) as oracle:
            run_all(Context(oracle, study=options.study), options.results, options.seeds, options.only)
    from searches import report
    report.rewrite(os.path.join(HERE, "README.md"), results(options.results))
    return 0
