#include "recorder/archive/custody/retention.h"

#include "common/evidence/lines.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define FORMAT "rostrum-retention/1"
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static const char *const classes[RETENTION_CLASSES] = {
	[RETENTION_PUBLIC] = "public",
	[RETENTION_PRIVATE] = "private",
	[RETENTION_CLOSED_MEMBERS] = "closed-members",
};

static const char *const materials[RETENTION_MATERIALS] = {
	[RETENTION_PICTURES] = "pictures",
	[RETENTION_SOUND] = "sound",
	[RETENTION_PROGRAMME] = "programme",
	[RETENTION_CAPTIONS] = "captions",
	[RETENTION_RECORD] = "record",
	[RETENTION_SESSION] = "session",
};

static int find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

int retention_class_parse(const char *text, enum retention_class *out_class)
{
	const int found =
		text[0] == '\0' ? RETENTION_PUBLIC : find(classes, RETENTION_CLASSES, text);
	if (found < 0)
		return -EBADMSG;
	*out_class = (enum retention_class)found;
	return 0;
}

const char *retention_material(enum retention_material material)
{
	return materials[material];
}

/* --- reading a schedule --- */

static int parse_days(const char *class, const char *key, const json_t *value, uint32_t *out_days,
	char error[RETENTION_ERROR_LEN])
{
	if (json_is_null(value)) {
		*out_days = RETENTION_FOR_EVER;
		return 0;
	}
	const json_int_t days = json_integer_value(value);
	if (!json_is_integer(value) || days < 1 || days > RETENTION_DAYS_MAX) {
		(void)snprintf(error, RETENTION_ERROR_LEN,
			"%s.%s: days from 1 to %d are expected, or null for ever", class, key,
			RETENTION_DAYS_MAX); /* fits */
		return -EBADMSG;
	}
	*out_days = (uint32_t)days;
	return 0;
}

static int parse_class(const char *class, json_t *rules, uint32_t days[RETENTION_MATERIALS],
	char error[RETENTION_ERROR_LEN])
{
	if (!json_is_object(rules)) {
		(void)snprintf(error, RETENTION_ERROR_LEN, "%s: an object is expected", class);
		return -EBADMSG;
	}
	const char *key;
	json_t *value;
	json_object_foreach(rules, key, value)
	{
		const int material = find(materials, RETENTION_MATERIALS, key);
		if (material < 0) {
			(void)snprintf(error, RETENTION_ERROR_LEN,
				"%s.%.64s: unknown; pictures, sound, programme, captions, record or session "
				"is expected",
				class, key); /* fits */
			return -EBADMSG;
		}
		const int err = parse_days(class, key, value, &days[material], error);
		if (err < 0)
			return err;
	}
	return 0;
}

static bool is_title(const json_t *value)
{
	const char *text = json_string_value(value);
	if (text == NULL || text[0] == '\0' || strlen(text) >= RETENTION_TITLE_LEN)
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	return true;
}

static int parse_member(const char *key, json_t *value, struct retention_schedule *schedule,
	char error[RETENTION_ERROR_LEN])
{
	const int class = find(classes, RETENTION_CLASSES, key);
	const char *expected = NULL;
	if (class >= 0)
		return parse_class(key, value, schedule->days[class], error);
	if (strcmp(key, "format") == 0) {
		const char *format = json_string_value(value);
		expected = format == NULL || strcmp(format, FORMAT) != 0 ? "\"" FORMAT "\"" : NULL;
	} else if (strcmp(key, "schedule") == 0) {
		expected = is_title(value) ? NULL : "a title of 1 to 127 octets on one line";
		if (expected == NULL)
			(void)rs_set_text(schedule->title, json_string_value(value)); /* fits */
	} else {
		expected = "format, schedule, public, private or closed-members";
	}
	if (expected == NULL)
		return 0;
	(void)snprintf(error, RETENTION_ERROR_LEN, "%.64s: %s is expected", key, expected);
	return -EBADMSG;
}

