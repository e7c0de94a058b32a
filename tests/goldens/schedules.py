"""Prints the rates of PyTorch's schedules for the tests of our schedules.

Each trace holds the rate of every step or epoch, base rate 1, with the
scheduler stepped after the optimizer. Regenerate with torch 2.11:

  python3 tests/goldens/schedules.py
"""
import torch
from torch.optim import lr_scheduler


def trace(count, schedule):
    """Rates of `count` steps under schedule(optimizer)."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = schedule(optimizer)
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def show(name, rates):
    print(name)
    print("  {%s}" % ", ".join("%.17g" % rate for rate in rates))


show("WarmUp { length: 10 }",
     trace(13, lambda o: lr_scheduler.LinearLR(o, 1 / 10, total_iters=9)))
show("WarmUp { length: 4 start: 0.2 }",
     trace(6, lambda o: lr_scheduler.LinearLR(o, 0.4, total_iters=3)))
show("Cosine {}, 10 steps",
     trace(11, lambda o: lr_scheduler.CosineAnnealingLR(o, 10)))
show("Cosine { eta_min: 0.05 }, 10 steps",
     trace(11, lambda o: lr_scheduler.CosineAnnealingLR(o, 10, 0.05)))
cosine80 = trace(81, lambda o: lr_scheduler.CosineAnnealingLR(o, 80))
show("Cosine {}, 80 epochs: 0, 1, 2, 40, 78, 79, 80",
     [cosine80[t] for t in (0, 1, 2, 40, 78, 79, 80)])
show("LinearDecay {}, 8 steps",
     trace(10, lambda o: lr_scheduler.LinearLR(o, 1, 0, total_iters=8)))
show("LinearDecay { end: 0.1 }, 8 steps",
     trace(10, lambda o: lr_scheduler.LinearLR(o, 1, 0.1, total_iters=8)))
