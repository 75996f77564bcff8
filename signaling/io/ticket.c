#include "signaling/io/ticket.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* ends.issued.role.meeting.badge.mac; names have no dots, an administrator's may be empty */
#define MAC_LEN (2 * RS_SHA256_LEN)

static void make_mac(const uint8_t key[RS_SHA256_LEN], const char *session, const char *fields,
	size_t len, char out[MAC_LEN + 1])
{
	char text[TICKET_LEN + ROUTE_NAME_MAX + 2];
	uint8_t mac[RS_SHA256_LEN];
	/* A name has no space: nothing else reads the same. Both fit. */
	const int n = snprintf(
		text, sizeof(text), "%.*s %.*s", ROUTE_NAME_MAX, session, (int)len, fields);
	rs_hmac_sha256(key, RS_SHA256_LEN, text, (size_t)n, mac);
	rs_hex_encode(mac, sizeof(mac), out);
}

void ticket_write(const uint8_t key[RS_SHA256_LEN], const char *session,
	const struct claims *claims, int64_t ends_s, char out[TICKET_LEN])
{
	char mac[MAC_LEN + 1];
	const int len = snprintf(out, TICKET_LEN, "%" PRId64 ".%" PRId64 ".%s.%s.%s", ends_s,
		claims->issued_s, role_name(claims->role), claims->meeting, claims->badge);
	make_mac(key, session, out, (size_t)len, mac);
	(void)snprintf(out + len, TICKET_LEN - (size_t)len, ".%s", mac);
}

/* The next field, without its dot. */
static bool next_field(const char **at, char *out, size_t cap)
{
	const size_t len = strcspn(*at, ".");
	if ((*at)[len] != '.' || !rs_copy_text(out, cap, *at, len))
		return false;
	*at += len + 1;
	return true;
}

static int read_fields(const char *text, int64_t *out_ends_s, struct claims *out)
{
	char ends[24];
	char issued[24];
	char role[16];
	*out = (struct claims){ .issued_s = 0 };
	if (!next_field(&text, ends, sizeof(ends)) || !next_field(&text, issued, sizeof(issued)) ||
		!next_field(&text, role, sizeof(role)) ||
		!next_field(&text, out->meeting, sizeof(out->meeting)) ||
		!next_field(&text, out->badge, sizeof(out->badge)) ||
		rs_parse_i64(ends, strlen(ends), 0, INT64_MAX, out_ends_s) < 0 ||
		rs_parse_i64(issued, strlen(issued), INT64_MIN, INT64_MAX, &out->issued_s) < 0 ||
		role_parse(role, &out->role) < 0)
		return -EACCES;
	return 0;
}

int ticket_read(const uint8_t key[RS_SHA256_LEN], const char *session, const char *text,
	int64_t now_s, struct claims *out_claims)
{
	char mac[MAC_LEN + 1];
	struct claims claims;
	int64_t ends_s;
	const char *last = strrchr(text, '.');
	if (last == NULL || strlen(text) >= TICKET_LEN || strlen(last + 1) != MAC_LEN)
		return -EACCES;
	make_mac(key, session, text, (size_t)(last - text), mac);
	if (!rs_equal_ct(mac, last + 1, MAC_LEN) || read_fields(text, &ends_s, &claims) < 0)
		return -EACCES;
	if (now_s >= ends_s)
		return -ETIMEDOUT;
	*out_claims = claims;
	return 0;
}
