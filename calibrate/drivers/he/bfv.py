"""BFV operations of the driver he, on TenSEAL's binding of Microsoft SEAL.

Three things of the binding to know:
* Plaintexts go in and out as Python lists. What the conversion of a list takes is
  measured apart (encoding one value too many converts the list and is refused)
  and taken off encodings; decoding holds the making of a list.
* SEAL here is TenSEAL's build, without HEXL.
* Calls from Python add about a microsecond each.
"""

import os
import statistics
import tempfile
import time

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
    self.generator.create_galois_keys(self.elements(1), self.galois)
    self.encryptor = seal.Encryptor(self.context, self.public)
    self.decryptor = seal.Decryptor(self.context, self.secret)
    self.evaluator = seal.Evaluator(self.context)
    self.encoder = seal.BatchEncoder(self.context)
    self.values = [(17 * i + 3) % 1000 for i in range(degree)]
    self.factors = [(5 * i + 1) % 100 for i in range(degree)]
    self._conversion = None

  def elements(self, steps):
    """Galois elements of rotations by 1 .. steps: 3^k modulo twice the degree."""
    return [pow(3, k, 2 * self.degree) for k in range(1, steps + 1)]

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
  steps = s.elements(parameters["galois_keys"])

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
  """Unit work of a linear layer as DELPHI does it: a product is a plaintext
  multiplication in coefficient form (its transforms included) and an addition; a
  key switch is a row rotation by one; a reply is a plaintext addition."""
  seal, evaluator = s.seal, s.evaluator
  cipher = s.encrypt(s.encode(s.values))
  total = s.encrypt(s.encode([0] * s.degree))
  factor = s.encode(s.factors)
  product, rotated, reply = seal.Ciphertext(), seal.Ciphertext(), seal.Ciphertext()
  less = s.conversion_seconds() * count * parameters["encodings"]

  def work():
    for _ in range(count * parameters["products"]):
      evaluator.multiply_plain(cipher, factor, product)
      evaluator.add_inplace(total, product)
    for _ in range(count * parameters["key_switches"]):
      evaluator.rotate_rows(cipher, 1, s.galois, rotated)
    for _ in range(count * parameters["encodings"]):
      s.encode(s.factors)
    for _ in range(count * parameters["output_ciphertexts"]):
      evaluator.add_plain(cipher, factor, reply)

  wall, cpu, _ = timed(work, less)
  correct = True
  prime = DELPHI_PRIME
  if parameters["products"] and MODULI[(s.degree, parameters["data_primes"])][1] == 41:
    correct &= s.decode(product) == [a * b % prime for a, b in zip(s.values, s.factors)]
  if parameters["key_switches"]:
    half = s.degree // 2
    correct &= s.decode(rotated) == (s.values[1:half] + s.values[:1] + s.values[half + 1:] +
                                     s.values[half:half + 1])
  if parameters["output_ciphertexts"]:
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
