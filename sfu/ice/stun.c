#include "sfu/ice/stun.h"

#include "common/base/bytes.h"
#include "common/base/hash.h"

#include <zlib.h>

#include <errno.h>
#include <string.h>

#define STUN_COOKIE 0x2112A442U
#define FINGERPRINT_XOR 0x5354554EU /* RFC 8489 section 14.7 */
#define ATTR_HEADER_LEN 4
#define INTEGRITY_ATTR_LEN (ATTR_HEADER_LEN + RS_SHA1_LEN)
#define FINGERPRINT_ATTR_LEN (ATTR_HEADER_LEN + 4)
#define ERROR_REASON_MAX 32

/* RFC 8489 section 18.3, RFC 8445 section 20.2. Below 0x8000: comprehension required. */
enum {
	ATTR_USERNAME = 0x0006,
	ATTR_INTEGRITY = 0x0008,
	ATTR_ERROR_CODE = 0x0009,
	ATTR_UNKNOWN = 0x000A,
	ATTR_XOR_MAPPED = 0x0020,
	ATTR_PRIORITY = 0x0024,
	ATTR_USE_CANDIDATE = 0x0025,
	ATTR_NOMINATION = 0x0030, /* draft-thatcher-ice-renomination; Chromium */
	ATTR_OPTIONAL = 0x8000,
	ATTR_FINGERPRINT = 0x8028,
	ATTR_CONTROLLED = 0x8029,
	ATTR_CONTROLLING = 0x802A,
};

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0| M11..M7 |C1| M6..M4 |C0| M3..M0 |       Message Length      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Magic Cookie 0x2112A442                       |
 * |                   Transaction ID (96 bits)                      |
 * RFC 8489 section 5 */
static uint16_t type_write(enum stun_class class, uint16_t method)
{
	const unsigned m = method;
	const unsigned c = class;
	return (uint16_t)((m & 0x00F) | (m & 0x070) << 1 | (m & 0xF80) << 2 | (c & 1) << 4 |
			  (c & 2) << 7);
}

static void type_parse(uint16_t type, struct stun_msg *msg)
{
	const unsigned t = type;
	msg->method = (uint16_t)((t & 0x000F) | (t & 0x00E0) >> 1 | (t & 0x3E00) >> 2);
	msg->class = (enum stun_class)((t & 0x0010) >> 4 | (t & 0x0100) >> 7);
}

static uint32_t fingerprint(const uint8_t *data, size_t len)
{
	return (uint32_t)crc32(0, data, (uInt)len) ^ FINGERPRINT_XOR;
}

/* HMAC over the message up to `end`, with the header's length as if the message ended behind
 * MESSAGE-INTEGRITY (RFC 8489 section 14.5). */
static void integrity(const uint8_t *data, size_t end, const char *key, size_t key_len,
	uint8_t out_mac[RS_SHA1_LEN])
{
	uint8_t copy[STUN_MAX_LEN];
	memcpy(copy, data, end);
	struct rs_writer length;
	rs_writer_init(&length, copy + 2, 2);
	rs_write_u16(&length, (uint16_t)(end + INTEGRITY_ATTR_LEN - STUN_HEADER_LEN));
	rs_hmac_sha1(key, key_len, copy, end, out_mac);
}

static int xor_addr_parse(
	struct rs_reader *reader, const uint8_t txid[STUN_TXID_LEN], struct rs_addr *out_addr)
{
	uint8_t mask[16];
	struct rs_writer writer;
	rs_writer_init(&writer, mask, sizeof(mask));
	rs_write_u32(&writer, STUN_COOKIE);
	rs_write_bytes(&writer, txid, STUN_TXID_LEN);

	rs_read_skip(reader, 1);
	const uint8_t family = rs_read_u8(reader);
	const uint16_t port = rs_read_u16(reader) ^ (STUN_COOKIE >> 16);
	const size_t ip_len = family == 1 ? 4 : 16;
	const uint8_t *ip = rs_read_view(reader, ip_len);
	if (ip == NULL || (family != 1 && family != 2))
		return -EBADMSG;
	for (size_t i = 0; i < ip_len; i++)
		mask[i] ^= ip[i];
	*out_addr = family == 1 ? rs_addr_v4(mask, port) : rs_addr_v6(mask, port);
	return 0;
}

static void xor_addr_write(
	struct rs_writer *writer, const uint8_t txid[STUN_TXID_LEN], const struct rs_addr *addr)
{
	const size_t ip_len = addr->family == RS_ADDR_V4 ? 4 : 16;
	uint8_t mask[16];
	struct rs_writer mask_writer;
	rs_writer_init(&mask_writer, mask, sizeof(mask));
	rs_write_u32(&mask_writer, STUN_COOKIE);
	rs_write_bytes(&mask_writer, txid, STUN_TXID_LEN);

	rs_write_u16(writer, ATTR_XOR_MAPPED);
	rs_write_u16(writer, (uint16_t)(4 + ip_len));
	rs_write_u8(writer, 0);
	rs_write_u8(writer, addr->family == RS_ADDR_V4 ? 1 : 2);
	rs_write_u16(writer, addr->port ^ (STUN_COOKIE >> 16));
	for (size_t i = 0; i < ip_len; i++)
		rs_write_u8(writer, addr->ip[i] ^ mask[i]);
}

