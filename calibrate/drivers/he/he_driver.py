#!/usr/bin/env python3
"""The driver he: BFV of Microsoft SEAL through TenSEAL's binding `sealapi`.

Requests on standard input, replies on standard output, one JSON object a line
(calibrate/driver.proto, docs/adding_a_backend.md). `--sizes` prints serialized
sizes instead.

Everything measured here is local: a ciphertext's bytes on the wire are a matter
of the protocol that sends it.

Security: BFV at 128 bits by SEAL's parameter check; keys and ciphertexts of a
measurement are thrown away.
"""

import json
import os
import platform
import resource
import socket
import sys

from bfv import MODULI, OPERATIONS, RING, DriverError, scheme, sizes

PROTOCOL_VERSION = 1


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

  def close(self):
    """After a failed run: the other party must not wait for ever."""
    if self.socket is not None:
      self.socket.close()
    self.socket = None

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
    try:
      wall, cpu, correct = runner(s, parameters, count) if works else (0.0, 0.0, True)
    except Exception:
      connection.close()
      raise
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
