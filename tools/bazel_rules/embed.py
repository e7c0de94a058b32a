"""Writes a C++ source that holds a file's bytes.

embed.py FILE HEADER function NAMESPACE::FUNCTION         > x.cc
embed.py FILE HEADER register NAMESPACE::FUNCTION [KEY]   > x.cc

The first defines `EmbeddedFile FUNCTION()`, which returns the file's name and
text. The second calls `FUNCTION(data, size)` before main, or `FUNCTION("KEY",
data, size)`.
"""
import os
import sys

FUNCTION = """
namespace {namespace} {{

EmbeddedFile {function}() {{
  return {{"{name}", std::string_view(kBytes, sizeof(kBytes) - 1)}};
}}

}}  // namespace {namespace}
"""

REGISTER = """
[[maybe_unused]] static const bool registered =
    ({namespace}::{function}({key}kBytes, sizeof(kBytes) - 1), true);
"""


def literal(data):
    """String literals of at most 72 bytes a line, and a line per line."""
    lines = []
    for row in data.splitlines(keepends=True):
        for begin in range(0, len(row), 72):
            lines.append("".join(map(character, row[begin:begin + 72])))
    return "\n".join('    "%s"' % line for line in lines or [""])


def character(byte):
    # Octal has a fixed width, so that no following digit joins in; a question
    # mark could begin a trigraph.
    if 32 <= byte < 127 and chr(byte) not in '"\\?':
        return chr(byte)
    return "\\n" if byte == 10 else "\\%03o" % byte


def main():
    path, header, kind, symbol = sys.argv[1:5]
    key = "".join('"%s", ' % word for word in sys.argv[5:])
    namespace, function = symbol.rsplit("::", 1)
    with open(path, "rb") as file:
        data = file.read()
    print('#include "%s"\n' % header)
    print("#include <string_view>\n")
    print("static constexpr char kBytes[] =\n%s;" % literal(data))
    template = FUNCTION if kind == "function" else REGISTER
    print(template.format(namespace=namespace,
                          function=function,
                          key=key,
                          name=os.path.basename(path)), end="")


main()
