#include "sfu/srtp/srtp_priv.h"

#include <errno.h>

int crypt_error(srtp_err_status_t status)
{
	switch (status) {
	case srtp_err_status_ok:
		return 0;
	case srtp_err_status_auth_fail:
	case srtp_err_status_cipher_fail: /* libsrtp's word for a wrong GCM tag in some back ends */
	case srtp_err_status_cant_check:  /* SRTCP that claims to be unencrypted */
	case srtp_err_status_bad_mki:
		return -EACCES;
	case srtp_err_status_replay_fail:
	case srtp_err_status_replay_old:
	case srtp_err_status_pkt_idx_old:
		return -EALREADY;
	case srtp_err_status_bad_param:
	case srtp_err_status_parse_err:
	case srtp_err_status_encode_err:
	case srtp_err_status_pkt_idx_adv:
		return -EBADMSG;
	case srtp_err_status_alloc_fail:
		return -ENOMEM;
	case srtp_err_status_no_ctx:
		return -ENOENT;
	case srtp_err_status_key_expired:
	case srtp_err_status_nonce_bad:
		return -EPROTO;
	case srtp_err_status_no_such_op:
		return -EOPNOTSUPP;
	case srtp_err_status_fail:
	case srtp_err_status_dealloc_fail:
	case srtp_err_status_init_fail:
	case srtp_err_status_terminus:
	case srtp_err_status_algo_fail:
	case srtp_err_status_socket_err:
	case srtp_err_status_signal_err:
	case srtp_err_status_read_fail:
	case srtp_err_status_write_fail:
	case srtp_err_status_semaphore_err:
	case srtp_err_status_pfkey_err:
		return -EIO;
	}
	return -EIO;
}
