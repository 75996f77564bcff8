#include "signaling/service/technician/measure.h"

#include "signaling/service/matters/booths.h"
#include "signaling/service/matters/captions.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/people/greenroom.h"
#include "signaling/service/people/presence.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/technician.h"
#include "signaling/wire/message/reply.h"

/* Round-trip times are told in steps, so that jitter is no news. */
#define RTT_STEP_MS 5
/* As exact as the age of a relay chain is said. */
#define EAR_STEP_MS 20

static void person_told(struct person *person)
{
	person->level_told = person->level;
	person->rtt_told = person->rtt_ms;
	person->loss_told = person->loss;
	person->speaking_told = person->speaking;
	person->sound_told = person->sound;
	person->ear_told = person->ear_ms;
}

void measure_init(struct person *person)
{
	measure_forget(person);
	person_told(person); /* that nothing is measured is no news */
}

static void measure_peer(
	struct service *service, const struct node_peer_stats *stats, struct moment at)
{
	struct peer *peer = peer_find(service, stats->peer);
	if (peer == NULL || peer->person == NULL)
		return;
	const int64_t packets = stats->rx_packets - peer->rx_packets;
	const int64_t lost = stats->rx_lost - peer->rx_lost;
	technician_peer(peer, stats, at);
	/* Either: what a worker counted may be older than its clock, and a measure without a packet tells first. */
	peer->quiet = packets == 0 || stats->idle_ms >= PEER_QUIET_MS;
	peer->rx_packets = stats->rx_packets;
	peer->rx_lost = stats->rx_lost;
	peer->person->rtt_ms =
		stats->rtt_ms < 0
			? -1
			: (int)((stats->rtt_ms + RTT_STEP_MS / 2) / RTT_STEP_MS * RTT_STEP_MS);
	if (packets > 0 && lost >= 0)
		peer->person->loss = (int)(lost * 1000 / (packets + lost));
}

/* ---- what is measured of a microphone ---- */

static const char *const fits[] = {
	[SOUND_FIT_UNKNOWN] = "unknown",
	[SOUND_FIT_NOT] = "no",
	[SOUND_FIT_LIMITED] = "limited",
	[SOUND_FIT] = "yes",
};

/* -1 for a word this version does not know. */
static int fit_of(const char *name)
{
	for (int i = 0; i < (int)RS_ARRAY_LEN(fits); i++) {
		if (strcmp(name, fits[i]) == 0)
			return i;
	}
	return -1;
}

/* All that is told of a sound as one figure, so that news is one comparison. */
#define SOUND_KHZ(sound) ((sound)&31)
#define SOUND_FIT_AT 5
#define SOUND_VERDICT_AT 7
#define SOUND_FAULTS_AT 9

static int sound_figure(int khz, int fit, const struct interpretability *interpretability)
{
	return khz | fit << SOUND_FIT_AT | (int)interpretability->verdict << SOUND_VERDICT_AT |
	       (int)interpretability->faults << SOUND_FAULTS_AT;
}

/* What the page that captures the microphone says of it, which nobody else hears; forgotten with all else that it said. */
static int hum_of(const struct person *person)
{
	return person->page_at != 0 ? person->page.hum : TROUBLE_UNKNOWN;
}

static void measure_sound(struct person *person, const struct node_source_stats *stats, bool flows,
	uint32_t words_a_minute)
{
	const int fit = fit_of(stats->fit);
	person->sound = -1;
	if (stats->audio_khz == 0 || fit < 0)
		return;
	const struct sound_second second = {
		.flows = flows,
		.speaking = stats->speaking,
		.level_dbov = (int)stats->level_dbov,
		.fit = (enum sound_fit)fit,
		.clipping_permille = (int)stats->clipping_permille,
		.loss_permille = (int)stats->loss_permille,
		.jitter_ms = (int)stats->jitter_ms,
		.words_a_minute = (int)words_a_minute,
		.hums = hum_of(person) != TROUBLE_UNKNOWN,
		.hum_dbov = hum_of(person),
	};
	(void)interpretability_add(&person->interpretability, &second);
	person->sound = sound_figure((int)stats->audio_khz, fit, &person->interpretability);
}

static void measure_camera(
	struct person *person, const struct node_source_stats *stats, struct moment at)
{
	if (stats->packets != person->camera_packets)
		person->seen_at = at.now;
	person->camera_packets = stats->packets;
}

