"""Prints the golden file of framework/weights/safetensors_test.cc in hex.

Regenerate with: pip install safetensors==0.8.0 numpy; python safetensors.py
"""

import sys

# This file has the library's name: its folder must not come first.
sys.path.pop(0)

import numpy as np
from safetensors.numpy import save

TENSORS = {
    "mask": np.array([True, False, True]),
    "step": np.array(7, dtype=np.int64),
    "weight": np.array([[1.0, -2.5], [0.0, 4.0]], dtype=np.float32),
    "bias": np.array([0.5, -0.5], dtype=np.float32),
    "none": np.zeros((0, 3), dtype=np.float16),
}

print(save(TENSORS, metadata={"format": "np"}).hex())
