"""experiment(): a text-proto as a program and as a test."""

load("//tools/bazel_rules:embed.bzl", "embed")

def experiment(name, plugins, data = [], test_tags = []):
    """Makes the program NAME, which runs the experiment, and NAME_test.

    The test loads NAME.textproto, builds every plugin in it, and compares a
    short run with goldens/NAME.textproto.

    Args:
      name: of the experiment; its text stands in NAME.textproto.
      plugins: labels of the plugins that the text names, all of them and no
        other.
      data: files that the experiment reads through runfiles.
      test_tags: tags of the test.
    """
    text = name + ".textproto"
    golden = "goldens/" + text
    for file in [text, golden]:
        if not native.glob([file], allow_empty = True):
            fail("%s has no %s" % (native.package_name(), file))

    embed(
        name = name + "_text",
        src = text,
        function = "toque::EmbeddedExperiment",
    )
    embed(
        name = name + "_golden",
        testonly = True,
        src = golden,
        function = "toque::EmbeddedGolden",
    )
    native.cc_binary(
        name = name,
        data = data,
        deps = [
            ":%s_text" % name,
            "//framework/command:main",
            "//tools:catalogue",
        ] + plugins,
    )
    native.cc_test(
        name = name + "_test",
        size = "medium",
        data = data,
        tags = test_tags,
        deps = [
            ":%s_golden" % name,
            ":%s_text" % name,
            "//framework/testing:experiment_test",
            "//tools:catalogue",
            "//tools/bazel_rules/system:gtest_main",
        ] + plugins,
    )
