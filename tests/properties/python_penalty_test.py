"""Tables and penalties of the Python package against a real daemon (clients/python/penalty_test.py)."""
import run_cases
from penalty_test import TableTest

__all__ = ["TableTest"]

if __name__ == "__main__":
    run_cases.main()
