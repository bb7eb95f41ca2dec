"""OpenCheetah's two variants: Cheetah and CrypTFlow2 with HE linear layers."""

from measurements.table import FERRET, Table, add_joint, ceil_div, fields, flag_rounds
from measurements.table import header, pairs, params

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
