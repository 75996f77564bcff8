#include "tools/rostrumctl/redact.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define REMOVED "(removed)"
/* What a JWT's header begins with: {" in base64url. */
#define TOKEN_BEGINS "eyJ"
#define TOKEN_MIN 20

/* ---- configurations ---- */

static bool ends_in(const char *key, const char *word)
{
	const size_t n = strlen(key);
	const size_t len = strlen(word);
	return n >= len && strcasecmp(key + n - len, word) == 0;
}

static bool is_secret(const char *key, const char *value)
{
	static const char *const words[] = { "key", "secret", "password", "token", "pin" };
	/* Where a file is, is told; a secret may begin as a path does. */
	if (value[0] == '\0' || access(value, F_OK) == 0)
		return false;
	for (size_t i = 0; i < RS_ARRAY_LEN(words); i++) {
		if (ends_in(key, words[i]))
			return true;
	}
	return false;
}

/* "https://me:pass@host/": where what stands before the @ begins, or NULL. */
static const char *credentials_of(const char *value, const char **out_end)
{
	const char *scheme = strstr(value, "://");
	if (scheme == NULL)
		return NULL;
	const char *host = scheme + 3;
	*out_end = memchr(host, '@', strcspn(host, "/?#"));
	return *out_end != NULL ? host : NULL;
}

static json_t *redacted(const char *key, const char *value)
{
	const char *end;
	if (is_secret(key, value))
		return json_string(REMOVED);
	const char *begin = credentials_of(value, &end);
	return begin != NULL ? json_sprintf("%.*s%s%s", (int)(begin - value), value, REMOVED, end)
			     : json_string(value);
}

/* Items of an array stand under the array's key. */
static int redact_value(const char *key, json_t *value, json_t **out_text)
{
	json_t *text = NULL;
	if (json_is_string(value)) {
		*out_text = redacted(key, json_string_value(value));
		return *out_text != NULL ? 0 : -ENOMEM;
	}
	if (json_is_integer(value) && is_secret(key, REMOVED)) {
		*out_text = json_string(REMOVED);
		return *out_text != NULL ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		int err = redact_value(key, json_array_get(value, i), &text);
		if (err == 0 && text != NULL && json_array_set_new(value, i, text) < 0)
			err = -ENOMEM;
		if (err < 0)
			return err;
		text = NULL;
	}
	return json_is_object(value) ? redact_config(value) : 0;
}

int redact_config(json_t *config)
{
	const char *key;
	json_t *value;
	json_object_foreach(config, key, value)
	{
		json_t *text = NULL;
		int err = redact_value(key, value, &text);
		if (err == 0 && text != NULL && json_object_set_new(config, key, text) < 0)
			err = -ENOMEM;
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- logs ---- */

static bool is_of_token(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Octets of the token that begins here, or 0. */
static size_t token_len(const char *text, size_t len)
{
	size_t n = 0;
	if (len < TOKEN_MIN || memcmp(text, TOKEN_BEGINS, strlen(TOKEN_BEGINS)) != 0)
		return 0;
	while (n < len && is_of_token(text[n]))
		n++;
	return n >= TOKEN_MIN && memchr(text, '.', n) != NULL ? n : 0;
}

int redact_log(const char *text, size_t len, struct rs_buf *out)
{
	int err = 0;
	for (size_t i = 0; i < len && err == 0;) {
		const size_t token = token_len(text + i, len - i);
		if (token > 0)
			err = rs_buf_append(out, REMOVED, strlen(REMOVED));
		else if ((unsigned char)text[i] >= 0x80)
			err = rs_buf_append(out, "\xef\xbf\xbd", 3);
		else
			err = rs_buf_append(out, text + i, 1);
		i += token > 0 ? token : 1;
	}
	return err;
}
