/* signaling/service/service_priv.h
 *
 * What the service is made of, and what its parts offer one another.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SERVICE_PRIV_H
#define ROSTRUM_SIGNALING_SERVICE_SERVICE_PRIV_H

#include "common/base/map.h"
#include "signaling/proceedings/permissions.h"
#include "signaling/service/captions.h"
#include "signaling/service/chamber.h"
#include "signaling/service/echo.h"
#include "signaling/service/errands.h"
#include "signaling/service/late.h"
#include "signaling/service/peers.h"
#include "signaling/service/technician.h"
#include "signaling/wire/beside/hook.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/rehearsal.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/node/figures.h"
#include "signaling/wire/node/late.h"
#include "signaling/wire/view/view.h"

/* A conference file at its largest. */
#define CONFERENCE_TEXT_MAX ((size_t)4 << 20)
#define RULES_MAX 32
#define GATES_KEPT 64
/* Close codes of PROTOCOL.md section 1. */
#define CLOSE_MALFORMED 4000
#define CLOSE_NO_TOKEN 4001
#define CLOSE_FORBIDDEN 4003
#define CLOSE_NO_MEETING 4004
#define CLOSE_FLOODING 4008
#define CLOSE_ELSEWHERE 4009
#define CLOSE_NOT_ADMITTED 4010
/* After a store that was down. */
#define STORE_RETRY RS_MS(500)
/* Media server instances remembered, so that peers are taken back from each once. */
#define INSTANCES_SEEN 16
#define EPOCH_LEN 8
/* Questions about participants' media under way, and peers watched for them. */
#define LOOKS_MAX 16
#define LOOKS_PEERS_MAX 8
#define VIEW_MAX ((size_t)4 << 20)

struct node {
	uint64_t id;
	bool greeted;
	bool draining; /* its meetings go to another as soon as there is one; it gets no new ones */
	enum node_kind kind;
	char name[RS_NAME_MAX + 1];
	char instance[RS_NAME_MAX + 1];
	int64_t revision; /* last said */
	int64_t applied;
	char tap[NODE_PATH_MAX + 1];
	struct peer_node *workers;
	size_t n_workers;
	struct figures *figures; /* last said; NULL = never */
	struct troubles troubles;
	int64_t cpu_us; /* used by its media threads up to cpu_at; 0 = it said nothing yet */
	rs_time cpu_at;
	int cpu, slow_us; /* percent, and the slowest packet; TROUBLE_UNKNOWN */
};

struct gate_report {
	char meeting[RS_NAME_MAX + 1];
	char source[RS_NAME_MAX + 1];
	uint64_t event;
	int64_t opened_us, first_us;
};

/* A conference that was read and is being written down. */
struct import {
	uint64_t request;
	uint64_t ticket;
	struct conference *conference; /* NULL = none under way */
	char epoch[RS_NAME_MAX + 1];
	uint8_t hash[RS_SHA256_LEN];
};

/* What was imported, to know it again. */
struct known_conference {
	struct known_conference *next;
	char id[RS_NAME_MAX + 1];
	char of[RS_NAME_MAX + 1]; /* whose meetings they are */
	uint8_t hash[RS_SHA256_LEN];
};

/* A rehearsal that is being cleared. */
struct clearing {
	uint64_t request; /* 0 = none */
	uint64_t ticket;  /* of the store; 0 = it is not asked yet */
	char meeting[RS_NAME_MAX + 1];
	rs_time by; /* then it is given up */
};

/* Events that are being read for an HTTP request. */
struct reading {
	uint64_t request; /* 0 = free */
	uint64_t ticket;
	char meeting[RS_NAME_MAX + 1];
	uint64_t after;   /* read up to there */
	uint64_t last;    /* of the meeting, when it was asked */
	size_t limit;     /* events wanted yet */
	size_t batches;   /* that may be looked through yet */
	const char *name; /* as event_name() gives it; NULL = all */
	struct rs_buf out;
};
#define READINGS_MAX 32

