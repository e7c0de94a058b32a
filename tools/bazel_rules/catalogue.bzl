"""The repository @plugins: the list of all plugins, derived from the folders.

Bazel 4 can't list the packages below a folder, so tools/bazel does and puts
them into the environment. The repository is remade when that list changes.

@plugins//:linked        every plugin, to link into a program
@plugins//:descriptions  every plugin's .proto with its comments
@plugins//:names         the header catalogue/names.inc: a string per folder
@plugins//:tests         the source of every plugin's test
"""

_BUILD = """package(default_visibility = ["//visibility:public"])

cc_library(
    name = "linked",
    deps = %r,
)

cc_library(
    name = "descriptions",
    deps = %r,
)

cc_library(
    name = "names",
    includes = ["."],
    textual_hdrs = ["catalogue/names.inc"],
)

filegroup(
    name = "tests",
    srcs = %r,
)
"""

def _impl(ctx):
    if "TOQUE_PLUGINS" not in ctx.os.environ:
        fail("TOQUE_PLUGINS is not set; please call tools/bazel, " +
             "which lists the plugins")
    folders = [f for f in ctx.os.environ["TOQUE_PLUGINS"].split(" ") if f]
    ctx.file(
        "catalogue/names.inc",
        "".join(['"%s",\n' % folder for folder in folders]),
    )
    ctx.file("BUILD", _BUILD % (
        ["@toque//" + folder for folder in folders],
        [
            "@toque//%s:%s_describe" % (folder, folder.split("/")[-1])
            for folder in folders
        ],
        [
            "@toque//%s:%s_test.cc" % (folder, folder.split("/")[-1])
            for folder in folders
        ],
    ))

plugin_catalogue = repository_rule(
    implementation = _impl,
    environ = ["TOQUE_PLUGINS"],
)
