/* Seconds of the stations, of nodes, and of what a meeting lacks, made of what media servers and recorders measure. */
#include "signaling/service/technician/technician.h"

#include "signaling/service/people/greenroom.h"
#include "signaling/service/record/late_outages.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/state/sync.h"
#include "signaling/service/technician/boxes.h"
#include "signaling/service/technician/survey.h"
#include "signaling/wire/message/reply.h"

#include <string.h>

/* ---- a line ---- */

/* kbit/s of what a counter grew by. */
static int rate(int64_t octets, int64_t before, rs_time took)
{
	if (took < RS_MS(100) || octets < before)
		return TROUBLE_UNKNOWN;
	const int64_t kbps = (octets - before) * 8 * RS_MS(1) / took;
	return kbps > INT16_MAX ? INT16_MAX : (int)kbps;
}

void technician_peer(struct peer *peer, const struct node_peer_stats *stats, struct moment at)
{
	struct line_second *line = &peer->line;
	const int64_t packets = stats->rx_packets - peer->rx_packets;
	const int64_t lost = stats->rx_lost - peer->rx_lost;
	const bool again = line->at != 0;
	line->loss_up = TROUBLE_UNKNOWN;
	if (again && packets > 0 && lost >= 0)
		line->loss_up = (int)(lost * 1000 / (packets + lost));
	line->up = again ? rate(stats->rx_octets, line->rx_octets, at.now - line->at)
			 : TROUBLE_UNKNOWN;
	line->down = again ? rate(stats->tx_octets, line->tx_octets, at.now - line->at)
			   : TROUBLE_UNKNOWN;
	line->rx_octets = stats->rx_octets;
	line->tx_octets = stats->tx_octets;
	line->at = at.now;
	line->rtt = stats->rtt_ms > 0 ? (int)stats->rtt_ms : TROUBLE_UNKNOWN;
	line->loss_down = line->queue = line->capacity = TROUBLE_UNKNOWN;
	if (stats->estimate_bps <= 0)
		return;
	line->loss_down = (int)stats->own_loss_permille;
	line->queue = (int)stats->queue_ms;
	line->capacity = (int)(stats->estimate_bps / 1000);
}

static int worse(int a, int b)
{
	return a == TROUBLE_UNKNOWN || (b != TROUBLE_UNKNOWN && b > a) ? b : a;
}

static int sum(int a, int b)
{
	if (a == TROUBLE_UNKNOWN || b == TROUBLE_UNKNOWN)
		return worse(a, b);
	return a + b;
}

static int narrower(int a, int b)
{
	return a == TROUBLE_UNKNOWN || (b != TROUBLE_UNKNOWN && b < a) ? b : a;
}

/* Somebody may have several lines: a page, and a publisher beside it. */
static void add_line(const struct peer *peer, struct station_second *second)
{
	const struct line_second *line = &peer->line;
	int *figures = second->figures;
	second->line = true;
	second->lost = second->lost || peer->state == NODE_PEER_DISCONNECTED ||
		       peer->state == NODE_PEER_FAILED;
	if (line->at == 0)
		return;
	figures[STATION_LOSS_UP] = worse(figures[STATION_LOSS_UP], line->loss_up);
	figures[STATION_LOSS_DOWN] = worse(figures[STATION_LOSS_DOWN], line->loss_down);
	figures[STATION_RTT] = worse(figures[STATION_RTT], line->rtt);
	figures[STATION_QUEUE] = worse(figures[STATION_QUEUE], line->queue);
	figures[STATION_UP] = sum(figures[STATION_UP], line->up);
	figures[STATION_DOWN] = sum(figures[STATION_DOWN], line->down);
	figures[STATION_CAPACITY] = narrower(figures[STATION_CAPACITY], line->capacity);
}

/* Pages say it every five seconds; more often it is of no use. */
#define PAGE_EVERY RS_SEC(2)

void technician_line(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at)
{
	struct person *person = session_person(session);
	struct rs_buf out;
	enum verdict verdict = session_judge(session, COMMAND_TELL_LINE);
	if (verdict == VERDICT_OK && person->page_at != 0 && at.now - person->page_at < PAGE_EVERY)
		verdict = VERDICT_TOO_MANY;
	if (verdict == VERDICT_OK) {
		person->page = message->page;
		person->page_at = at.now;
	} else {
		service->counters.refused++;
	}
	rs_buf_init(&out, 4096);
	const int err = verdict == VERDICT_OK ? wire_reply_ok(message->id, 0, &out)
					      : wire_reply_refused(message->id, verdict,
							wire_verdict_text(verdict), &out);
	out_text(service, SERVICE_SEND, session->id, 0, err, &out);
	rs_buf_done(&out);
}

