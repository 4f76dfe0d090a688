"""Files of every kind, cut, bent and glued together by a fixed seed: files(FOLDER, N) yields the bytes of N, the same each time."""
import random

import stuffed


def flip(luck, data, _all):
    for _n in range(luck.choice((1, 3, 20, 200))):
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)


def flip_head(luck, data, _all):
    for _n in range(luck.choice((1, 2, 8))):
        data[luck.randrange(min(len(data), 512))] = luck.choice((0, 1, 0x7F, 0x80, 0xFF, luck.randrange(256)))


def cut(luck, data, _all):
    del data[luck.randrange(len(data)):]


def cut_out(luck, data, _all):
    at = luck.randrange(len(data))
    del data[at:at + luck.choice((1, 4, 100, 5000))]


def repeat(luck, data, _all):
    at = luck.randrange(len(data))
    data[at:at] = data[at:at + luck.choice((4, 100, 5000))] * luck.choice((1, 2, 50))


def number(luck, data, _all):
    """A length or a measure that says something else."""
    at = luck.randrange(max(1, len(data) - 8))
    size = luck.choice((1, 2, 4, 8))
    value = luck.choice((0, 1, (1 << 8 * size) - 1, 1 << 8 * size - 1, luck.randrange(1 << 8 * size)))
    data[at:at + size] = value.to_bytes(size, luck.choice(("big", "little")))


def glue(luck, data, everything):
    """Two files in one."""
    other = luck.choice(everything)
    at = luck.choice((0, len(data), luck.randrange(len(data))))
    data[at:at] = other


def head_of_another(luck, data, everything):
    other = luck.choice(everything)
    n = luck.choice((4, 12, 64, 600))
    data[:n] = other[:n]


def zeros(luck, data, _all):
    at = luck.randrange(len(data))
    n = min(len(data) - at, luck.choice((10, 1000, 100000)))
    data[at:at + n] = bytes(n)


WAYS = (flip, flip, flip_head, flip_head, cut, cut_out, repeat, number, number, number, glue, head_of_another, zeros)


def files(folder, how_many, seed=20040521):
    """folder: where the whole files are made."""
    stuffed.make(folder)
    everything = [p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix != ".srt"]
    luck = random.Random(seed)
    for i in range(how_many):
        data = bytearray(everything[i % len(everything)])
        for _n in range(luck.choice((1, 1, 2, 4))):
            if data:
                luck.choice(WAYS)(luck, data, everything)
        yield bytes(data)
