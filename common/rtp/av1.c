#include "common/rtp/av1.h"

#include "common/base/bytes.h"

#include <errno.h>

/* Section 4.4, the aggregation header:
 *
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |Z|Y| W |N|-|-|-|
 *      +-+-+-+-+-+-+-+-+
 */
#define GOES_ON 0x80 /* Z: the first element continues one of the packet before */
#define ELEMENTS(octet) ((octet) >> 4 & 3) /* W: how many; 0 = each has its size before it */
#define FIRST_OF_SEQUENCE 0x08             /* N */
/* obu_type, AV1 specification section 6.2.2. */
#define OBU_SEQUENCE_HEADER 1
#define LEB128_OCTETS 8

/* AV1 specification section 4.10.5. */
static void leb128_skip(struct rs_reader *reader)
{
	for (unsigned i = 0; i < LEB128_OCTETS; i++)
		if ((rs_read_u8(reader) & 0x80) == 0)
			return;
	reader->failed = true;
}

int av1_parse(const uint8_t *payload, size_t len, bool *out_keyframe)
{
	struct rs_reader reader;

	rs_reader_init(&reader, payload, len);
	const uint8_t head = rs_read_u8(&reader);
	if (ELEMENTS(head) != 1)
		leb128_skip(&reader);
	const uint8_t obu = rs_read_u8(&reader);
	if (reader.failed)
		return -EBADMSG;
	const bool sequence =
		(head & FIRST_OF_SEQUENCE) != 0 || (obu >> 3 & 0x0f) == OBU_SEQUENCE_HEADER;
	*out_keyframe = (head & GOES_ON) == 0 && sequence;
	return 0;
}
