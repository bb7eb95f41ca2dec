#!/usr/bin/env python3
"""The driver he: BFV of Microsoft SEAL through TenSEAL's binding `sealapi`.

Requests on standard input, replies on standard output, one JSON object a line
(calibrate/driver.proto, docs/adding_a_backend.md). `--sizes` prints serialized
sizes instead.

Everything measured here is local: a ciphertext's bytes on the wire are a matter
of the protocol that sends it. Three things of the binding to know:
* Plaintexts go in and out as Python lists. What the conversion of a list takes is
  measured apart (encoding one value too many converts the list and is refused)
  and taken off encodings; decoding holds the making of a list.
* SEAL here is TenSEAL's build, without HEXL.
* Calls from Python add about a microsecond each.

Security: BFV at 128 bits by SEAL's parameter check; keys and ciphertexts of a
measurement are thrown away.
"""

import json
import os
import platform
import resource
import socket
import statistics
import sys
import tempfile
import time

PROTOCOL_VERSION = 1
DELPHI_PRIME = 2061584302081  # 15 * 2^37 + 1

# (ring degree, data primes) -> bits of all primes (None: SEAL's default), plaintext bits.
MODULI = {
    (4096, 2): (None, 20),          # Cheetah's degree; SEAL's default chain 36, 36, 37
    (8192, 2): ([60, 60, 60], 41),  # CrypTFlow2 (SCI_HE)
    (8192, 4): (None, 41),          # DELPHI: SEAL's default chain 43, 43, 44, 44, 44
    (16384, 8): (None, 41),         # SEAL's default chain of 9 primes
}


class DriverError(Exception):

  def __init__(self, code, message):
    super().__init__(message)
    self.code = code


class Scheme:
  """One set of parameters with keys, and what is needed to work with it."""

  def __init__(self, degree, data_primes):
    import tenseal.sealapi as seal
    self.seal = seal
    bits, plain_bits = MODULI[(degree, data_primes)]
    parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.BFV)
    parameters.set_poly_modulus_degree(degree)
    parameters.set_coeff_modulus(
        seal.CoeffModulus.Create(degree, bits) if bits else seal.CoeffModulus.BFVDefault(
            degree, seal.SEC_LEVEL_TYPE.TC128))
    if plain_bits == 41:
      parameters.set_plain_modulus(seal.Modulus(DELPHI_PRIME))
    else:
      parameters.set_plain_modulus(seal.PlainModulus.Batching(degree, plain_bits))
    self.context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.TC128)
    if not self.context.parameters_set():
      raise DriverError("internal", self.context.parameters_error_message())
    self.degree = degree
    self.generator = seal.KeyGenerator(self.context)
    self.secret = self.generator.secret_key()
    self.public = seal.PublicKey()
    self.generator.create_public_key(self.public)
    self.galois = seal.GaloisKeys()
    self.generator.create_galois_keys([1], self.galois)
    self.encryptor = seal.Encryptor(self.context, self.public)
    self.decryptor = seal.Decryptor(self.context, self.secret)
    self.evaluator = seal.Evaluator(self.context)
    self.encoder = seal.BatchEncoder(self.context)
    self.first = self.context.first_parms_id()
    self.values = [(17 * i + 3) % 1000 for i in range(degree)]
    self.factors = [(5 * i + 1) % 100 for i in range(degree)]
    self._conversion = None

  def encode(self, values):
    plain = self.seal.Plaintext()
    self.encoder.encode(values, plain)
    return plain

  def encrypt(self, plain):
    cipher = self.seal.Ciphertext()
    self.encryptor.encrypt(plain, cipher)
    return cipher

  def decode(self, cipher):
    plain = self.seal.Plaintext()
    self.decryptor.decrypt(cipher, plain)
    return self.encoder.decode_uint64(plain)

  def conversion_seconds(self):
    """What handing a list of `degree` integers to the binding takes."""
    if self._conversion is None:
      times, plain = [], self.seal.Plaintext()
      too_many = self.values + [0]
      for _ in range(15):
        start = time.perf_counter()
        try:
          self.encoder.encode(too_many, plain)
        except Exception:  # the binding's own class; too many values is the point
          times.append(time.perf_counter() - start)
      if not times:
        raise DriverError("internal", "a list that is too long was not refused")
      self._conversion = statistics.median(times)
    return self._conversion


SCHEMES = {}


def scheme(parameters):
  key = (parameters["ring_degree"], parameters["data_primes"])
  if key not in MODULI:
    raise DriverError("invalid_argument",
                      "ring_degree %d with %d data primes is none of %s" %
                      (key + (sorted(MODULI),)))
  if key not in SCHEMES:
    SCHEMES[key] = Scheme(*key)
  return SCHEMES[key]


