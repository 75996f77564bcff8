#include "recorder/control/tap.h"

#include "common/base/map.h"
#include "common/control/object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A key frame costs every receiver: no more than one a second is asked for. */
#define KEY_INTERVAL RS_SEC(1)

struct tap_track {
	uint32_t number;
	char meeting[RS_NAME_MAX + 1];
	uint32_t generation; /* of the archive */
	size_t track;        /* in the archive */
	char name[RS_NAME_MAX + 1];
	enum archive_media media;
	rs_time key_asked;
	struct account_track account;
};

struct subscription {
	char meeting[RS_NAME_MAX + 1];
	uint32_t generation;
	struct subscription *next;
};

struct tap {
	char path[KEEPER_PATH_LEN];
	struct keeper *keeper;
	struct rs_map *tracks; /* number -> tap_track, owned */
	struct subscription *subscriptions;
	bool connected;
	struct frame_reader reader;
	struct rs_buf output;
	struct tap_stats stats;
};

int tap_new(const char *path, struct keeper *keeper, struct rs_rand *rand, struct tap **out_tap)
{
	struct tap *tap = rs_zalloc(sizeof(*tap));
	if (tap == NULL)
		return -ENOMEM;
	tap->keeper = keeper;
	frame_reader_init(&tap->reader);
	rs_buf_init(&tap->output, TAP_OUTPUT_MAX);
	int err = -EINVAL;
	if (rs_copy_text(tap->path, sizeof(tap->path), path, strlen(path)))
		err = rs_map_new(TAP_TRACKS_MAX, sizeof(uint32_t), rand, &tap->tracks);
	if (err < 0) {
		tap_free(tap);
		return err;
	}
	*out_tap = tap;
	return 0;
}

static void drop_tracks(struct tap *tap, const char *meeting)
{
	size_t cursor = 0;
	struct tap_track *track;
	while ((track = rs_map_next(tap->tracks, &cursor)) != NULL) {
		if (meeting != NULL && strcmp(track->meeting, meeting) != 0)
			continue;
		(void)rs_map_remove(
			tap->tracks, &track->number, sizeof(track->number)); /* it is `track` */
		rs_release(track);
		cursor = 0; /* the map has changed */
	}
}

static void drop_subscriptions(struct tap *tap)
{
	while (tap->subscriptions != NULL) {
		struct subscription *first = tap->subscriptions;
		tap->subscriptions = first->next;
		rs_release(first);
	}
}

struct tap *tap_free(struct tap *tap)
{
	if (tap == NULL)
		return NULL;
	if (tap->tracks != NULL)
		drop_tracks(tap, NULL);
	rs_map_free(tap->tracks);
	drop_subscriptions(tap);
	frame_reader_done(&tap->reader);
	rs_buf_done(&tap->output);
	return rs_release(tap);
}

const char *tap_path(const struct tap *tap)
{
	return tap->path;
}

static void reset_stream(struct tap *tap)
{
	drop_tracks(tap, NULL);
	drop_subscriptions(tap);
	frame_reader_done(&tap->reader);
	frame_reader_init(&tap->reader);
	rs_buf_consume(&tap->output, rs_buf_len(&tap->output));
}

void tap_connected(struct tap *tap)
{
	reset_stream(tap);
	tap->connected = true;
}

static void note_lost(struct tap *tap, struct archive_now when)
{
	for (const struct subscription *s = tap->subscriptions; s != NULL; s = s->next) {
		uint32_t generation;
		struct archive *archive = keeper_archive(tap->keeper, s->meeting, &generation);
		if (archive == NULL || generation != s->generation)
			continue;
		keeper_account(tap->keeper, s->meeting)->breaks++;
		(void)archive_note(
			archive, "tap-lost", json_object(), when); /* failures: keeper_flush() */
	}
}

void tap_disconnected(struct tap *tap, struct archive_now when)
{
	if (tap->connected)
		note_lost(tap, when);
	tap->connected = false;
	reset_stream(tap);
}

static int say(struct tap *tap, json_t *message)
{
	char *text = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (text == NULL)
		return -ENOMEM;
	const int err = frame_write_message(&tap->output, text, strlen(text));
	free(text);
	return err;
}

static struct subscription *find_subscription(const struct tap *tap, const char *meeting)
{
	for (struct subscription *s = tap->subscriptions; s != NULL; s = s->next)
		if (strcmp(s->meeting, meeting) == 0)
			return s;
	return NULL;
}

