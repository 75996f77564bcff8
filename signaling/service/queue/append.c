#include "signaling/service/queue/append.h"

#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>

static int write_payloads(struct chamber *chamber)
{
	struct rs_buf text;
	rs_buf_init(&text, STORE_PAYLOAD_MAX);
	int err = 0;
	for (size_t i = 0; i < chamber->events.n && err == 0; i++) {
		rs_buf_consume(&text, rs_buf_len(&text));
		err = wire_event_write(&chamber->events.list[i], &text);
		if (err < 0)
			break;
		chamber->payloads[i] = message_new(rs_buf_data(&text), rs_buf_len(&text));
		if (chamber->payloads[i] == NULL)
			err = -ENOMEM;
	}
	rs_buf_done(&text);
	return err;
}

/* The reply is stored with the events, so it is made before. */
static int write_reply(struct chamber *chamber)
{
	if (chamber->job == NULL || chamber->job->id[0] == '\0')
		return 0;
	struct rs_buf text;
	rs_buf_init(&text, 4096);
	int err = wire_reply_ok(
		chamber->job->id, chamber->events.list[chamber->events.n - 1].number, &text);
	if (err == 0) {
		chamber->reply = message_new(rs_buf_data(&text), rs_buf_len(&text));
		err = chamber->reply == NULL ? -ENOMEM : 0;
	}
	rs_buf_done(&text);
	return err;
}

int append_write(struct chamber *chamber)
{
	const int err = write_payloads(chamber);
	return err == 0 ? write_reply(chamber) : err;
}

int append_hand_over(struct service *service, struct chamber *chamber)
{
	struct store_event list[EVENTS_MAX];
	for (size_t i = 0; i < chamber->events.n; i++) {
		list[i] = (struct store_event){
			.payload = (const char *)message_text(chamber->payloads[i]),
			.len = chamber->payloads[i]->len,
		};
	}
	struct store_command command;
	if (chamber->reply != NULL) {
		command = (struct store_command){
			.badge = chamber->job->badge,
			.id = chamber->job->id,
			.reply = (const char *)message_text(chamber->reply),
			.reply_len = chamber->reply->len,
		};
	}
	const struct store_append append = {
		.ticket = ++service->last_ticket,
		.meeting = chamber->proceedings->meeting->id,
		.epoch = chamber->claim,
		.expect = chamber->proceedings->meeting->event,
		.events = list,
		.n_events = chamber->events.n,
		.command = chamber->reply != NULL ? &command : NULL,
	};
	chamber->ticket = append.ticket;
	return store_append(service->config.store, &append);
}