def ciphertext_bytes(parameters):
  """Two polynomials of 8-byte words and SEAL's header, not compressed."""
  return 2 * parameters["ring_degree"] * 8 * parameters["data_primes"] + 105


def timed(work, less=0.0):
  """(wall seconds, CPU seconds, result); `less` of both is the binding's."""
  cpu, wall = time.process_time(), time.perf_counter()
  result = work()
  wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
  return max(wall - less, 0.0), max(cpu - less, 0.0), result


def run_keygen(s, parameters, count):
  seal = s.seal
  steps = list(range(1, parameters["galois_keys"] + 1))

  def work():
    made = []
    for _ in range(count):
      generator = seal.KeyGenerator(s.context)
      public, galois = seal.PublicKey(), seal.GaloisKeys()
      generator.create_public_key(public)
      if steps:
        generator.create_galois_keys(steps, galois)
      made.append((generator, public, galois))
    return made

  wall, cpu, made = timed(work)
  generator, public, galois = made[-1]
  cipher = seal.Ciphertext()
  seal.Encryptor(s.context, public).encrypt(s.encode(s.values), cipher)
  if steps:
    s.evaluator.rotate_rows_inplace(cipher, 1, galois)
  plain = seal.Plaintext()
  seal.Decryptor(s.context, generator.secret_key()).decrypt(cipher, plain)
  half = s.degree // 2
  expected = s.values
  if steps:
    expected = (s.values[1:half] + s.values[:1] + s.values[half + 1:] + s.values[half:half + 1])
  return wall, cpu, s.encoder.decode_uint64(plain) == expected


def run_encrypt(s, parameters, count):
  less = s.conversion_seconds() * count
  wall, cpu, made = timed(lambda: [s.encrypt(s.encode(s.values)) for _ in range(count)], less)
  return wall, cpu, s.decode(made[-1]) == s.values


def run_decrypt(s, parameters, count):
  ciphers = [s.encrypt(s.encode(s.values)) for _ in range(count)]
  wall, cpu, made = timed(lambda: [s.decode(cipher) for cipher in ciphers])
  return wall, cpu, all(values == s.values for values in made)


def run_linear(s, parameters, count):
  """Unit work of a linear layer: products in NTT form, rotations, encodings,
  replies brought back to coefficients and masked."""
  seal, evaluator = s.seal, s.evaluator
  cipher = s.encrypt(s.encode(s.values))
  in_ntt = seal.Ciphertext(cipher)
  evaluator.transform_to_ntt_inplace(in_ntt)
  factor = s.encode(s.factors)
  evaluator.transform_to_ntt_inplace(factor, s.first)
  mask = s.encode(s.factors)
  product, rotated, reply = seal.Ciphertext(), seal.Ciphertext(), seal.Ciphertext()
  plain = seal.Plaintext()
  outputs = [seal.Ciphertext(in_ntt) for _ in range(count * parameters["output_ciphertexts"])]
  less = s.conversion_seconds() * count * parameters["encodings"]

  def work():
    for _ in range(count * parameters["products"]):
      evaluator.multiply_plain(in_ntt, factor, product)
    for _ in range(count * parameters["key_switches"]):
      evaluator.rotate_rows(cipher, 1, s.galois, rotated)
    for _ in range(count * parameters["encodings"]):
      s.encoder.encode(s.factors, plain)
      evaluator.transform_to_ntt_inplace(plain, s.first)
    for output in outputs:
      evaluator.transform_from_ntt_inplace(output)
      evaluator.add_plain(output, mask, reply)

  wall, cpu, _ = timed(work, less)
  correct = True
  prime = DELPHI_PRIME
  if parameters["products"] and MODULI[(s.degree, parameters["data_primes"])][1] == 41:
    evaluator.transform_from_ntt_inplace(product)
    correct &= s.decode(product) == [a * b % prime for a, b in zip(s.values, s.factors)]
  if parameters["key_switches"]:
    half = s.degree // 2
    correct &= s.decode(rotated) == (s.values[1:half] + s.values[:1] + s.values[half + 1:] +
                                     s.values[half:half + 1])
  if outputs:
    correct &= s.decode(reply) == [a + b for a, b in zip(s.values, s.factors)]
  return wall, cpu, correct


RING = [("ring_degree", "coefficients of a polynomial", 4096, 16384, 4096),
        ("data_primes", "primes of a fresh ciphertext", 2, 8, 2)]

