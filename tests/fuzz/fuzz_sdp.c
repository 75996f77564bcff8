/* SDP: the input is answered as a page's, a publisher's and a player's offer, and read as a fragment. What is
 * refused must say why; what is answered must consist of lines, and offered again be the same layout. */
#include "signaling/sdp/sdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct peer_node node = {
	.fingerprint = "sha-256 12:34", .addresses = { "[::1]:50000" }, .n_addresses = 1
};
static const struct peer_plan plans[] = {
	{ .source = "KEN",
		.csrc = 1,
		.send = { PEER_MICROPHONE, PEER_CAMERA, PEER_CONTENT },
		.n_send = 3,
		.recv = { { .kind = PEER_AUDIO }, { .kind = PEER_VIDEO }, { .kind = PEER_VIDEO } },
		.n_recv = 3 },
	{ .source = "box", .csrc = 2, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2 },
	{ .recv = { { .kind = PEER_AUDIO }, { .kind = PEER_VIDEO } }, .n_recv = 2 },
};

/* Every line of an answer is one of ours: "type=value", ended by CR LF. */
static void check_lines(const struct rs_buf *sdp)
{
	const char *text = (const char *)rs_buf_data(sdp);
	size_t left = rs_buf_len(sdp);
	while (left > 0) {
		const char *end = memchr(text, '\n', left);
		if (end == NULL || end - text < 4 || end[-1] != '\r' || text[1] != '=')
			abort();
		left -= (size_t)(end - text) + 1;
		text = end + 1;
	}
}

static void answer(const char *text, size_t size, const struct peer_plan *plan)
{
	struct peer_spec *peer = rs_zalloc(sizeof(*peer));
	struct rs_rand rand;
	struct rs_buf sdp;
	char why[PEER_WHY_LEN] = "";
	rs_rand_init_seed(&rand, 1);
	rs_buf_init(&sdp, 1 << 20);
	if (peer == NULL)
		abort();
	const int err = sdp_answer(NULL, text, size, plan, &node, &rand, peer, &sdp, why);
	if (err < 0 && (why[0] == '\0' || memchr(why, '\0', sizeof(why)) == NULL))
		abort();
	if (err == 0) {
		check_lines(&sdp);
		if (sdp_answer(NULL, text, size, plan, &node, &rand, peer, &sdp, why) != 0)
			abort();
	}
	rs_buf_done(&sdp);
	rs_release(peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdp_fragment fragment;
	struct sdp_error error;
	const char *text = (const char *)data;
	for (size_t i = 0; i < RS_ARRAY_LEN(plans); i++)
		answer(text, size, &plans[i]);
	if (sdp_fragment_parse(text, size, &fragment, &error) == 0 &&
		(fragment.ufrag[0] == '\0') != (fragment.pwd[0] == '\0'))
		abort();
	return 0;
}
