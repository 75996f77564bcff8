/* recorder/io/key.h
 *
 * The file of the key that signs archives: PEM (PKCS #8), readable by its owner only. Blocking.
 */
#ifndef ROSTRUM_RECORDER_IO_KEY_H
#define ROSTRUM_RECORDER_IO_KEY_H

#include "common/base/rand.h"
#include "common/base/sign.h"

/* Read the key, or make one where there is none. The seed is the caller's to wipe. A key that others may
 * read is used and warned of. 0, -EBADMSG (no such key) or a negative errno of the file system. */
int key_load(
	const char *path, struct rs_rand *rand, uint8_t out_seed[RS_SIGN_SEED_LEN]) RS_MUST_USE;

#endif