static void measure_source(
	struct service *service, const struct node_source_stats *stats, struct moment at)
{
	struct chamber *chamber = chamber_find(service, stats->meeting);
	struct person *person = chamber != NULL ? chamber_person(chamber, stats->source) : NULL;
	if (person != NULL && strcmp(stats->media, "camera") == 0)
		measure_camera(person, stats, at);
	if (person == NULL || strcmp(stats->media, "microphone") != 0)
		return;
	const bool flows = stats->packets != person->mic_packets;
	person->level = flows ? (int)-stats->level_dbov : -1;
	person->mic_packets = stats->packets;
	if (flows && stats->level_dbov > GREENROOM_HEARD_DBOV)
		person->heard_at = at.now;
	person->jitter_ms = (int)stats->jitter_ms;
	person->khz = (int)stats->audio_khz;
	measure_sound(person, stats, flows, captions_pace(chamber, person, at.wall_ms));
	if (!stats->speaking) /* the end may have been told while nobody listened */
		person->speaking = -1;
}

/* ---- what is told ---- */

static bool level_any(const struct person *person)
{
	return person->level >= 0;
}

static bool level_news(const struct person *person)
{
	return person->level != person->level_told;
}

static int level_put(const struct person *person, struct rs_buf *out)
{
	return rs_buf_printf(out, "%d", -person->level);
}

static bool line_any(const struct person *person)
{
	return person->rtt_ms >= 0 || person->loss >= 0;
}

static bool line_news(const struct person *person)
{
	return person->rtt_ms != person->rtt_told || person->loss != person->loss_told;
}

static int line_put(const struct person *person, struct rs_buf *out)
{
	const int loss = person->loss > 0 ? person->loss : 0;
	return rs_buf_printf(out, "{\"rtt_ms\":%d,\"loss\":%d.%03d}",
		person->rtt_ms > 0 ? person->rtt_ms : 0, loss / 1000, loss % 1000);
}

static bool speaking_any(const struct person *person)
{
	return person->speaking > 0;
}

static bool speaking_news(const struct person *person)
{
	return person->speaking != person->speaking_told;
}

static int speaking_put(const struct person *person, struct rs_buf *out)
{
	return rs_buf_printf(out, "true");
}

static bool sound_any(const struct person *person)
{
	return person->sound >= 0;
}

static bool sound_news(const struct person *person)
{
	return person->sound != person->sound_told;
}

static int faults_put(unsigned faults, struct rs_buf *out)
{
	const char *comma = "";
	int err = 0;
	for (unsigned i = 0; i < SOUND_FAULTS && err == 0; i++) {
		if ((faults & 1u << i) == 0)
			continue;
		err = rs_buf_printf(out, "%s\"%s\"", comma, sound_fault_name(i));
		comma = ",";
	}
	return err;
}

