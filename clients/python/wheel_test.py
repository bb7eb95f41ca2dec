"""The wheel: built by the README's command without a network, and used where no source is."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

from test_daemon import HERE


def build(root):
    """Builds with the README's command in `root`; the folder of the unpacked wheel."""
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        command = re.search(r"^    (/usr/bin/python3 -m pip wheel .*)$", file.read(), re.MULTILINE).group(1)
    # Real files: setup.py finds the repository from its own path.
    for source in ("clients/python", "proto/picost/v1", "third_party/googleapis/google/rpc"):
        shutil.copytree(source, os.path.join(root, source),
                        ignore=shutil.ignore_patterns("*_pb2*.py", "__pycache__"))
    subprocess.run(command, shell=True, cwd=root, check=True, stdout=subprocess.DEVNULL,
                   env={"PATH": "/usr/bin:/bin", "HOME": root, "PIP_NO_INDEX": "1"})
    wheel, = glob.glob(os.path.join(root, "dist/*.whl"))
    site = os.path.join(root, "site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


class WheelTest(unittest.TestCase):

    def test_the_readmes_command_builds_a_wheel_that_asks_a_daemon(self):
        with tempfile.TemporaryDirectory() as root:
            site = build(root)
            self.assertTrue(os.path.exists(os.path.join(site, "picost/py.typed")))
            done = subprocess.run(
                [sys.executable, "-c", "import picost\nwith picost.local() as o: print(o.estimate("
                 "'data/models/minionn_cifar.onnx', protocol='delphi', deployment='lan'))"],
                env=dict(os.environ, PYTHONPATH=site), stdout=subprocess.PIPE, text=True, check=True)
            self.assertIn("under delphi, 173056 ReLUs", done.stdout)


if __name__ == "__main__":
    unittest.main()
