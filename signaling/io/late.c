/* HTTP about what a room kept while its line was lost: a room asks for our time, and delivers part by part. */
#include "signaling/service/late.h"

#include "common/base/hash.h"
#include "signaling/io/io_priv.h"

#include <inttypes.h>
#include <string.h>

#define HEX_LEN (2 * RS_SHA256_LEN)
#define NUMBER_MAX 24

void late_time(struct request *request)
{
	if (rs_buf_printf(&request->out, "{\"wall_us\":%" PRId64 "}", rs_clock_wall_us()) < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "no-store");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

/* A whole number of the query, with a sign or without. */
static bool read_number(struct request *request, const char *name, int64_t *out)
{
	char text[NUMBER_MAX];
	uint64_t value;
	if (!http_query(request, name, text, sizeof(text)))
		return false;
	const bool negative = text[0] == '-';
	if (rs_parse_u64(text + negative, strlen(text + negative), INT64_MAX / 4, &value) < 0)
		return false;
	*out = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool read_late(struct request *request, struct service_late *late)
{
	const char *part = request->params.name[2];
	int64_t parts;
	if (rs_parse_u32(part, strlen(part), UINT32_MAX, &late->part) < 0 ||
		!read_number(request, "of", &parts) || parts < 1 || parts > UINT32_MAX ||
		!read_number(request, "from", &late->from_us) ||
		!read_number(request, "to", &late->to_us) ||
		!read_number(request, "shift", &late->shift_us))
		return false;
	late->parts = (uint32_t)parts;
	return true;
}

/* What came is what was sent. */
static bool is_whole(struct request *request)
{
	char said[HEX_LEN + 1];
	char is[HEX_LEN + 1];
	uint8_t digest[RS_SHA256_LEN];
	if (!http_query(request, "sha256", said, sizeof(said)))
		return false;
	rs_sha256(io_text(&request->body), rs_buf_len(&request->body), digest);
	rs_hex_encode(digest, sizeof(digest), is);
	return strcmp(said, is) == 0;
}

void late_put(struct request *request)
{
	struct service_refusal refusal;
	struct service_late late = { .request = request->number,
		.who = &request->who,
		.meeting = request->params.name[0],
		.outage = request->params.name[1],
		.data = io_text(&request->body),
		.len = rs_buf_len(&request->body) };
	if (!read_late(request, &late))
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"A part is expected, and in the query: of, from, to, shift, sha256.");
	else if (!is_whole(request))
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "damaged",
			"The body does not have the SHA-256 of the query.");
	else if (service_late_put(request->io->service, &late, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}
