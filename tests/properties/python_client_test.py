"""The Python package against a real daemon (clients/python/client_test.py)."""
import run_cases
from client_test import ClientTest, OptunaTest, RetryTest

__all__ = ["ClientTest", "OptunaTest", "RetryTest"]

if __name__ == "__main__":
    run_cases.main()