struct credential_change; /* credentials_priv.h */

struct service_counters {
	uint64_t commands, refused, malformed, flooded, resumed, joined, outputs_lost;
	uint64_t pins_refused, pins_limited, pins_locked;
	uint64_t hooks_delivered, hooks_failed;
	uint64_t tests, tests_limited; /* of lines */
};

/* A question about a participant's media. */
struct look {
	uint64_t request; /* 0 = free */
	char meeting[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	enum service_look what;
	rs_time by; /* then it is given up */
};

/* A part of what a room kept that the recorder has not answered yet. */
struct late_flight {
	uint64_t ticket; /* 0 = free */
	uint64_t request;
	rs_time by; /* then it is given up */
	char late_meeting[RS_NAME_MAX + 1];
	char source[RS_NAME_MAX + 1];
	char outage[RS_NAME_MAX + 1];
	uint32_t part, parts;
	int64_t from_us, to_us;
};

struct service {
	struct service_config config;
	struct rules rules[RULES_MAX];
	size_t n_rules;
	struct chamber *chambers;
	size_t n_chambers;
	struct known_conference *conferences;
	struct import import;
	struct clearing clearing;
	struct rs_map *credentials;        /* by a digest of conference and badge */
	struct rs_map *links;              /* the same, by link */
	struct credential_change *changes; /* on their way to the store */
	struct rs_map *sessions;           /* by id */
	struct rs_map *peers;              /* by name */
	struct peer *waiting;              /* those with commands that wait for the media server */
	struct rs_map *nodes;              /* by id */
	uint64_t last_id;
	uint64_t last_ticket;
	uint32_t last_csrc; /* of sources that are no participants */
	char seen[INSTANCES_SEEN][RS_NAME_MAX + 1];
	size_t n_seen; /* ever */
	struct gate_report gates[GATES_KEPT];
	size_t n_gates; /* ever */
	struct look looks[LOOKS_MAX];
	struct late_flight lates[LATE_FLIGHTS_MAX];
	struct reading readings[READINGS_MAX];
	size_t n_streams;
	struct hook *hooks; /* webhooks */
	struct echo_grant echoes[ECHO_MAX];
	struct precall_pending precalls[PRECALL_PENDING_MAX];
	struct service_out *out; /* a ring */
	size_t out_first, out_n, out_cap;
	struct plan *plan; /* being told */
	struct message
		*disk; /* what was told last of the recorder's disk; NULL = nothing is known */
	rs_time deadline;
	struct service_counters counters;
};

/* out.c */
/* Takes `message`. */
void out_push(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	struct message *message);
/* Sends what is in the buffer and empties it; `err` is that of its writing. */
void out_text(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	int err, struct rs_buf *text);
void out_done(struct service *service);

/* late.c, late_outages.c, late_rooms.c */
struct late_desk *late_free(struct late_desk *desk);
/* An event was applied, and the gate may have moved. */
void late_follow(struct chamber *chamber, int64_t wall_ms);
/* The line of somebody was lost, or is there again. */
void late_line(struct service *service, struct chamber *chamber, const char *source, bool lost,
	struct moment at);
/* How bad it is that something of this source is not in the record of the session that runs. */
enum severity late_undelivered(const struct chamber *chamber, const char *source);
/* What is known of outages, to a page that came. */
void late_joined(struct service *service, const struct session *session);
/* What the recorder answered; it is gone; time has passed. */
void late_take(struct service *service, const struct node_message *message, struct moment at);
void late_gone(struct service *service);
void late_tick(struct service *service, struct moment at);

/* replies.c */
int replies_new(size_t max, struct rs_rand *rand, struct replies **out_replies) RS_MUST_USE;
struct replies *replies_free(struct replies *replies);
struct message *replies_find(const struct replies *replies, const char *badge, const char *id);
/* The oldest makes way; a reply that is there stays. */
void replies_add(
	struct replies *replies, const char *badge, const char *id, struct message *message);

/* admission.c */
/* As the meeting sits now; who has no badge is not judged here. */
bool admission_allows(const struct chamber *chamber, const char *badge);
enum admission {
	ADMISSION_GRANTED,
	ADMISSION_NO_BADGE, /* or one of another role */
	ADMISSION_NOT_NOW,  /* as the meeting sits */
};
/* The same for a token, whichever way it comes: WebSocket, REST, streams, WHIP. *out_participant is NULL for an admin, and without a
 * badge. */
enum admission admission_judge(const struct chamber *chamber, const struct claims *who,
	const struct participant **out_participant);
/* Number of the last event that is not for this bearer, as meeting_hidden_until(). */
uint64_t admission_hidden_until(const struct chamber *chamber, const struct claims *who);
/* What the meeting has from a time when it sat so: is it for this bearer? An admin has everything. */
bool admission_may_have(
	const struct chamber *chamber, const struct claims *who, enum visibility visibility);
/* Told why, and closed. */
void admission_refuse(struct service *service, struct session *session, enum visibility visibility,
	struct moment at);
/* The meeting sits before others now. */
void admission_changed(struct service *service, struct chamber *chamber, struct moment at);

/* refusal.c */
/* For people: a sentence of its own, or `text` filled with one that has the figures. */
const char *refusal_text(const struct chamber *chamber, enum command_kind kind,
	enum verdict verdict, char text[SERVICE_ERROR_LEN]);

/* chat.c */
int chat_new(struct chat **out_chat) RS_MUST_USE;
struct chat *chat_free(struct chat *chat);
/* A message that was kept. 0, -EBADMSG or -ENOMEM. */
int chat_load(struct chat *chat, const struct store_message *stored) RS_MUST_USE;
bool chat_has(const struct chat *chat, uint64_t number);
/* The command say; answered once the store has it. */
void chat_say(struct service *service, struct session *session, const struct wire_message *message,
	struct moment at);
/* What was said of late to whoever came. */
void chat_show(struct service *service, const struct session *session);
/* Forget a message, here and in the store. */
void chat_remove(struct service *service, struct chamber *chamber, uint64_t number);
/* Those whose time is over. */
void chat_expire(struct service *service, struct chamber *chamber, struct moment at);
/* A message is written, or not; false when it is none of this chamber's. */
bool chat_done(struct service *service, struct chamber *chamber, const struct store_done *done);

/* presence.c */
/* Compare the outside world with the state; fills chamber->events with what happened. */
void presence_reconcile(struct service *service, struct chamber *chamber, struct moment at);
/* The same of one badge's presence alone; nothing when it is nobody's. */
void presence_reconcile_one(
	struct service *service, struct chamber *chamber, const char *badge, struct moment at);
/* The badge that gives this command, who is there from now on: of the key of a seat, whoever sits there. */
const char *presence_author(struct chamber *chamber, const struct job *job);
/* Nothing comes from whoever has the floor, or something again, and that is not decided yet. */
bool presence_speaker_changed(const struct chamber *chamber);
/* The clock waits for the first word of whoever has the floor, and it is said. */
bool presence_awaited_voice(const struct chamber *chamber);
/* Adds to a command from whose microphone nothing comes, among the desks. */
void presence_tell_silent(const struct chamber *chamber, struct command *command);
/* Nothing comes any more from a desk that is live, or about to be, or something again from one that was, and nobody was told. */
bool presence_desk_changed(const struct chamber *chamber, struct moment at);
/* Nobody watches this participant any more: start the grace, or let it go at once. */
void presence_away(struct service *service, struct person *person, struct moment at);

/* booths.c */
/* Who speaks was measured anew. */
void booths_listen(struct chamber *chamber, struct moment at);
/* What a command is judged with that the booths have a say in. */
void booths_prepare(struct chamber *chamber, struct command *command, struct moment at);
/* A command was granted. */
void booths_asked(struct chamber *chamber, const struct command *command, struct moment at);
/* Give again what waited for the booths, once they are silent or it has waited long enough. */
void booths_tick(struct service *service, struct chamber *chamber, struct moment at);

/* ballots.c */
/* What a command about a secret ballot is judged with: its key, and the ballots in the box. */
void ballots_prepare(struct service *service, struct chamber *chamber, struct command *command);
/* By which a blinded token is known again. */
void ballots_check(const struct service *service, const struct chamber *chamber, uint32_t decision,
	const char *blinded, char out[EVENT_SEED_MAX + 1]);
void ballots_collect(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
/* A key is wanted when a secret ballot is proposed; key and box go when it is over. */
void ballots_follow(struct service *service, struct chamber *chamber, const struct event *event);
struct ballot_box *ballots_free(struct ballot_box *box);
/* How the key stands and how many ballots are in the box, to those who preside. */
void ballots_tell(struct service *service, const struct chamber *chamber);
/* The same to one page that came (back), if it presides. */
void ballots_tell_one(struct service *service, const struct session *session);

/* ballot_keys.c */
/* Somebody who may opens the voting of the secret ballot that is proposed. */
bool ballots_opens(const struct chamber *chamber, const struct command *command);
/* The same with a key that is being made, now or for this job: it waits some tenths of a second. NULL is fine. */
bool ballots_awaited(struct service *service, struct chamber *chamber, struct job *job);
/* The decision's key, read when it must be; NULL without one, which is logged. */
const struct ballot_key *ballots_key(
	struct service *service, struct chamber *chamber, uint32_t decision);
/* Ask the driver for the key of the secret ballot that is proposed, if there is one; nothing while another is being made. */
void ballots_key_want(struct service *service, struct chamber *chamber);
/* The key of a ballot that is over goes, with its file. */
void ballots_key_drop(struct service *service, struct chamber *chamber, uint32_t decision);
/* How the key of the secret ballot that is proposed stands, as JSON: "making", "ready" or "missing"; null without such a ballot. */
const char *ballots_key_state(const struct chamber *chamber);
/* Once everything is replayed: files that no ballot needs are removed, keys that are missing asked for. */
void ballots_start(struct service *service);

/* import.c */
/* An HTTP request of ours is refused after all. */
void answer_problem(struct service *service, uint64_t request, uint16_t status, const char *reason,
	const char *text);

/* credentials.c */
int credentials_init(struct service *service) RS_MUST_USE;
void credentials_done(struct service *service);
/* The store has a change, or not. */
void credentials_stored(struct service *service, const struct store_done *done, struct moment at);
/* Seconds of the wall clock before which the badge's tokens are no longer good; 0 = all are. */
int64_t credential_not_before(
	const struct service *service, const char *meeting, const char *badge);

/* session.c */
void session_drop(struct service *service, struct session *session, struct moment at);
void session_refuse(struct service *service, struct session *session, uint16_t code,
	const char *reason, const char *text, struct moment at);
/* Commands on a page's own media make no event and are nothing for HTTP. */
bool session_is_media(enum command_kind kind);
/* The event as this page is told it; one more reference. */
struct message *session_frame(
	const struct session *session, const struct broadcast_event *event) RS_MUST_USE;
struct session *session_find(const struct service *service, uint64_t id);
/* Of those who are told what leads the meeting; it has said hello. */
bool session_presides(const struct session *session);
/* Those who preside, and technicians: told how the recording and its disk stand. */
bool session_minds_recording(const struct session *session);
/* Whose it is; it was admitted. */
struct person *session_person(const struct session *session);
void session_free_all(struct service *service);

/* hello.c */
/* The first message of a page: it comes in and is welcomed, or is refused and gone. */
void session_hello(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at);

/* media.c */
struct node *node_of_instance(const struct service *service, const char *instance);
struct node *node_recorder(const struct service *service);
/* A text for a node is made: send it. */
void node_tell(struct service *service, struct node *node, int err, struct rs_buf *text);
/* Tell the media server of the chamber how the meeting stands. */
void media_tell_meeting(struct service *service, struct chamber *chamber);
/* Another media server takes over: the present one, if it is still there, is to forget the meeting. */
void media_leave(struct service *service, struct chamber *chamber);
void node_free_all(struct service *service);

/* snapshot.c */
/* Brings `chamber->snapshot` up to date, or near enough that the events since are kept. 0, -E2BIG or -ENOMEM: it is as it was,
 * maybe without a view. */
int snapshot_take(struct chamber *chamber, struct moment at) RS_MUST_USE;
/* The same, of the last event. */
int snapshot_take_last(struct chamber *chamber, struct moment at) RS_MUST_USE;
/* Append the view, which was taken. 0, -E2BIG or -ENOMEM. */
int snapshot_write(const struct snapshot *snapshot, struct rs_buf *out) RS_MUST_USE;
void snapshot_done(struct snapshot *snapshot);

/* measure.c */
void measure_stats(struct service *service, const struct node_message *message, struct moment at);
/* Told to pages at once: a frame lights up with the first words. */
/* An interpreter's page says how old what is heard there is. */
void measure_hears(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void measure_speaking(
	struct service *service, const struct node_message *message, struct moment at);
/* Append the part `measured` as an object's text. 0, -E2BIG, -ENOMEM. */
int measure_write(const struct chamber *chamber, struct rs_buf *out) RS_MUST_USE;
void measure_init(struct person *person);
void measure_forget(struct person *person);

/* The parts as members of one object, of one person. 0, -E2BIG, -ENOMEM. */
int measure_person_write(const struct person *person, struct rs_buf *out) RS_MUST_USE;

/* account.c */
/* The recorder said what it misses of this meeting, or does not know; somebody came, who is told if it is for them. */
void account_take(
	struct service *service, struct chamber *chamber, const struct node_account *account);
/* The recorder is gone: nobody knows any more. */
void account_gone(struct service *service);
void account_joined(struct service *service, const struct session *session);

/* disk.c */
/* The recorder spoke of its disk; the recorder is gone; somebody came, who is told if it is for them. */
void disk_take(struct service *service, const struct node_message *message);
void disk_gone(struct service *service);
void disk_joined(struct service *service, const struct session *session);

/* plan.c */
/* Something happened: the plan is told soon. */
void plan_changed(struct service *service, struct chamber *chamber, struct moment at);
/* A page that knows nothing of it yet. */
void plan_joined(
	struct service *service, struct chamber *chamber, size_t participant, struct moment at);
void plan_tick(struct service *service, struct chamber *chamber, struct moment at);
/* What if; answered at once, and asked again when sent again. */
void plan_ask(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);

/* layers.c */
void layers_report(
	struct service *service, const struct node *node, const struct node_message *message);
/* Who has come, or come back, is told what rests. */
void layers_joined(struct service *service, const struct session *session);
/* Nobody knows any more what is wanted: everything is. */
void layers_node_gone(struct service *service, const struct node *node);

/* look.c */
void look_stats(struct service *service, const struct node_message *message);
/* Questions nobody answered, peers nobody looks at any more. */
void look_tick(struct service *service, struct moment at);
void look_forget(struct peer *peer);

/* archive.c */
void archive_pump(struct service *service, struct chamber *chamber);
void archive_read_done(
	struct service *service, struct chamber *chamber, const struct store_done *done);
void archive_hello(struct service *service, struct node *node, const struct node_message *message);
void archive_gone(struct service *service);

/* import.c */
void import_done(struct service *service, const struct store_done *done, struct moment at);
const struct rules *import_rules(const void *ctx, const char *name);
int import_chambers(struct service *service, struct conference *conference, const char *epoch);
int import_remember(struct service *service, const struct conference *conference,
	const uint8_t hash[RS_SHA256_LEN]);
/* The file of this name is as if it had never been imported. */
void import_forget(struct service *service, const char *id);
/* A rehearsal needs nobody to open it. */
void import_open_rehearsals(struct service *service, struct moment at);

/* rehearsal.c */
/* Puts a rehearsal of one of its meetings in the place of a conference and its text. 0, or negative with `refusal` set. */
int rehearsal_make(struct service *service, const struct rehearsal_wish *wish, struct rs_buf *whole,
	struct conference **conference, struct service_refusal *refusal) RS_MUST_USE;
/* Go on with what is being cleared; the store has removed it, or not. */
void clear_tick(struct service *service, struct moment at);
void clear_done(struct service *service, const struct store_done *done, struct moment at);

/* decided.c */
/* After it was applied. 0 or -ENOMEM. */
int decided_follow(struct chamber *chamber, const struct event *event) RS_MUST_USE;
struct decisions *decided_free(struct decisions *decisions);

/* streams.c */
/* `frame` is the event as pages are told. */
void streams_tell(
	struct service *service, struct chamber *chamber, uint64_t event, struct message *frame);
/* It sits before others now: the streams of those who are not admitted end, told why. */
void streams_changed(struct service *service, struct chamber *chamber);
/* The credential of this badge is no longer good. */
void streams_revoke(struct service *service, struct chamber *chamber, const char *badge);
/* All end, having missed something, and ask again. */
void streams_shut(struct service *service, struct chamber *chamber);
void streams_free(struct chamber *chamber);

/* hooks.c */
/* Tell this meeting's webhooks what they have not heard yet. */
void hooks_pump(struct service *service, const struct chamber *chamber, struct moment at);
/* A read or a note of the store is done: was it a webhook's? */
bool hooks_read_done(struct service *service, const struct store_done *done, struct moment at);
bool hooks_note_done(struct service *service, const struct store_done *done, struct moment at);
/* The meeting is gone, and so are its webhooks. */
void hooks_forget(struct service *service, const char *meeting, struct moment at);
/* As noted before a restart. 0; -EBADMSG with `why`; -ENOMEM. Notes of others are passed over. */
int hooks_load(struct service *service, const struct store_note *note,
	char why[HOOK_ERROR_LEN]) RS_MUST_USE;
void hooks_count(const struct service *service, size_t *out_all, size_t *out_disabled);
void hooks_free(struct service *service);

/* documents.c */
/* A document is gone, or was not added (by `but`, which is judged right now; NULL: by nobody): its file may go too, if nothing else has it. */
void documents_forget(
	struct service *service, const uint8_t digest[EVENT_HASH_LEN], const struct job *but);
/* The last document of the chamber was added by this request. */
void documents_answer(struct service *service, const struct chamber *chamber, uint64_t request);

/* order.c */
/* Queue a command of a bearer who has no WebSocket; as service_order(). */
int order_submit(struct service *service, struct chamber *chamber, const struct claims *who,
	struct job *job, struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* `why` is what people are told of a refusal. */
void order_answer(struct service *service, uint64_t request, enum verdict verdict, uint64_t event,
	const char *why);
/* As a command with the same id was answered before. */
void order_answer_again(struct service *service, uint64_t request, struct message *reply);

/* log.c */
/* A read of the store is done: was it one of a request? */
bool log_read_done(struct service *service, const struct store_done *done);
void log_done(struct service *service);

/* http.c */
void refuse_request(
	struct service_refusal *refusal, uint16_t status, const char *reason, const char *text);
uint16_t http_status(enum verdict verdict);

/* Something is due at `when`. */
static inline void service_due(struct service *service, rs_time when)
{
	service->deadline = rs_time_min(service->deadline, when);
}

#endif
