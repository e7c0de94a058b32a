"""plugin(): all that a plugin's four files need to be built and tested."""

load("//tools/bazel_rules:embed.bzl", "embed_description", "snippet_source")

# The kind of the plugins below each folder.
_KINDS = {
    "datasets": "dataset",
    "models": "model",
    "plugins/batch_transforms": "batch_transform",
    "plugins/hooks": "hook",
    "plugins/losses": "loss",
    "plugins/optimizers": "optimizer",
    "plugins/samplers": "sampler",
    "plugins/snippets": "snippet",
    "plugins/transforms": "transform",
}

# What a plugin of each kind and its test may include: the kind's interface and
# what that interface is made of. Samplers work without LibTorch.
_ANY = [
    "//framework:options_cc_proto",
    "//framework:status",
    "//framework/core:registry",
]

_TENSORS = _ANY + [
    "//framework/core:check_shape",
    "//tools/bazel_rules/libtorch:torch",
    "//tools/bazel_rules/system:absl",
]

_EXAMPLES = _TENSORS + [
    "//framework/core:example",
    "//framework/core:rng",
    "//framework/image",
]

_INTERFACES = {
    "batch_transform": _TENSORS + [
        "//framework/core:batch",
        "//framework/core:batch_transform",
        "//framework/core:rng",
    ],
    "dataset": _EXAMPLES + ["//framework/core:dataset"],
    "hook": _TENSORS + [
        "//framework/core:batch",
        "//framework/core:hook",
        "//framework/core:state",
    ],
    "loss": _TENSORS + [
        "//framework/core:batch",
        "//framework/core:loss",
        "//framework/core:state",
    ],
    "model": _TENSORS + [
        "//framework/core:model",
        "//framework/layers",
        "//framework/layers:block",
        "//framework/layers:initial",
    ],
    "optimizer": _TENSORS + [
        "//framework/core:optimizer",
        "//framework/core:state",
    ],
    "sampler": _ANY + [
        "//framework/core:rng",
        "//framework/core:sampler",
    ],
    "snippet": _TENSORS + [
        "//framework/core:snippet",
        "//framework/shared:snippet_source",
    ],
    "transform": _EXAMPLES + ["//framework/core:transform"],
}

# No plugin depends on another.
_VISIBILITY = [
    "@plugins//:__pkg__",
    "//experiments:__pkg__",
    "//tests:__subpackages__",
    "//tools:__subpackages__",
]

def _joined(some, more):
    """Both lists as one; a plugin may name again what stands there already."""
    return some + [label for label in more if label not in some]

def _kind(name):
    parent, _, folder = native.package_name().rpartition("/")
    if parent not in _KINDS:
        fail("a plugin lies in a folder of %s, not in %s" % (
            ", ".join(sorted(_KINDS)),
            native.package_name(),
        ))
    if folder != name:
        fail("a plugin has its folder's name: %s, not %s" % (folder, name))
    return _KINDS[parent]

def _define(name, text):
    """A preprocessor definition of `name` as a string literal of `text`."""
    for old, new in [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n")]:
        text = text.replace(old, new)
    value = "%s=\"%s\"" % (name, text)

    # Bazel splits it as a shell would, and $ begins a variable of make.
    return "'%s'" % value.replace("'", "'\\''").replace("$", "$$")

def plugin(
        name,
        example = "",
        deps = [],
        test_deps = [],
        data = [],
        test_data = [],
        test_tags = [],
        srcs = None,
        local_defines = []):
    """Builds and tests the plugin NAME.proto, NAME.cc, NAME_test.cc.

    Makes NAME (the library to link into a program), NAME_test (which also runs
    its kind's conformance suite), NAME_proto, NAME_cc_proto, NAME_describe (the
    comments of the .proto, for --describe) and libNAME_plugin.so (for --load).
    A snippet's NAME.cc is part of the library also as text, for the cookbook.

    Args:
      name: the folder's name, snake case of the options message.
      example: options as a text-proto fragment, for conformance and --describe
        where {} won't do.
      deps: further libraries of NAME.cc.
      test_deps: further libraries of NAME_test.cc.
      data: files that the plugin reads through runfiles.
      test_data: files that its test reads.
      test_tags: tags of its test; "sanitize" runs it under asan and tsan in
        tools/check.
      srcs: sources instead of NAME.cc alone.
      local_defines: further definitions for NAME.cc.
    """
    kind = _kind(name)
    for file in [name + ".proto", name + ".cc", name + "_test.cc"]:
        if not native.glob([file], allow_empty = True):
            fail("%s has no %s" % (native.package_name(), file))

    # For //tests/docs:cookbook_test, which looks whether it is there.
    native.exports_files([name + "_test.cc"], visibility = _VISIBILITY)
    native.proto_library(
        name = name + "_proto",
        srcs = [name + ".proto"],
        deps = [
            "//framework:options_proto",
            "@com_google_protobuf//:any_proto",
        ],
    )
    native.cc_proto_library(
        name = name + "_cc_proto",
        deps = [":%s_proto" % name],
    )
    embed_description(
        name = name + "_describe",
        proto = ":%s_proto" % name,
        visibility = _VISIBILITY,
    )
    interface = _INTERFACES[kind]
    shown = []
    if kind == "snippet":
        shown = [snippet_source(name + "_shown", name + ".cc")]
    compiled = {
        "data": data,
        "deps": [":%s_cc_proto" % name] + _joined(interface, deps),
        "local_defines": [
            _define("TOQUE_PLUGIN_EXAMPLE", example),
            _define("TOQUE_PLUGIN_FOLDER", native.package_name()),
        ] + local_defines,
        "srcs": (srcs or [name + ".cc"]) + shown,
        "visibility": _VISIBILITY,
    }
    native.cc_library(name = name, alwayslink = True, **compiled)

    # Compiled anew: of the library it would hold no more than the name. Nothing
    # refers to the stamp that --load looks for, and the linker is to keep it.
    native.cc_binary(
        name = "lib%s_plugin.so" % name,
        linkopts = ["-Wl,--no-gc-sections"],
        linkshared = True,
        linkstatic = False,
        tags = ["manual"],
        **compiled
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = [name + "_test.cc"],
        data = test_data,
        tags = test_tags,
        deps = [
            ":" + name,
            ":%s_cc_proto" % name,
            "//framework/testing",
            "//framework/testing:conformance_" + kind,
            "//tools/bazel_rules/system:gtest_main",
        ] + _joined(interface, test_deps),
    )
