/* The thread that holds the line: libwebsockets on one side, talk.h in the middle, and whoever has the sound on the other. */
#include "tools/roombox/meeting/meeting.h"

#include "common/base/buf.h"
#include "common/log/log.h"
#include "tools/roombox/meeting/talk.h"

#include <curl/curl.h>
#include <libwebsockets.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define PROTOCOL "rostrum.v1"
/* The thread wakes so often at most, and at least. */
#define TURN_LEAST RS_MS(10)
#define TURN_MOST RS_SEC(1)
/* A line that says nothing for so long is asked whether it lives, and given up. */
#define PING_S 10
#define SILENT_S 25
/* Close codes from here on are signaling's own (PROTOCOL.md section 1). */
#define CLOSE_REFUSED 4000

enum word_kind { WORD_PRESS, WORD_RELEASE, WORD_ANSWER };

/* What whoever has the sound wants said. */
struct word {
	enum word_kind kind;
	struct line_answer line; /* of a key the seat alone */
};

struct meeting {
	pthread_t thread;
	atomic_bool stop;
	struct lws_context *context;
	/* of the thread alone */
	char *host;
	char *path;
	uint16_t port;
	bool tls;
	struct lws *line;
	bool connecting;
	uint16_t code;      /* that it was closed with */
	uint16_t code_told; /* and the time before */
	struct rs_buf text;
	struct rs_rand rand;
	lws_sorted_usec_list_t alarm;
	uint8_t out[LWS_PRE + TALK_SEND_MAX];
	/* what is said; whoever plays sound does not wait for it */
	pthread_mutex_t talking;
	struct talk *talk;
	/* held for moments only */
	pthread_mutex_t pressing;
	struct word words[MEETING_PRESSES_MAX];
	size_t n_words;
	struct report report;
	bool reports;
};

static rs_time time_now(void)
{
	return rs_clock_monotonic();
}

/* --- The line --- */

static void lock(pthread_mutex_t *mutex)
{
	(void)pthread_mutex_lock(mutex); /* it fails for no mutex only */
}

static void unlock(pthread_mutex_t *mutex)
{
	(void)pthread_mutex_unlock(mutex); /* as above */
}

/* What the machine is handed with the time, under its lock. */
static struct talk *talk_of(struct meeting *meeting)
{
	talk_wall(meeting->talk, rs_clock_wall_us() - time_now());
	return meeting->talk;
}

static void lost(struct meeting *meeting, const char *why)
{
	meeting->line = NULL;
	meeting->connecting = false;
	rs_buf_consume(&meeting->text, rs_buf_len(&meeting->text));
	lock(&meeting->talking);
	talk_closed(meeting->talk, meeting->code, time_now());
	unlock(&meeting->talking);
	/* A refusal once, however often it is tried. */
	if (meeting->code >= CLOSE_REFUSED && meeting->code != meeting->code_told)
		log_warning(LOG_WS, meeting->host, "the meeting refused code=%u", meeting->code);
	else
		log_debug(LOG_WS, meeting->host, "no line code=%u why=%s", meeting->code, why);
	meeting->code_told = meeting->code;
}

static void connect_line(struct meeting *meeting)
{
	static const uint32_t never[] = { 0 };
	static const lws_retry_bo_t retry = {
		.retry_ms_table = never,
		.secs_since_valid_ping = PING_S,
		.secs_since_valid_hangup = SILENT_S,
	};
	const struct lws_client_connect_info info = {
		.context = meeting->context,
		.address = meeting->host,
		.port = meeting->port,
		.path = meeting->path,
		.host = meeting->host,
		.origin = meeting->host,
		.protocol = PROTOCOL,
		.ssl_connection = meeting->tls ? LCCSCF_USE_SSL : 0,
		.retry_and_idle_policy = &retry,
		.pwsi = &meeting->line,
	};
	meeting->connecting = true;
	meeting->code = 0;
	/* A failure may have been told by the call-back already. */
	if (lws_client_connect_via_info(&info) == NULL && meeting->connecting) {
		lost(meeting, "not begun");
	}
}