static void unknown_add(struct stun_msg *msg, uint16_t type)
{
	if (msg->unknown_count < STUN_UNKNOWN_MAX)
		msg->unknown[msg->unknown_count++] = type;
}

static int error_code_parse(struct rs_reader *value, struct stun_msg *msg)
{
	rs_read_skip(value, 2);
	const unsigned class = rs_read_u8(value) & 7U;
	const unsigned number = rs_read_u8(value);
	if (value->failed || class < 3 || class > 6 || number > 99)
		return -EBADMSG;
	msg->error_code = (uint16_t)(class * 100 + number);
	return 0;
}

static void role_parse(struct rs_reader *value, enum stun_role role, struct stun_msg *msg)
{
	const uint64_t tie_breaker = rs_read_u64(value);
	if (value->failed || msg->role != STUN_ROLE_NONE)
		return;
	msg->role = role;
	msg->tie_breaker = tie_breaker;
}

/* One attribute before MESSAGE-INTEGRITY. */
static int attr_parse(uint16_t type, struct rs_reader *value, struct stun_msg *msg)
{
	switch (type) {
	case ATTR_USERNAME:
		if (value->len == 0 || value->len > STUN_USERNAME_MAX)
			return -EBADMSG;
		if (msg->username_view == NULL) {
			msg->username_len = value->len;
			msg->username_view = (const char *)rs_read_view(value, value->len);
		}
		return 0;
	case ATTR_PRIORITY:
		if (!msg->has_priority)
			msg->priority = rs_read_u32(value);
		msg->has_priority = true;
		break;
	case ATTR_USE_CANDIDATE:
		msg->use_candidate = true;
		break;
	case ATTR_NOMINATION:
		/* Says in which order nominations were made. The last one that came counts here anyhow. */
		break;
	case ATTR_CONTROLLING:
		role_parse(value, STUN_ROLE_CONTROLLING, msg);
		break;
	case ATTR_CONTROLLED:
		role_parse(value, STUN_ROLE_CONTROLLED, msg);
		break;
	case ATTR_XOR_MAPPED:
		if (msg->mapped.family == RS_ADDR_NONE)
			return xor_addr_parse(value, msg->txid, &msg->mapped);
		break;
	case ATTR_ERROR_CODE:
		if (msg->error_code == 0)
			return error_code_parse(value, msg);
		break;
	case ATTR_UNKNOWN:
		if (msg->class == STUN_ERROR) {
			while (rs_reader_left(value) >= 2)
				unknown_add(msg, rs_read_u16(value));
		}
		break;
	default:
		if (type < ATTR_OPTIONAL)
			unknown_add(msg, type);
		break;
	}
	return value->failed ? -EBADMSG : 0;
}

static int attrs_parse(struct rs_reader *reader, struct stun_msg *msg)
{
	while (rs_reader_left(reader) > 0) {
		const size_t at = reader->pos;
		const uint16_t type = rs_read_u16(reader);
		const uint16_t len = rs_read_u16(reader);
		const uint8_t *view = rs_read_view(reader, len);
		rs_read_skip(reader, (4U - len % 4U) % 4U);
		if (reader->failed)
			return -EBADMSG;

		struct rs_reader value;
		rs_reader_init(&value, view, len);
		if (type == ATTR_FINGERPRINT) {
			if (rs_reader_left(reader) > 0 ||
				rs_read_u32(&value) != fingerprint(reader->data, at))
				return -EBADMSG;
			msg->has_fingerprint = true;
		} else if (msg->integrity_at == 0 && type == ATTR_INTEGRITY) {
			if (len != RS_SHA1_LEN)
				return -EBADMSG;
			msg->integrity_at = at;
		} else if (msg->integrity_at == 0) {
			const int err = attr_parse(type, &value, msg);
			if (err < 0)
				return err;
		}
	}
	return 0;
}

int stun_parse(const uint8_t *data, size_t len, struct stun_msg *out_msg)
{
	struct stun_msg msg = { 0 };
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint16_t type = rs_read_u16(&reader);
	const uint16_t attrs_len = rs_read_u16(&reader);
	const uint32_t cookie = rs_read_u32(&reader);
	const uint8_t *txid = rs_read_view(&reader, STUN_TXID_LEN);
	if (txid == NULL || len > STUN_MAX_LEN || (type & 0xC000) != 0 || cookie != STUN_COOKIE ||
		attrs_len != len - STUN_HEADER_LEN || attrs_len % 4 != 0)
		return -EBADMSG;
	type_parse(type, &msg);
	memcpy(msg.txid, txid, STUN_TXID_LEN);
	const int err = attrs_parse(&reader, &msg);
	if (err < 0)
		return err;
	*out_msg = msg;
	return 0;
}

