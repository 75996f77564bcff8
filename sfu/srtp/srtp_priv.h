/* sfu/srtp/srtp_priv.h
 *
 * The translation of libsrtp's codes, apart so that a test walks through all of them.
 */
#ifndef ROSTRUM_SFU_SRTP_SRTP_PRIV_H
#define ROSTRUM_SFU_SRTP_SRTP_PRIV_H

#include <srtp2/srtp.h>

/* 0 or the negative errno of sfu/srtp/srtp.h. */
int crypt_error(srtp_err_status_t status);

#endif
