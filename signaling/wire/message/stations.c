#include "signaling/wire/message/stations.h"

#include "common/base/text.h"

void stations_parse_history(const struct object *object, struct wire_message *message)
{
	message->n_participants = object_array(object, "participants", WIRE_HISTORIES_MAX);
	for (size_t i = 0; i < message->n_participants; i++) {
		const char *id = object_text_at(object, "participants", i);
		if (!rs_name_valid(id, strlen(id)) || !rs_set_text(message->participants[i], id))
			object_fail(object, "participants", "badges are expected");
	}
}

static int figure_or_unknown(const struct object *object, const char *key, int most)
{
	return object_has(object, key) ? (int)object_int(object, key, 0, most) : TROUBLE_UNKNOWN;
}

void stations_parse_line(const struct object *object, struct wire_message *message)
{
	struct station_page *page = &message->page;
	const char *path = object_has(object, "path") ? object_text(object, "path") : "";
	const char *limit = object_has(object, "limit") ? object_text(object, "limit") : "none";
	while (page->path < STATION_PATHS && strcmp(path, station_path_name(page->path)) != 0)
		page->path++;
	while (page->limit < STATION_LIMITS && strcmp(limit, station_limit_name(page->limit)) != 0)
		page->limit++;
	if (page->path == STATION_PATHS)
		object_fail(object, "path", "there is no such path");
	if (page->limit == STATION_LIMITS)
		object_fail(object, "limit", "none, cpu, bandwidth or other is expected");
	page->rtt = figure_or_unknown(object, "rtt", 60000);
	page->jitter = figure_or_unknown(object, "jitter", 60000);
	page->concealed = figure_or_unknown(object, "concealed", 1000);
	page->decoded = figure_or_unknown(object, "decoded", 1000);
	page->dropped = figure_or_unknown(object, "dropped", 1000);
	page->available = figure_or_unknown(object, "available", 1000000);
	page->hum = object_has(object, "hum") ? (int)object_int(object, "hum", -100, 0)
					      : TROUBLE_UNKNOWN;
}
