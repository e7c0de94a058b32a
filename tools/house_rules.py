"""Checks those house rules that a program can see.

house_rules.py FILE...    paths from the top folder, which is also where to run
it; prints what is against the rules and then fails.
"""
import os
import re
import sys

FILE_LINES = 300
FUNCTION_LINES = 40
# Lines of each folder of the framework, tests apart.
BUDGETS = {
    "archive": 1500,
    "augment": 1500,
    "codec": 2500,
    "command": 1000,
    "config": 2500,
    "core": 3000,
    "export": 2500,
    "image": 2500,
    "inference": 1000,
    "layers": 2500,
    "loader": 2500,
    "pack": 1000,
    "parts": 1500,
    "plot": 1500,
    "shared": 3200,
    "tensorboard": 1000,
    "tensors": 1000,
    "trainer": 2500,
    "video": 2500,
    "video_index": 2500,
    "weights": 2500,
}
PLUGIN_FOLDER = re.compile(r"((models|datasets|plugins/[a-z_]+)/([^/]+))/")
LIBTORCH = re.compile(r'#include [<"]((torch|ATen|caffe2)/[^>"]+)')
# An absolute path of some machine.
MACHINE_PATH = re.compile(
    r"(?:^|[^\w.$}/])/(?:work|farm|home|root|Users|mnt)/\w")
NO_CODE = re.compile(
    r'R"(\w*)\((?:.|\n)*?\)\1"'  # raw strings
    r'|//[^\n]*|/\*(?:.|\n)*?\*/'
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    r"|^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
# What stands before a brace that opens no function.
NO_FUNCTION = re.compile(
    r"^(?:namespace|class|struct|union|enum|extern|if|else|for|while|switch|do"
    r"|try|catch|return)\b|=\s*$")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def functions(text):
    """(first line, lines) of each function's definition, roughly."""
    blank = NO_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    stack, head = [], 0
    for i, char in enumerate(blank):
        if char == "{":
            words = blank[head:i].strip()
            begin = i - len(blank[head:i].lstrip())
            plain = re.sub(r"^template\s*<.*?>\s*(?=\w)", "", words, flags=re.S)
            # An open parenthesis before the brace: an argument's initialiser.
            is_function = (plain.count("(") == plain.count(")") > 0
                           and not NO_FUNCTION.search(plain))
            stack.append(begin if is_function else None)
        elif char == "}" and stack:
            begin = stack.pop()
            if begin is not None:
                yield (blank.count("\n", 0, begin) + 1,
                       blank.count("\n", begin, i) + 1)
        if char in "{};":
            head = i + 1


def check_sizes(path, text):
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield "%s: %d lines, at most %d" % (path, lines, FILE_LINES)
    if path.endswith((".cc", ".h")):
        for line, size in functions(text):
            if size > FUNCTION_LINES:
                yield "%s:%d: a function of %d lines, at most %d" % (
                    path, line, size, FUNCTION_LINES)


def check_machine_paths(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield "%s:%d: an absolute path of a machine" % (path, number)


def check_includes(path, text):
    if not path.startswith("framework/") or not path.endswith(".h"):
        return
    if path.startswith("framework/layers/"):
        return
    for header, _ in LIBTORCH.findall(text):
        if header != "ATen/core/Tensor.h":
            yield "%s: includes %s; of LibTorch a header of the framework " \
                "includes ATen/core/Tensor.h alone" % (path, header)


def check_budgets(paths):
    for folder, budget in BUDGETS.items():
        lines = sum(
            read(path).count("\n") for path in paths
            if path.startswith("framework/%s/" % folder)
            and path.endswith((".cc", ".h")) and not path.endswith("_test.cc"))
        if lines > budget:
            yield "framework/%s: %d lines without tests, at most %d" % (
                folder, lines, budget)


def check_plugin(folder, name, paths):
    files = {path[len(folder) + 1:] for path in paths
             if path.startswith(folder + "/")}
    for file in ["BUILD", name + ".proto", name + ".cc", name + "_test.cc"]:
        if file not in files:
            yield "%s: has no %s" % (folder, file)
    for file in sorted(files):
        if file.endswith(".h"):
            yield "%s/%s: a plugin has no header" % (folder, file)
    if name != name.lower():
        yield "%s: a folder's name is in snake case" % folder
    if name + ".proto" in files:
        text = read("%s/%s.proto" % (folder, name))
        messages = re.findall(r"^message (\w+)", text, re.MULTILINE)
        if name.replace("_", "") not in [m.lower() for m in messages]:
            yield "%s: %s.proto has no message of that name" % (folder, name)
        package = "snippet" if "/snippets/" in folder else "recipe"
        if not re.search(r"^package %s;" % package, text, re.MULTILINE):
            yield "%s: the options' package is %s" % (folder, package)


def check_plugins(paths):
    folders = {match[1]: match[3] for match in map(PLUGIN_FOLDER.match, paths)
               if match}
    for folder, name in sorted(folders.items()):
        yield from check_plugin(folder, name, paths)


def main():
    paths = [path for path in sys.argv[1:] if os.path.isfile(path)]
    faults = list(check_budgets(paths)) + list(check_plugins(paths))
    for path in paths:
        text = read(path)
        if path.endswith((".cc", ".h", ".proto", ".bzl", ".py")):
            faults += check_sizes(path, text)
        faults += check_includes(path, text)
        faults += check_machine_paths(path, text)
    print("\n".join(faults) if faults else "%d files" % len(paths))
    sys.exit(1 if faults else 0)


main()
