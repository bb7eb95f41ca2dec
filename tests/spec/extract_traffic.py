"""Distinct traffic of measured runs, as rows that the catalogue's forms are tested with.

    python3 extract_traffic.py FOLDER > testdata/measured_traffic.csv
    python3 extract_traffic.py FOLDER layers > testdata/measured_layers.csv

The second holds the layers of whole networks: for each shape the least and the
largest bytes and rounds over all layers and repetitions (their rounds may be 1 low,
and a layer may hold extensions of silent OT).

FOLDER holds micro_cheetah.csv, micro_sci_he.csv and emp_gc.csv as measured
(data/calibration says where, how and by whom; OpenCheetah f71d4d4, emp-tool 0.2).
Repetitions with equal bytes and rounds become one row with their number. Bytes
are those that one party's channel counted:

  server_bytes    sent by the server (the garbler, the sender of an extension)
  client_bytes    sent by the client
  rounds          direction switches; flagged: the row may be 1 low
  dcot, dcot_rev  correlated OTs drawn; k x 10,001,853 lower where Ferret was extended
"""
import csv
import os
import sys

DROPPED = {"load", "rv", "rounds_src", "dcot", "dcot_rev", "eval_s", "macs", "calls"}


def layers(folder):
    shapes = {}
    with open(os.path.join(folder, "runs", "layers.csv")) as lines:
        for row in csv.DictReader(lines):
            if row["party"] != "server":
                continue
            values = dict(p.split("=") for p in row["parameters"].split(";"))
            first = values["layer"] == "1"
            shape = ";".join(f"{k}={v}" for k, v in values.items() if k not in DROPPED | {"net", "layer"})
            op = "relu_trunc" if values.get("trunc") == "1" else row["op"]
            key = (row["backend"], op, shape, int(first))
            shapes.setdefault(key, []).append(
                (int(row["bytes_sent"]), int(row["bytes_received"]), int(row["rounds"])))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["backend", "op", "shape", "first", "server_least", "server_most",
                     "client_least", "client_most", "rounds_least", "rounds_most", "rows"])
    for key, seen in shapes.items():
        ends = [end(column) for column in zip(*seen) for end in (min, max)]
        writer.writerow([*key, *ends, len(seen)])


def main():
    folder = sys.argv[1]
    if sys.argv[2:] == ["layers"]:
        layers(folder)
        return
    rows = {}
    for name in ("micro_cheetah.csv", "micro_sci_he.csv", "emp_gc.csv"):
        with open(os.path.join(folder, name)) as lines:
            for row in csv.DictReader(lines):
                if row["party"] not in ("server", "garbler"):
                    continue
                values = dict(p.split("=") for p in row["parameters"].split(";"))
                shape = ";".join(f"{k}={v}" for k, v in values.items() if k not in DROPPED and not (k == "mod" and "ell" in values))
                key = (row["backend"], row["op"], shape, row["bytes_sent"], row["bytes_received"],
                       row["rounds"], int("undercount" in values.get("rounds_src", "")),
                       values.get("dcot", ""), values.get("dcot_rev", ""))
                rows[key] = rows.get(key, 0) + 1
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["backend", "op", "shape", "server_bytes", "client_bytes", "rounds", "flagged",
                     "dcot", "dcot_rev", "repeats"])
    for key, repeats in rows.items():
        writer.writerow([*key, repeats])


if __name__ == "__main__":
    main()
