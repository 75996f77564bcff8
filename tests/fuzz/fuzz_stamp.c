/* Answers of a time stamping authority: none is taken for another digest or nonce, and what is not taken says why. The first octet says
 * whether a nonce is expected. */
#include "common/base/hash.h"
#include "common/base/stamp.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nonce[RS_STAMP_NONCE_LEN] = { 0x80, 5 };
	static const uint8_t other[RS_STAMP_NONCE_LEN] = { 0x80, 6 };
	uint8_t digest[RS_SHA512_LEN];
	uint8_t another[RS_SHA512_LEN];
	char why[RS_STAMP_WHY_LEN] = "";
	int64_t wall_ms = 0;
	if (size == 0)
		return 0;
	rs_sha512("abc", 3, digest); /* of the request whose answer lies in the corpus */
	rs_sha512("abd", 3, another);
	const uint8_t *expected = data[0] % 2 == 0 ? nonce : NULL;
	const int err = rs_stamp_check(data + 1, size - 1, digest, expected, NULL, &wall_ms, why);
	if (err < 0 && why[0] == '\0')
		abort();
	if (err == 0 &&
		(rs_stamp_check(data + 1, size - 1, another, NULL, NULL, &wall_ms, why) == 0 ||
			rs_stamp_check(data + 1, size - 1, digest, other, NULL, &wall_ms, why) ==
				0))
		abort();
	return 0;
}
