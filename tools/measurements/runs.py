"""Whole networks as they were run, for comparison only."""

import csv
import os
import shutil

from measurements.table import fields, joint_traffic, pairs, seconds
from measurements.whole_protocols import cheetah_call, sci_call

BACKEND_CALLS = {"cheetah": cheetah_call, "sci_he": sci_call}


def import_runs(folder, out):
  """Whole-network runs and their layers as the client saw them. For comparison
  only: docs/accuracy.md says what may be scored with what."""
  os.makedirs(out, exist_ok=True)
  traffic = ["client_to_server_bytes", "server_to_client_bytes", "flights"]
  layers, networks = [], []
  for client, server in pairs(os.path.join(folder, "layers.csv"), "client", "server"):
    p = fields(client)
    op = "relu_trunc" if client["op"] == "relu" and p.get("trunc") == 1 else client["op"]
    if client["backend"] not in BACKEND_CALLS:
      continue
    primitive, parameters, count = BACKEND_CALLS[client["backend"]](op, p)
    layers.append([
        client["backend"], p["net"], p["layer"], primitive, parameters,
        count * p.get("rows", 1), client["net_profile"], client["repeat"],
        seconds(client["wall_s"]), *joint_traffic(client, server)
    ])
  for client, server in pairs(os.path.join(folder, "networks.csv"), "client", "server"):
    if client["backend"] not in BACKEND_CALLS:
      continue
    networks.append([
        client["backend"], client["op"][len("e2e_"):], client["net_profile"], client["repeat"],
        seconds(client["wall_s"]), *joint_traffic(client, server)
    ])
  tables = {
      "layers.csv": (["backend", "run", "layer", "primitive", "parameters", "count", "network",
                      "repeat", "wall_s"] + traffic, layers),
      "networks.csv": (["backend", "run", "network", "repeat", "wall_s"] + traffic, networks),
  }
  for name, (columns, rows) in tables.items():
    rows.sort(key=lambda row: [str(field).rjust(12) for field in row[:8]])
    with open(os.path.join(out, name), "w", encoding="utf-8", newline="") as f:
      writer = csv.writer(f, lineterminator="\n")
      writer.writerow(columns)
      writer.writerows(rows)
    print("%s: %d rows" % (os.path.join(out, name), len(rows)))
  for name in sorted(os.listdir(folder)):
    if name.endswith(".net"):
      shutil.copy(os.path.join(folder, name), os.path.join(out, name))
