#include "signaling/io/io_priv.h"

#include "common/log/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* An offer is the largest message, signaling/wire/PROTOCOL.md. */
#define PAGE_MESSAGE_MAX ((size_t)96 << 10)
/* What the kernel holds for a page; the rest waits in its outbox, shared with the others' and bounded. */
#define PAGE_SOCKET_OCTETS (128 << 10)
/* Messages written to one page before it is another's turn. */
#define WRITES_MAX 64
/* Close codes of that paper. */
#define CLOSE_AWAY 1001
#define CLOSE_MALFORMED 4000
#define CLOSE_SLOW 4008

_Static_assert(LWS_PRE <= MESSAGE_HEADROOM, "libwebsockets writes in front of the text");

static struct io *io_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* --- Who may open one --- */

static bool header(struct lws *wsi, enum lws_token_indexes token, char *out, int cap)
{
	return lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, out, cap, token) > 0;
}

/* Browsers say where the page that asks came from: from us, or from a site that was named. */
static bool origin_allowed(const struct io *io, struct lws *wsi)
{
	char origin[HTTP_VALUE_MAX];
	char host[HTTP_VALUE_MAX] = "";
	if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0)
		return true; /* no browser */
	if (!header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)))
		return false;
	(void)header(wsi, WSI_TOKEN_HOST, host, sizeof(host)); /* absent: fits nothing */
	const char *authority = strstr(origin, "://");
	if (authority != NULL && strcmp(authority + 3, host) == 0)
		return true;
	for (size_t i = 0; i < io->config.n_origins; i++) {
		if (strcmp(origin, io->config.origins[i]) == 0)
			return true;
	}
	return false;
}

static int admit(struct lws *wsi)
{
	char path[HTTP_VALUE_MAX];
	if (!header(wsi, WSI_TOKEN_GET_URI, path, sizeof(path)) || strcmp(path, "/ws") != 0)
		return -1;
	const struct io *io = io_of(wsi);
	return !io->stopping && origin_allowed(io, wsi) ? 0 : -1;
}

/* --- Its life --- */

/* To be closed once what waits is written; the service has nothing more to do with it. */
static void close_later(struct page *page, uint16_t code)
{
	if (page->closing)
		return;
	page->closing = true;
	page->code = code;
	(void)lws_callback_on_writable(page->wsi); /* fails for a dead socket only */
}

/* The service hears that the page is gone. */
static void leave(struct io *io, struct page *page, uint16_t code)
{
	const uint64_t session = page->session;
	if (session == 0)
		return;
	page->session = 0;
	(void)rs_map_remove(io->pages, &session, sizeof(session)); /* it is this one */
	service_session_closed(io->service, session, code, io_moment());
}

static int open_page(struct lws *wsi, struct page *page)
{
	static const int octets = PAGE_SOCKET_OCTETS;
	struct io *io = io_of(wsi);
	/* Refused, the kernel holds more. */
	(void)setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	page->wsi = wsi;
	page->is_open = true;
	rs_buf_init(&page->in, PAGE_MESSAGE_MAX);
	if (outbox_init(&page->outbox, io->config.limits.outbox_messages,
		    io->config.limits.outbox_octets) < 0)
		return -1;
	if (service_session_open(io->service, io_moment(), &page->session) < 0 ||
		rs_map_add(io->pages, &page->session, sizeof(page->session), page) < 0) {
		io->counters.connections_refused++;
		return -1;
	}
	io_pump(io);
	return 0;
}

static void end_page(struct lws *wsi, struct page *page)
{
	struct io *io = io_of(wsi);
	if (!page->is_open)
		return;
	leave(io, page, page->peer_code);
	page->is_open = false;
	outbox_done(&page->outbox);
	rs_buf_done(&page->in);
	io_pump(io);
	if (io->stopping && rs_map_count(io->pages) == 0)
		uv_stop(&io->loop); /* nobody is left to be told */
}

/* What cannot be handed to the service: told and closed here. */
static void reject(struct io *io, struct page *page, const char *text)
{
	char json[256];
	const int len = snprintf(json, sizeof(json),
		"{\"type\":\"error\",\"reason\":\"malformed\",\"text\":\"%s\"}", text);
	struct message *message = message_new(json, (size_t)len);
	io->counters.pages_oversized++;
	if (message != NULL && outbox_put(&page->outbox, message) < 0)
		message_unref(message);
	close_later(page, CLOSE_MALFORMED);
	leave(io, page, 0);
}

static void receive(struct lws *wsi, struct page *page, const void *data, size_t len)
{
	struct io *io = io_of(wsi);
	if (page->closing || page->session == 0)
		return;
	if (lws_frame_is_binary(wsi)) {
		reject(io, page, "Only text messages are understood.");
	} else if (rs_buf_append(&page->in, data, len) < 0) {
		reject(io, page, "The message is longer than 96 KiB.");
	} else if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
		service_session_recv(io->service, page->session, io_text(&page->in),
			rs_buf_len(&page->in), io_moment());
		rs_buf_consume(&page->in, rs_buf_len(&page->in));
	}
	io_pump(io);
}