static void close_line(struct meeting *meeting)
{
	if (meeting->line != NULL)
		lws_set_timeout(meeting->line, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void say(struct talk *talk, const struct word *word)
{
	switch (word->kind) {
	case WORD_PRESS:
		talk_press(talk, word->line.seat, time_now());
		break;
	case WORD_RELEASE:
		talk_release(talk, word->line.seat, time_now());
		break;
	case WORD_ANSWER:
		talk_answer(talk, &word->line, time_now());
		break;
	}
}

static void take_words(struct meeting *meeting)
{
	struct word words[MEETING_PRESSES_MAX];
	lock(&meeting->pressing);
	const size_t n = meeting->n_words;
	memcpy(words, meeting->words, n * sizeof(words[0]));
	meeting->n_words = 0;
	if (meeting->reports)
		talk_report(talk_of(meeting), &meeting->report);
	meeting->reports = false;
	unlock(&meeting->pressing);
	for (size_t i = 0; i < n; i++)
		say(meeting->talk, &words[i]);
}

static void on_alarm(lws_sorted_usec_list_t *alarm)
{
	(void)alarm; /* it woke the loop; the turn does the rest */
}

/* What keys and time bring, and when to be woken next. */
static void turn(struct meeting *meeting)
{
	lock(&meeting->talking);
	take_words(meeting);
	const bool silent = talk_tick(meeting->talk, time_now());
	const bool wanted = talk_wants_line(meeting->talk, time_now());
	const bool has_text = talk_has_text(meeting->talk);
	rs_time due = talk_deadline(meeting->talk);
	unlock(&meeting->talking);
	if (silent)
		close_line(meeting);
	if (wanted && !meeting->connecting && meeting->line == NULL)
		connect_line(meeting);
	/* Asked for with nothing to say, each answer would be the next turn. */
	if (has_text && meeting->line != NULL && !meeting->connecting)
		(void)lws_callback_on_writable(meeting->line); /* or it closes, and that is told */
	/* While it is being connected, libwebsockets wakes us. */
	due = meeting->connecting ? RS_TIME_NEVER : due;
	const rs_time wait = rs_time_min(due, time_now() + TURN_MOST) - time_now();
	lws_sul_schedule(meeting->context, 0, &meeting->alarm, on_alarm,
		wait > TURN_LEAST ? wait : TURN_LEAST);
}

static void *run(void *ctx)
{
	struct meeting *meeting = ctx;
	while (!atomic_load(&meeting->stop)) {
		turn(meeting);
		if (lws_service(meeting->context, 0) < 0)
			break;
	}
	return NULL;
}

/* --- What libwebsockets tells --- */

/* Nonzero closes the line. */
static int take(struct meeting *meeting, struct lws *wsi, const void *in, size_t len)
{
	if (rs_buf_append(&meeting->text, in, len) < 0)
		return -1;
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
		return 0;
	lock(&meeting->talking);
	const int err = talk_recv(talk_of(meeting), (const char *)rs_buf_data(&meeting->text),
		rs_buf_len(&meeting->text), time_now());
	unlock(&meeting->talking);
	rs_buf_consume(&meeting->text, rs_buf_len(&meeting->text));
	if (err < 0)
		log_warning(LOG_WS, meeting->host, "what came is not understood error=%d", err);
	return err;
}

static int send_next(struct meeting *meeting, struct lws *wsi)
{
	lock(&meeting->talking);
	const size_t len = talk_poll(meeting->talk, (char *)meeting->out + LWS_PRE);
	unlock(&meeting->talking);
	if (len == 0)
		return 0;
	if (lws_write(wsi, meeting->out + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len)
		return -1;
	return lws_callback_on_writable(wsi) < 0 ? -1 : 0;
}

static int on_line(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct meeting *meeting = lws_context_user(lws_get_context(wsi));
	(void)user; /* there is one line */
	/* What else libwebsockets tells is for others. */
	if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR) {
		lost(meeting, in != NULL ? in : "");
	} else if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		meeting->connecting = false;
		lock(&meeting->talking);
		talk_opened(meeting->talk, time_now());
		unlock(&meeting->talking);
		return lws_callback_on_writable(wsi) < 0 ? -1 : 0;
	} else if (reason == LWS_CALLBACK_CLIENT_RECEIVE) {
		return take(meeting, wsi, in, len);
	} else if (reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
		return send_next(meeting, wsi);
	} else if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE && len >= 2) {
		const uint8_t *code = in;
		meeting->code = (uint16_t)(code[0] * 256 + code[1]);
	} else if (reason == LWS_CALLBACK_CLIENT_CLOSED) {
		lost(meeting, "closed");
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ PROTOCOL, on_line, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

/* --- Birth and death --- */

static char *copy_part(CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	char *copy = NULL;
	if (curl_url_get(url, part, &text, flags) == CURLUE_OK)
		copy = rs_memdup(text, strlen(text) + 1);
	curl_free(text);
	return copy;
}

/* "https://example.org/site" has its line at wss://example.org/site/ws. */
static int read_base(struct meeting *meeting, const char *base)
{
	CURLU *url = curl_url();
	if (url == NULL)
		return -ENOMEM;
	int err = curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK ? 0 : -EINVAL;
	char *scheme = copy_part(url, CURLUPART_SCHEME, 0);
	char *port = copy_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	char *path = copy_part(url, CURLUPART_PATH, 0);
	meeting->host = copy_part(url, CURLUPART_HOST, 0);
	if (err == 0 && (scheme == NULL || port == NULL || path == NULL || meeting->host == NULL))
		err = -ENOMEM;
	if (err == 0 && (rs_parse_u16(port, strlen(port), UINT16_MAX, &meeting->port) < 0 ||
				(strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)))
		err = -EINVAL;
	if (err == 0) {
		size_t len = strlen(path);
		while (len > 0 && path[len - 1] == '/')
			len--;
		meeting->path = rs_zalloc(len + sizeof("/ws"));
		err = meeting->path == NULL ? -ENOMEM : 0;
		if (err == 0)
			err = rs_format(
				meeting->path, len + sizeof("/ws"), "%.*s/ws", (int)len, path);
		meeting->tls = strcmp(scheme, "https") == 0;
	}
	rs_release(scheme);
	rs_release(port);
	rs_release(path);
	curl_url_cleanup(url);
	return err;
}

static int start(struct meeting *meeting)
{
	const struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = protocols,
		.user = meeting,
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
	};
	lws_set_log_level(LLL_ERR, NULL);
	meeting->context = lws_create_context(&info);
	if (meeting->context == NULL)
		return -EIO;
	if (pthread_create(&meeting->thread, NULL, run, meeting) == 0)
		return 0;
	lws_context_destroy(meeting->context);
	meeting->context = NULL;
	return -EIO;
}

int meeting_new(const struct meeting_config *config, struct meeting **out_meeting)
{
	struct meeting *meeting = rs_zalloc(sizeof(*meeting));
	if (meeting == NULL)
		return -ENOMEM;
	rs_buf_init(&meeting->text, TALK_RECV_MAX);
	rs_rand_init_system(&meeting->rand);
	(void)pthread_mutex_init(&meeting->talking, NULL); /* they fail for attributes only */
	(void)pthread_mutex_init(&meeting->pressing, NULL);
	int err = read_base(meeting, config->base);
	if (err == 0)
		err = talk_new(config->token, &meeting->rand, time_now(), &meeting->talk);
	if (err == 0)
		err = start(meeting);
	if (err < 0) {
		meeting_free(meeting);
		return err;
	}
	*out_meeting = meeting;
	return 0;
}

struct meeting *meeting_free(struct meeting *meeting)
{
	if (meeting == NULL)
		return NULL;
	if (meeting->context != NULL) {
		atomic_store(&meeting->stop, true);
		lws_cancel_service(meeting->context);
		(void)pthread_join(meeting->thread, NULL); /* fails for no thread only */
		lws_context_destroy(meeting->context);
	}
	talk_free(meeting->talk);
	(void)pthread_mutex_destroy(&meeting->talking); /* nobody holds them */
	(void)pthread_mutex_destroy(&meeting->pressing);
	rs_buf_done(&meeting->text);
	rs_release(meeting->host);
	rs_release(meeting->path);
	return rs_release(meeting);
}

/* --- The side of the sound --- */

int meeting_poll(struct meeting *meeting, struct meeting_news *out_news)
{
	if (pthread_mutex_trylock(&meeting->talking) != 0)
		return 0;
	const int got = talk_news(meeting->talk, out_news);
	unlock(&meeting->talking);
	return got;
}

static int hand_over(struct meeting *meeting, const struct word *word)
{
	lock(&meeting->pressing);
	const bool room = meeting->n_words < MEETING_PRESSES_MAX;
	if (room)
		meeting->words[meeting->n_words++] = *word;
	unlock(&meeting->pressing);
	if (room)
		lws_cancel_service(meeting->context);
	return room ? 0 : -E2BIG;
}

static int hand_key(struct meeting *meeting, const char *seat, enum word_kind kind)
{
	struct word word = { .kind = kind };
	return rs_set_text(word.line.seat, seat) ? hand_over(meeting, &word) : -EINVAL;
}

bool meeting_report(struct meeting *meeting, const struct report *report)
{
	if (pthread_mutex_trylock(&meeting->pressing) != 0)
		return false;
	meeting->report = *report;
	meeting->reports = true;
	unlock(&meeting->pressing);
	lws_cancel_service(meeting->context);
	return true;
}

int meeting_press(struct meeting *meeting, const char *seat)
{
	return hand_key(meeting, seat, WORD_PRESS);
}

int meeting_release(struct meeting *meeting, const char *seat)
{
	return hand_key(meeting, seat, WORD_RELEASE);
}

void meeting_answer(struct meeting *meeting, const struct line_answer *line)
{
	(void)hand_over(meeting,
		&(struct word){ .kind = WORD_ANSWER, .line = *line }); /* as the header says */
}
