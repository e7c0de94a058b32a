"""Files from wheels of the Python package index, pinned by hash."""

_PLATFORMS = [
    # pip does not take a newer platform to imply the older ones.
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_25_x86_64",
    "manylinux_2_18_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
]

def run(ctx, what, args):
    """Runs a command in the repository's folder; fails with its output."""
    result = ctx.execute(args, timeout = 1800)
    if result.return_code:
        fail("%s failed (%d):\n%s%s" % (
            what,
            result.return_code,
            result.stdout,
            result.stderr,
        ))

def python3(ctx):
    """The path of python3."""
    python = ctx.which("python3")
    if not python:
        fail("python3 is needed to fetch wheels; tools/bazel installs it")
    return python

def download_wheels(ctx, requirements):
    """Downloads the wheels of a requirements file into the folder wheels/.

    Args:
      ctx: of the repository rule.
      requirements: path of a requirements file in which each line has a hash.
    """
    args = [python3(ctx), "-m", "pip", "download", "--quiet", "--no-deps"]
    args += ["--no-cache-dir", "--disable-pip-version-check"]
    args += ["--require-hashes", "--only-binary=:all:"]

    # One fixed choice of wheels, whatever Python this machine has.
    args += ["--python-version", "3.12", "--implementation", "cp"]
    args += ["--abi", "cp312", "--abi", "none"]
    for platform in _PLATFORMS:
        args += ["--platform", platform]
    args += ["--dest", "wheels", "--requirement", requirements]
    ctx.report_progress("downloading wheels")
    run(ctx, "pip download", args)
    ctx.report_progress("unpacking wheels")

def _wheel_file_impl(ctx):
    ctx.file("requirements.txt", "%s --hash=sha256:%s\n" % (
        ctx.attr.requirement,
        ctx.attr.sha256,
    ))
    download_wheels(ctx, "requirements.txt")
    unpack = [python3(ctx), ctx.path(ctx.attr._unpack), "wheels"]
    run(ctx, "unpack", unpack + ctx.attr.members)
    ctx.delete("wheels")
    files = [member.split("/")[-1] for member in ctx.attr.members]
    ctx.file("BUILD", "exports_files(%r)\n" % files)

# Makes a repository of some files of one wheel: @NAME//:FILE for each member,
# without its folders.
wheel_file = repository_rule(
    implementation = _wheel_file_impl,
    attrs = {
        "members": attr.string_list(mandatory = True),
        "requirement": attr.string(mandatory = True),
        "sha256": attr.string(mandatory = True),
        "_unpack": attr.label(
            default = "//tools/bazel_rules:unpack_members.py",
            allow_single_file = True,
        ),
    },
)
