#include "tools/roombox/room/echo.h"

#include <errno.h>
#include <speex/speex_echo.h>
#include <string.h>

#define HZ 48000

struct echo {
	SpeexEchoState *state;
	int16_t played[PLAYOUT_BLOCK];
};

int echo_new(struct echo **out_echo)
{
	spx_int32_t rate = HZ;
	struct echo *echo = rs_zalloc(sizeof(*echo));
	if (echo == NULL)
		return -ENOMEM;
	echo->state = speex_echo_state_init(PLAYOUT_BLOCK, HZ / 1000 * ECHO_TAIL_MS);
	if (echo->state == NULL) {
		rs_release(echo);
		return -ENOMEM;
	}
	(void)speex_echo_ctl(echo->state, SPEEX_ECHO_SET_SAMPLING_RATE, &rate); /* it knows it */
	*out_echo = echo;
	return 0;
}

struct echo *echo_free(struct echo *echo)
{
	if (echo == NULL)
		return NULL;
	speex_echo_state_destroy(echo->state);
	return rs_release(echo);
}

void echo_played(struct echo *echo, const int16_t block[PLAYOUT_BLOCK])
{
	memcpy(echo->played, block, sizeof(echo->played));
}

void echo_cancel(struct echo *echo, int16_t block[PLAYOUT_BLOCK])
{
	int16_t near[PLAYOUT_BLOCK];
	memcpy(near, block, sizeof(near));
	speex_echo_cancellation(echo->state, near, echo->played, block);
}
