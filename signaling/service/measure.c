/* What media servers measure, told to pages about once a second: levels of sources, quality of lines. Not kept, not numbered; only
 * what changed is told. */
#include "signaling/service/service_priv.h"

/* Round-trip times are told in steps, so that jitter is no news. */
#define RTT_STEP_MS 5

void measure_forget(struct person *person)
{
	person->level = -1;
	person->rtt_ms = -1;
	person->loss = -1;
	person->mic_packets = 0;
}

static void measure_peer(struct service *service, const struct node_peer_stats *stats)
{
	struct peer *peer = peer_find(service, stats->peer);
	if (peer == NULL || peer->person == NULL)
		return;
	const int64_t packets = stats->rx_packets - peer->rx_packets;
	const int64_t lost = stats->rx_lost - peer->rx_lost;
	peer->rx_packets = stats->rx_packets;
	peer->rx_lost = stats->rx_lost;
	peer->person->rtt_ms =
		stats->rtt_ms < 0
			? -1
			: (int)((stats->rtt_ms + RTT_STEP_MS / 2) / RTT_STEP_MS * RTT_STEP_MS);
	if (packets > 0 && lost >= 0)
		peer->person->loss = (int)(lost * 1000 / (packets + lost));
}

static void measure_source(struct service *service, const struct node_source_stats *stats)
{
	struct chamber *chamber = chamber_find(service, stats->meeting);
	struct person *person = chamber != NULL ? chamber_person(chamber, stats->source) : NULL;
	if (person == NULL || strcmp(stats->media, "microphone") != 0)
		return;
	person->level = stats->packets > person->mic_packets ? (int)-stats->level_dbov : -1;
	person->mic_packets = stats->packets;
}

static int put_level(struct rs_buf *out, const char *comma, const char *id, int level)
{
	if (level < 0)
		return rs_buf_printf(out, "%s\"%s\":null", comma, id);
	return rs_buf_printf(out, "%s\"%s\":%d", comma, id, -level);
}

static int put_line(
	struct rs_buf *out, const char *comma, const char *id, const struct person *person)
{
	if (person->rtt_ms < 0 && person->loss < 0)
		return rs_buf_printf(out, "%s\"%s\":null", comma, id);
	const int loss = person->loss > 0 ? person->loss : 0;
	return rs_buf_printf(out, "%s\"%s\":{\"rtt_ms\":%d,\"loss\":%d.%03d}", comma, id,
		person->rtt_ms > 0 ? person->rtt_ms : 0, loss / 1000, loss % 1000);
}

static bool line_changed(const struct person *person)
{
	return person->rtt_ms != person->rtt_told || person->loss != person->loss_told;
}

/* One part, "levels" or "lines": those that changed, or all that are measured. */
static int put_part(const struct chamber *chamber, bool levels, bool changed, struct rs_buf *out)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const char *comma = "";
	int err = rs_buf_printf(out, levels ? "\"levels\":{" : "\"lines\":{");
	for (size_t i = 0; i < meeting->n_participants && err == 0; i++) {
		const struct person *person = &chamber->people[i];
		const bool any =
			levels ? person->level >= 0 : person->rtt_ms >= 0 || person->loss >= 0;
		const bool news =
			levels ? person->level != person->level_told : line_changed(person);
		if (changed ? !news : !any)
			continue;
		err = levels ? put_level(out, comma, meeting->participants[i].id, person->level)
			     : put_line(out, comma, meeting->participants[i].id, person);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static int put_all(const struct chamber *chamber, bool changed, struct rs_buf *out)
{
	int err = rs_buf_append(out, "{", 1);
	if (err == 0)
		err = put_part(chamber, true, changed, out);
	if (err == 0)
		err = rs_buf_append(out, ",", 1);
	if (err == 0)
		err = put_part(chamber, false, changed, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

int measure_write(const struct chamber *chamber, struct rs_buf *out)
{
	return put_all(chamber, false, out);
}

static bool take_news(struct chamber *chamber)
{
	bool news = false;
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		const struct person *person = &chamber->people[i];
		news = news || person->level != person->level_told || line_changed(person);
	}
	return news;
}

static void told(struct chamber *chamber)
{
	for (size_t i = 0; i < chamber->proceedings->meeting->n_participants; i++) {
		struct person *person = &chamber->people[i];
		person->level_told = person->level;
		person->rtt_told = person->rtt_ms;
		person->loss_told = person->loss;
	}
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

void measure_stats(struct service *service, const struct node_message *message)
{
	for (size_t i = 0; i < message->n_peers; i++) {
		struct node_peer_stats stats;
		node_stats_peer(message, i, &stats);
		measure_peer(service, &stats);
	}
	for (size_t i = 0; i < message->n_sources; i++) {
		struct node_source_stats stats;
		node_stats_source(message, i, &stats);
		measure_source(service, &stats);
	}
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (take_news(chamber))
			tell(service, chamber);
	}
}