# operation -> (runner, who works, parameters beside the ring's, fixed parameters of the step)
OPERATIONS = {
    "he.keygen": (run_keygen, "CLIENT", [("galois_keys", "rotation keys", 0, 10, 1)], lambda p: {
        "relinearization_keys": 0, "public_keys": 1, "framing_bytes": 0}),
    "he.encrypt": (run_encrypt, "CLIENT", [], lambda p: {
        "ciphertext_bytes": ciphertext_bytes(p), "message_bytes": 0}),
    "he.decrypt": (run_decrypt, "CLIENT", [], lambda p: {}),
    "he.linear_evaluation": (run_linear, "SERVER", [
        ("products", "ciphertext-plaintext products", 0, 10000, 1),
        ("key_switches", "rotations by one", 0, 10000, 1),
        ("encodings", "plaintexts encoded", 0, 10000, 1),
        ("output_ciphertexts", "replies masked", 0, 10000, 1)], lambda p: {
            "ciphertext_bytes": ciphertext_bytes(p), "message_bytes": 0}),
}


def capabilities():
  operations, sweep = [], []
  for name, (_, _, parameters, _) in OPERATIONS.items():
    operations.append({
        "name": name,
        "unit": "one call",
        "primitives": [name],
        "example_count": 1,
        "parameters": [{"name": n, "meaning": m, "minimum": low, "maximum": high}
                       for n, m, low, high, _ in RING + parameters],
        "example_parameters": {n: example for n, _, _, _, example in RING + parameters},
    })
  for degree, primes in MODULI:
    ring = {"ring_degree": degree, "data_primes": primes}
    quick = (degree, primes) == (8192, 4)

    def point(operation, count, **parameters):
      sweep.append({"operation": operation, "count": count, "quick": quick,
                    "parameters": dict(ring, **parameters)})

    for keys in (0, 2, 6):
      point("he.keygen", 1, galois_keys=keys)
    for count in (1, 4, 16):
      point("he.encrypt", count)
      point("he.decrypt", count)
    units = ("products", "key_switches", "encodings", "output_ciphertexts")
    for unit in units:
      for amount in (8, 64) if unit == "products" else (2, 16):
        point("he.linear_evaluation", 1, **{u: amount if u == unit else 0 for u in units})
    point("he.linear_evaluation", 1, products=72, key_switches=9, encodings=3,
          output_ciphertexts=2)
  return {"operations": operations, "sweep": sweep}


def first_line(path, prefix=""):
  try:
    with open(path, encoding="utf-8") as f:
      for line in f:
        if line.startswith(prefix):
          return line.split(": ", 1)[-1].strip() if prefix else line.strip()
  except OSError:
    pass
  return ""


