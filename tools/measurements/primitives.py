"""emp-toolkit's garbling and OT, SEAL's BFV."""

import csv

from measurements.table import Table, UNBOUNDED, fields, header, pairs, params

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