static int sound_put(const struct person *person, struct rs_buf *out)
{
	const int sound = person->sound;
	const enum sound_verdict verdict = (enum sound_verdict)(sound >> SOUND_VERDICT_AT & 3);
	int err = rs_buf_printf(out, "{\"khz\":%d,\"fit\":\"%s\"", SOUND_KHZ(sound),
		fits[sound >> SOUND_FIT_AT & 3]);
	if (err == 0 && verdict != SOUND_UNKNOWN) {
		err = rs_buf_printf(
			out, ",\"verdict\":\"%s\",\"faults\":[", sound_verdict_name(verdict));
		if (err == 0)
			err = faults_put((unsigned)sound >> SOUND_FAULTS_AT, out);
		if (err == 0)
			err = rs_buf_append(out, "]", 1);
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static bool ear_any(const struct person *person)
{
	return person->ear_ms >= 0;
}

static bool ear_news(const struct person *person)
{
	return person->ear_ms != person->ear_told;
}

static int ear_put(const struct person *person, struct rs_buf *out)
{
	return rs_buf_printf(out, "%d", person->ear_ms);
}

/* The members of `measured`, each an object by badge. */
static const struct part {
	const char *name;
	bool (*any)(const struct person *person);
	bool (*news)(const struct person *person);
	int (*put)(const struct person *person, struct rs_buf *out);
} parts[] = {
	{ "levels", level_any, level_news, level_put },
	{ "lines", line_any, line_news, line_put },
	{ "speaking", speaking_any, speaking_news, speaking_put },
	{ "sounds", sound_any, sound_news, sound_put },
	{ "ears", ear_any, ear_news, ear_put },
};

static int put_person(
	const struct part *part, const char *id, const struct person *person, struct rs_buf *out)
{
	const int err = rs_buf_printf(out, "\"%s\":", id);
	if (err < 0)
		return err;
	return part->any(person) ? part->put(person, out) : rs_buf_printf(out, "null");
}

/* Those that changed, or all that are measured. */
static int put_part(
	const struct chamber *chamber, const struct part *part, bool changed, struct rs_buf *out)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *comma = "";
	int err = rs_buf_printf(out, "\"%s\":{", part->name);
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		const struct person *person = &chamber->people[i];
		if (changed ? !part->news(person) : !part->any(person))
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = put_person(part, meeting->participants[i].id, person, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static bool part_news(const struct chamber *chamber, const struct part *part)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		if (part->news(&chamber->people[i]))
			return true;
	}
	return false;
}

/* Without news: an empty object. */
static int put_all(const struct chamber *chamber, bool changed, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_append(out, "{", 1);
	for (size_t i = 0; i < RS_ARRAY_LEN(parts) && err == 0; i++) {
		if (changed && !part_news(chamber, &parts[i]))
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = put_part(chamber, &parts[i], changed, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

int measure_person_write(const struct person *person, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_append(out, "{", 1);
	for (size_t i = 0; i < RS_ARRAY_LEN(parts) && err == 0; i++) {
		if (!parts[i].any(person))
			continue;
		err = rs_buf_printf(out, "%s\"%s\":", comma, parts[i].name);
		if (err == 0)
			err = parts[i].put(person, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

int measure_write(const struct chamber *chamber, struct rs_buf *out)
{
	return put_all(chamber, false, out);
}

static bool any_news(const struct chamber *chamber)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(parts); i++) {
		if (part_news(chamber, &parts[i]))
			return true;
	}
	return false;
}

static void told(struct chamber *chamber)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		person_told(&chamber->people[i]);
}

static void tell(struct service *service, struct chamber *chamber)
{
	struct rs_buf patch;
	struct rs_buf text;
	rs_buf_init(&patch, VIEW_MAX);
	rs_buf_init(&text, 2 * VIEW_MAX);
	int err = put_all(chamber, true, &patch);
	if (err == 0)
		err = rs_buf_append(&patch, "", 1);
	if (err == 0)
		err = wire_measured_write((const char *)rs_buf_data(&patch), &text);
	struct message *message =
		err == 0 ? message_new(rs_buf_data(&text), rs_buf_len(&text)) : NULL;
	for (struct session *session = chamber->sessions; message != NULL && session != NULL;
		session = session->next)
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	message_unref(message);
	rs_buf_done(&patch);
	rs_buf_done(&text);
	told(chamber);
}

void measure_hears(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	struct person *person = &session->chamber->people[session->participant];
	/* Told with the next measure. */
	person->ear_ms = (message->delay_ms + EAR_STEP_MS / 2) / EAR_STEP_MS * EAR_STEP_MS;
	*err = wire_reply_ok(message->id, 0, out);
}

void measure_speaking(struct service *service, const struct node_message *message, struct moment at)
{
	struct chamber *chamber = chamber_find(service, message->meeting);
	struct person *person = chamber != NULL ? chamber_person(chamber, message->source) : NULL;
	if (person == NULL)
		return;
	person->speaking = message->speaking ? 1 : -1;
	booths_listen(chamber, at);
	if (chamber->proceedings->signals.hold.until_ms != 0 || presence_awaited_voice(chamber))
		service_due(service, at.now);
	if (any_news(chamber))
		tell(service, chamber);
}

void measure_stats(struct service *service, const struct node_message *message, struct moment at)
{
	for (size_t i = 0; i < message->n_peers; i++) {
		struct node_peer_stats stats;
		node_stats_peer(message, i, &stats);
		measure_peer(service, &stats, at);
	}
	for (size_t i = 0; i < message->n_sources; i++) {
		struct node_source_stats stats;
		node_stats_source(message, i, &stats);
		measure_source(service, &stats, at);
	}
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (any_news(chamber))
			tell(service, chamber);
	}
}
