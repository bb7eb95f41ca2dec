"""Writes files into a C++ source, so that the daemon is one file.

    embed.py OUTPUT FILE...
"""
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8"}


def literal(content):
    """Octal escapes: three digits always, so that none runs into what follows."""
    plain = {c: chr(c) for c in range(32, 127) if chr(c) not in '"\\?'}
    lines = (content[i:i + 96] for i in range(0, len(content), 96))
    return "\n".join('    "%s"' % "".join(plain.get(c, "\\%03o" % c) for c in line) for line in lines)


def main(output, *files):
    rows = []
    for path in sorted(files, key=os.path.basename):
        with open(path, "rb") as f:
            content = f.read()
        name = os.path.basename(path)
        rows.append('    {"%s", "%s", std::string_view(\n%s,\n     %d)},\n' %
                    (name, TYPES[os.path.splitext(name)[1]], literal(content), len(content)))
    with open(output, "w", encoding="ascii") as f:
        f.write('#include "service/dashboard/page_assets.h"\n\nnamespace picost::service {\n\n'
                "const std::vector<PageAsset>& PageAssets() {\n"
                "  static const auto* const assets = new std::vector<PageAsset>{\n%s  };\n"
                "  return *assets;\n}\n\n}  // namespace picost::service\n" % "".join(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
