#include "signaling/io/route.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Octets of the place of a name in a pattern, a star or a word in braces; 0 = this is none. */
static size_t place_len(const char *pattern)
{
	if (*pattern == '*')
		return 1;
	return *pattern == '{' ? strcspn(pattern, "}") + 1 : 0;
}

/* A name, a dot, and letters and digits. */
static bool is_file(const char *text, size_t len)
{
	const char *dot = memchr(text, '.', len);
	const size_t stem = dot != NULL ? (size_t)(dot - text) : len;
	return stem + 1 < len && len <= ROUTE_NAME_MAX && rs_name_valid(text, stem) &&
	       rs_name_valid(dot + 1, len - stem - 1);
}

static bool fits_place(const char *pattern, const char *text, size_t len)
{
	if (strncmp(pattern, "{file}", 6) == 0)
		return is_file(text, len);
	if (strncmp(pattern, "{session}", 9) != 0)
		return rs_name_valid(text, len);
	for (size_t at = 0; at < len; at++) {
		if (!rs_name_valid(text + at, 1))
			return false;
	}
	return len > 0 && len <= ROUTE_NAME_MAX;
}

bool route_match(const char *pattern, const char *path, struct route_params *out_params)
{
	size_t n = 0;
	while (*pattern != '\0') {
		const size_t place = place_len(pattern);
		if (place == 0) {
			if (*pattern != *path)
				return false;
			pattern++;
			path++;
			continue;
		}
		const size_t len = strcspn(path, "/");
		if (n == ROUTE_PARAMS_MAX || !fits_place(pattern, path, len))
			return false;
		(void)rs_copy_text(out_params->name[n++], ROUTE_NAME_MAX + 1, path, len); /* fits */
		path += len;
		pattern += place;
	}
	return *path == '\0';
}

static bool part_valid(const char *part, size_t len)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	return len > 0 && part[0] != '.' && strspn(part, allowed) >= len;
}

int route_file(const char *path, char out_file[ROUTE_FILE_MAX])
{
	if (strcmp(path, "/") == 0)
		path = "/index";
	/* "/watch/" is the page "/watch": with a query behind it people write it so. */
	const size_t first = 1 + strcspn(path + (path[0] != '\0'), "/");
	const bool slash = first > 1 && strcmp(path + first, "/") == 0;
	const char *last = path;
	for (const char *at = path; *at != '\0';) {
		if (slash && at == path + first)
			break;
		if (*at != '/')
			return -ENOENT;
		last = at + 1;
		const size_t len = strcspn(last, "/");
		if (!part_valid(last, len))
			return -ENOENT;
		at = last + len;
	}
	if (path[0] == '\0')
		return -ENOENT;
	const char *suffix = strchr(last, '.') != NULL ? "" : ".html";
	if (slash && suffix[0] == '\0')
		return -ENOENT;
	const int len = (int)(slash ? first - 1 : strnlen(path + 1, ROUTE_FILE_MAX));
	return rs_format(out_file, ROUTE_FILE_MAX, "%.*s%s", len, path + 1, suffix) < 0 ? -ENOENT
											: 0;
}

const char *route_content_type(const char *file)
{
	static const struct {
		const char *suffix, *type;
	} known[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".html", "text/html; charset=utf-8" },
		{ ".ico", "image/x-icon" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".map", "application/json" },
		{ ".png", "image/png" },
		{ ".svg", "image/svg+xml" },
		{ ".txt", "text/plain; charset=utf-8" },
		{ ".wasm", "application/wasm" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".woff2", "font/woff2" },
	};
	const char *dot = strrchr(file, '.');
	for (size_t i = 0; i < RS_ARRAY_LEN(known) && dot != NULL; i++) {
		if (strcmp(dot, known[i].suffix) == 0)
			return known[i].type;
	}
	return "application/octet-stream";
}

