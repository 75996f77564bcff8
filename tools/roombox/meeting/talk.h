/* tools/roombox/meeting/talk.h
 *
 * What a box and signaling say to each other (signaling/wire/PROTOCOL.md), without a socket: hello, resume, the view and its events
 * (seating.h), the clock (tools/client/asked_clock.h), commands of keys and their replies, what a technician asks. A machine fed with texts, keys and the time; it hands back
 * texts to send, news, and when it wants the line again. Not thread safe.
 *
 * A key that is pressed while there is no line is refused. A command that was under way when the line broke is sent again with its own id, for
 * ORDERS_PATIENCE (orders.h); a wish that comes minutes late helps nobody.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_TALK_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_TALK_H

#include "common/base/rand.h"
#include "tools/roombox/meeting/meeting.h"

/* Longest text that is sent, and taken. */
#define TALK_SEND_MAX REPORT_MAX
#define TALK_RECV_MAX ((size_t)8 << 20)
/* Between tries to get the line: at first, at most, and after another took the badge's one live place. */
#define TALK_WAIT_LEAST RS_MS(200)
#define TALK_WAIT_MOST RS_SEC(5)
#define TALK_WAIT_ELSEWHERE RS_SEC(30)
/* Of a line that asked for it and is not welcomed. */
#define TALK_WELCOME RS_SEC(10)

struct talk;

/* `token` and `rand` are borrowed. 0, -EINVAL (the token is too long to be said), -ENOMEM. */
int talk_new(
	const char *token, struct rs_rand *rand, rs_time now, struct talk **out_talk) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct talk *talk_free(struct talk *talk);

/* The line is wanted now: call talk_opened() or talk_closed() once it is known. */
bool talk_wants_line(const struct talk *talk, rs_time now);
void talk_opened(struct talk *talk, rs_time now);
/* It is gone, or did not come; with its close code, 0 = none. */
void talk_closed(struct talk *talk, uint16_t code, rs_time now);
/* One whole text. 0; -EBADMSG (no JSON object, or events are missing: the line must be closed), -ENOMEM (the same). */
int talk_recv(struct talk *talk, const char *text, size_t len, rs_time now) RS_MUST_USE;
/* What time brings. True: nothing was answered to hello, the line must be closed. */
bool talk_tick(struct talk *talk, rs_time now);
/* When talk_tick() or talk_wants_line() may say something else; RS_TIME_NEVER = never. */
rs_time talk_deadline(const struct talk *talk);
/* Whether there is something to be sent; one text of it, its length, or 0 = none. */
bool talk_has_text(const struct talk *talk);
size_t talk_poll(struct talk *talk, char out[TALK_SEND_MAX]);
/* How far the wall clock is ahead of the clock of `now`, us: signaling asks for it. As good as the last call. */
void talk_wall(struct talk *talk, int64_t ahead_us);
/* As meeting_press() and meeting_release(); what comes of it is news. */
void talk_press(struct talk *talk, const char *seat, rs_time now);
void talk_release(struct talk *talk, const char *seat, rs_time now);
/* As meeting_answer(). */
void talk_answer(struct talk *talk, const struct line_answer *line, rs_time now);
/* As meeting_report(): said with the next talk_poll() that has nothing else to say, and forgotten where there is no line. */
void talk_report(struct talk *talk, const struct report *report);
/* 1, or 0 = none. Lines and refusals that nobody takes are forgotten, the oldest first. */
int talk_news(struct talk *talk, struct meeting_news *out_news);

#endif
