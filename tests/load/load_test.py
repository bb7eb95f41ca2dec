"""The short form of tests/load: under load nothing fails and memory stays flat.

PICOST_LONG: a million calls. Ratios of time need an optimized build and a quiet machine:
bazel run --config=opt //tests/load:load.
"""
import os
import subprocess
import unittest

CALLS = 1_000_000 if os.environ.get("PICOST_LONG") else 20_000


class LoadTest(unittest.TestCase):

    def test_memory_stays_flat(self):
        # Under AddressSanitizer what is freed stays resident, up to 256 MiB unless told otherwise.
        sanitizer = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:" + os.environ.get("ASAN_OPTIONS", "")
        done = subprocess.run(["tests/load/load", "--noratios", "--calls=%d" % CALLS], capture_output=True, text=True,
                              env=dict(os.environ, ASAN_OPTIONS=sanitizer))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("resident memory", done.stdout)


if __name__ == "__main__":
    unittest.main()
