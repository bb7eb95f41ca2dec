"""Builds the wheel; the generated messages come from the repository's .proto files.

    /usr/bin/python3 -m pip wheel --no-build-isolation --no-deps -w dist clients/python
"""
import pathlib
import re
import subprocess
import tempfile

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = "/usr/bin/grpc_python_plugin"
# google.rpc has its public path in the wheel, so that a process may have Google's own
# generated files, too: protobuf refuses one message under two paths.
PLACES = [("proto/picost/v1", "proto/picost/v1"),
          ("third_party/googleapis/google/rpc", "google/rpc")]
# The top-level package of our modules would clash with other people's.
IMPORT = re.compile(r"^from (proto|google\.rpc)\b", re.MULTILINE)
# Google's files where they are installed, ours otherwise: never both.
SHARED = '''try:
    from google.rpc import error_details_pb2, status_pb2
except ImportError:
    from picost._generated.google.rpc import error_details_pb2, status_pb2

__all__ = ["error_details_pb2", "status_pb2"]
'''


def protoc(sources, out):
    """Copies the .proto files to the paths that they have in the wheel, and compiles them."""
    names = []
    for place, path in PLACES:
        folder = pathlib.Path(sources) / path
        folder.mkdir(parents=True)
        for proto in sorted((ROOT / place).glob("*.proto")):
            text = proto.read_text().replace(*('"%s/' % p for p in PLACES[1]))
            (folder / proto.name).write_text(text)
            names.append("%s/%s" % (path, proto.name))
    subprocess.run(["/usr/bin/protoc", "--proto_path=.", "--python_out=%s" % out,
                    "--grpc_python_out=%s" % out, "--plugin=protoc-gen-grpc_python=" + PLUGIN] + names,
                   cwd=sources, check=True)


def generate(package):
    """Writes package/_generated: one package that imports from itself alone."""
    out = pathlib.Path(package) / "_generated"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as sources:
        protoc(sources, out)
    (out / "rpc.py").write_text(SHARED)
    inside = {"proto": "from picost._generated.proto", "google.rpc": "from picost._generated.rpc"}
    for path in (out / "proto").rglob("*.py"):
        path.write_text(IMPORT.sub(lambda match: inside[match.group(1)], path.read_text()))
    for path in (out / "google").rglob("*.py"):
        path.write_text(path.read_text().replace("from google.rpc", "from picost._generated.google.rpc"))
    for folder in [out, *(p for p in out.rglob("*") if p.is_dir())]:
        (folder / "__init__.py").touch()


class Build(build_py):

    def run(self):
        super().run()
        generate(pathlib.Path(self.build_lib).resolve() / "picost")


setup(cmdclass={"build_py": Build})
