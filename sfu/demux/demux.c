#include "sfu/demux/demux.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <string.h>

#define STUN_HEADER_LEN 20
#define STUN_ATTR_USERNAME 0x0006 /* RFC 8489 section 14.3 */
#define DTLS_HEADER_LEN 13        /* RFC 6347 section 4.1 */
#define RTP_HEADER_LEN 12         /* RFC 3550 section 5.1 */
#define RTCP_HEADER_LEN 8         /* RFC 3550 section 6.4.2, an empty receiver report */

/* RFC 7983 section 7: 0..3 STUN, 20..63 DTLS, 128..191 RTP or RTCP. RFC 5761 section 4: of those,
 * a second octet of 192..223 is RTCP's packet type. */
enum demux_kind demux_classify(const uint8_t *data, size_t len)
{
	if (len < RTCP_HEADER_LEN)
		return DEMUX_UNKNOWN;
	if (data[0] <= 3)
		return len >= STUN_HEADER_LEN ? DEMUX_STUN : DEMUX_UNKNOWN;
	if (data[0] >= 20 && data[0] <= 63)
		return len >= DTLS_HEADER_LEN ? DEMUX_DTLS : DEMUX_UNKNOWN;
	if (data[0] < 128 || data[0] > 191)
		return DEMUX_UNKNOWN;
	if (data[1] >= 192 && data[1] <= 223)
		return DEMUX_RTCP;
	return len >= RTP_HEADER_LEN ? DEMUX_RTP : DEMUX_UNKNOWN;
}

int demux_stun_username(
	const uint8_t *data, size_t len, const char **out_ufrag_view, size_t *out_len)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	rs_read_skip(&reader, STUN_HEADER_LEN);
	if (reader.failed || (data[0] & 0xC0) != 0)
		return -EBADMSG;
	while (rs_reader_left(&reader) > 0) {
		const uint16_t type = rs_read_u16(&reader);
		const uint16_t value_len = rs_read_u16(&reader);
		const uint8_t *value = rs_read_view(&reader, value_len);
		rs_read_skip(&reader, (4U - value_len % 4U) % 4U);
		if (reader.failed)
			return -EBADMSG;
		if (type != STUN_ATTR_USERNAME)
			continue;
		const uint8_t *colon = memchr(value, ':', value_len);
		if (colon == NULL)
			return -ENOENT;
		*out_ufrag_view = (const char *)value;
		*out_len = (size_t)(colon - value);
		return 0;
	}
	return -ENOENT;
}
