#!/usr/bin/env python3
"""Writes compile_commands.json, for clang-tidy and editors.

compile_commands.py [PATTERN...]    default //...; builds them first, since the
commands name generated headers.
"""
import json
import os
import subprocess
import sys

OURS = ("framework/", "plugins/", "models/", "datasets/", "experiments/",
        "tools/", "tests/")
GCC_ONLY = {"-fno-canonical-system-headers"}


def bazel(*args):
    done = subprocess.run(["tools/bazel", *args], check=False,
                          stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)  # Bazel has said why
    return done.stdout


def commands(graph, folder):
    for action in graph["actions"]:
        args = [arg for arg in action["arguments"] if arg not in GCC_ONLY]
        source = args[args.index("-c") + 1]
        if source.startswith(OURS):
            # clang doesn't know all of gcc's names of warnings.
            args.append("-Wno-unknown-warning-option")
            yield {"directory": folder, "file": source, "arguments": args}


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    patterns = sys.argv[1:] or ["//..."]
    bazel("build", *patterns)
    query = 'mnemonic("CppCompile", deps(%s))' % " + ".join(patterns)
    graph = json.loads(bazel("aquery", "--output=jsonproto", query))
    folder = bazel("info", "execution_root").strip()
    with open("compile_commands.json", "w", encoding="utf-8") as file:
        json.dump(list(commands(graph, folder)), file, indent=1)


main()