static const char *error_reason(uint16_t code)
{
	static const struct {
		uint16_t code;
		const char *reason;
	} reasons[] = {
		{ 400, "Bad Request" },
		{ 401, "Unauthenticated" },
		{ 420, "Unknown Attribute" },
		{ 487, "Role Conflict" },
		{ 500, "Server Error" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(reasons); i++) {
		if (reasons[i].code == code)
			return reasons[i].reason;
	}
	return "";
}

static void value_write(struct rs_writer *writer, uint16_t type, const void *value, size_t len)
{
	rs_write_u16(writer, type);
	rs_write_u16(writer, (uint16_t)len);
	rs_write_bytes(writer, value, len);
	rs_write_zero(writer, (4U - len % 4U) % 4U);
}

static void error_write(struct rs_writer *writer, const struct stun_msg *msg)
{
	uint8_t value[4 + ERROR_REASON_MAX];
	struct rs_writer value_writer;
	rs_writer_init(&value_writer, value, sizeof(value));
	const char *reason = error_reason(msg->error_code);
	rs_write_u16(&value_writer, 0);
	rs_write_u8(&value_writer, (uint8_t)(msg->error_code / 100));
	rs_write_u8(&value_writer, (uint8_t)(msg->error_code % 100));
	rs_write_bytes(&value_writer, reason, strlen(reason));
	value_write(writer, ATTR_ERROR_CODE, value, value_writer.len);
	if (msg->unknown_count == 0)
		return;

	rs_writer_init(&value_writer, value, sizeof(value));
	for (size_t i = 0; i < msg->unknown_count && i < STUN_UNKNOWN_MAX; i++)
		rs_write_u16(&value_writer, msg->unknown[i]);
	value_write(writer, ATTR_UNKNOWN, value, value_writer.len);
}

static void attrs_write(struct rs_writer *writer, const struct stun_msg *msg)
{
	if (msg->username_view != NULL)
		value_write(writer, ATTR_USERNAME, msg->username_view, msg->username_len);
	if (msg->has_priority) {
		rs_write_u16(writer, ATTR_PRIORITY);
		rs_write_u16(writer, 4);
		rs_write_u32(writer, msg->priority);
	}
	if (msg->use_candidate)
		value_write(writer, ATTR_USE_CANDIDATE, NULL, 0);
	if (msg->role != STUN_ROLE_NONE) {
		rs_write_u16(writer,
			msg->role == STUN_ROLE_CONTROLLING ? ATTR_CONTROLLING : ATTR_CONTROLLED);
		rs_write_u16(writer, 8);
		rs_write_u64(writer, msg->tie_breaker);
	}
	if (msg->mapped.family != RS_ADDR_NONE)
		xor_addr_write(writer, msg->txid, &msg->mapped);
	if (msg->error_code != 0)
		error_write(writer, msg);
}

/* The header's length once all attributes are counted in. */
static void length_write(uint8_t *data, size_t total)
{
	struct rs_writer writer;
	rs_writer_init(&writer, data + 2, 2);
	rs_write_u16(&writer, (uint16_t)(total - STUN_HEADER_LEN));
}

int stun_write(
	const struct stun_msg *msg, const char *key, size_t key_len, uint8_t *out, size_t cap)
{
	if (msg->username_len > STUN_USERNAME_MAX ||
		(msg->error_code != 0 && (msg->error_code < 300 || msg->error_code > 699)))
		return -EINVAL;

	struct rs_writer writer;
	rs_writer_init(&writer, out, cap < STUN_MAX_LEN ? cap : STUN_MAX_LEN);
	rs_write_u16(&writer, type_write(msg->class, msg->method));
	rs_write_u16(&writer, 0);
	rs_write_u32(&writer, STUN_COOKIE);
	rs_write_bytes(&writer, msg->txid, STUN_TXID_LEN);
	attrs_write(&writer, msg);
	if (writer.failed)
		return -ENOSPC;

	if (key != NULL) {
		uint8_t mac[RS_SHA1_LEN];
		integrity(out, writer.len, key, key_len, mac);
		value_write(&writer, ATTR_INTEGRITY, mac, sizeof(mac));
	}
	if (writer.failed || writer.cap - writer.len < FINGERPRINT_ATTR_LEN)
		return -ENOSPC;

	length_write(out, writer.len + FINGERPRINT_ATTR_LEN);
	const uint32_t crc = fingerprint(out, writer.len);
	rs_write_u16(&writer, ATTR_FINGERPRINT);
	rs_write_u16(&writer, 4);
	rs_write_u32(&writer, crc);
	return (int)writer.len;
}

int stun_verify(const uint8_t *data, size_t len, const struct stun_msg *msg, const char *key,
	size_t key_len)
{
	if (msg->integrity_at < STUN_HEADER_LEN || len > STUN_MAX_LEN ||
		len < msg->integrity_at + INTEGRITY_ATTR_LEN)
		return -EACCES;
	uint8_t mac[RS_SHA1_LEN];
	integrity(data, msg->integrity_at, key, key_len, mac);
	return rs_equal_ct(mac, data + msg->integrity_at + ATTR_HEADER_LEN, sizeof(mac)) ? 0
											 : -EACCES;
}
