"""DELPHI's phases as others published them."""

import csv

from measurements.table import Table, ceil_div, header, params

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

  def add(primitive, calls, executor, wall, traffic=None, flags=""):
    """calls: (parameters, count) of every call that the figure covers; flags "sum": a
    count is the total of calls in many layers."""
    first, rest = calls[0], calls[1:]
    nested = " + ".join("%s(%s)*%d" % (primitive, p, n) for p, n in rest)
    table.add(primitive, first[0], first[1], executor, "none", 0, wall, None, traffic, nested,
              flags)

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
        phase["off_server_compute_garble"] + phase["off_server_compute_encode"], flags="sum")
    add("gc.send_labels", [(params(labels=42, label_bytes=28, circuit_bytes=8, message_bytes=6,
                                   garbler_is_client=0), relus)], "server",
        phase["on_server_compute_encode"], flags="sum")
    add("gc.evaluate", [(params(and_gates=288, returned_bits=0, garbler_is_client=0), relus)],
        "client", phase["on_client_compute_relu"], (0, 0, 0), flags="sum")
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