const char *route_webcast_type(const char *folder, const char *file)
{
	static const char list[] = "application/vnd.apple.mpegurl"; /* RFC 8216 section 10 */
	static const struct {
		const char *folder; /* as it begins */
		const char *file;   /* as it ends */
		const char *type;
	} known[] = {
		{ "", "master.m3u8", list },
		{ "", "live.json", "application/json" },
		{ "v", "index.m3u8", list },
		{ "v", ".mp4", "video/mp4" },
		{ "v", ".m4s", "video/mp4" },
		{ "a-", "index.m3u8", list },
		{ "a-", ".mp4", "audio/mp4" },
		{ "a-", ".m4s", "audio/mp4" },
		{ "s-", "index.m3u8", list },
		{ "s-", ".vtt", "text/vtt; charset=utf-8" },
	};
	const char *dot = strrchr(file, '.');
	for (size_t i = 0; i < RS_ARRAY_LEN(known) && dot != NULL; i++) {
		const size_t len = strlen(known[i].folder);
		const bool of_many = len > 0 && known[i].folder[len - 1] == '-';
		const bool there = of_many ? strncmp(folder, known[i].folder, len) == 0
					   : strcmp(folder, known[i].folder) == 0;
		if (there && strcmp(known[i].file[0] == '.' ? dot : file, known[i].file) == 0)
			return known[i].type;
	}
	return NULL;
}

bool route_query(const char *query, const char *name, char *out, size_t cap)
{
	const size_t len = strlen(name);
	while (*query != '\0') {
		const size_t pair = strcspn(query, "&");
		if (pair > len && query[len] == '=' && memcmp(query, name, len) == 0)
			return rs_copy_text(out, cap, query + len + 1, pair - len - 1);
		query += pair + (query[pair] == '&' ? 1 : 0);
	}
	out[0] = '\0';
	return true;
}

/* Length of a media type in front of its parameters. */
static size_t type_len(const char *text)
{
	return strcspn(text, " \t;,");
}

bool route_type_is(const char *header, const char *type)
{
	const size_t len = type_len(header);
	return len == strlen(type) && strncasecmp(header, type, len) == 0;
}

/* Is `range` ("application/sdp", "application/" and a star, or two stars) one that has `type`? */
static bool range_has(const char *range, size_t len, const char *type)
{
	const char *slash = strchr(type, '/');
	const size_t major = (size_t)(slash - type) + 1;
	if (len == 3 && memcmp(range, "*/*", 3) == 0)
		return true;
	if (len == major + 1 && range[major] == '*')
		return strncasecmp(range, type, major) == 0;
	return len == strlen(type) && strncasecmp(range, type, len) == 0;
}

bool route_accepts(const char *header, const char *type)
{
	if (header[0] == '\0')
		return true;
	while (*header != '\0') {
		header += strspn(header, " \t,");
		if (range_has(header, type_len(header), type))
			return true;
		header += strcspn(header, ",");
	}
	return false;
}

bool route_has_tag(const char *header, const char *tag)
{
	const size_t len = strlen(tag);
	for (const char *at = strstr(header, tag); at != NULL; at = strstr(at + 1, tag)) {
		const char after = at[len];
		if (after == '\0' || after == ',' || after == ' ' || after == '\t')
			return true;
	}
	return false;
}

/* If-Match compares strongly (section 13.1.1): a weak tag is no match. */
static bool has_strong_tag(const char *header, const char *tag)
{
	for (const char *at = strstr(header, tag); at != NULL; at = strstr(at + 1, tag)) {
		if (at == header || at[-1] != '/')
			return true;
	}
	return false;
}

enum route_condition route_condition(
	const char *if_match, const char *if_none_match, const char *tag)
{
	if (if_match[0] != '\0' && strcmp(if_match, "*") != 0 && !has_strong_tag(if_match, tag))
		return ROUTE_FAILED;
	if (strcmp(if_none_match, "*") == 0 || route_has_tag(if_none_match, tag))
		return ROUTE_NOT_MODIFIED;
	return ROUTE_GO_ON;
}
