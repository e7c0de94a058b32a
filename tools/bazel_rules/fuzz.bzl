"""fuzz_target(): a fuzzer, and a test that replays its corpus."""

def fuzz_target(name, srcs, deps, corpus, test_tags = []):
    """Makes NAME_fuzz, a libFuzzer program, and NAME_test, which is ordinary.

    NAME_fuzz needs --config=fuzz; tools/check runs it for a minute. NAME_test
    gives every file of the corpus to the same LLVMFuzzerTestOneInput, so that
    what a fuzzer once found stays mended.

    Args:
      name: of what is fuzzed.
      srcs: the file that defines LLVMFuzzerTestOneInput.
      deps: its libraries.
      corpus: labels of files or filegroups; there must be a file.
      test_tags: further tags of NAME_test.
    """
    native.cc_binary(
        name = name + "_fuzz",
        srcs = srcs,
        data = corpus,
        # libFuzzer's runtime has the main.
        linkopts = ["-fsanitize=fuzzer"],
        tags = [
            "fuzz",
            "manual",
        ],
        testonly = True,
        deps = deps,
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = srcs,
        args = ["$(rootpaths %s)" % label for label in corpus],
        data = corpus,
        tags = test_tags,
        deps = deps + ["//tests/fuzz:replay_main"],
    )
