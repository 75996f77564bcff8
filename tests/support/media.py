"""What the Python clients (aiortc, GStreamer) send and how they judge what they get: one tone, and a plain colour whose top
eighth counts the pictures in eight blocks, as picture.mjs has it for browsers."""
import json
import sys
import time

import numpy

RATE = 48000
BLOCK = 4800  # 100 ms: bins of 10 Hz, on which the tests' tones lie
COUNTER_BITS = 8
SIZE = (320, 180)


def say(**members):
    # One write: GStreamer's threads speak at the same time.
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


def tone(hz, first, samples):
    """Mono samples of 16 bits, half of full scale, from sample `first` on."""
    at = (numpy.arange(samples) + first) / RATE
    return (16383 * numpy.sin(2 * numpy.pi * hz * at)).astype(numpy.int16)


def picture(rgb, count):
    width, height = SIZE
    drawn = numpy.full((height, width, 3), rgb, dtype=numpy.uint8)
    block = width // COUNTER_BITS
    for bit in range(COUNTER_BITS):
        on = count >> (COUNTER_BITS - 1 - bit) & 1
        drawn[: height // 8, bit * block : (bit + 1) * block] = 255 if on else 0
    return drawn


class Ears:
    """Says how loud each tone is in every 100 ms of sound, in dB below a full-scale tone."""

    def __init__(self, tones):
        self.tones = tones
        self.held = numpy.zeros(0)
        self.window = numpy.hanning(BLOCK)

    def hear(self, wave):
        self.held = numpy.concatenate((self.held, wave))
        while len(self.held) >= BLOCK:
            spectrum = numpy.abs(numpy.fft.rfft(self.held[:BLOCK] * self.window)) * 4 / BLOCK
            self.held = self.held[BLOCK:]
            levels = {hz: round(20 * float(numpy.log10(max(spectrum[hz * BLOCK // RATE], 1e-10))), 1) for hz in self.tones}
            say(at=round(time.time() * 1000), levels=levels)


class Eyes:
    """Says colour, size and counter of every fifth picture."""

    def __init__(self):
        self.seen = 0

    def see(self, drawn):
        self.seen += 1
        if self.seen % 5 != 1:
            return
        height, width = drawn.shape[:2]
        counter = 0
        for bit in range(COUNTER_BITS):
            lit = drawn[height // 16, int((bit + 0.5) * width / COUNTER_BITS), 1] > 127
            counter = counter * 2 + int(lit)
        middle = drawn[height // 2, width // 2]
        say(at=round(time.time() * 1000), colour=[int(part) for part in middle], size=[width, height], counter=counter)


def numbers(text):
    return [int(part) for part in text.split(",")]


def options(parser):
    parser.add_argument("what", choices=["publish", "play"])
    parser.add_argument("url")
    parser.add_argument("--hz", type=int, default=1000)
    parser.add_argument("--colour", type=numbers)
    parser.add_argument("--listen", type=numbers, default=[1000])
    return parser.parse_args(sys.argv[1:])
