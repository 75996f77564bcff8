/* signaling/technician/troubles.h
 *
 * What is wrong with one thing that a technician watches (somebody's line and microphone, a node, the recording), how badly, and since
 * when. A machine fed with one figure a trouble and second; a trouble comes, worsens and goes only after seconds in a row that say so,
 * and each bound is left at a milder figure than it is reached, so that a list of troubles does not flicker. Plain value; one thread;
 * allocates nothing.
 */
#ifndef ROSTRUM_SIGNALING_TECHNICIAN_TROUBLES_H
#define ROSTRUM_SIGNALING_TECHNICIAN_TROUBLES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity {
	SEVERITY_NONE,
	SEVERITY_WARNING,  /* it works, and will be noticed if it stays so */
	SEVERITY_CRITICAL, /* it does not work, or others bear it already */
};

enum trouble {
	/* of a line and what comes by it */
	TROUBLE_LINE_LOST, /* severity: critical of who is to be heard now */
	TROUBLE_NO_SOUND,  /* severity: the microphone is open and no packet comes */
	TROUBLE_LOSS_UP,   /* permille, before repair */
	TROUBLE_LOSS_DOWN, /* permille that the line loses whatever is sent */
	TROUBLE_DELAY,     /* ms, there and back */
	TROUBLE_JITTER,    /* ms (RFC 3550) */
	TROUBLE_QUEUE,     /* ms that packets wait for the line to it */
	TROUBLE_NARROW,    /* kbit/s that the line to it carries; less is worse */
	TROUBLE_CLOCK,     /* ms that the clock of the page is off, either way */
	/* of a voice: severities, as interpretation/interpretability.h judges it */
	TROUBLE_BAND,
	TROUBLE_QUIET,
	TROUBLE_CLIPPING,
	TROUBLE_UNDELIVERED, /* severity: what was said while the line was lost is not in the record; also of who is not here */
	/* of a room's box, as it says: box.h */
	TROUBLE_CAMERA,        /* severity: a camera gives no picture */
	TROUBLE_CARD,          /* severity: a sound card is away */
	TROUBLE_XRUNS,         /* of its sound cards, in a minute or two */
	TROUBLE_CARD_CLOCK,    /* parts in a million that a sound card's clock is off */
	TROUBLE_ROOM_CLOCK,    /* ms that the clock of its computer is off, either way */
	TROUBLE_KEPT_FULL,     /* percent of its room for outages that is used */
	TROUBLE_SEAT_SILENT,   /* dB below full scale that the microphone of an open seat is */
	TROUBLE_SEAT_CLIPPING, /* permille of the samples of such a microphone */
	/* of a node */
	TROUBLE_CPU,      /* percent of the threads that move media */
	TROUBLE_SLOW,     /* us, the slowest packet of a second through the media server */
	TROUBLE_DISK,     /* severity */
	TROUBLE_PICTURES, /* severity: pictures are left out of the record */
	TROUBLE_COPY,     /* severity: the second copy cannot be written */
	/* of a meeting: severities */
	TROUBLE_NO_MEDIA_SERVER,
	TROUBLE_NO_RECORDER,
	TROUBLE_RECORDING, /* it failed */
	TROUBLE_RECORD_GAPS,
	TROUBLE_COUNT,
};

/* Not measured this second: what is thought of the trouble stays as it is. */
#define TROUBLE_UNKNOWN INT_MIN

struct trouble_state {
	enum severity is;
	enum severity
		next; /* what the last seconds say otherwise: the mildest of them when worse, the worst when better */
	uint32_t seconds; /* so many of them in a row; 0 = none */
	int64_t began_ms; /* the first of them, wall clock */
	int64_t since_ms; /* wall clock: since then it is not SEVERITY_NONE */
	int figure;       /* measured last, in the unit above */
};

struct troubles {
	struct trouble_state states[TROUBLE_COUNT];
};

/* Nothing is wrong. */
void troubles_init(struct troubles *troubles);
/* The figure of this second, in the unit of the trouble; `wall_ms` does not go back. True when its severity changed. */
bool troubles_weigh(struct troubles *troubles, enum trouble trouble, int figure, int64_t wall_ms);

/* "loss-up" ...; what it is in a sentence for people; never NULL. */
const char *trouble_name(enum trouble trouble);
const char *trouble_text(enum trouble trouble);
/* "none", "warning", "critical". */
const char *severity_name(enum severity severity);

#endif
