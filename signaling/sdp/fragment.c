#include "signaling/sdp/sdp_priv.h"

#include <errno.h>
#include <stdio.h>

static int fail(struct sdp_error *error, size_t line, const char *why)
{
	(void)snprintf(error->text, sizeof(error->text), "line %zu: %s", line, why);
	return -EBADMSG;
}

/* Only the credentials matter: an ICE-lite server learns addresses from checks alone. */
int sdp_fragment_parse(
	const char *text, size_t len, struct sdp_fragment *out_fragment, struct sdp_error *error)
{
	struct sdp_lines lines = { .text = text, .len = len };
	struct sdp_fragment fragment = { .ufrag = "" };
	struct sdp_line line;
	int more;
	while ((more = sdp_lines_next(&lines, &line)) == 1) {
		struct sdp_view value = line.value;
		const struct sdp_view name = sdp_view_take(&value, ':');
		if (line.type != 'a')
			continue;
		if (sdp_view_is(name, "ice-ufrag") &&
			(!sdp_view_copy(value, fragment.ufrag, sizeof(fragment.ufrag)) ||
				!sdp_ufrag_valid(fragment.ufrag)))
			return fail(error, lines.number,
				"a=ice-ufrag: 4 to 256 ice-chars are expected");
		if (sdp_view_is(name, "ice-pwd") &&
			(!sdp_view_copy(value, fragment.pwd, sizeof(fragment.pwd)) ||
				!sdp_pwd_valid(fragment.pwd)))
			return fail(
				error, lines.number, "a=ice-pwd: 22 to 256 ice-chars are expected");
	}
	if (more < 0 || lines.number == 0)
		return fail(error, lines.number, "type=value is expected");
	if ((fragment.ufrag[0] == '\0') != (fragment.pwd[0] == '\0'))
		return fail(error, lines.number, "a=ice-ufrag and a=ice-pwd belong together");
	*out_fragment = fragment;
	return 0;
}

int sdp_fragment_write(const struct sdp_fragment *fragment, const struct peer_node *node,
	const char *mid, struct rs_buf *out)
{
	const int err = rs_buf_printf(out,
		"a=ice-lite\r\na=group:BUNDLE %s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n"
		"a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n",
		mid, mid, fragment->ufrag, fragment->pwd);
	return err < 0 ? err : sdp_write_candidates(node, out);
}
