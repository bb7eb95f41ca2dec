"""The Python package and its README against a real daemon (clients/python/client_test.py)."""
import unittest

from client_test import ClientTest, PluginTest, ReadmeTest

__all__ = ["ClientTest", "PluginTest", "ReadmeTest"]

if __name__ == "__main__":
    unittest.main()
