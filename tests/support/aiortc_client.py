#!/usr/bin/python3
"""A WHIP publisher or WHEP player made of aiortc: a client that nobody here wrote.

usage: aiortc_client.py publish URL [--hz HZ] [--colour R,G,B]
       aiortc_client.py play URL --listen HZ[,HZ...]

The token is in ROSTRUM_TOKEN. Prints one JSON object a line: {"state": ...} when the connection changes, {"session": URL},
{"error": status, "body": ...} if the server refuses; a player adds {"at": wall ms, "levels": {HZ: dB}} for every 100 ms of
sound it decodes and {"at": wall ms, "colour": [R, G, B], "size": [w, h]} for every fifth picture.
Ends, giving the session back, when stdin closes.
"""
import argparse
import asyncio
import fractions
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import av
import numpy
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

RATE = 48000
FRAME = 960  # 20 ms
BLOCK = 4800  # 100 ms: bins of 10 Hz, on which the tests' tones lie


def say(**members):
    print(json.dumps(members), flush=True)


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hz):
        super().__init__()
        self.hz = hz
        self.samples = 0
        self.started = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0, self.started + self.samples / RATE - time.monotonic()))
        at = (numpy.arange(FRAME) + self.samples) / RATE
        wave = (16383 * numpy.sin(2 * numpy.pi * self.hz * at)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self.samples
        frame.time_base = fractions.Fraction(1, RATE)
        self.samples += FRAME
        return frame


class Colour(VideoStreamTrack):
    def __init__(self, rgb):
        super().__init__()
        self.picture = numpy.full((180, 320, 3), rgb, dtype=numpy.uint8)

    async def recv(self):
        frame = av.VideoFrame.from_ndarray(self.picture, format="rgb24")
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame


async def hear(track, tones):
    window = numpy.hanning(BLOCK)
    held = numpy.zeros(0)
    while True:
        frame = await track.recv()
        wave = frame.to_ndarray().astype(numpy.float64).reshape(-1, len(frame.layout.channels)).mean(axis=1) / 32768
        held = numpy.concatenate((held, wave))
        while len(held) >= BLOCK:
            spectrum = numpy.abs(numpy.fft.rfft(held[:BLOCK] * window)) * 4 / BLOCK
            held = held[BLOCK:]
            levels = {hz: round(20 * float(numpy.log10(max(spectrum[hz * BLOCK // RATE], 1e-10))), 1) for hz in tones}
            say(at=round(time.time() * 1000), levels=levels)


async def see(track):
    count = 0
    while True:
        frame = await track.recv()
        count += 1
        if count % 5 == 1:
            picture = frame.to_ndarray(format="rgb24")
            middle = picture[frame.height // 2, frame.width // 2]
            say(at=round(time.time() * 1000), colour=[int(part) for part in middle], size=[frame.width, frame.height])


def request(method, url, body=None):
    headers = {"Authorization": "Bearer " + os.environ["ROSTRUM_TOKEN"]}
    if body is not None:
        headers["Content-Type"] = "application/sdp"
    ask = urllib.request.Request(url, data=body, method=method, headers=headers)
    with urllib.request.urlopen(ask, timeout=10) as answer:
        return answer.status, answer.headers, answer.read().decode()


async def negotiate(pc, url):
    """Offer by POST; the session's URL, or None if the server refused."""
    await pc.setLocalDescription(await pc.createOffer())
    loop = asyncio.get_running_loop()
    try:
        status, headers, answer = await loop.run_in_executor(None, request, "POST", url, pc.localDescription.sdp.encode())
    except urllib.error.HTTPError as refusal:
        say(error=refusal.code, body=refusal.read().decode())
        return None
    if status != 201:
        say(error=status, body=answer)
        return None
    session = urllib.parse.urljoin(url, headers["Location"])
    say(session=session)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return session


async def stdin_closed():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def main(options):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tasks = []

    @pc.on("connectionstatechange")
    def changed():
        say(state=pc.connectionState)

    @pc.on("track")
    def came(track):
        if options.what == "play":
            tasks.append(asyncio.ensure_future(hear(track, options.listen) if track.kind == "audio" else see(track)))

    if options.what == "publish":
        pc.addTransceiver(Tone(options.hz), direction="sendonly")
        if options.colour:
            pc.addTransceiver(Colour(options.colour), direction="sendonly")
    else:
        pc.addTransceiver("audio", direction="recvonly")
        pc.addTransceiver("video", direction="recvonly")
    session = await negotiate(pc, options.url)
    if session is None:
        await pc.close()
        return 1
    await stdin_closed()
    for task in tasks:
        task.cancel()
    await pc.close()
    try:
        say(deleted=request("DELETE", session)[0])
    except urllib.error.URLError as why:
        say(deleted=str(why))
    return 0


def numbers(text):
    return [int(part) for part in text.split(",")]


parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["publish", "play"])
parser.add_argument("url")
parser.add_argument("--hz", type=int, default=1000)
parser.add_argument("--colour", type=numbers)
parser.add_argument("--listen", type=numbers, default=[1000])
sys.exit(asyncio.run(main(parser.parse_args())))
