"""The searches against a real daemon (clients/search/search_test.py)."""
import run_cases
from search_test import PapersTest, PartsTest, SearchTest, TableTest

__all__ = ["PapersTest", "PartsTest", "SearchTest", "TableTest"]

if __name__ == "__main__":
    run_cases.main()