static int subscribe(struct tap *tap, const char *meeting, uint32_t generation,
	struct archive *archive, struct archive_now when)
{
	struct subscription *subscription = rs_zalloc(sizeof(*subscription));
	if (subscription == NULL)
		return -ENOMEM;
	const int err = say(tap, json_pack("{s:s, s:s}", "type", "subscribe", "meeting", meeting));
	if (err < 0) {
		rs_release(subscription);
		return err;
	}
	(void)rs_copy_text(subscription->meeting, sizeof(subscription->meeting), meeting,
		strlen(meeting)); /* fits */
	subscription->generation = generation;
	subscription->next = tap->subscriptions;
	tap->subscriptions = subscription;
	(void)archive_note(
		archive, "tap-connected", json_object(), when); /* failures: keeper_flush() */
	return 0;
}

/* Whether a recording of that meeting is fed from here. */
static bool feeds(const struct tap *tap, const char *meeting)
{
	const struct keeper_meeting *one;
	for (size_t i = 0; (one = keeper_at(tap->keeper, i)) != NULL; i++)
		if (strcmp(one->id, meeting) == 0 && strcmp(one->tap, tap->path) == 0)
			return true;
	return false;
}

/* The archive a subscription was for is no longer the one that is open, or is fed from elsewhere. */
static bool is_stale(const struct tap *tap, const struct subscription *subscription)
{
	uint32_t generation;
	return keeper_archive(tap->keeper, subscription->meeting, &generation) == NULL ||
	       generation != subscription->generation || !feeds(tap, subscription->meeting);
}

static int drop_stale(struct tap *tap)
{
	struct subscription **at = &tap->subscriptions;
	while (*at != NULL) {
		struct subscription *one = *at;
		if (!is_stale(tap, one)) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		drop_tracks(tap, one->meeting);
		const int err = say(tap,
			json_pack("{s:s, s:s}", "type", "unsubscribe", "meeting", one->meeting));
		rs_release(one);
		if (err < 0)
			return err;
	}
	return 0;
}

int tap_sync(struct tap *tap, struct archive_now when)
{
	if (!tap->connected)
		return 0;
	int err = drop_stale(tap);
	const struct keeper_meeting *meeting;
	for (size_t i = 0; err == 0 && (meeting = keeper_at(tap->keeper, i)) != NULL; i++) {
		uint32_t generation;
		struct archive *archive = keeper_archive(tap->keeper, meeting->id, &generation);
		if (archive != NULL && strcmp(meeting->tap, tap->path) == 0 &&
			find_subscription(tap, meeting->id) == NULL)
			err = subscribe(tap, meeting->id, generation, archive, when);
	}
	return err;
}

/* The archive a message about a meeting is for, if we asked for it. */
static struct archive *archive_for(const struct tap *tap, const char *meeting)
{
	uint32_t generation;
	const struct subscription *subscription = find_subscription(tap, meeting);
	struct archive *archive = keeper_archive(tap->keeper, meeting, &generation);
	return subscription != NULL && subscription->generation == generation ? archive : NULL;
}

static struct archive *archive_of(const struct tap *tap, const struct tap_track *track)
{
	uint32_t generation;
	struct archive *archive = keeper_archive(tap->keeper, track->meeting, &generation);
	return archive != NULL && generation == track->generation ? archive : NULL;
}

static struct tap_track *find_track(const struct tap *tap, uint32_t number)
{
	return rs_map_find(tap->tracks, &number, sizeof(number));
}

/* The stream a number stood for has ended where another one takes its place in the archive: packets
 * of the old one may still be on their way. */
static void drop_predecessor(struct tap *tap, const struct subscription *subscription, size_t index)
{
	size_t cursor = 0;
	struct tap_track *track;
	while ((track = rs_map_next(tap->tracks, &cursor)) != NULL) {
		if (track->generation != subscription->generation || track->track != index)
			continue;
		(void)rs_map_remove(
			tap->tracks, &track->number, sizeof(track->number)); /* it is `track` */
		rs_release(track);
		return;
	}
}

/* Under this number from now on; an older track of the same number is replaced. */
static int add_track(
	struct tap *tap, uint32_t number, const struct subscription *subscription, size_t index)
{
	struct tap_track *track = find_track(tap, number);
	if (track == NULL) {
		track = rs_zalloc(sizeof(*track));
		if (track == NULL)
			return -ENOMEM;
		track->number = number;
		const int err = rs_map_add(tap->tracks, &number, sizeof(number), track);
		if (err < 0) {
			rs_release(track);
			return err;
		}
	}
	(void)rs_copy_text(track->meeting, sizeof(track->meeting), subscription->meeting,
		strlen(subscription->meeting)); /* fits */
	track->generation = subscription->generation;
	track->track = index;
	track->key_asked = INT64_MIN;
	track->account = (struct account_track){ 0 };
	return 0;
}

