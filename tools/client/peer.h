/* tools/client/peer.h
 *
 * A whole WebRTC peer without I/O: it offers, reads the answer, connects (rtc_client.h), sends and
 * receives media, and says what a browser would by RTCP: sender and receiver reports once a second,
 * transport-wide feedback. Datagrams go in and come out; HTTP or WebSocket carry offer and answer.
 *
 * Made to be cheap by the thousand: of incoming media only the header is read, and one packet in
 * `open_every` is verified and decrypted. Not thread safe. Allocates at birth, when the answer comes,
 * and in OpenSSL; never per packet.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_PEER_H
#define ROSTRUM_TOOLS_CLIENT_PEER_H

#include "sfu/bwe/estimator.h"
#include "tools/client/receiver.h"
#include "tools/client/rtc_client.h"
#include "tools/client/sdp.h"
#include "tools/client/sender.h"

/* IPv4 and UDP: what a sealed packet takes of the line beside itself, octets. */
#define RTC_PEER_BELOW 28
/* A datagram that rtc_peer_send() makes is never longer. */
#define RTC_PEER_DATAGRAM_MAX 1500

struct rtc_peer;

enum rtc_peer_state {
	RTC_PEER_NEW,        /* no answer yet */
	RTC_PEER_CONNECTING, /* checks and handshake */
	RTC_PEER_CONNECTED,
	RTC_PEER_FAILED, /* the handshake was refused, or the server closed */
	RTC_PEER_DEAD,   /* no answer to a check for `dead_after` */
};

/* One medium packet that was opened. */
struct rtc_peer_media {
	size_t section; /* counts from 0 as in the configuration */
	uint16_t seq;
	uint32_t rtp_ts;
	const uint8_t *payload_view; /* until the call returns */
	size_t len;
	rs_time arrived;
};
/* It may not call back into the peer. */
typedef void rtc_peer_media_fn(void *ctx, const struct rtc_peer_media *media);

struct rtc_peer_config {
	size_t n_sections;
	struct rtc_section sections[RTC_SECTIONS_MAX]; /* without SSRCs: the peer makes them */
	uint64_t seed;       /* of credentials and numbers; a different one each peer */
	unsigned open_every; /* 0 = open nothing, 1 = every packet */
	/* Packets that each section that sends keeps, to send them again when they are asked for: pictures by RTX, sound, and
	 * whatever the answer has no RTX for, as it was. 0 = none. */
	size_t resend;
	/* Told of all that is sent and of what comes back; gives the transport-wide numbers. Then sound has none (see sfu/bwe/history.h),
	 * and pictures are not sent again while its line is to be left alone. Made anew for each peer, and outlives it. NULL = nobody. */
	struct estimator *estimator;
	bool reports;                /* receiver reports and transport-wide feedback */
	rs_time check_interval;      /* us between ICE checks once connected */
	rs_time dead_after;          /* us without any answer to a check; 0 = never */
	rtc_peer_media_fn *on_media; /* or NULL */
	void *ctx;
};

/* 0, -EINVAL (no or too many sections), -ENOMEM, -EIO (OpenSSL). */
int rtc_peer_new(
	const struct rtc_peer_config *config, rs_time now, struct rtc_peer **out_peer) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct rtc_peer *rtc_peer_free(struct rtc_peer *peer);

/* Appends the offer. As rtc_offer_write(). */
int rtc_peer_offer(const struct rtc_peer *peer, struct rs_buf *out) RS_MUST_USE;
/* The answer came: connecting begins, from a socket that reaches IPv6 if `has_v6`. 0, -EPROTO (twice),
 * -EBADMSG (does not parse, another number of sections, no candidate that can be reached), -E2BIG. */
int rtc_peer_answer(
	struct rtc_peer *peer, const char *text, size_t len, bool has_v6, rs_time now) RS_MUST_USE;

/* A datagram came at `now`; `data` is changed in place. What is not for this peer is ignored. */
void rtc_peer_recv(struct rtc_peer *peer, uint8_t *data, size_t len, rs_time now);
/* `wall_us` is microseconds since 1970, for sender reports. */
void rtc_peer_tick(struct rtc_peer *peer, rs_time now, int64_t wall_us);
rs_time rtc_peer_deadline(const struct rtc_peer *peer);
/* Takes one datagram of ICE, DTLS or RTCP: 1, or 0 = none. */
int rtc_peer_poll(struct rtc_peer *peer, struct rtc_client_datagram *out_datagram);

/* One media packet of `section` and simulcast layer (0 without), sealed into `out` of `cap` octets:
 * its length; -EPROTO (not connected, or the section was refused); -ENOSPC; -ENOENT (no such section or
 * layer). It goes to rtc_peer_remote(). */
int rtc_peer_send(struct rtc_peer *peer, size_t section, size_t layer,
	const struct rtc_payload *payload, uint8_t *out, size_t cap) RS_MUST_USE;
/* One packet of padding of a section that sends pictures, of up to `octets` (1 to 255), to find out what the line carries: as
 * rtc_peer_send(), and -EPROTO where nothing was agreed that it could go by. */
int rtc_peer_pad(struct rtc_peer *peer, size_t section, uint8_t octets, uint8_t *out,
	size_t cap) RS_MUST_USE;
/* Where media goes; valid once connected. */
struct rs_addr rtc_peer_remote(const struct rtc_peer *peer);

/* As of the last tick or packet. */
enum rtc_peer_state rtc_peer_state(const struct rtc_peer *peer);
/* False when the answer refused the section. */
bool rtc_peer_has(const struct rtc_peer *peer, size_t section);
/* Redundant audio may be sent in that section. */
bool rtc_peer_takes_red(const struct rtc_peer *peer, size_t section);
/* What came in a section that receives. */
const struct rtc_receiver *rtc_peer_receiver(const struct rtc_peer *peer, size_t section);
/* Of a section that sends, without simulcast: the share of its packets that was lost according to the last report, in 1/256, before any
 * repair (RFC 3550 section 6.4.1); 0 while there is none. */
uint8_t rtc_peer_lost(const struct rtc_peer *peer, size_t section);
/* The round trip by the answers to our sender reports (round_trip.h), us; -1 = not known: nothing was sent yet, or not answered. */
rs_time rtc_peer_rtt(const struct rtc_peer *peer);
/* A key frame of that layer was asked for (PLI or FIR) since the last call. */
bool rtc_peer_keyframe_wanted(struct rtc_peer *peer, size_t section, size_t layer);

/* All only grow. */
struct rtc_peer_stats {
	uint64_t opened;      /* packets verified */
	uint64_t unauthentic; /* of those that should have been */
	uint64_t unknown;     /* payload type of no section; RTX is none */
	uint64_t rtx;    /* packets of the RTX stream: resent, or padding that probes the line */
	uint64_t nacked; /* packets the server asked for again */
	uint64_t resent; /* of those, sent again */
	uint64_t resent_octets; /* with all that lies below RTP */
};
const struct rtc_peer_stats *rtc_peer_stats(const struct rtc_peer *peer);

#endif
