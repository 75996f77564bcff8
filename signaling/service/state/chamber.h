/* signaling/service/state/chamber.h
 *
 * A chamber is one meeting at work: its proceedings, the log they are appended to, the sessions that watch it, what is known of its
 * people. At most one append is under way in a chamber; commands wait in its queue. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_CHAMBER_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_CHAMBER_H

#include "signaling/broadcast/broadcast.h"
#include "signaling/interpretation/interpretability.h"
#include "signaling/interpretation/speech.h"
#include "signaling/proceedings/plan.h"
#include "signaling/service/state/listening.h"
#include "signaling/service/state/sync.h"
#include "signaling/store/store.h"
#include "signaling/technician/errands.h"
#include "signaling/technician/precall.h"
#include "signaling/technician/station.h"
#include "signaling/wire/node/node.h"

/* Replies remembered in a meeting, so that a command sent again is answered again. */
#define REPLIES_KEPT 1024

struct ballot_box;
struct ballot_key;
struct broadcast;
struct chamber;
struct chat;
struct decisions;
struct late_desk;
struct live_caption;
struct peer;
struct replies;
struct service;
struct stream;

/* A WebSocket. */
struct session {
	uint64_t id;
	struct session *prev, *next; /* in the chamber */
	struct chamber *chamber;     /* NULL until hello was taken */
	size_t participant;
	rs_time hello_by;
	char peer[RS_NAME_MAX + 1]; /* its media peer; empty = none */
	bool companion;             /* of somebody in the room: sends no media */
	bool changes;               /* is told what is not as it was, lists by entry */
	bool surveys;               /* is told how the lines of all are */
	bool looks;                 /* at a room's box: */
	size_t looks_at;            /* that participant's */
	size_t captions; /* language whose captions it shows: index of the channel + 1; 0 = none */
	/* rate limit: a bucket of thousandths of a command */
	int64_t bucket;
	rs_time filled;
	uint32_t refused; /* in a row */
	struct sync sync; /* how the page's clock stands */
};

/* Their turn, as they were told it. */
struct turn_told {
	uint32_t entry; /* 0 = none */
	int64_t start_ms;
	enum plan_fit fit;
};

/* A station as technicians were told it. */
struct station_told {
	bool here;
	int figures[STATION_FIGURES]; /* rounded */
	enum severity is[TROUBLE_COUNT];
	int troubles[TROUBLE_COUNT]; /* their figures */
	enum station_path path;
	enum station_limit limit;
};

/* How loud a microphone is, dBov, as the media server says it while somebody surveys. */
struct meter {
	bool known;
	int8_t level, peak;
};

/* What a box said. Embedded; `text` is owned. */
struct box_said {
	struct box box;
	char *text;        /* the report, as technicians are told it; NULL = none is fresh */
	rs_time at;        /* when it came */
	bool is_news;      /* it is otherwise than technicians know */
	unsigned every_ms; /* the box was told so; 0 = nothing */
};

#define GREENROOM_PLACES 3

/* Who is in it, and what of each is ready, as it was told. */
struct greenroom {
	size_t people[GREENROOM_PLACES];  /* index of the participant */
	unsigned ready[GREENROOM_PLACES]; /* set of enum greenroom_ready */
	size_t n;
};

/* What is known of a participant beside the proceedings: sockets, media, measurements. */
struct person {
	size_t sessions;
	struct peer *peers;
	rs_time away_at; /* when it counts as gone; RS_TIME_NEVER while it is here */
	bool left;       /* on purpose */
	int64_t place;   /* number of the live place, the newest known; 0 = none yet */
	bool companion;  /* the page is that of somebody in the room */
	bool pressed;    /* the key of their seat: to be told */
	bool elsewhere;  /* a second page took the place of the first: to be told */
	bool media_lost; /* the transport told so */
	struct listening listening;
	/* measured now and told last; -1 = nothing */
	int level, level_told; /* -dBov */
	int rtt_ms, rtt_told;
	int loss, loss_told; /* thousandths */
	int speaking, speaking_told;
	int sound,
		sound_told; /* band of the microphone and the verdict on it as one figure, see technician/measure.c */
	struct interpretability interpretability;
	int ear_ms, ear_told; /* from the microphone that is heard to this ear */
	int jitter_ms;        /* of the microphone; good while there is a level */
	int khz;              /* top of its band; 0 = not known */
	int clock_ms;         /* the page's clock less ours; TROUBLE_UNKNOWN */
	struct station station;
	struct station_told station_told;
	struct meter meter;
	struct errands errands;
	struct station_page page; /* said last of its own line */
	rs_time page_at;          /* then; 0 = never */
	struct box_said box;      /* of a room */
	struct precall precall;   /* the newest; wall_ms 0 = never tested */
	bool precall_news;        /* not told yet */
	int64_t mic_packets;
	rs_time heard_at; /* the microphone last gave more than silence; 0 = never */
	int64_t camera_packets;
	rs_time seen_at;   /* pictures came last; 0 = never */
	int64_t slower_ms; /* asked the speaker to slow down then, wall clock; 0 = never */
	size_t turn_at;    /* index in the plan being told */
	struct turn_told turn;
	int64_t chat_bucket,
		chat_ms; /* messages of the chat, thousandths of a minute's; since when */
};

