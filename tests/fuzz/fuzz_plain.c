/* tests/fuzz/fuzz_plain.c
 *
 * Streams without ICE and DTLS: the first line is an entry of the configuration, the rest datagrams, each with an octet that says to which
 * port and from whom, and two for its length. Only what the named far end sends is taken, as what its first octets say it is, and every
 * datagram is counted once.
 */
#include "sfu/plain/plain.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX 2048U
#define DATAGRAM_MAX 1500U

static const struct config_key keys[] = {
	{ "plain", CONFIG_TABLE, "[]", 0, PLAIN_MAX, "streams", plain_keys, PLAIN_KEYS },
};

/* false when the entry is refused, with a reason. */
static bool read_entry(const char *row, size_t len, struct plain_spec specs[PLAIN_MAX])
{
	struct config *config = NULL;
	char text[LINE_MAX + 16];
	char error[CONFIG_ERROR_LEN] = "";
	size_t n = 0;
	if (config_new(keys, RS_ARRAY_LEN(keys), &config) < 0)
		abort();
	if (rs_format(text, sizeof(text), "plain=[%.*s]", (int)len, row) < 0)
		abort();
	int err = config_set(config, text, error);
	if (err == 0)
		err = plain_read(config, "plain", specs, &n, error);
	config_free(config);
	if (err < 0 && error[0] == '\0')
		abort();
	if (err == 0 && n > PLAIN_MAX)
		abort();
	return err == 0 && n > 0;
}

static uint64_t counted(const struct plain *plain)
{
	const struct plain_stats *stats = plain_stats(plain);
	return stats->rx_packets + stats->rx_strangers + stats->rx_malformed +
	       stats->rx_unauthentic;
}

static void receive(struct plain *plain, const struct plain_spec *spec, uint8_t way,
	const uint8_t *data, size_t len)
{
	const enum plain_port port = (way & 1) != 0 && !spec->rtcp_mux ? PLAIN_RTCP : PLAIN_RTP;
	struct rs_addr from = spec->remote;
	const bool stranger = (way & 2) != 0;
	const uint64_t before = counted(plain);
	uint8_t *copy = rs_memdup(data, len);
	size_t left = len;
	if (copy == NULL)
		abort();
	from.port = (uint16_t)(from.port + (port == PLAIN_RTCP ? 1 : 0) + (stranger ? 2 : 0));
	const int kind = plain_open(plain, port, &from, copy, &left);
	if (counted(plain) != before + 1 || left > len || (stranger && kind != -ENOENT))
		abort();
	if (kind >= 0 && spec->key_len == 0 && memcmp(copy, data, len) != 0)
		abort();
	rs_release(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	struct plain_spec specs[PLAIN_MAX];
	struct plain *plain = NULL;
	if (end == NULL || end - data > LINE_MAX ||
		!read_entry((const char *)data, (size_t)(end - data), specs) ||
		plain_new(&specs[0], &plain) < 0)
		return 0;
	size -= (size_t)(end + 1 - data);
	for (data = end + 1; size >= 3;) {
		size_t len = (size_t)data[1] << 8 | data[2];
		len = len % DATAGRAM_MAX;
		if (len > size - 3)
			len = size - 3;
		receive(plain, &specs[0], data[0], data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
	plain_free(plain);
	return 0;
}
