"""LibTorch from the wheels of the Python package index, pinned by hash."""

load("//tools/bazel_rules:wheels.bzl", "download_wheels", "python3", "run")

def _impl(ctx):
    override = ctx.os.environ.get("LIBTORCH_DIR", "")
    if override:
        # An unpacked LibTorch: include/ and lib/, libcudart and libcupti in it.
        ctx.symlink(override + "/include", "include")
        ctx.symlink(override + "/lib", "lib")
    else:
        download_wheels(ctx, ctx.path(ctx.attr.requirements))
        unpack = [python3(ctx), ctx.path(ctx.attr._unpack), "."]
        unpack.append("cuda" if ctx.attr.cuda else "cpu")
        run(ctx, "unpack", unpack + ["wheels"])
        ctx.delete("wheels")
    ctx.template("BUILD", ctx.path(ctx.attr._build), {
        "%{cuda}": str(ctx.attr.cuda),
    })

libtorch = repository_rule(
    implementation = _impl,
    attrs = {
        "cuda": attr.bool(),
        "requirements": attr.label(mandatory = True, allow_single_file = True),
        "_build": attr.label(
            default = "//tools/bazel_rules/libtorch:libtorch.BUILD",
            allow_single_file = True,
        ),
        "_unpack": attr.label(
            default = "//tools/bazel_rules/libtorch:unpack.py",
            allow_single_file = True,
        ),
    },
    environ = ["LIBTORCH_DIR"],
)
