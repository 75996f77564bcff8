#include "tools/roombox/media/spec.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define KINDS_TEXT "gen:, file:, alsa:, v4l2: or null: is expected"

static const char *const prefixes[SPEC_KINDS] = {
	[SPEC_GEN] = "gen:",
	[SPEC_FILE] = "file:",
	[SPEC_ALSA] = "alsa:",
	[SPEC_V4L2] = "v4l2:",
	[SPEC_NULL] = "null:",
};

static int fail(char why[SPEC_WHY_LEN], const char *text, const char *what)
{
	(void)snprintf(why, SPEC_WHY_LEN, "\"%.255s\": %s", text, what);
	return -EBADMSG;
}

/* One "key=number". */
static int read_number(const char *text, size_t len, struct spec_number *out)
{
	const char *mark = memchr(text, '=', len);
	if (mark == NULL || mark == text || (size_t)(mark - text) > SPEC_KEY_MAX)
		return -EBADMSG;
	int64_t value;
	const size_t key_len = (size_t)(mark - text);
	if (rs_parse_i64(mark + 1, len - key_len - 1, INT32_MIN, INT32_MAX, &value) < 0)
		return -EBADMSG;
	(void)rs_copy_text(out->key, sizeof(out->key), text, key_len); /* measured above */
	out->value = (int32_t)value;
	return 0;
}

/* "tone,hz=440,level=-20". */
static int read_numbered(const char *text, const char *rest, struct spec *spec, char *why)
{
	size_t len = strcspn(rest, ",");
	if (len == 0 || !rs_copy_text(spec->name, sizeof(spec->name), rest, len))
		return fail(why, text, "a name is expected");
	for (rest += len; *rest == ','; rest += len) {
		rest++;
		len = strcspn(rest, ",");
		if (spec->n_numbers == SPEC_NUMBERS_MAX)
			return fail(why, text, "too many numbers");
		if (read_number(rest, len, &spec->numbers[spec->n_numbers++]) < 0)
			return fail(why, text, "KEY=NUMBER is expected behind each comma");
	}
	return 0;
}

int spec_parse(const char *text, struct spec *out_spec, char why[SPEC_WHY_LEN])
{
	struct spec spec = { .kind = SPEC_KINDS };
	const char *rest = text;
	for (unsigned i = 0; i < SPEC_KINDS; i++) {
		const size_t len = strlen(prefixes[i]);
		if (strncmp(text, prefixes[i], len) == 0) {
			spec.kind = (enum spec_kind)i;
			rest = text + len;
		}
	}
	int err = 0;
	switch (spec.kind) {
	case SPEC_GEN:
	case SPEC_V4L2:
		err = read_numbered(text, rest, &spec, why);
		break;
	case SPEC_FILE:
	case SPEC_ALSA:
		if (rest[0] == '\0' || !rs_set_text(spec.name, rest))
			err = fail(
				why, text, "what stands behind the colon is missing or too long");
		break;
	case SPEC_NULL:
		if (rest[0] != '\0')
			err = fail(why, text, "nothing stands behind null:");
		break;
	case SPEC_KINDS:
		err = fail(why, text, KINDS_TEXT);
		break;
	}
	if (err == 0)
		*out_spec = spec;
	return err;
}

static int find_key(const struct spec_key *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(keys[i].key, key) == 0)
			return (int)i;
	}
	return -1;
}

int spec_numbers(const struct spec *spec, const struct spec_key *keys, size_t n,
	int32_t *out_values, char why[SPEC_WHY_LEN])
{
	for (size_t i = 0; i < n; i++)
		out_values[i] = keys[i].preset;
	for (size_t i = 0; i < spec->n_numbers; i++) {
		const struct spec_number *number = &spec->numbers[i];
		const int at = find_key(keys, n, number->key);
		if (at < 0) {
			(void)snprintf(why, SPEC_WHY_LEN, "%s%.64s: \"%s\" is not known",
				prefixes[spec->kind], spec->name, number->key);
			return -EINVAL;
		}
		const struct spec_key *key = &keys[at];
		if (number->value < key->min || number->value > key->max) {
			(void)snprintf(why, SPEC_WHY_LEN, "%s%.64s: %s is to be from %d to %d",
				prefixes[spec->kind], spec->name, key->key, key->min, key->max);
			return -EINVAL;
		}
		out_values[at] = number->value;
	}
	return 0;
}

bool spec_ends(const struct spec *spec, const char *suffix)
{
	const size_t len = strlen(spec->name);
	const size_t suffix_len = strlen(suffix);
	return len > suffix_len && strcasecmp(spec->name + len - suffix_len, suffix) == 0;
}
