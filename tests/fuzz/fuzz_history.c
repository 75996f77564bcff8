/* Transport-wide feedback from a receiver that may say anything, against what was sent to it. Each step is
 * an octet: below 128 so many packets are sent, else so many octets of FCI follow. */
#include <stdlib.h>
#include <string.h>

#include "sfu/bwe/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct history history;

static void hear(const uint8_t *data, size_t len, uint64_t *sent)
{
	const struct rtcp_feedback feedback = { .fci_view = data, .fci_len = len };
	struct twcc_feedback twcc;
	struct history_walk walk;
	struct history_packet packet;
	size_t n = 0;

	if (twcc_parse(&feedback, &twcc) < 0)
		return;
	if (twcc.n_packets > TWCC_PACKETS_MAX)
		abort();
	history_walk_init(&history, &twcc, &walk);
	while (history_next(&history, &walk, &packet) == 1) {
		if (++n > twcc.n_packets || packet.number < 1 || packet.number >= history.next)
			abort();
		if (packet.octets != 100 + (uint64_t)packet.number % 1000 ||
			(packet.was_lost && !packet.arrived))
			abort();
		if (*sent < packet.octets + packet.before)
			abort();
	}
	if (history_in_flight(&history) > *sent)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t sent = 0;
	rs_time now = 0;

	history_init(&history);
	while (size > 0) {
		const uint8_t step = *data++;
		size--;
		if (step < 128) {
			for (uint8_t i = 0; i < step; i++, now += 100) {
				const uint32_t octets =
					100 + (uint32_t)((uint64_t)history.next % 1000);
				(void)history_add(&history, octets, step & 3, now);
				sent += octets;
			}
			history_unnumbered(&history, step, now);
			sent += step;
			continue;
		}
		const size_t len = step - 128U < size ? step - 128U : size;
		hear(data, len, &sent);
		data += len;
		size -= len;
	}
	if (history_oldest(&history) > now && history_oldest(&history) != RS_TIME_NEVER)
		abort();
	history_forget(&history);
	if (history_in_flight(&history) != 0)
		abort();
	return 0;
}
