"""Prints the first numbers of framework/core/rng.h's generator.

Written from the papers' pseudo code, apart from the C++: python3 rng.py. It
checks itself by the published first outputs of xoshiro256++ and SplitMix64.
"""
MASK = (1 << 64) - 1


def split_mix(state):
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return state, z ^ (z >> 31)


def rotate_left(x, bits):
    return ((x << bits) | (x >> (64 - bits))) & MASK


class Rng:
    def __init__(self, seed, epoch=0, index=0, stream=0):
        state = seed
        for key in (epoch, index, stream):
            _, output = split_mix(state)
            state = output ^ key
        self.words = []
        for _ in range(4):
            state, output = split_mix(state)
            self.words.append(output)

    def next(self):
        w = self.words
        result = (rotate_left((w[0] + w[3]) & MASK, 23) + w[0]) & MASK
        shifted = (w[1] << 17) & MASK
        w[2] ^= w[0]
        w[3] ^= w[1]
        w[1] ^= w[2]
        w[0] ^= w[3]
        w[2] ^= shifted
        w[3] = rotate_left(w[3], 45)
        return result


def main():
    published = Rng(0)
    published.words = [1, 2, 3, 4]
    assert [published.next() for _ in range(3)] == [
        41943041, 58720359, 3588806011781223]
    assert split_mix(1234567)[1] == 6457827717110365317
    for keys in [(0,), (42,), (1, 2, 3, 4), (MASK,) * 4]:
        rng = Rng(*keys)
        print(keys, [hex(rng.next()) for _ in range(3)])


if __name__ == "__main__":
    main()