static void add_page(struct person *person, int figures[STATION_FIGURES], rs_time now)
{
	const struct station_page *page = &person->page;
	if (person->page_at == 0)
		return;
	if (now - person->page_at > RS_SEC(STATION_PAGE_S)) {
		person->page = (struct station_page){ .path = STATION_PATH_UNKNOWN };
		person->page_at = 0;
		return;
	}
	if (figures[STATION_RTT] == TROUBLE_UNKNOWN)
		figures[STATION_RTT] = page->rtt;
	figures[STATION_HEARD_JITTER] = page->jitter;
	figures[STATION_CONCEALED] = page->concealed;
	figures[STATION_DECODED] = page->decoded;
	figures[STATION_DROPPED] = page->dropped;
	figures[STATION_AVAILABLE] = page->available;
}

/* ---- a station ---- */

static enum severity severity_of(const struct interpretability *sound, enum sound_fault fault)
{
	for (unsigned i = 0; i < SOUND_DEGREES; i++) {
		if (fault == 1u << i && sound->verdict != SOUND_UNKNOWN)
			return sound->degrees[i].is == SOUND_RED     ? SEVERITY_CRITICAL
			       : sound->degrees[i].is == SOUND_AMBER ? SEVERITY_WARNING
								     : SEVERITY_NONE;
	}
	return SEVERITY_NONE;
}

static void add_box(const struct person *person, struct station_second *second)
{
	const struct box *box = &person->box.box;
	second->box = box;
	if (!box->known)
		return;
	second->figures[STATION_CONCEALED] = box->now.concealed;
	second->figures[STATION_AVAILABLE] = box->now.available;
	/* The media server knows it by what it sends alone, which to a room may be nothing for hours. */
	if (box->now.rtt != TROUBLE_UNKNOWN)
		second->figures[STATION_RTT] = box->now.rtt;
}

static void add_microphone(const struct person *person, struct station_second *second)
{
	second->flows = person->level >= 0;
	if (!second->flows)
		return;
	second->figures[STATION_LEVEL] = -person->level;
	second->figures[STATION_JITTER] = person->jitter_ms;
	if (person->khz > 0)
		second->figures[STATION_KHZ] = person->khz;
}

/* The floor is held for whoever had it when the line was lost: the meeting waits. */
static bool is_awaited(const struct chamber *chamber, const char *badge)
{
	const struct floor_statement *now = &chamber->proceedings->floor->now;
	const char *voice =
		now->suspended ? proceedings_voice(chamber->proceedings, now->holder) : NULL;
	return voice != NULL && strcmp(voice, badge) == 0;
}

static struct station_second second_of(
	const struct chamber *chamber, const struct gate *gate, size_t participant, rs_time now)
{
	struct person *person = &chamber->people[participant];
	const struct interpretability *sound = &person->interpretability;
	struct station_second second = { .here = person->sessions > 0 || person->peers != NULL };
	for (size_t i = 0; i < STATION_FIGURES; i++)
		second.figures[i] = TROUBLE_UNKNOWN;
	const struct participant *who = &chamber->proceedings->meeting->participants[participant];
	const char *badge = who->id;
	second.undelivered = late_undelivered(chamber, badge);
	boxes_second(&person->box, now);
	if (!second.here)
		return second;
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person)
		add_line(peer, &second);
	add_page(person, second.figures, now);
	if (who->role == ROLE_ROOM)
		add_box(person, &second);
	add_microphone(person, &second);
	second.figures[STATION_CLOCK] = person->clock_ms;
	const bool awaited = is_awaited(chamber, badge);
	second.open = awaited || proceedings_is_heard(chamber->proceedings, gate, badge);
	second.lost = second.lost || awaited;
	second.band = severity_of(sound, SOUND_BAND);
	second.quiet = severity_of(sound, SOUND_QUIET);
	second.clipping = severity_of(sound, SOUND_CLIPPING);
	return second;
}

/* How far the clocks of pages are off, as they were asked last. */
static void read_clocks(struct chamber *chamber, struct moment at)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++)
		chamber->people[i].clock_ms = TROUBLE_UNKNOWN;
	for (const struct session *session = chamber->sessions; session != NULL;
		session = session->next) {
		int64_t ms;
		if (sync_offset(&session->sync, at.now, at.wall_ms, &ms))
			chamber->people[session->participant].clock_ms =
				(int)(ms > INT32_MAX      ? INT32_MAX
					: ms < -INT32_MAX ? -INT32_MAX
							  : ms);
	}
}