static int parse_members(
	json_t *json, struct retention_schedule *schedule, char error[RETENTION_ERROR_LEN])
{
	static const char *const required[] = { "format", "schedule" };
	for (size_t i = 0; i < RS_ARRAY_LEN(required); i++) {
		if (json_object_get(json, required[i]) != NULL)
			continue;
		(void)snprintf(error, RETENTION_ERROR_LEN, "%s: is missing", required[i]);
		return -EBADMSG;
	}
	const char *key;
	json_t *value;
	int err = 0;
	json_object_foreach(json, key, value)
	{
		if (err == 0)
			err = parse_member(key, value, schedule, error);
	}
	return err;
}

int retention_parse(const char *text, size_t len, struct retention_schedule *out_schedule,
	char error[RETENTION_ERROR_LEN])
{
	struct retention_schedule schedule = { 0 };
	uint8_t digest[RS_SHA256_LEN];
	json_error_t where;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	int err = -EBADMSG;
	if (json == NULL)
		(void)snprintf(error, RETENTION_ERROR_LEN, "line %d: %.200s", where.line,
			where.text); /* fits */
	else if (!json_is_object(json))
		(void)snprintf(error, RETENTION_ERROR_LEN, "an object is expected");
	else
		err = parse_members(json, &schedule, error);
	json_decref(json);
	if (err < 0)
		return err;
	rs_sha256(text, len, digest);
	rs_hex_encode(digest, sizeof(digest), schedule.sha256);
	*out_schedule = schedule;
	return 0;
}

int retention_read(
	const char *path, struct retention_schedule *out_schedule, char error[RETENTION_ERROR_LEN])
{
	struct lines file;
	char why[RETENTION_ERROR_LEN] = "";
	int err = lines_open(&file, path);
	if (err < 0) {
		(void)snprintf(error, RETENTION_ERROR_LEN, "%.300s: %.100s", path, strerror(-err));
		return err;
	}
	err = retention_parse((const char *)file.data, file.len, out_schedule, why);
	lines_done(&file);
	if (err < 0)
		(void)snprintf(error, RETENTION_ERROR_LEN, "%.200s: %.300s", path, why);
	return err;
}

/* --- judging --- */

static bool in_folder(const char *file, enum names_place folder, const char **out_name)
{
	const char *name = names_place(folder) + strlen(names_place(NAMES_DATA)) + 1;
	const size_t len = strlen(name);
	if (strncmp(file, name, len) != 0 || file[len] != '/')
		return false;
	*out_name = file + len + 1;
	return true;
}

/* A ledger stays: it is what shows that the rest was not altered. */
static enum retention_material kind_of_segment(const char *name)
{
	size_t stem;
	if (!names_segment_parse(name, &stem) || strcmp(name + stem, NAMES_LEDGER) == 0)
		return RETENTION_NEVER;
	return name[stem - 1] == 'a' ? RETENTION_SOUND : RETENTION_PICTURES;
}

enum retention_material retention_kind(const char *file)
{
	static const char captions[] = "captions.";
	const char *name;
	if (in_folder(file, NAMES_TRACKS, &name))
		return kind_of_segment(name);
	if (in_folder(file, NAMES_CHANNELS, &name))
		return names_is_programme(name) ? RETENTION_PROGRAMME : kind_of_segment(name);
	if (in_folder(file, NAMES_TEXT, &name))
		return strncmp(name, captions, sizeof(captions) - 1) == 0 ? RETENTION_CAPTIONS
									  : RETENTION_RECORD;
	return in_folder(file, NAMES_RECORD, &name) ? RETENTION_RECORD : RETENTION_NEVER;
}

void retention_rule(const struct retention_schedule *schedule, enum retention_class class,
	enum retention_material material, char out[RETENTION_RULE_LEN])
{
	(void)snprintf(out, RETENTION_RULE_LEN, "%s/%s: %u days", classes[class],
		materials[material], (unsigned)schedule->days[class][material]); /* fits */
}

int64_t retention_due(const struct retention_schedule *schedule, enum retention_class class,
	enum retention_material material, int64_t ended_ms)
{
	if (material >= RETENTION_MATERIALS)
		return INT64_MAX;
	const uint32_t days = schedule->days[class][material];
	return days == RETENTION_FOR_EVER ? INT64_MAX : ended_ms + days * DAY_MS;
}
