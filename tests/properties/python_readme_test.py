"""The examples of the Python package's README against a real daemon (clients/python/readme_test.py)."""
import run_cases
from readme_test import ReadmeTest

__all__ = ["ReadmeTest"]

if __name__ == "__main__":
    run_cases.main()