static int take_track(struct tap *tap, const struct object *message, struct archive_now when)
{
	const int64_t number = object_int(message, "track", 0, UINT32_MAX);
	const char *meeting = object_name(message, "meeting");
	const char *name = object_name(message, "name");
	const char *media = object_text(message, "media");
	const char *codec = object_text(message, "codec");
	const int64_t hz = object_int(message, "clock", 1, UINT32_MAX);
	if (message->error->failed)
		return 0;
	const struct subscription *subscription = find_subscription(tap, meeting);
	struct archive *archive = archive_for(tap, meeting);
	size_t index;
	if (archive == NULL || subscription == NULL)
		return 0; /* its subscription has just ended */
	const int err = archive_begin(archive, name, media, codec, (uint32_t)hz, when, &index);
	if (err < 0) {
		tap->stats.refused++;
		return 0;
	}
	drop_predecessor(tap, subscription, index);
	const int added = add_track(tap, (uint32_t)number, subscription, index);
	struct tap_track *track = find_track(tap, (uint32_t)number);
	if (added == 0 && names_media_parse(media, &track->media) == 0)
		(void)rs_set_text(track->name, name); /* fits: both were checked */
	tap->stats.refused += added == -E2BIG ? 1 : 0;
	return added == -E2BIG ? 0 : added;
}

static int take_clock(struct tap *tap, const struct object *message, struct archive_now when)
{
	const int64_t number = object_int(message, "track", 0, UINT32_MAX);
	const char *ntp_text = object_text(message, "ntp");
	const int64_t rtp = object_int(message, "rtp", 0, UINT32_MAX);
	uint64_t ntp;
	if (message->error->failed)
		return 0;
	if (rs_parse_u64(ntp_text, strlen(ntp_text), UINT64_MAX, &ntp) < 0) {
		object_fail(message, "ntp", "is no number");
		return 0;
	}
	const struct tap_track *track = find_track(tap, (uint32_t)number);
	struct archive *archive = track != NULL ? archive_of(tap, track) : NULL;
	if (archive != NULL)
		archive_report(archive, track->track, ntp, (uint32_t)rtp);
	return 0;
}

static int take_mark(struct tap *tap, const struct object *message, struct archive_now when)
{
	const char *meeting = object_name(message, "meeting");
	const int64_t event = object_int(message, "event", 0, INT64_MAX);
	const char *source = object_name(message, "source");
	const bool open = object_bool(message, "open");
	const int64_t wall_us = object_int(message, "wall_us", 0, INT64_MAX);
	if (message->error->failed)
		return 0;
	struct archive *archive = archive_for(tap, meeting);
	if (archive != NULL)
		(void)archive_mark(
			archive, source, open, event, wall_us, when); /* failures: keeper_flush() */
	return 0;
}

/* What did not come is missing for good: it is put down at once, and reported. */
static int take_sent(struct tap *tap, const struct object *message, struct archive_now when)
{
	const int64_t number = object_int(message, "track", 0, UINT32_MAX);
	const int64_t packets = object_int(message, "packets", 0, INT64_MAX);
	if (message->error->failed)
		return 0;
	struct tap_track *track = find_track(tap, (uint32_t)number);
	struct archive *archive = track != NULL ? archive_of(tap, track) : NULL;
	struct account *account =
		archive != NULL ? keeper_account(tap->keeper, track->meeting) : NULL;
	if (account == NULL)
		return 0;
	const uint64_t missing = account_sent(account, &track->account, (uint64_t)packets);
	if (missing > 0)
		(void)archive_note(archive, "packets-missing",
			json_pack("{s:s, s:s, s:I, s:I}", "track", track->name, "media",
				names_media(track->media), "sent", (json_int_t)packets, "missing",
				(json_int_t)missing),
			when); /* failures: keeper_flush() */
	return 0;
}

static int take_show(struct tap *tap, const struct object *message, struct archive_now when)
{
	const char *meeting = object_name(message, "meeting");
	const char *source = object_text(message, "source");
	const int64_t wall_us = object_int(message, "wall_us", 0, INT64_MAX);
	if (message->error->failed)
		return 0;
	if (source[0] != '\0' && !rs_name_valid(source, strlen(source))) {
		object_fail(message, "source", "is no name");
		return 0;
	}
	struct archive *archive = archive_for(tap, meeting);
	if (archive != NULL)
		(void)archive_show(archive, source, wall_us, when); /* failures: keeper_flush() */
	return 0;
}

