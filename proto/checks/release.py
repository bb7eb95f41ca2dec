"""Makes additions to the wire surface part of what is promised.

Refuses where the surface breaks clients of the released one.
"""
import os
import sys

from google.protobuf import text_format

from proto.checks import breaking

HEADER = """# The released wire surface: a FileDescriptorSet. breaking_test.py holds the .proto
# files to it. Written by: bazel run //proto/checks:release
"""


def main():
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        return "run it as: bazel run //proto/checks:release"
    path = os.path.join(workspace, breaking.RELEASED)
    current = breaking.load_current()
    if os.path.exists(path):
        problems = breaking.breaking_changes(breaking.load_released(path), current)
        if problems:
            return "\n".join(problems)
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEADER + text_format.MessageToString(current))
    print("written:", path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
