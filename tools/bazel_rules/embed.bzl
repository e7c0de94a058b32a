"""Files as part of a program."""

def _source(name, src, header, kind, symbol, key = ""):
    tool = "//tools/bazel_rules:embed.py"
    native.genrule(
        name = name + "_source",
        srcs = [src],
        outs = [name + ".embed.cc"],
        cmd = "python3 $(execpath %s) $(execpath %s) %s %s %s %s > $@" % (
            tool,
            src,
            header,
            kind,
            symbol,
            key,
        ),
        exec_tools = [tool],
    )
    return name + ".embed.cc"

def embed(name, src, function, **kwargs):
    """Makes a library that defines `toque::EmbeddedFile FUNCTION()`.

    Args:
      name: of the library.
      src: the file.
      function: with its namespace, as "toque::EmbeddedExperiment"; declared in
        framework/core/embedded.h.
      **kwargs: of cc_library.
    """
    header = "framework/core/embedded.h"
    native.cc_library(
        name = name,
        srcs = [_source(name, src, header, "function", function)],
        deps = ["//framework/core:embedded"],
        alwayslink = True,
        **kwargs
    )

def embed_description(name, proto, **kwargs):
    """Makes a library that registers a proto_library's text, comments and all.

    Args:
      name: of the library.
      proto: the proto_library; its one output is the descriptor set.
      **kwargs: of cc_library.
    """
    header = "framework/core/describe.h"
    symbol = "toque::RegisterDescription"
    native.cc_library(
        name = name,
        srcs = [_source(name, proto, header, "register", symbol)],
        deps = ["//framework/core:describe"],
        alwayslink = True,
        **kwargs
    )

def snippet_source(name, src):
    """Makes a C++ file that registers a snippet's source under its folder.

    Args:
      name: of what makes it.
      src: the source.

    Returns:
      the file, to be compiled into the plugin.
    """
    header = "framework/shared/snippet_source.h"
    symbol = "toque::RegisterSnippetSource"
    folder = native.package_name()
    return _source(name, src, header, "register", symbol, folder)
