"""The wheel of the Python package against a real daemon (clients/python/wheel_test.py)."""
import run_cases
from wheel_test import WheelTest

__all__ = ["WheelTest"]

if __name__ == "__main__":
    run_cases.main()
