"""A batch mixed by recipes R60 and CutMix, for the tests of their plugins.

Written from the papers, on the generator of rng.py, apart from the C++:

    python3 tests/goldens/mixup.py
"""

import math

from rng import Rng


class Draws(Rng):
    """The distributions of framework/core/rng.h."""

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def below(self, n):
        while True:
            product = self.next() * n
            if product % 2**64 >= 2**64 % n:
                return product >> 64

    def normal(self):
        """Marsaglia's polar method."""
        while True:
            u, v = (2 * self.uniform() - 1 for _ in range(2))
            square = u * u + v * v
            if 0 < square < 1:
                return u * math.sqrt(-2 * math.log(square) / square)

    def gamma(self, shape):
        """Marsaglia and Tsang, 2000."""
        if shape < 1:
            larger = self.gamma(shape + 1)
            return larger * (1 - self.uniform())**(1 / shape)
        d = shape - 1 / 3
        while True:
            x = self.normal()
            v = (1 + x / math.sqrt(9 * d))**3
            if v > 0:
                u = 1 - self.uniform()
                if math.log(u) < x * x / 2 + d - d * v + d * math.log(v):
                    return d * v

    def beta(self, a, b):
        x = self.gamma(a)
        y = self.gamma(b)
        return x / (x + y)

    def permutation(self, n):
        values = list(range(n))
        for left in range(n, 1, -1):
            i = self.below(left)
            values[left - 1], values[i] = values[i], values[left - 1]
        return values


def mixup(rng, alpha, size, per_example):
    """The weight of each example, and the other that it is mixed with."""
    if per_example:
        weights = [rng.beta(alpha, alpha) for _ in range(size)]
    else:
        weights = [rng.beta(alpha, alpha)] * size
    return weights, rng.permutation(size)


def cut_mix(rng, alpha, size, height, width):
    """The box (top, bottom, left, right) and the examples it is cut from."""
    side = math.sqrt(1 - rng.beta(alpha, alpha))
    box = []
    for length in (height, width):
        half = int(length * side) // 2
        center = rng.below(length)
        box += [max(center - half, 0), min(center + half, length)]
    return box, rng.permutation(size)


if __name__ == "__main__":
    for example in (False, True):
        weights, other = mixup(Draws(1), 0.4, 4, example)
        print("mixup", ["%.15g" % w for w in weights], other)
    print("cut_mix", *cut_mix(Draws(1), 1, 4, 8, 6))
