"""Writes framework/weights/testdata: files of PyTorch and NumPy.

Regenerate with: pip install torch==2.11 numpy
OMP_NUM_THREADS=1 python weights.py FOLDER

Every tensor holds arange(n) - 3 in its own type and shape; those of the tests
are the same closed form.
"""

import os
import struct
import sys
import zipfile
from collections import OrderedDict

import numpy as np
import torch

TYPES = [
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64,
    torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
    torch.complex64, torch.complex128, torch.uint16, torch.float8_e4m3fn
]


def values(*shape, dtype=torch.float32):
    n = int(np.prod(shape))
    return (torch.arange(n) - 3).to(dtype).reshape(shape)


def views():
    base = values(4, 6)
    return OrderedDict(
        base=base,
        transposed=base.t(),
        row=base[2],
        every_other=base[1:, ::2],
        expanded=values(1).expand(2, 3),
        scalar=values(1)[0],
        none=torch.zeros(0, 3),
    )


def checkpoint():
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.copy_(values(*tensor.shape).to(tensor.dtype))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.copy_(values(*tensor.shape).to(tensor.dtype))
    return {
        "epoch": 12,
        "best": np.float64(0.5),
        "arch": "small",
        "rate": 0.25,
        "done": False,
        "shape": torch.Size([2, 3]),
        "device": torch.device("cpu"),
        "optimizer": optimizer.state_dict(),
        "state_dict": net.state_dict(),
        "ema": {"model": {"module.weight": values(2)}},
    }


class Net(torch.nn.Module):

    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(x)


def move_to_gpu(source, target):
    """A file as torch.save writes it of tensors on a GPU, without one.

    The storages name their device; nothing else differs.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("/data.pkl"):
                cpu, gpu = (b"X" + struct.pack("<I", len(device)) + device
                            for device in (b"cpu", b"cuda:0"))
                assert cpu in data
                data = data.replace(cpu, gpu)
            info = zipfile.ZipInfo(name)  # of a fixed time
            # Data begin at multiples of 64.
            pad = -(new.fp.tell() + 30 + len(name) + 4) % 64
            info.extra = b"FB" + struct.pack("<H", pad) + b"Z" * pad
            new.writestr(info, data)


def main():
    os.chdir(sys.argv[1])
    types = OrderedDict((str(t)[6:], values(2, 3, dtype=t)) for t in TYPES)
    torch.save(types, "types.pth")
    move_to_gpu("types.pth", "types_cuda.pth")
    torch.save(types, "types_protocol4.pth", pickle_protocol=4)
    old = OrderedDict(list(types.items())[:12])
    torch.save(old, "types_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(views(), "views.pth")
    torch.save(views(), "views_legacy.pth",
               _use_new_zipfile_serialization=False)
    torch.save(checkpoint(), "checkpoint.pth")
    nested = {"a": {"b": [values(2), values(3)], 7: values(1)},
              "p": torch.nn.Parameter(values(2, 2))}
    torch.save(nested, "nested.pth")
    torch.save(values(5), "tensor.pth")
    torch.save(Net(), "module.pth")
    torch.save(Net(), "module_legacy.pth",
               _use_new_zipfile_serialization=False)
    torch.jit.script(torch.nn.Linear(2, 2)).save("script.pth")
    torch.save({"sparse": values(2, 2).to_sparse()}, "sparse.pth")
    arrays = {
        str(t): (np.arange(6) - 3).astype(t).reshape(2, 3)
        for t in ["float32", "float64", "float16", "int64", "uint8", "bool",
                  "complex64"]
    }
    arrays["columns"] = np.asfortranarray(arrays["float32"])
    arrays["scalar"] = np.float32(-3)
    np.savez("plain.npz", **arrays)
    np.savez_compressed("deflated.npz", **arrays)
    np.savez("objects.npz", a=np.array([{}], dtype=object))
    np.savez("big_endian.npz", a=np.arange(3, dtype=">f4"))


main()
