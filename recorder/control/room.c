#include "recorder/control/room.h"

#include "common/log/log.h"

#include <inttypes.h>
#include <string.h>

#define DISK_EVERY RS_SEC(10)
#define STATS_EVERY RS_SEC(5)

void room_init(struct room *room, const struct storage_rules *rules)
{
	*room = (struct room){ .again = true };
	storage_init(&room->storage, rules);
}

static void log_change(const struct storage_state *state)
{
	switch (state->why) {
	case STORAGE_FINE:
		log_info(LOG_ARCHIVE, NULL, "disk takes all again, pictures go on free=%" PRIu64,
			state->free);
		return;
	case STORAGE_SLOW:
	case STORAGE_NEARLY_FULL:
		log_warning(LOG_ARCHIVE, NULL,
			"pictures are left out so that sound goes on disk=%s free=%" PRIu64
			" backlog=%zu",
			storage_why_name(state->why), state->free, state->backlog);
		return;
	case STORAGE_FULL:
		log_error(LOG_ARCHIVE, NULL, "disk is full, what comes waits backlog=%zu",
			state->backlog);
		return;
	}
}

void room_measure(struct room *room, struct keeper *keeper, const struct storage_sample *sample,
	struct archive_now when)
{
	room->now = when.now;
	if (when.now >= room->due_at) {
		room->due = true;
		room->due_at = when.now + STATS_EVERY;
	}
	if (!storage_add(&room->storage, sample, when.now))
		return;
	log_change(&room->storage.state);
	keeper_hold(keeper, room->storage.state.why, when);
}

void room_set_copy(struct room *room, const struct room_copy *copy)
{
	room->copy = *copy;
}

void room_say_again(struct room *room)
{
	room->again = true;
}

/* ---- what is told ---- */

static bool is_news(const struct room *room)
{
	const struct storage_state *is = &room->storage.state, *was = &room->told;
	const struct room_copy *copy = &room->copy, *copy_was = &room->told_copy;

	if (room->again || is->level != was->level || is->why != was->why ||
		copy->state != copy_was->state)
		return true;
	return room->now - room->told_at >= DISK_EVERY &&
	       (is->free != was->free || is->left != was->left || is->rate != was->rate ||
		       copy->behind_s != copy_was->behind_s ||
		       strcmp(copy->reason, copy_was->reason) != 0);
}

static json_t *copy_json(const struct room_copy *copy)
{
	json_t *json = json_pack(
		"{s:s}", "state", copy->state == ROOM_COPY_AWAY ? "unavailable" : "running");
	if (copy->behind_s >= 0)
		(void)json_object_set_new(json, "behind_s", json_integer(copy->behind_s));
	if (copy->state == ROOM_COPY_AWAY) {
		(void)json_object_set_new(json, "since_ms", json_integer(copy->since_ms));
		(void)json_object_set_new(json, "reason", json_string(copy->reason));
	}
	return json;
}

static json_t *disk_json(const struct room *room)
{
	const struct storage_state *state = &room->storage.state;
	json_t *json = json_pack("{s:s, s:s, s:s}", "type", "disk", "level",
		storage_level_name(state->level), "why", storage_why_name(state->why));
	if (state->known) {
		(void)json_object_set_new(json, "free", json_integer((json_int_t)state->free));
		(void)json_object_set_new(json, "rate", json_integer((json_int_t)state->rate));
	}
	if (state->left != RS_TIME_NEVER)
		(void)json_object_set_new(json, "left_s", json_integer(state->left / RS_SEC(1)));
	if (room->copy.state != ROOM_COPY_NONE)
		(void)json_object_set_new(json, "copy", copy_json(&room->copy));
	return json;
}

static void put(json_t *figures, const char *name, uint64_t value)
{
	(void)json_object_set_new(figures, name, json_integer((json_int_t)value));
}

/* What is not known is not there. */
static json_t *stats_json(const struct room *room)
{
	const struct storage_state *state = &room->storage.state;
	json_t *gauges = json_object();
	json_t *counters = json_object();

	if (state->known) {
		put(gauges, "archive_free_octets", state->free);
		put(gauges, "archive_octets_per_second", state->rate);
	}
	if (state->left != RS_TIME_NEVER)
		put(gauges, "archive_left_seconds", (uint64_t)(state->left / RS_SEC(1)));
	put(gauges, "archive_backlog_octets", state->backlog);
	put(gauges, "archive_alarm", state->level);
	put(gauges, "archive_pictures_left_out", state->why != STORAGE_FINE);
	if (room->copy.state != ROOM_COPY_NONE) {
		put(gauges, "archive_copy_unavailable", room->copy.state == ROOM_COPY_AWAY);
		if (room->copy.behind_s >= 0)
			put(gauges, "archive_copy_behind_seconds", (uint64_t)room->copy.behind_s);
		put(counters, "archive_copied_octets", room->copy.copied);
		put(counters, "archive_copy_verified_files", room->copy.verified);
	}
	return json_pack("{s:s, s:[], s:[], s:o, s:o}", "type", "stats", "peers", "sources",
		"counters", counters, "gauges", gauges);
}

json_t *room_take(struct room *room)
{
	if (room->now == 0)
		return NULL; /* nothing was measured yet */
	if (is_news(room)) {
		room->again = false;
		room->told_at = room->now;
		room->told = room->storage.state;
		room->told_copy = room->copy;
		return disk_json(room);
	}
	if (!room->due)
		return NULL;
	room->due = false;
	return stats_json(room);
}
