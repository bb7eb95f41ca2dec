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
import csv
import os
import shutil

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


# ---------------------------------------------------------------- Cheetah


def digits_of(bits):
  return ceil_div(bits, 4)


def triples_of(digits):
  return 2 * digits - 2 - (digits - 1).bit_length()


def padded(n):
  return ceil_div(n, 8) * 8


def cheetah_ots(op, p):
  """Correlated OTs (straight, reversed) that one call consumes."""
  ell = p.get("ell", 0)

  def compare(elements, q, extra=0, mux=1):
    return (elements * (4 * q + triples_of(q) + mux + extra),
            elements * (triples_of(q) + mux))

  full = digits_of(ell - 1)
  if op == "relu":
    return compare(padded(p["n"]), (ell - 13) // 4)
  if op == "relu_trunc":
    return compare(padded(p["n"]), (ell - 19) // 4, extra=2)
  if op == "trunc":
    return 2 * padded(p["n"]), 0
  if op == "maxpool":
    return compare(padded(p["outs"]) * (p["k"] * p["k"] - 1), full)
  if op == "argmax":
    width, pairs_ = p["n"], 0
    while width > 1:
      pairs_ += padded(width // 2)
      width = ceil_div(width, 2)
    return compare(pairs_, full)
  if op == "avgpool":
    divisor = p["k"] * p["k"]
    bits = (6 * divisor - 1).bit_length()
    corrections = 2 if 2 * ((1 << ell) % divisor) <= divisor else 3
    q = digits_of(bits - 1)
    n = padded(p["outs"])
    return (n * (4 * full + triples_of(full) + corrections * (4 * q + triples_of(q)) + 2),
            n * (triples_of(full) + corrections * triples_of(q)))
  return 0, 0


def conv_parameters(p, **more):
  pad = p["P"]
  return params(in_channels=p["CI"], out_channels=p["CO"], height=p["H"], width=p["H"],
                kernel_height=p["F"], kernel_width=p["F"], stride_height=p["S"],
                stride_width=p["S"], pad_top=pad, pad_left=pad, pad_bottom=p.get("PR", pad),
                pad_right=p.get("PR", pad),
                client_plaintext_input=1 if p.get("shared") == 0 else 0, **more)


def cheetah_call(op, p):
  """(primitive, parameters, count) of a measured operation."""
  ring = {"ring_bits": p["ell"]}
  if op == "setup":
    return "cheetah.setup", "", 1
  if op == "relu":
    return "cheetah.relu", params(ignored_bits=12, **ring), p["n"]
  if op == "relu_trunc":
    return ("cheetah.relu_trunc", params(ignored_bits=18, truncated_bits=p["sf"], **ring), p["n"])
  if op == "trunc":
    return "cheetah.trunc", params(truncated_bits=p["sf"], **ring), p["n"]
  if op == "maxpool":
    return "cheetah.maxpool", params(window=p["k"] * p["k"], **ring), p["outs"]
  if op == "avgpool":
    return "cheetah.avgpool", params(divisor=p["k"] * p["k"], **ring), p["outs"]
  if op == "argmax":
    return "cheetah.argmax", params(width=p["n"], **ring), 1
  if op == "ewmul_he":
    return "cheetah.ewmul_he", params(**ring), p["n"]
  if op == "bn":
    return "cheetah.bn", params(pixels=p["H"] * p["H"], **ring), p["C"]
  if op == "conv":
    return "cheetah.conv", conv_parameters(p, **ring), 1
  if op == "fc":
    return "cheetah.fc", params(in_features=p["in"], out_features=p["out"], **ring), 1
  raise SystemExit("unknown operation " + op)


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


def import_cheetah(path):
  table = Table("cheetah", header(
      "Cheetah operations of OpenCheetah, one thread", "measured by this project with "
      "micro-benchmarks around the library's calls; both parties on one machine",
      "cheetah", "OpenCheetah f71d4d4, SEAL 3.7.2 with the project's patch",
      "layer-wise verification off; crash below 4 threads mended; random weights",
      notes=[("executor", "each repetition stands twice, as the client and as the server saw it; "
              "the client's wall time is that of the whole operation"),
             ("ignored_bits", "the library's comparison ignores 12 low bits in a ReLU, 18 in a "
              "ReLU with truncation")]))
  for client, server in pairs(path, "client", "server"):
    op, p = client["op"], fields(client)
    primitive, parameters, count = cheetah_call(op, p)
    nested = []
    if "dcot" in p:
      for reversed_, key, used in zip((0, 1), ("dcot", "dcot_rev"), cheetah_ots(op, p)):
        extensions, rest = divmod(used - p[key], FERRET)
        if rest or extensions < 0:
          raise SystemExit("%s %s: %s is %d, the form says %d" %
                           (op, client["parameters"], key, p[key], used))
        if extensions:
          nested.append("cheetah.ferret_extension(reversed=%d)*%d" % (reversed_, extensions))
    # The first division of a connection sets KKOT up: 12,997 bytes more.
    if op == "avgpool":
      base = 262144 * ceil_div(count, 8192)
      if int(client["bytes_sent"]) - base - 12997 > 0 and (
          int(client["rounds"]) >= 20 or is_first_division(p, client, base)):
        nested.append("cheetah.division_setup*1")
    # One connection came up from stored correlations and skipped the warm-up.
    flags = flag_rounds(p)
    if op == "setup" and int(client["bytes_sent"]) < 1500000:
      flags = "not_comparable"
    add_joint(table, primitive, parameters, count, client, server, " + ".join(nested), flags)
  return [table]


def is_first_division(p, client, base):
  """Whether the client's bytes hold the set-up: per element 8.75 to 12.5 bytes."""
  extensions = max(0, -(p["dcot_rev"] // FERRET)) if p["dcot_rev"] < 0 else 0
  rest = int(client["bytes_sent"]) - base - 559456 * extensions
  return rest - 12997 > 0 and rest / padded(p["outs"]) > 13


# ---------------------------------------------------------------- CrypTFlow2-HE


def sci_call(op, p):
  """(primitive, parameters, count) of a measured operation."""
  field = {"field_bits": p["ell"]}
  if op == "setup":
    return "sci_field.setup", "", 1
  if op == "relu":
    return "sci_field.relu", params(**field), p["n"]
  if op in ("relu_trunc", "trunc"):
    return "sci_field." + op, params(truncated_bits=p["sf"], **field), p["n"]
  if op == "maxpool":
    return "sci_field.maxpool", params(window=p["k"] * p["k"], **field), p["outs"]
  if op == "avgpool":
    return "sci_field.avgpool", params(divisor=p["k"] * p["k"], **field), p["outs"]
  if op == "argmax":
    return "sci_field.argmax", params(width=p["n"], **field), 1
  if op == "ewmul_he":
    return "sci_field.ewmul_he", "", p["n"]
  if op == "bn":
    # The library scales all channels in one element-wise product.
    return "sci_field.ewmul_he", "", p["C"] * p["H"] * p["H"]
  if op == "conv":
    values = conv_parameters(p).split(";")
    return ("sci_field.conv",
            ";".join(v for v in values if not v.startswith("client_plaintext_input")), 1)
  if op == "fc":
    return "sci_field.fc", params(in_features=p["in"], out_features=p["out"]), 1
  raise SystemExit("unknown operation " + op)


def import_sci_he(path):
  table = Table("sci-he", header(
      "CrypTFlow2 operations with HE linear layers, as OpenCheetah builds SCI_HE, one thread",
      "measured by this project with micro-benchmarks around the library's calls; both parties on "
      "one machine", "sci_he", "OpenCheetah f71d4d4, variant SCI_HE, SEAL 3.7.2 with the "
      "project's patch", "random weights",
      notes=[("executor", "each repetition stands twice, as the client and as the server saw it; "
              "the client's wall time is that of the whole operation")]))
  measured = [(sci_call(client["op"], fields(client)), client, server)
              for client, server in pairs(path, "client", "server")]
  least = {}
  for call, client, _ in measured:
    least[call] = min(least.get(call, 1 << 62), int(client["bytes_sent"]))
  for call, client, server in measured:
    # The first division of a connection sets OTs up: 12,997 bytes more than others.
    first = int(client["bytes_sent"]) - least[call] == 12997
    add_joint(table, *call, client, server, "sci_field.division_setup*1" if first else "",
              flag_rounds(fields(client)))
  return [table]


# ---------------------------------------------------------------- emp-toolkit


def import_emp(path):
  table = Table("emp", header(
      "Half-gates garbling and OT extension of emp-toolkit, one thread",
      "measured by this project: garbled ReLU and 2x2 maximum split into offline and online as "
      "DELPHI does; OT throughput; both parties on one machine",
      "emp", "emp-tool 44b1dde, emp-ot 7f3d4f0, emp-sh2pc 0.2.2", "",
      notes=[("roles", "the garbler is the server and sends the messages of the OTs; the "
              "evaluator is the client"),
             ("gc.evaluate", "wall_s is the evaluation alone, as the evaluator timed it"),
             ("gc.send_labels", "wall_s is the evaluator's online time without the evaluation")]))
  # Compositions of the others that no protocol here plans.
  leave_out = ("gc_relu_sh2pc_stream", "gc_relu_offline_ot_ferret",
               "gc_relu_offline_ot_ferret_setup")
  for evaluator, garbler in pairs(path, "evaluator", "garbler", leave_out):
    op, p = garbler["op"], dict(fields(garbler), **fields(evaluator))
    network, repeat = garbler["net_profile"], garbler["repeat"]
    traffic = (evaluator["bytes_sent"], garbler["bytes_sent"], garbler["rounds"])
    # "ring32", "p41": the bit width of what is shared.
    bits = int(p.get("mod", "ring32").lstrip("ringp"))
    if op.endswith("_offline_garble_send"):
      table.add("gc.garble", params(
          and_gates=p["ands"], extra_blocks=0, sent_labels=0, decoding_bits=bits, block_bytes=16,
          label_bytes=16, circuit_bytes=0, chunk_circuits=UNBOUNDED, chunk_bytes=80,
          garbler_is_client=0), p["n"], "server", network, repeat, garbler["wall_s"],
                garbler["cpu_s"], traffic)
    elif op.endswith("_online"):
      evaluate = float(p["eval_s"])
      labels = int(garbler["bytes_sent"]) // (16 * p["n"])
      table.add("gc.evaluate", params(and_gates=p["ands"], returned_bits=bits,
                                      garbler_is_client=0), p["n"], "client", "none", repeat,
                evaluate, None, (evaluator["bytes_sent"], 0, 1))
      table.add("gc.send_labels", params(
          labels=labels, label_bytes=16, circuit_bytes=0, message_bytes=0, garbler_is_client=0),
                p["n"], "server", network, repeat, float(evaluator["wall_s"]) - evaluate, None,
                (0, garbler["bytes_sent"], 1))
    elif op in ("iknp_setup", "iknp_cot", "iknp_ot_chosen") or op.endswith("_offline_ot_iknp"):
      add_iknp(table, op, p, evaluator, garbler, traffic)
    elif op in ("ferret_setup", "ferret_rcot", "ferret_cot"):
      add_ferret(table, op, p, evaluator, garbler)
  return [table]


BASE_OT = params(sender_bytes=8832, receiver_bytes=4165, flights=3, sender_is_client=0)


def add_iknp(table, op, p, evaluator, garbler, traffic):
  chosen = op == "iknp_ot_chosen"
  extension = params(message_bytes=16 if chosen else 0, answer_bytes=16, quantum=1,
                     sender_is_client=0)
  for executor, row in (("client", evaluator), ("server", garbler)):
    place = (executor, row["net_profile"], row["repeat"], row["wall_s"], row["cpu_s"])
    if op == "iknp_setup":
      # The counter of direction switches did not run here.
      table.add("ot.setup", BASE_OT, 1, *place, (traffic[0], traffic[1], 3))
    elif op.endswith("_offline_ot_iknp"):
      table.add("ot.extension", extension, p["ots"], *place, traffic, "ot.setup(%s)*1" % BASE_OT)
    else:
      table.add("ot.extension", extension, p["n"], *place, traffic)


def add_ferret(table, op, p, evaluator, garbler):
  sent = int(garbler["bytes_sent"])
  extensions = sent // 559456
  side = params(sender_is_client=0)
  for executor, row in (("client", evaluator), ("server", garbler)):
    place = (executor, row["net_profile"], row["repeat"], row["wall_s"], row["cpu_s"])
    if op == "ferret_setup":
      table.add("ot.ferret_setup", side, 1, *place, (evaluator["bytes_sent"], sent, 6))
    elif op == "ferret_rcot" and extensions:
      # Extensions alone: what is drawn from the pool costs 3 ns each.
      table.add("ot.ferret_extension", side, extensions, *place, (0, sent, extensions))
    elif op == "ferret_cot":
      nested = "ot.ferret_extension(%s)*%d" % (side, extensions) if extensions else ""
      table.add("ot.ferret_correlated", side, p["n"], *place,
                (evaluator["bytes_sent"], sent, 1 + extensions), nested)


# ---------------------------------------------------------------- SEAL

SEAL_CHAINS = ("delphi_sealdefault", "cf2_field37", "gazelle_like", "default", "bfvdefault",
               "cheetah_conv")


def import_seal(path):
  measured = {}  # version -> (degree, primes) -> chain -> op -> {repeat: seconds}
  with open(path, encoding="utf-8") as f:
    for row in csv.DictReader(f):
      p = fields(row)
      if p["cfg"] not in SEAL_CHAINS:
        continue
      chain = measured.setdefault(row["backend_version"], {}).setdefault(
          (p["N"], p["data_primes"]), {}).setdefault(p["cfg"], {})
      chain.setdefault(row["op"], {})[int(row["repeat"])] = float(row["wall_s"])
  tables = []
  names = {"SEAL-4.4.3": "seal", "SEAL-4.4.3+HEXL-1.2.2": "seal-hexl",
           "SEAL-3.7.2-cheetahpatch": "seal-3.7.2-cheetah"}
  for version, degrees in measured.items():
    table = Table(names[version], header(
        "BFV operations of %s, one thread" % version.replace("-", " ", 1),
        "measured by this project: mean seconds per operation over an inner loop, five loops",
        "seal", version, "",
        notes=[("he.encrypt", "batch encoding, public-key encryption and plain serialisation, "
                "summed by repetition"),
               ("he.decrypt", "decryption and batch decoding, summed by repetition"),
               ("he.linear_evaluation", "one row per kind of work: a product is a plaintext "
                "multiplication in coefficient form and an addition; a key switch is a row "
                "rotation by one; a reply is a plaintext addition and plain serialisation"),
               ("chain", "one modulus chain for each ring degree and number of data primes")]))
    for (degree, primes), chains in sorted(degrees.items()):
      chain = next(chains[name] for name in SEAL_CHAINS if name in chains)
      add_seal_chain(table, degree, primes, chain)
    tables.append(table)
  return tables


def add_seal_chain(table, degree, primes, chain):
  base = {"ring_degree": degree, "data_primes": primes}
  wire = {"ciphertext_bytes": 2 * degree * primes * 8 + 105}

  def add(primitive, ops, executor, **parameters):
    if not all(op in chain for op in ops):
      return
    for repeat in sorted(chain[ops[0]]):
      table.add(primitive, params(**base, **parameters), 1, executor, "none", repeat,
                sum(chain[op][repeat] for op in ops))

  def linear(ops, **work):
    counts = dict.fromkeys(("products", "key_switches", "encodings", "output_ciphertexts"), 0)
    counts.update(work)
    add("he.linear_evaluation", ops, "server", message_bytes=0, **wire, **counts)

  add("he.encrypt", ("batch_encode", "encrypt_pk", "serialize_none"), "client", message_bytes=0,
      **wire)
  add("he.decrypt", ("decrypt", "batch_decode"), "client")
  linear(("multiply_plain_nonntt", "add_ct_ct"), products=1)
  linear(("rotate_rows_1",), key_switches=1)
  linear(("batch_encode",), encodings=1)
  linear(("add_plain", "serialize_none"), output_ciphertexts=1)


# ---------------------------------------------------------------- DELPHI, published

CIPHERTEXT = 524393  # bytes on the wire: 8,192 coefficients, 4 primes, SEAL 3.3


def next_power_of_two(a):
  return 1 << (a - 1).bit_length()


def naf_weight(k):
  k, weight = abs(k), 0
  while k:
    if k & 1:
      k -= 2 - (k % 4)
      weight += 1
    k //= 2
  return weight


def delphi_conv(height, inputs, outputs, kernel=3):
  """Operation counts of DELPHI's convolution (conv2d.cpp), stride apart: it
  does not change them. Mirrors the form in docs/protocol_costs.md."""
  slots = next_power_of_two(height * height)
  per_half = 4096 // slots
  into, out = ceil_div(inputs, 2 * per_half), ceil_div(outputs, 2 * per_half)
  half_in, half_out = ceil_div(inputs, per_half), ceil_div(outputs, per_half)
  pairs_ = half_out + 1 if half_out % 2 and half_out > 1 else half_out
  rotations = per_half if half_in > 1 or half_out > 1 else max(per_half, inputs, outputs)
  last = (outputs % (2 * per_half)) % per_half if outputs % per_half else per_half
  repeated = next_power_of_two(last)
  repeats = last <= per_half // 2 and half_out % 2 == 1
  turns = (repeated if repeats else rotations) if half_out == 1 else rotations
  products = (turns if half_out == 1 else pairs_ * rotations) * into * kernel * kernel
  step = repeated if repeats else per_half
  switches = pairs_ * into * sum(naf_weight((-r % step) * slots) for r in range(1, turns))
  if repeats:
    half = per_half // 2
    while half >= repeated:
      switches += pairs_ * into
      half //= 2
  switches += (pairs_ // 2) * into if pairs_ > 1 else (into if half_in > 1 else 0)
  return {"encrypted": into * kernel * kernel, "replies": out, "products": products,
          "key_switches": switches}


# Convolutions (height, in, out, stride) and fully connected layers (in, out) of
# the published networks: 17 convolutions without projections; 31; 13 and two
# layers of 4,096.
DELPHI_NETWORKS = {
    "r18": ([(32, 3, 64, 1)] + [(32, 64, 64, 1)] * 4 + [(32, 64, 128, 2)] +
            [(16, 128, 128, 1)] * 3 + [(16, 128, 256, 2)] + [(8, 256, 256, 1)] * 3 +
            [(8, 256, 512, 2)] + [(4, 512, 512, 1)] * 3, [(512, 10)]),
    "r32": ([(32, 3, 16, 1)] + [(32, 16, 16, 1)] * 10 + [(32, 16, 32, 2)] +
            [(16, 32, 32, 1)] * 9 + [(16, 32, 64, 2)] + [(8, 64, 64, 1)] * 9, [(64, 10)]),
    "vgg16": ([(32, 3, 64, 1), (32, 64, 64, 1), (16, 64, 128, 1), (16, 128, 128, 1),
               (8, 128, 256, 1)] + [(8, 256, 256, 1)] * 2 + [(4, 256, 512, 1)] +
              [(4, 512, 512, 1)] * 2 + [(2, 512, 512, 1)] * 3,
              [(512, 4096), (4096, 4096), (4096, 10)]),
}

# Seconds of HE evaluation by layer, of the same artifact (raw simulator data),
# one thread: ResNet-18's 17 convolutions, and one of each kind of ResNet-32.
DELPHI_HE_SECONDS = [
    ((32, 3, 64), (1.6988,)),
    ((32, 64, 64), (13.5142, 13.4495, 13.4172, 13.3948)),
    ((32, 64, 128), (26.7558,)),
    ((16, 128, 128), (14.5279, 14.5311, 14.5088)),
    ((16, 128, 256), (29.5328,)),
    ((8, 256, 256), (15.8275, 15.8042, 15.8131)),
    ((8, 256, 512), (31.7222,)),
    ((4, 512, 512), (17.1431, 17.1464, 17.1434)),
    ((32, 16, 16), (0.8482,)),
    ((32, 16, 32), (1.6846,)),
    ((16, 32, 32), (0.922,)),
    ((16, 32, 64), (1.8421,)),
    ((8, 64, 64), (2.2498,)),
]


def import_delphi(path):
  table = Table("delphi-epyc7502", header(
      "DELPHI's phases on an AMD EPYC 7502, as published",
      "Garimella, Ghodsi, Jha, Garg, Reagen: Characterizing and Optimizing End-to-End Systems for "
      "Private Inference (ASPLOS 2023), artifact kvgarimella/characterizing-private-inference: "
      "figures only", "delphi", "mc2-project/delphi as changed by the artifact", "",
      origin="PUBLISHED", machine='machine {\n  processor: "AMD EPYC 7502"\n}\n', date="2023",
      license_="figures of the artifact, cited as facts; no code or text",
      notes=[("threads", "garbling and evaluation ran on many threads (30 microseconds per "
              "ReLU where one thread takes 102), HE evaluation is stated for one thread"),
             ("gc.garble", "garbling and the offline encoding of the evaluator's labels, two "
              "published phases, summed"),
             ("samples", "a phase of a network is one sample: further calls of the same primitive "
              "stand in the column nested"),
             ("fully connected layers", "their HE evaluation is not published by itself")]))
  phases = {}
  with open(path, encoding="utf-8") as f:
    for row in csv.DictReader(f):
      if row["role"] == "server-garbler":
        phases.setdefault(row["network"], {})[row["quantity"]] = float(row["value"])

  bfv = {"ring_degree": 8192, "data_primes": 4}
  wire = {"ciphertext_bytes": CIPHERTEXT, "message_bytes": 8}

  def add(primitive, calls, executor, wall, traffic=None):
    """calls: (parameters, count) of every call that the figure covers."""
    first, rest = calls[0], calls[1:]
    nested = " + ".join("%s(%s)*%d" % (primitive, p, n) for p, n in rest)
    table.add(primitive, first[0], first[1], executor, "none", 0, wall, None, traffic, nested)

  for network, phase in phases.items():
    convolutions, matrices = DELPHI_NETWORKS[network]
    relus = int(phase["NUM_RELU"])
    shapes = [delphi_conv(h, i, o) for h, i, o, _ in convolutions]
    layers = len(convolutions) + len(matrices)
    encrypted = [s["encrypted"] for s in shapes] + [1] * len(matrices)
    replies = [s["replies"] for s in shapes] + [1] * len(matrices)
    up = sum(encrypted) * CIPHERTEXT + 8 * layers
    down = sum(replies) * CIPHERTEXT + 8 * layers
    if down != int(phase["off_server_write_linear"]):
      raise SystemExit("%s: replies of %d bytes, published %d" %
                       (network, down, phase["off_server_write_linear"]))
    add("he.keygen", [(params(galois_keys=24, relinearization_keys=1, public_keys=1,
                              framing_bytes=84628, **bfv), 1)], "client",
        phase["off_client_compute_keygen"])
    add("he.encrypt", [(params(**bfv, **wire), n) for n in encrypted], "client",
        phase["off_client_compute_he_encrypt"],
        (up, 0, layers) if up == int(phase["off_client_write_linear"]) else None)
    add("he.decrypt", [(params(**bfv), n) for n in replies], "client",
        phase["off_client_compute_he_decrypt"], (0, 0, 0))
    garble = params(and_gates=288, extra_blocks=86, sent_labels=42, decoding_bits=0,
                    block_bytes=24, label_bytes=28, circuit_bytes=8, chunk_circuits=8192,
                    chunk_bytes=16, garbler_is_client=0)
    add("gc.garble", [(garble, relus)], "server",
        phase["off_server_compute_garble"] + phase["off_server_compute_encode"])
    add("gc.send_labels", [(params(labels=42, label_bytes=28, circuit_bytes=8, message_bytes=6,
                                   garbler_is_client=0), relus)], "server",
        phase["on_server_compute_encode"])
    add("gc.evaluate", [(params(and_gates=288, returned_bits=0, garbler_is_client=0), relus)],
        "client", phase["on_client_compute_relu"], (0, 0, 0))
    macs = [o * i * 9 * (h // s) ** 2 for h, i, o, s in convolutions] + [
        i * o for i, o in matrices]
    add("plaintext.field_macs", [(params(field_bits=41), m) for m in macs], "server",
        phase["on_server_compute_linear"], (0, 0, 0))
  for (height, inputs, outputs), walls in DELPHI_HE_SECONDS:
    shape = delphi_conv(height, inputs, outputs)
    for repeat, wall in enumerate(walls):
      table.add("he.linear_evaluation", params(
          products=shape["products"], key_switches=shape["key_switches"], encodings=0,
          output_ciphertexts=shape["replies"], **bfv, **wire), 1, "server", "none", repeat, wall,
                None, (0, shape["replies"] * CIPHERTEXT + 8, 1))
  return [table]


# ---------------------------------------------------------------- whole networks

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
