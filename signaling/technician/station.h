/* signaling/technician/station.h
 *
 * A station is a place in the meeting that a technician keeps working: a delegate's page, a room box, an interpreter's desk. It
 * remembers how its line is, what is wrong with it (troubles.h), and the last ten minutes. A machine fed with what is measured of
 * it once a second. One thread; the history is allocated with the first second of a line, 2 KiB, and is bounded.
 */
#ifndef ROSTRUM_SIGNALING_TECHNICIAN_STATION_H
#define ROSTRUM_SIGNALING_TECHNICIAN_STATION_H

#include "signaling/technician/box.h"

/* The history is kept in steps on the wall clock: step n is from n * STATION_STEP_MS on. */
#define STATION_STEP_MS 5000
#define STATION_STEPS 120

enum station_figure {
	/* with a history */
	STATION_LEVEL,     /* dBov of its microphone, -127 to 0 */
	STATION_LOSS_UP,   /* permille of its packets, before repair */
	STATION_LOSS_DOWN, /* permille that the line to it loses */
	STATION_RTT,       /* ms */
	STATION_JITTER,    /* ms, of its microphone */
	STATION_UP,        /* kbit/s that come from it */
	STATION_DOWN,      /* kbit/s that go to it */
	STATION_CONCEALED, /* permille of what it plays that it had to make up; said by its page, as all below that it says */
	STATION_DECODED, /* pictures a second that it shows */
	STATION_SERIES,
	/* as it is now */
	STATION_CAPACITY = STATION_SERIES, /* kbit/s that the line to it is thought to carry */
	STATION_QUEUE,                     /* ms that packets wait for it */
	STATION_KHZ,                       /* top of the band its microphone is coded with */
	STATION_CLOCK,                     /* ms, the clock of its page less ours */
	STATION_AVAILABLE,    /* kbit/s that the line from it is thought to carry; its page */
	STATION_HEARD_JITTER, /* ms, of what it hears; its page */
	STATION_DROPPED,      /* permille of the pictures that came to it; its page */
	STATION_FIGURES,
};

/* The way media takes, as a page says it: its own end, and the transport. */
enum station_path {
	STATION_PATH_UNKNOWN,
	STATION_PATH_HOST_UDP,
	STATION_PATH_HOST_TCP,
	STATION_PATH_NAT_UDP, /* server or peer reflexive */
	STATION_PATH_NAT_TCP,
	STATION_PATH_RELAY_UDP, /* to the relay */
	STATION_PATH_RELAY_TCP,
	STATION_PATH_RELAY_TLS,
	STATION_PATHS,
};

/* Why a page's camera sends less than it could. */
enum station_limit {
	STATION_LIMIT_NONE,
	STATION_LIMIT_CPU,
	STATION_LIMIT_BANDWIDTH,
	STATION_LIMIT_OTHER,
	STATION_LIMITS,
};

/* What a page says of its own line; TROUBLE_UNKNOWN where it says nothing. */
struct station_page {
	enum station_path path;
	enum station_limit limit;
	int rtt;                                            /* ms, of the path */
	int jitter, concealed, decoded, dropped, available; /* as the figures above */
	int hum; /* dBov, of the mains in what its microphone gives */
};
/* So many seconds after it was said it is no longer so. */
#define STATION_PAGE_S 15

/* "host-udp" ..., "" for not known; "none", "cpu" ...; never NULL. */
const char *station_path_name(enum station_path path);
const char *station_limit_name(enum station_limit limit);

/* One second of a station. */
struct station_second {
	bool here;                    /* somebody has joined */
	bool line;                    /* it has a media line */
	bool lost;                    /* nothing comes by that */
	bool open;                    /* its microphone is to be heard now */
	bool flows;                   /* packets of the microphone come */
	int figures[STATION_FIGURES]; /* TROUBLE_UNKNOWN = not measured */
	enum severity band, quiet, clipping;
	enum severity undelivered;
	const struct box *box; /* what a room's box says; NULL = it is none */
};

struct station_history;

struct station {
	bool here;
	int figures[STATION_FIGURES]; /* of the last second; TROUBLE_UNKNOWN */
	struct troubles troubles;
	struct station_history *history; /* NULL = none yet */
};

/* Nobody is here, nothing is known. */
void station_init(struct station *station);
/* Frees what it remembers; nobody is here. */
void station_done(struct station *station);
/* One second more, at `wall_ms`, which does not go back. Who is not here has no troubles but what was not
 * delivered; the history stays.
 * Without memory for a history there is none until a later second. */
void station_add(struct station *station, const struct station_second *second, int64_t wall_ms);
/* The history of a figure below STATION_SERIES, oldest first: STATION_STEPS values that end with the last whole step before `wall_ms`;
 * TROUBLE_UNKNOWN where nothing was measured. What is lost, late or loud is the worst of its step; what flows, the mean. */
void station_read(const struct station *station, enum station_figure figure, int64_t wall_ms,
	int out[STATION_STEPS]);

/* "loss_up", "rtt" ...; never NULL. */
const char *station_figure_name(enum station_figure figure);

#endif