/* Whether the booths speak. */
struct booths_heard {
	bool speak;       /* some do */
	rs_time spoke_at; /* then last */
	char channels[EVENT_NAMES_MAX +
		      1];   /* those that are spoken into, or were last; empty = none were yet */
	rs_time release_at; /* what waits for them is not given again before */
};

/* A command waiting for its turn. */
struct job {
	struct job *next;
	uint64_t session; /* who is to be answered; 0 = nobody or an HTTP request */
	uint64_t request;
	char badge[RS_NAME_MAX + 1];
	char id[RS_NAME_MAX + 1]; /* empty: not to be remembered */
	bool key_wanted;          /* a secret ballot's key was asked for on its behalf */
	struct command command;
};

/* What the recorder was told about a meeting. */
struct archive {
	char session[EVENT_SESSION_MAX + 1]; /* it records this; empty = nothing */
	enum visibility class;               /* of that session */
	char tap[NODE_PATH_MAX + 1];         /* where it was told to find the media */
	uint64_t forwarded;                  /* last event handed over */
	uint64_t end;                        /* last event of the session; 0 = it goes on */
	bool reading;                        /* older events are being read from the store */
	uint64_t ticket;
	enum node_recording_state report;
	bool reported;
	char reason[EVENT_REASON_MAX + 1];
	struct node_account account;
};

/* The whole view as of `event`, less its last octet, cut into parts that no socket must hold back; see snapshot_take(). */
struct snapshot {
	struct message **parts;
	size_t n_parts; /* 0 = none yet */
	size_t octets;
	uint64_t event;
	rs_time written;
};

struct chamber {
	struct chamber *next;
	struct proceedings *proceedings;
	char conference[RS_NAME_MAX + 1]; /* whose people these are */
	char file[RS_NAME_MAX + 1];       /* the conference file it stands in */
	char epoch[RS_NAME_MAX + 1];      /* of the history, for resume */
	uint64_t claim;                   /* of the store */
	bool fenced;
	struct broadcast *broadcast;
	struct replies *replies;
	struct chat *chat;
	struct person *people; /* as many as participants */
	struct session *sessions;
	struct stream *streams;      /* displays */
	struct decisions *decisions; /* proclaimed; NULL = none yet */
	struct snapshot snapshot;
	struct job *first_job, *last_job;
	bool job_turn; /* not the outside world's */
	size_t n_jobs;
	/* the append under way */
	bool in_flight;
	uint64_t ticket; /* of the store */
	bool unknown;    /* its outcome is unknown: to be asked again */
	struct job *job; /* whose it is; NULL = the outside world's */
	struct events events;
	struct message *payloads[EVENTS_MAX];
	struct message *reply;
	rs_time retry_at; /* not before; 0 = at once */
	bool store_down;  /* said so in the log */
	/* media */
	char language[EVENT_LANGUAGE_MAX + 1]; /* spoken on the floor when pages were bound last */
	char node[RS_NAME_MAX + 1]; /* name of the SFU whose instance it is, as far as known */
	rs_time media_lost_at;      /* since when that SFU is away */
	struct archive archive;
	struct {
		rs_time due;     /* to be looked at then */
		rs_time told_at; /* when it was last */
		struct message
			*told; /* to those who preside; NULL = nothing, or not to all of them */
	} plan;
	struct booths_heard booths;
	struct late_desk *late;    /* of rooms whose line was lost; NULL = nothing is known */
	struct live_caption *live; /* captions being typed, of each channel */
	struct speech speech;      /* of whoever has the floor */
	struct ballot_box *box;    /* of the secret ballot that is open; NULL = none */
	struct {
		uint32_t decision;      /* whose it is */
		struct ballot_key *key; /* NULL: not read, or there is none */
		uint64_t making;     /* number of the SERVICE_MAKE_BALLOT_KEY under way; 0 = none */
		uint32_t making_for; /* decision */
		bool failed;         /* the last one could not be made */
	} ballot_key;
	struct greenroom greenroom; /* as it was told */
	struct troubles troubles;   /* what the meeting lacks */
	bool troubles_news;         /* not told yet */
	rs_time errands_due;        /* something asked of somebody is over; RS_TIME_NEVER */
	rs_time deadline;           /* when presence or media are to be looked at again */
};

struct chamber *chamber_find(const struct service *service, const char *meeting);
/* Whether its people are those of this conference. */
bool chamber_is_of(const struct chamber *chamber, const char *conference);
/* NULL when nobody has this badge. */
struct person *chamber_person(const struct chamber *chamber, const char *badge);
/* Queue a command; 0 or -E2BIG. */
int chamber_submit(struct service *service, struct chamber *chamber, const struct job *job);

/* What was measured of this person holds no more. */
void measure_forget(struct person *person);

#endif
