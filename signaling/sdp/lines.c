#include "signaling/sdp/sdp_priv.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define UFRAG_MIN 4
#define PWD_MIN 22

/* Only line ends follow. */
static bool at_end(const struct sdp_lines *lines)
{
	for (size_t i = lines->at; i < lines->len; i++) {
		if (lines->text[i] != '\r' && lines->text[i] != '\n')
			return false;
	}
	return true;
}

int sdp_lines_next(struct sdp_lines *lines, struct sdp_line *out_line)
{
	if (at_end(lines))
		return 0;
	const char *start = lines->text + lines->at;
	const size_t left = lines->len - lines->at;
	const char *end = memchr(start, '\n', left);
	size_t len = end != NULL ? (size_t)(end - start) : left;
	lines->at += len + (end != NULL ? 1 : 0);
	lines->number++;
	if (lines->number > SDP_LINES_MAX)
		return -E2BIG;

	if (len > 0 && start[len - 1] == '\r')
		len--;
	if (len < 2 || start[0] < 'a' || start[0] > 'z' || start[1] != '=' ||
		memchr(start, '\0', len) != NULL)
		return -EBADMSG;
	*out_line = (struct sdp_line){ .type = start[0], .value = { start + 2, len - 2 } };
	return 1;
}

bool sdp_view_is(struct sdp_view view, const char *text)
{
	return view.len == strlen(text) && memcmp(view.text, text, view.len) == 0;
}

bool sdp_view_is_nocase(struct sdp_view view, const char *text)
{
	return view.len == strlen(text) && strncasecmp(view.text, text, view.len) == 0;
}

struct sdp_view sdp_view_take(struct sdp_view *view, char separator)
{
	const char *end = view->len > 0 ? memchr(view->text, separator, view->len) : NULL;
	const size_t len = end != NULL ? (size_t)(end - view->text) : view->len;
	const struct sdp_view taken = { view->text, len };
	const size_t skip = len + (end != NULL ? 1 : 0);
	view->text += skip;
	view->len -= skip;
	return taken;
}

bool sdp_view_copy(struct sdp_view view, char *out, size_t cap)
{
	return view.len > 0 && rs_copy_text(out, cap, view.text, view.len);
}

static bool ice_text_valid(const char *text, size_t min)
{
	static const char ice_chars[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t len = strlen(text);
	return len >= min && len <= PEER_ICE_MAX && strspn(text, ice_chars) == len;
}

bool sdp_ufrag_valid(const char *text)
{
	return ice_text_valid(text, UFRAG_MIN);
}

bool sdp_pwd_valid(const char *text)
{
	return ice_text_valid(text, PWD_MIN);
}
