"""testdata/delphi_expected.csv is what cost_forms.py says today."""
import contextlib
import io
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import make_delphi_expectations  # noqa: E402


class DelphiExpectationsTest(unittest.TestCase):

    def test_the_committed_rows_are_up_to_date(self):
        root = os.path.dirname(os.path.dirname(HERE))
        sys.argv = ["make", os.path.join(root, "data/models/truth.json")]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            make_delphi_expectations.main()
        with open(os.path.join(HERE, "testdata/delphi_expected.csv")) as committed:
            self.assertEqual(out.getvalue(), committed.read())


if __name__ == "__main__":
    unittest.main()
