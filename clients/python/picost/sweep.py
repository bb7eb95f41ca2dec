"""Scores a file of candidates: JSON lines in, CSV out, resumable.

    python3 -m picost sweep candidates.jsonl scores.csv --model resnet18.onnx \\
        --protocol delphi --deployment lan

A candidate is {"id": "a", "kept": {"node": count, ...}}; `id` defaults to its line's number. Lines whose
id stands in the output already are left out, so that a sweep that was stopped goes on where it was.
"""
from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from typing import Any, Dict, Iterator, List, Optional, Sequence, TextIO, Tuple

from picost.client import Client
from picost.errors import PicostError

COLUMNS = ("id", "relu_elements", "online_seconds", "online_low", "online_high", "offline_seconds",
           "online_bytes", "offline_bytes", "online_flights", "client_storage_bytes", "error")


def candidates(path: str) -> Iterator[Tuple[str, Dict[str, int]]]:
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                kept = {str(node): int(count) for node, count in row["kept"].items()}
                yield str(row.get("id", number)), kept
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SystemExit('%s:%d: not a candidate {"kept": {"node": count}}: %s' %
                                 (path, number, error)) from None


def scored(path: str) -> set:
    """Ids in the output. A last line that was cut off is removed."""
    if not os.path.exists(path):
        return set()
    with open(path, "rb+") as file:
        text = file.read()
        whole = text.rfind(b"\n") + 1
        file.truncate(whole)
    return {row[0] for row in csv.reader(text[:whole].decode("utf-8").splitlines()[1:])}


def row_of(name: str, answer: Any) -> Sequence[Any]:
    if isinstance(answer, PicostError):
        return [name] + [""] * (len(COLUMNS) - 2) + [str(answer)]
    blank = lambda value: "" if value is None else value  # noqa: E731
    return [name, answer.relu_elements, blank(answer.online.seconds), blank(answer.online.low),
            blank(answer.online.high), blank(answer.offline.seconds), answer.online.bytes,
            answer.offline.bytes, answer.online.flights, answer.client_storage_bytes, ""]


def sweep(client: Client, source: str, target: str, *, model: Any, protocol: str, deployment: str,
          batch: int = 1000, progress: Optional[TextIO] = None) -> int:
    """Returns how many candidates were scored now."""
    done = scored(target)
    rows = [(name, kept) for name, kept in candidates(source) if name not in done]
    base = client.register(model)
    with open(target, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(COLUMNS)
        for begin in range(0, len(rows), batch):
            part: List[Tuple[str, Dict[str, int]]] = rows[begin:begin + batch]
            results = client.evaluate_edits(base, [kept for _, kept in part], protocol=protocol,
                                            deployment=deployment, on_error="return")
            for (name, _), answer in zip(part, results):
                writer.writerow(row_of(name, answer))
            file.flush()
            if progress is not None:
                end = begin + len(part)
                filled = 30 * end // len(rows)
                progress.write("\r[%s%s] %d of %d" % ("#" * filled, "." * (30 - filled), end, len(rows)))
                progress.flush()
    if progress is not None and rows:
        progress.write("\n")
    return len(rows)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="picost", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["sweep"])
    parser.add_argument("candidates")
    parser.add_argument("scores")
    parser.add_argument("--model", required=True, help="ONNX file, or models/<fingerprint>")
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--deployment", required=True)
    parser.add_argument("--server", help="HOST:PORT; default PICOST_SERVER")
    parser.add_argument("--batch", type=int, default=1000)
    options = parser.parse_args(arguments)
    try:
        with Client(options.server) as client:
            sweep(client, options.candidates, options.scores, model=options.model,
                  protocol=options.protocol, deployment=options.deployment, batch=options.batch,
                  progress=sys.stderr if sys.stderr.isatty() else None)
    except PicostError as error:
        print("picost: " + str(error), file=sys.stderr)
        return 1
    return 0
