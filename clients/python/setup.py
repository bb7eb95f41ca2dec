"""Builds the wheel; the generated messages come from the repository's .proto files.

    python3 -m pip wheel --no-build-isolation --no-deps -w dist clients/python
"""
import pathlib
import re
import subprocess

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = "/usr/bin/grpc_python_plugin"
SOURCES = sorted((ROOT / "proto/picost/v1").glob("*.proto")) + sorted(
    (ROOT / "third_party/googleapis/google/rpc").glob("*.proto"))
# Top-level packages of the generated modules would clash with other people's.
IMPORT = re.compile(r"^from (proto|third_party)\.", re.MULTILINE)


def generate(package):
    """Writes package/_generated: one package that imports from itself alone."""
    out = pathlib.Path(package) / "_generated"
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["/usr/bin/protoc", "--proto_path=.", "--python_out=%s" % out, "--grpc_python_out=%s" % out,
         "--plugin=protoc-gen-grpc_python=" + PLUGIN] +
        [str(s.relative_to(ROOT)) for s in SOURCES], cwd=ROOT, check=True)
    for path in out.rglob("*.py"):
        path.write_text(IMPORT.sub(r"from picost._generated.\1.", path.read_text()))
    for folder in [out, *(p for p in out.rglob("*") if p.is_dir())]:
        (folder / "__init__.py").touch()


class Build(build_py):

    def run(self):
        super().run()
        generate(pathlib.Path(self.build_lib).resolve() / "picost")


setup(cmdclass={"build_py": Build})
