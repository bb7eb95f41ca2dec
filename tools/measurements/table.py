"""Rows of calibration tables: what the importers share."""

import csv
import os

FERRET = 10001853  # correlated OTs of one extension (emp-ot ferret/constants.h)
COLUMNS = [
    "primitive", "parameters", "count", "executor", "network", "repeat", "wall_s", "cpu_s",
    "client_to_server_bytes", "server_to_client_bytes", "flights", "nested", "flags"
]
UNBOUNDED = 1 << 62  # one message, however many circuits

MACHINE = ('machine {\n  processor: "AMD EPYC (Zen 3: AES-NI, VAES, AVX2; no AVX-512), 2 virtual '
           'cores"\n  memory: "23 GB"\n  operating_system: "Linux 6.18"\n'
           '  compiler: "gcc 12.2 -O3 -march=native"\n}\n')


def ceil_div(a, b):
  return -(-a // b)


def params(**values):
  return ";".join("%s=%d" % item for item in sorted(values.items()))


def seconds(value):
  """Shortest text that reads back as the same number."""
  return repr(float(value))


class Table:
  """Rows of one samples.csv with the header beside it."""

  def __init__(self, name, header):
    self.name = name
    self.header = header
    self.rows = []

  def add(self, primitive, parameters, count, executor, network, repeat, wall, cpu=None,
          traffic=None, nested="", flags=""):
    up, down, flights = traffic if traffic is not None else ("", "", "")
    self.rows.append([
        primitive, parameters, count, executor, network, repeat,
        seconds(wall), "" if cpu is None else seconds(cpu), up, down, flights, nested, flags
    ])

  def write(self, out):
    folder = os.path.join(out, self.name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "table.textproto"), "w", encoding="utf-8") as f:
      f.write(self.header)
    with open(os.path.join(folder, "samples.csv"), "w", encoding="utf-8", newline="") as f:
      writer = csv.writer(f, lineterminator="\n")
      writer.writerow(COLUMNS)
      writer.writerows(self.rows)
    print("%s: %d rows" % (folder, len(self.rows)))


def header(title, source, backend, version, flags, origin="MEASURED", machine=MACHINE,
           license_="Apache-2.0, with this project", date="2026-11-21", threads=1, notes=()):
  text = ("# Written by tools/import_measurements.py; docs/calibration_format.md explains it.\n"
          "schema_version: 1\ntitle: \"%s\"\norigin: %s\nsource: \"%s\"\nlicense: \"%s\"\n" %
          (title, origin, source, license_))
  text += ("backend {\n  name: \"%s\"\n  version: \"%s\"\n" % (backend, version) +
           ("  flags: \"%s\"\n" % flags if flags else "") + "}\n")
  text += machine + "threads: %d\ndate: \"%s\"\n" % (threads, date)
  for name, value in notes:
    text += 'notes {\n  name: "%s"\n  value: "%s"\n}\n' % (name, value)
  return text


def fields(row):
  """parameters -> dict; numbers where they are."""
  values = {}
  for item in row["parameters"].split(";"):
    if "=" in item:
      key, value = item.split("=", 1)
      try:
        values[key] = int(value)
      except ValueError:
        values[key] = value
  return values


def pairs(path, first, second, leave_out=()):
  """Rows of one measurement by its two parties: (row of first, row of second).

  The files list the parties' logs apart, each in order; what differs between
  the two logs of one measurement (load, evaluation seconds, round source) is
  left out of the key.
  """
  skip = ("load", "eval_s", "rv", "rounds_src", "dcot", "dcot_rev", "macs", "setup_s", "setup_sent")
  groups = {}
  with open(path, encoding="utf-8") as f:
    for row in csv.DictReader(f):
      if row["party"] not in (first, second) or row["op"] in leave_out:
        continue
      key = (row["op"], ";".join(p for p in row["parameters"].split(";")
                                 if p.split("=")[0] not in skip), row["net_profile"],
             row["repeat"])
      groups.setdefault(key, {}).setdefault(row["party"], []).append(row)
  for key, parties in groups.items():
    a, b = parties.get(first, []), parties.get(second, [])
    if len(a) != len(b):
      raise SystemExit("%s: %s has %d rows of %s and %d of %s" %
                       (path, key, len(a), first, len(b), second))
    yield from zip(a, b)


def joint_traffic(client, server):
  """Bytes as each party sent them; flights: the larger of the two counters."""
  return (client["bytes_sent"], server["bytes_sent"],
          max(int(client["rounds"]), int(server["rounds"])))


def flag_rounds(p):
  return "flights_may_undercount" if p.get("rounds_src") == "may_undercount_by_1" else ""


def add_joint(table, primitive, parameters, count, client, server, nested="", flags=""):
  traffic = joint_traffic(client, server)
  for executor, row in (("client", client), ("server", server)):
    table.add(primitive, parameters, count, executor, row["net_profile"], row["repeat"],
              row["wall_s"], row["cpu_s"], traffic, nested, flags)
