#!/usr/bin/python3
"""A WHIP publisher or WHEP player made of GStreamer's webrtcbin. Usage and output as aiortc_client.py."""
import argparse
import sys
import threading

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

import media  # noqa: E402
import whip  # noqa: E402
from media import RATE, SIZE, say  # noqa: E402

FPS = 15
CHUNK = 960
OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2"
VP8 = "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack=true,rtcp-fb-nack-pli=true"


class Publisher:
    def __init__(self, options):
        self.options = options
        sources = (
            f"appsrc name=sound is-live=true format=time do-timestamp=false caps=audio/x-raw,format=S16LE,layout=interleaved,rate={RATE},channels=1"
            f" ! queue ! opusenc ! rtpopuspay pt=97 ! {OPUS} ! out. "
        )
        if options.colour:
            sources += (
                f"appsrc name=sight is-live=true format=time do-timestamp=false caps=video/x-raw,format=RGB,width={SIZE[0]},height={SIZE[1]},framerate={FPS}/1"
                " ! queue ! videoconvert ! vp8enc deadline=1 target-bitrate=300000 keyframe-max-dist=3000 error-resilient=default"
                f" ! rtpvp8pay pt=96 picture-id-mode=15-bit ! {VP8} ! out. "
            )
        self.pipeline = Gst.parse_launch(sources + "webrtcbin name=out bundle-policy=max-bundle")
        self.webrtc = self.pipeline.get_by_name("out")
        self.sent = {"sound": 0, "sight": 0}

    def prepare(self):
        for at in range(2 if self.options.colour else 1):
            self.webrtc.emit("get-transceiver", at).set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.feed("sound", CHUNK * 1000 // RATE, self.sound)
        if self.options.colour:
            self.feed("sight", 1000 // FPS, self.sight)

    def feed(self, name, every, make):
        source = self.pipeline.get_by_name(name)

        def push():
            # As many as the pipeline's clock is due, whatever the timer did.
            while self.sent[name] * every * Gst.MSECOND <= self.pipeline.get_current_running_time():
                buffer = Gst.Buffer.new_wrapped(make(self.sent[name]))
                buffer.pts = self.sent[name] * every * Gst.MSECOND
                buffer.duration = every * Gst.MSECOND
                self.sent[name] += 1
                source.emit("push-buffer", buffer)
            return True

        GLib.timeout_add(5, push)

    def sound(self, count):
        return media.tone(self.options.hz, count * CHUNK, CHUNK).tobytes()

    def sight(self, count):
        return media.picture(self.options.colour, count % 256).tobytes()


class Player:
    def __init__(self, options):
        self.pipeline = Gst.Pipeline.new()
        self.webrtc = Gst.ElementFactory.make("webrtcbin")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.webrtc)
        self.webrtc.connect("pad-added", self.came)
        self.ears = media.Ears(options.listen)
        self.eyes = media.Eyes()

    def prepare(self):
        receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        for caps in (OPUS, VP8):
            self.webrtc.emit("add-transceiver", receive, Gst.Caps.from_string(caps))

    def came(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        audio = pad.get_current_caps().get_structure(0).get_string("media") == "audio"
        chain = (
            f"rtpopusdepay ! opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate={RATE},channels=1"
            if audio
            else "rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=RGB"
        )
        branch = Gst.parse_bin_from_description(f"queue ! {chain} ! appsink name=sink emit-signals=true sync=false max-buffers=50", True)
        branch.get_by_name("sink").connect("new-sample", self.hear if audio else self.see)
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        pad.link(branch.get_static_pad("sink"))

    def hear(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        data = buffer.extract_dup(0, buffer.get_size())
        self.ears.hear(numpy.frombuffer(data, dtype=numpy.int16).astype(numpy.float64) / 32768)
        return Gst.FlowReturn.OK

    def see(self, sink):
        sample = sink.emit("pull-sample")
        shape = sample.get_caps().get_structure(0)
        width, height = shape.get_value("width"), shape.get_value("height")
        data = sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
        rows = numpy.frombuffer(data, dtype=numpy.uint8).reshape(height, -1)  # rows are padded to four octets
        self.eyes.see(rows[:, : width * 3].reshape(height, width, 3))
        return Gst.FlowReturn.OK


# A description belongs to whom it was handed by: what is passed on is made anew.
def describe(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


class Session:
    """Offer once all candidates are gathered, answer, and the end of stdin."""

    def __init__(self, peer, options, loop):
        self.peer, self.options, self.loop = peer, options, loop
        self.session = None
        self.posted = False
        peer.webrtc.connect("on-negotiation-needed", self.offer)
        peer.webrtc.connect("notify::ice-gathering-state", self.gathered)
        peer.webrtc.connect("notify::connection-state", self.changed)

    def offer(self, webrtc):
        webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None))

    def offered(self, promise, _):
        reply = promise.get_reply()
        offer = reply.get_value("offer").sdp.as_text()
        self.peer.webrtc.emit("set-local-description", describe(GstWebRTC.WebRTCSDPType.OFFER, offer), Gst.Promise.new())

    def gathered(self, webrtc, _):
        if self.posted or webrtc.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return
        self.posted = True
        threading.Thread(target=self.post, args=(webrtc.get_property("local-description").sdp.as_text(),), daemon=True).start()

    def post(self, offer):
        self.session, answer = whip.post(self.options.url, offer)
        if self.session is None:
            GLib.idle_add(self.loop.quit)
            return
        self.peer.webrtc.emit("set-remote-description", describe(GstWebRTC.WebRTCSDPType.ANSWER, answer), Gst.Promise.new())

    def changed(self, webrtc, _):
        say(state=webrtc.get_property("connection-state").value_nick)


def main(options):
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = Publisher(options) if options.what == "publish" else Player(options)
    session = Session(peer, options, loop)
    peer.prepare()
    bus = peer.pipeline.get_bus()
    bus.add_signal_watch()

    def failed(_, message):
        print(message.parse_error(), file=sys.stderr)
        loop.quit()

    bus.connect("message::error", failed)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    peer.pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)
    if session.session is None:
        return 1
    whip.delete(session.session)
    return 0


sys.exit(main(media.options(argparse.ArgumentParser())))
