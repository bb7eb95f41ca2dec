"""Every example of the README as it stands: ten lines at most, against a private daemon."""
import os
import pwd
import re
import subprocess
import sys
import tempfile
import unittest

import wheel_test
from test_daemon import HERE

LINES = 10
# Those that Debian does not have, by the beginning of a title.
LIBRARIES = {"Ax": "ax", "OSS Vizier": "vizier", "Ray Tune": "ray", "NNI": "nni"}
FOLDER = os.environ.get("PICOST_SEARCH_LIBRARIES") or os.path.join(
    pwd.getpwuid(os.getuid()).pw_dir, ".cache/picost/search-libraries")


def library_of(title):
    return next((name for begin, name in LIBRARIES.items() if title.startswith(begin)), None)


class ReadmeTest(unittest.TestCase):
    """One test per example, with the package as its wheel has it."""

    @classmethod
    def setUpClass(cls):
        root = tempfile.TemporaryDirectory()
        cls.addClassCleanup(root.cleanup)
        cls.site = wheel_test.build(root.name)

    def run_example(self, title, code):
        # `with` and imports count like any other line; blank ones do not.
        self.assertLessEqual(len([line for line in code.splitlines() if line.strip()]), LINES)
        python = sys.executable
        library = library_of(title)
        if library:
            folder = os.path.join(FOLDER, library)
            if not os.path.exists(os.path.join(folder, "complete")):
                self.skipTest("%s is not installed: tools/setup/search_libraries.sh %s" %
                              (title.split(",")[0], library))
            python = os.path.join(folder, "bin/python")
        with tempfile.TemporaryDirectory() as folder:
            # Examples write beside themselves.
            os.symlink(os.path.abspath("data"), os.path.join(folder, "data"))
            environment = dict(os.environ, HOME=folder, PYTHONPATH=self.site)
            done = subprocess.run([python, "-c", code], cwd=folder, env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])


def add_examples():
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^## ([^\n]*)\n(?:(?!^## ).)*?^```python\n(.*?)^```", file.read(),
                            re.MULTILINE | re.DOTALL)
    for title, code in blocks:

        def run(self, title=title, code=code):
            self.run_example(title, code)

        setattr(ReadmeTest, "test_" + re.sub(r"\W+", "_", title.lower()).strip("_"), run)
    return [title for title, _ in blocks]


TITLES = add_examples()
assert len(TITLES) >= 16, TITLES
assert {library_of(title) for title in TITLES} == {None, *LIBRARIES.values()}

if __name__ == "__main__":
    unittest.main()