static int take_gap(struct tap *tap, const struct object *message, struct archive_now when)
{
	const char *meeting = object_name(message, "meeting");
	const int64_t packets = object_int(message, "packets", 0, INT64_MAX);
	if (message->error->failed)
		return 0;
	tap->stats.gaps += (uint64_t)packets;
	struct archive *archive = archive_for(tap, meeting);
	if (archive != NULL)
		(void)archive_note(archive, "tap-gap",
			json_pack("{s:I}", "packets", (json_int_t)packets),
			when); /* failures: keeper_flush() */
	return 0;
}

static int take_message(struct tap *tap, const struct frame *frame, struct archive_now when,
	char error[TAP_ERROR_LEN])
{
	static const struct {
		const char *type;
		int (*take)(struct tap *tap, const struct object *message, struct archive_now when);
	} table[] = {
		{ "track", take_track },
		{ "clock", take_clock },
		{ "mark", take_mark },
		{ "sent", take_sent },
		{ "show", take_show },
		{ "gap", take_gap },
	};
	struct object_error failure = { 0 };
	json_error_t why;
	json_t *json =
		json_loadb((const char *)frame->body, frame->len, JSON_REJECT_DUPLICATES, &why);
	const struct object message = object_root(json, "tap message", &failure);
	const char *type = object_text(&message, "type");
	int err = 0;
	bool known = false;
	for (size_t i = 0; i < RS_ARRAY_LEN(table) && !failure.failed && !known; i++) {
		known = strcmp(type, table[i].type) == 0;
		if (known)
			err = table[i].take(tap, &message, when);
	}
	tap->stats.unknown += known ? 0 : 1;
	if (failure.failed) {
		(void)rs_copy_text(
			error, TAP_ERROR_LEN, failure.text, strlen(failure.text)); /* may be cut */
		err = -EBADMSG;
	}
	json_decref(json);
	return err;
}

static int ask_key(struct tap *tap, struct tap_track *track, struct archive_now when)
{
	if (track->key_asked != INT64_MIN && when.now - track->key_asked < KEY_INTERVAL)
		return 0;
	track->key_asked = when.now;
	return say(tap,
		json_pack("{s:s, s:I}", "type", "keyframe", "track", (json_int_t)track->number));
}

static int take_packet(struct tap *tap, const struct frame *frame, struct archive_now when,
	char error[TAP_ERROR_LEN])
{
	struct frame_packet packet;
	if (frame_packet_parse(frame->body, frame->len, &packet) < 0) {
		(void)rs_copy_text(
			error, TAP_ERROR_LEN, "packet frame is too short", 25); /* fits */
		return -EBADMSG;
	}
	tap->stats.packets++;
	struct tap_track *track = find_track(tap, packet.track);
	struct archive *archive = track != NULL ? archive_of(tap, track) : NULL;
	if (archive == NULL) {
		tap->stats.unknown++;
		return 0;
	}
	track->account.received++;
	if (archive_recv(archive, track->track, packet.rtp, packet.rtp_len, packet.arrival_wall_us,
		    when) < 0)
		return 0; /* keeper_flush() sees to it */
	return archive_wants_key(archive, track->track) ? ask_key(tap, track, when) : 0;
}

int tap_recv(struct tap *tap, const uint8_t *data, size_t len, struct archive_now when,
	char error[TAP_ERROR_LEN])
{
	(void)rs_copy_text(error, TAP_ERROR_LEN, "out of memory", 13); /* fits */
	int err = frame_reader_feed(&tap->reader, data, len);
	struct frame frame;
	while (err == 0) {
		const int got = frame_reader_next(&tap->reader, &frame);
		if (got == -EBADMSG)
			(void)rs_copy_text(error, TAP_ERROR_LEN,
				"frame of impossible length or kind", 34); /* fits */
		if (got <= 0)
			return got;
		err = frame.kind == FRAME_PACKET ? take_packet(tap, &frame, when, error)
						 : take_message(tap, &frame, when, error);
	}
	return err;
}

struct rs_buf *tap_output(struct tap *tap)
{
	return &tap->output;
}

const struct tap_stats *tap_stats(const struct tap *tap)
{
	return &tap->stats;
}