/* ---- what a meeting lacks ---- */

static int critical_if(bool is)
{
	return is ? SEVERITY_CRITICAL : SEVERITY_NONE;
}

static void weigh_meeting(struct service *service, struct chamber *chamber, int64_t wall_ms)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct archive *archive = &chamber->archive;
	const bool recorded = archive->session[0] != '\0';
	struct troubles *troubles = &chamber->troubles;
	bool news = troubles_weigh(troubles, TROUBLE_NO_MEDIA_SERVER,
		critical_if(node_of_instance(service, meeting->instance) == NULL), wall_ms);
	news |= troubles_weigh(troubles, TROUBLE_NO_RECORDER,
		critical_if(recorded && node_recorder(service) == NULL), wall_ms);
	news |= troubles_weigh(troubles, TROUBLE_RECORDING,
		critical_if(
			recorded && archive->reported && archive->report == NODE_RECORDING_FAILED),
		wall_ms);
	const bool gaps = archive->account.known &&
			  (archive->account.missing > 0 || archive->account.breaks > 0);
	news |= troubles_weigh(
		troubles, TROUBLE_RECORD_GAPS, gaps ? SEVERITY_WARNING : SEVERITY_NONE, wall_ms);
	chamber->troubles_news = chamber->troubles_news || news;
}

/* ---- nodes ---- */

/* Percent of its media threads since it spoke last. */
static int cpu_of(struct node *node, struct moment at)
{
	const int64_t used = figures_counter(node->figures, "media_cpu_user_us", 0) +
			     figures_counter(node->figures, "media_cpu_system_us", 0);
	const rs_time took = at.now - node->cpu_at;
	int percent = TROUBLE_UNKNOWN;
	if (node->cpu_at != 0 && took >= RS_MS(100) && used >= node->cpu_us && node->n_workers > 0)
		percent = (int)((used - node->cpu_us) * 100 / took / (int64_t)node->n_workers);
	node->cpu_us = used;
	node->cpu_at = at.now;
	return percent;
}

static void weigh_sfu(struct node *node, struct moment at)
{
	const int64_t slow = figures_worst(node->figures, "transit_us", -1);
	node->cpu = cpu_of(node, at);
	node->slow_us = slow < 0 ? TROUBLE_UNKNOWN : (int)(slow > INT32_MAX ? INT32_MAX : slow);
	(void)troubles_weigh(&node->troubles, TROUBLE_CPU, node->cpu, at.wall_ms);
	(void)troubles_weigh(&node->troubles, TROUBLE_SLOW, node->slow_us, at.wall_ms);
}

static void weigh_recorder(struct node *node, int64_t wall_ms)
{
	const int64_t alarm = figures_gauge(node->figures, "archive_alarm", 0);
	const bool pictures = figures_gauge(node->figures, "archive_pictures_left_out", 0) != 0;
	const bool copy = figures_gauge(node->figures, "archive_copy_unavailable", 0) != 0;
	(void)troubles_weigh(&node->troubles, TROUBLE_DISK,
		alarm > 1    ? SEVERITY_CRITICAL
		: alarm == 1 ? SEVERITY_WARNING
			     : SEVERITY_NONE,
		wall_ms);
	(void)troubles_weigh(&node->troubles, TROUBLE_PICTURES, critical_if(pictures), wall_ms);
	(void)troubles_weigh(
		&node->troubles, TROUBLE_COPY, copy ? SEVERITY_WARNING : SEVERITY_NONE, wall_ms);
}

/* ---- the second ---- */

static void meeting_second(struct service *service, struct chamber *chamber, struct moment at)
{
	struct gate gate;
	proceedings_gate(chamber->proceedings, &gate);
	read_clocks(chamber, at);
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		const struct station_second second = second_of(chamber, &gate, i, at.now);
		station_add(&chamber->people[i].station, &second, at.wall_ms);
	}
	weigh_meeting(service, chamber, at.wall_ms);
	survey_tell(service, chamber);
	greenroom_second(service, chamber, at);
}

void technician_second(struct service *service, struct node *node, struct moment at)
{
	if (node->kind == NODE_RECORDER) {
		weigh_recorder(node, at.wall_ms);
		return;
	}
	weigh_sfu(node, at);
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (strcmp(chamber->proceedings->meeting->instance, node->instance) == 0)
			meeting_second(service, chamber, at);
	}
}

void technician_nodes(struct service *service, struct moment at)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		weigh_meeting(service, chamber, at.wall_ms);
		survey_tell(service, chamber);
	}
}
