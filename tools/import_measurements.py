#!/usr/bin/env python3
"""Makes the calibration tables of data/calibration from raw measurement files.

  tools/import_measurements.py --out data/calibration \
      --cheetah micro_cheetah.csv --sci-he micro_sci_he.csv --emp emp_gc.csv \
      --seal seal.csv --delphi delphi_phases_cifar10.csv

Each option makes its own tables and may be left out. The input columns are
  backend, backend_version, op, parameters, threads, net_profile, repeat, wall_s,
  party, bytes_sent, bytes_received, rounds, cpu_s, peak_rss_kb
one row per repetition and party; delphi_phases_cifar10.csv has
  dataset, network, role, quantity, value, unit.

The output is documented in docs/calibration_format.md. The script is
deterministic: the same input gives the same bytes, so the same table ids.
"""

import argparse

from measurements.delphi import import_delphi
from measurements.primitives import import_emp, import_seal
from measurements.runs import import_runs
from measurements.whole_protocols import import_cheetah, import_sci_he


def main():
  parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
  parser.add_argument("--out", default="data/calibration")
  importers = {"cheetah": import_cheetah, "sci-he": import_sci_he, "emp": import_emp, "seal": import_seal,
               "delphi": import_delphi}
  for name in importers:
    parser.add_argument("--" + name)
  parser.add_argument("--runs", help="folder with layers.csv, networks.csv and *.net")
  parser.add_argument("--runs-out", default="data/runs")
  arguments = parser.parse_args()
  for name, importer in importers.items():
    path = getattr(arguments, name.replace("-", "_"))
    if path:
      for table in importer(path):
        table.write(arguments.out)
  if arguments.runs:
    import_runs(arguments.runs, arguments.runs_out)


if __name__ == "__main__":
  main()
