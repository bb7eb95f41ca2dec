"""The rules are valid, fire as they should, and name metrics that exist."""
import os
import re
import shutil
import subprocess
import unittest

FOLDER = "service/ops"
PROMTOOL = shutil.which("promtool", path="/usr/bin:/bin")


class RulesTest(unittest.TestCase):

    def promtool(self, *arguments):
        if PROMTOOL is None:
            self.skipTest("Debian's package prometheus is not installed")
        done = subprocess.run([PROMTOOL, *arguments], cwd=FOLDER, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_rules_are_valid(self):
        self.promtool("check", "rules", "rules.yml")

    def test_rules_fire_as_they_should(self):
        self.promtool("test", "rules", "rules_test.yml")

    def test_every_metric_named_is_one_of_the_daemons(self):
        with open("service/metrics.cc") as f:
            known = set(re.findall(r'"((?:picost|process)_[a-z0-9_]+)"', f.read()))
        self.assertGreater(len(known), 8)
        with open(os.path.join(FOLDER, "rules.yml")) as f:
            text = "\n".join(line.split("#")[0] for line in f)
        named = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bpicost_[a-z0-9_]+", text)}
        self.assertEqual(set(), named - known)


if __name__ == "__main__":
    unittest.main()