/* Debian's libwebsockets on libuv drops a connection that is closed by the value of a call-back before the frame with the
 * code is written. Closed this way it only takes note, writes the frame, and awaits the answer. */
static void write_close(struct page *page)
{
	page->close_sent = true;
	lws_close_reason(page->wsi, (enum lws_close_status)page->code, NULL, 0);
	lws_set_timeout(page->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
}

static enum lws_write_protocol how(const struct message *message)
{
	switch (message->part) {
	case MESSAGE_FIRST:
		return LWS_WRITE_TEXT | LWS_WRITE_NO_FIN;
	case MESSAGE_NEXT:
		return LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN;
	case MESSAGE_LAST:
		return LWS_WRITE_CONTINUATION;
	case MESSAGE_WHOLE:
		break;
	}
	return LWS_WRITE_TEXT;
}

/* While corked, what is written waits to go out together. Refused, it goes out in pieces. */
static void cork(const struct page *page, int corked)
{
	(void)setsockopt(
		lws_get_socket_fd(page->wsi), IPPROTO_TCP, TCP_CORK, &corked, sizeof(corked));
}

static int write_message(struct page *page, struct message *message)
{
	const int written = lws_write(page->wsi, message_text(message), message->len, how(message));
	const bool failed = written < (int)message->len;
	message_unref(message);
	return failed ? -1 : 0;
}

/* Several messages a call, as long as the socket takes them: when hundreds join, most of what it costs to tell everybody is the
 * way of each packet. -1 closes. */
static int write_page(struct page *page)
{
	const bool several = page->outbox.count > 1;
	struct message *message;
	int err = 0;
	if (several)
		cork(page, 1);
	for (unsigned n = 0; n < WRITES_MAX && err == 0 && !lws_partial_buffered(page->wsi); n++) {
		message = outbox_take(&page->outbox);
		if (message == NULL)
			break;
		err = write_message(page, message);
	}
	if (several)
		cork(page, 0);
	if (err < 0)
		return err;
	if (page->outbox.count > 0)
		(void)lws_callback_on_writable(page->wsi); /* as in close_later() */
	else if (page->closing && !page->close_sent && lws_partial_buffered(page->wsi))
		(void)lws_callback_on_writable(page->wsi);
	else if (page->closing && !page->close_sent)
		write_close(page);
	return 0;
}

static void note_code(struct page *page, const uint8_t *data, size_t len)
{
	if (len >= 2)
		page->peer_code = (uint16_t)((unsigned)data[0] << 8 | data[1]);
}

int pages_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct page *page = user;
	/* Of some eighty reasons these concern a page. */
	switch ((int)reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return admit(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		return open_page(wsi, page);
	case LWS_CALLBACK_RECEIVE:
		receive(wsi, page, in, len);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return write_page(page);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		note_code(page, in, len);
		return 0;
	case LWS_CALLBACK_CLOSED:
		end_page(wsi, page);
		return 0;
	default:
		return 0;
	}
}

/* --- From the service --- */

static struct page *find(struct io *io, uint64_t session)
{
	return rs_map_find(io->pages, &session, sizeof(session));
}

void pages_send(struct io *io, uint64_t session, struct message *message)
{
	struct page *page = find(io, session);
	if (page == NULL || page->closing) {
		message_unref(message);
		return;
	}
	if (outbox_put(&page->outbox, message) < 0) {
		message_unref(message);
		io->counters.pages_slow++;
		log_warning(
			LOG_WS, NULL, "page is too slow session=%llu", (unsigned long long)session);
		/* What waits is of no use to it: it comes back and asks for what it missed. */
		outbox_done(&page->outbox);
		close_later(page, CLOSE_SLOW);
		leave(io, page, CLOSE_SLOW);
		return;
	}
	/* Asking to be called costs more than writing does; so it is done only where the socket holds something back. */
	if (page->outbox.count > 1 || lws_partial_buffered(page->wsi))
		(void)lws_callback_on_writable(page->wsi); /* as in close_later() */
	else if (write_page(page) < 0)
		lws_set_timeout(page->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

void pages_close(struct io *io, uint64_t session, uint16_t code)
{
	struct page *page = find(io, session);
	if (page == NULL)
		return;
	page->session = 0;
	(void)rs_map_remove(io->pages, &session, sizeof(session)); /* it is this one */
	close_later(page, code);
}

void pages_stop(struct io *io)
{
	size_t cursor = 0;
	struct page *page;
	while ((page = rs_map_next(io->pages, &cursor)) != NULL)
		close_later(page, CLOSE_AWAY);
}
