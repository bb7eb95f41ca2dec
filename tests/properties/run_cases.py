"""Runs a module's tests so that Bazel's test.xml names every case, skipped ones with their reason."""
import os
import unittest

import xmlrunner


def main():
    path = os.environ.get("XML_OUTPUT_FILE")
    if not path:
        unittest.main(module="__main__")
        return
    with open(path, "wb") as output:
        unittest.main(module="__main__", testRunner=xmlrunner.XMLTestRunner(output=output))