def machine():
  flags = set(first_line("/proc/cpuinfo", "flags").split())
  wanted = ["aes", "sse4_1", "pclmulqdq", "avx2", "vaes", "avx512f"]
  frequency = first_line("/proc/cpuinfo", "cpu MHz")
  return {
      "processor": first_line("/proc/cpuinfo", "model name"),
      "cores": len(os.sched_getaffinity(0)),
      "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
      "operating_system": "%s %s" % (platform.system(), platform.release()),
      "features": [f for f in wanted if f in flags],
      "load_average": os.getloadavg()[0],
      "frequency_governor": first_line(
          "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
      "frequency_mhz": float(frequency) if frequency else 0,
      "compiler": "TenSEAL's wheel; Python " + platform.python_version(),
  }


def describe():
  try:
    import tenseal
  except ImportError as error:
    raise DriverError("failed_precondition",
                      "TenSEAL is not installed (%s): run tools/setup/he_driver.sh" % error)
  return {
      "name": "he",
      "version": "TenSEAL %s (Microsoft SEAL, sealapi)" % tenseal.__version__,
      "flags": "wheel from PyPI, without HEXL, one thread; decoding holds making a Python list",
      "security": "semi-honest; ring learning with errors at 128 bits by SEAL's parameter check",
      "license": "Apache-2.0, with this project",
      "machine": machine(),
  }


class Connection:
  """The other party; local steps only have to meet."""

  def __init__(self):
    self.listener = None
    self.socket = None

  def listen(self, address, port):
    self.listener = socket.create_server((address or "", port))
    return self.listener.getsockname()[1]

  def connect(self, host, port):
    self.socket = socket.create_connection((host, port), timeout=20)
    self.socket.settimeout(None)

  def ready(self):
    if self.socket is None and self.listener is not None:
      self.listener.settimeout(60)
      self.socket, _ = self.listener.accept()
      self.listener = None
    if self.socket is None:
      raise DriverError("failed_precondition", "no connection to the other party")

  def meet(self):
    self.socket.sendall(b"\0")
    if not self.socket.recv(1):
      raise DriverError("unavailable", "the other party is gone")


def check(request):
  operation = OPERATIONS.get(request.get("operation", ""))
  if operation is None:
    raise DriverError("not_found", "no operation \"%s\"" % request.get("operation", ""))
  count, repetitions = int(request.get("count", 0)), int(request.get("repetitions", 0))
  if count < 1 or repetitions < 1 or request.get("party") not in ("CLIENT", "SERVER"):
    raise DriverError("invalid_argument", "party, count and repetitions are needed")
  given = {name: int(value) for name, value in request.get("parameters", {}).items()}
  declared = {n: (low, high) for n, _, low, high, _ in RING + operation[2]}
  for name in sorted(set(given) | set(declared)):
    if name not in given or name not in declared:
      raise DriverError("invalid_argument", "parameter %s is missing or not known" % name)
    if not declared[name][0] <= given[name] <= declared[name][1]:
      raise DriverError("invalid_argument", "parameter %s = %d is out of range" %
                        (name, given[name]))
  return operation, given, count, repetitions


def measure(request, connection):
  (runner, worker, _, fixed), parameters, count, repetitions = check(request)
  works = request["party"] == worker
  connection.ready()
  s = scheme(parameters)
  reported = []
  for i in range(int(request.get("warm_up", 0)) + repetitions):
    connection.meet()
    wall, cpu, correct = runner(s, parameters, count) if works else (0.0, 0.0, True)
    step = {
        "primitive": request["operation"], "parameters": dict(parameters, **fixed(parameters)),
        "count": count, "part": "WORKS" if works else "IDLE", "wall_seconds": wall,
        "cpu_seconds": cpu, "local": True,
    }
    if i >= int(request.get("warm_up", 0)):
      reported.append({"steps": [step], "correct": correct})
  peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
  return {"repetitions": reported, "peak_memory_bytes": peak}


def answer(request, connection):
  known = {"version", "id", "describe", "capabilities", "listen", "connect", "measure", "quit"}
  if not isinstance(request, dict) or set(request) - known:
    raise DriverError("invalid_argument", "not a request of the driver protocol")
  if request.get("version") != PROTOCOL_VERSION:
    raise DriverError("unimplemented", "this driver speaks version %d" % PROTOCOL_VERSION)
  if "describe" in request:
    return {"describe": describe()}
  if "capabilities" in request:
    return {"capabilities": capabilities()}
  if "listen" in request:
    port = connection.listen(request["listen"].get("address"), request["listen"].get("port", 0))
    return {"listen": {"port": port}}
  if "connect" in request:
    connection.connect(request["connect"].get("host", ""), request["connect"].get("port", 0))
    return {"connect": {}}
  if "measure" in request:
    return {"measure": measure(request["measure"], connection)}
  if "quit" in request:
    return {"quit": {}}
  raise DriverError("invalid_argument", "the line holds no request")


def sizes():
  """Serialized sizes as SEAL writes them by default, compressed."""
  for degree, primes in MODULI:
    s = scheme({"ring_degree": degree, "data_primes": primes})
    with tempfile.TemporaryDirectory() as folder:
      for name, thing in (("ciphertext", s.encrypt(s.encode(s.values))),
                          ("public key", s.public), ("galois key", s.galois)):
        path = os.path.join(folder, "x")
        thing.save(path)
        print("degree %5d, %d data primes: %-10s %8d bytes" %
              (degree, primes, name, os.path.getsize(path)))


def main():
  if sys.argv[1:] == ["--sizes"]:
    return sizes()
  connection = Connection()
  for line in sys.stdin:
    if not line.strip():
      continue
    request, reply = {}, {"version": PROTOCOL_VERSION}
    try:
      request = json.loads(line)
      reply["id"] = request.get("id", 0) if isinstance(request, dict) else 0
      reply.update(answer(request, connection))
    except DriverError as error:
      reply["error"] = {"code": error.code, "message": str(error)}
    except (ValueError, TypeError, KeyError) as error:
      reply["error"] = {"code": "invalid_argument", "message": str(error)}
    except OSError as error:
      reply["error"] = {"code": "unavailable", "message": str(error)}
    except RuntimeError as error:
      reply["error"] = {"code": "internal", "message": str(error)}
    print(json.dumps(reply), flush=True)
    if "quit" in reply:
      break


if __name__ == "__main__":
  main()
