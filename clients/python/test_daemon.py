"""Where tests find the package, the daemon and its data."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
os.environ.setdefault("PICOST_DAEMON", os.path.abspath("service/picostd"))
os.environ.setdefault("PICOST_DATA_DIR", os.path.abspath("data"))
# One thread: tests run side by side. No window: plots go to files.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("MPLCONFIGDIR", os.environ.get("TEST_TMPDIR", "/tmp"))

MODEL = "data/models/minionn_cifar.onnx"
DELPHI = {"protocol": "delphi", "deployment": "lan"}
CHEETAH = {"protocol": "cheetah", "deployment": "lan"}
