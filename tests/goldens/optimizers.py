"""PyTorch's trajectories, for the tests of plugins/optimizers.

Prints, for each case, the nine numbers that the test holds. It is the twin of
framework/testing/trajectory.cc. Made with torch 2.11; to make them again:

    python3 tests/goldens/optimizers.py
"""

import torch
from torch import optim

CASES = [
    (optim.SGD, dict(lr=0.01)),
    (optim.SGD, dict(lr=0.01, weight_decay=0.1)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, weight_decay=0.1)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    (optim.SGD, dict(lr=0.01, momentum=0.9, dampening=0.5, weight_decay=0.1)),
    (optim.Adam, dict(lr=0.01)),
    (optim.Adam, dict(lr=0.01, betas=(0.8, 0.99), eps=1e-3)),
    (optim.Adam, dict(lr=0.1, weight_decay=0.1)),
    (optim.Adam, dict(lr=0.1, amsgrad=True)),
    (optim.AdamW, dict(lr=0.01)),
    (optim.AdamW, dict(lr=0.1, weight_decay=0.5, betas=(0.8, 0.99))),
    (optim.AdamW, dict(lr=0.1, amsgrad=True, eps=1e-3)),
    (optim.Adagrad, dict(lr=0.1)),
    (optim.Adagrad, dict(lr=0.1, lr_decay=0.05, weight_decay=0.1)),
    (optim.Adagrad, dict(lr=0.1, initial_accumulator_value=0.5, eps=1e-3)),
    (optim.RMSprop, dict(lr=0.01)),
    (optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=0.1, weight_decay=0.1)),
    (optim.RMSprop, dict(lr=0.01, centered=True)),
    (optim.RMSprop, dict(lr=0.001, momentum=0.9)),
    (optim.RMSprop, dict(lr=0.001, momentum=0.5, centered=True)),
]


def spread(first, last, *shape):
    count = torch.Size(shape).numel()
    return torch.linspace(first, last, count, dtype=torch.float64).view(shape)


def slope(parameter):
    return spread(0.5, 2, *parameter.shape)


def trajectory(kind, options):
    parameters = [spread(-2, 2, 4, 5), spread(1, 3, 3), spread(-1, -1, 1)]
    optimizer = kind(parameters, foreach=False, **options)
    for step in range(1, 101):
        for x in parameters:
            if x is not parameters[2] or step >= 10:
                x.grad = (x - 0.3) * slope(x) + 0.1 * torch.sin(3 * x)
        optimizer.step()
        if step in (1, 20, 100):
            yield [(x * slope(x)).sum().item() for x in parameters]


if __name__ == "__main__":
    for kind, options in CASES:
        print(kind.__name__, options)
        for sums in trajectory(kind, options):
            print("    " + ", ".join("%.15g" % value for value in sums) + ",")
