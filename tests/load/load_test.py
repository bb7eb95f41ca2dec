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
        # What the address sanitizer holds back of freed memory is no leak.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        done = subprocess.run(["tests/load/load", "--noratios", "--calls=%d" % CALLS], capture_output=True, text=True,
                              env={**os.environ, "ASAN_OPTIONS": options})
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("resident memory", done.stdout)


if __name__ == "__main__":
    unittest.main()
