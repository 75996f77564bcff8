#!/usr/bin/python3
"""A WHIP publisher or WHEP player made of aiortc: a client that nobody here wrote.

usage: aiortc_client.py publish URL [--hz HZ] [--colour R,G,B]
       aiortc_client.py play URL --listen HZ[,HZ...]

The token is in ROSTRUM_TOKEN. Prints one JSON object a line: {"state": ...} when the connection changes, {"session": URL},
{"error": status, "body": ...} if the server refuses; a player adds what media.py's Ears and Eyes say.
Ends, giving the session back, when stdin closes.
"""
import argparse
import asyncio
import fractions
import sys
import time

import av
import numpy
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

import media
import whip
from media import RATE, say

FRAME = 960  # 20 ms


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hz):
        super().__init__()
        self.hz = hz
        self.samples = 0
        self.started = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0, self.started + self.samples / RATE - time.monotonic()))
        wave = media.tone(self.hz, self.samples, FRAME)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self.samples
        frame.time_base = fractions.Fraction(1, RATE)
        self.samples += FRAME
        return frame


class Colour(VideoStreamTrack):
    def __init__(self, rgb):
        super().__init__()
        self.rgb = rgb
        self.count = 0

    async def recv(self):
        frame = av.VideoFrame.from_ndarray(media.picture(self.rgb, self.count), format="rgb24")
        self.count = (self.count + 1) % 256
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame


async def hear(track, tones):
    ears = media.Ears(tones)
    while True:
        frame = await track.recv()
        ears.hear(frame.to_ndarray().astype(numpy.float64).reshape(-1, len(frame.layout.channels)).mean(axis=1) / 32768)


async def see(track):
    eyes = media.Eyes()
    while True:
        frame = await track.recv()
        eyes.see(frame.to_ndarray(format="rgb24"))


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
    await pc.setLocalDescription(await pc.createOffer())
    loop = asyncio.get_running_loop()
    session, answer = await loop.run_in_executor(None, whip.post, options.url, pc.localDescription.sdp)
    if session is None:
        await pc.close()
        return 1
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await stdin_closed()
    for task in tasks:
        task.cancel()
    await pc.close()
    whip.delete(session)
    return 0


sys.exit(asyncio.run(main(media.options(argparse.ArgumentParser()))))
