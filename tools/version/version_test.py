"""The version stands twice, for two languages: it must be one."""
import re
import unittest


def found(path, pattern):
    with open(path) as f:
        return re.search(pattern, f.read()).group(1)


class VersionTest(unittest.TestCase):

    def test_programs_and_python_package_have_one_version(self):
        self.assertEqual(
            found("tools/version/version.h", r'kVersion\[\] = "([^"]+)"'),
            found("clients/python/pyproject.toml", r'(?m)^version = "([^"]+)"'))


if __name__ == "__main__":
    unittest.main()
