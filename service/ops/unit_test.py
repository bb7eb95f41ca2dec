"""The systemd unit, as systemd itself reads it: no mistake, and few rights."""
import os
import shutil
import subprocess
import tempfile
import unittest

UNIT = os.path.abspath("service/ops/picostd.service")


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class UnitTest(unittest.TestCase):

    def analyze(self, *arguments):
        done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_systemd_finds_no_mistake(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "picostd.service")
            with open(UNIT) as f:
                text = f.read()
            # What an operator installs is not on this machine.
            text = text.replace("/usr/local/bin/picostd", "/bin/true").replace("User=picost\n", "User=root\n")
            with open(path, "w") as f:
                f.write(text)
            status, out = self.analyze("verify", "--man=no", path)
            mistakes = [line for line in out.splitlines() if path in line]
            self.assertEqual((0, []), (status, mistakes), out)

    def test_it_has_few_rights(self):
        # 0 is a process that can do nothing, 10 one that can do everything.
        status, out = self.analyze("security", "--offline=true", "--no-pager", "--threshold=20", UNIT)
        self.assertEqual(0, status, out)

    def test_the_time_to_stop_is_longer_than_the_time_to_drain(self):
        with open(UNIT) as f:
            seconds = [int(line.split("=")[1]) for line in f if line.startswith("TimeoutStopSec=")]
        # drain_seconds, and the five after which the daemon leaves what computes on behind.
        self.assertGreater(seconds[0], 10 + 5)


if __name__ == "__main__":
    unittest.main()
