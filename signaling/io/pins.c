#include "signaling/io/pins.h"

#include "common/control/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static size_t *count_of(struct io *io, bool is_try)
{
	return is_try ? &io->tries : &io->issues;
}

static bool is_try(const struct pins *pins)
{
	return pins->conference[0] == '\0';
}

bool pins_admit(struct request *request, bool try)
{
	if (*count_of(request->io, try) < (try ? PINS_TRIES_MAX : PINS_ISSUES_MAX))
		return true;
	http_add_header(request, "retry-after:", "1");
	http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
		"More PINs than are looked at at a time. Please wait a moment.");
	return false;
}

struct pins *pins_free(struct pins *pins)
{
	if (pins != NULL)
		rs_wipe(pins, sizeof(*pins));
	return rs_release(pins);
}

/* On a worker's thread, which has nothing else of the io. */
static void hash_all(uv_work_t *work)
{
	struct pins *pins = work->data;
	for (size_t i = 0; i < pins->n && pins->err == 0; i++) {
		struct pins_item *item = &pins->items[i];
		pins->err = pin_hash(pins->io->config.auth, item->pin, item->salt, item->hash);
	}
}

static void on_hashed(uv_work_t *work, int status)
{
	struct pins *pins = work->data;
	struct io *io = pins->io;
	(void)status; /* nothing is ever cancelled */
	--*count_of(io, is_try(pins));
	if (io->service == NULL) {
		pins_free(pins); /* it came to its end meanwhile */
		return;
	}
	pins->done(pins);
	io_pump(io);
}

int pins_start(struct pins *pins, pins_done_fn *done)
{
	struct io *io = pins->io;
	pins->work.data = pins;
	pins->done = done;
	if (uv_queue_work(&io->loop, &pins->work, hash_all, on_hashed) < 0) {
		pins_free(pins);
		return -ENOMEM;
	}
	++*count_of(io, is_try(pins));
	return 0;
}

struct request *pins_request(const struct pins *pins)
{
	return rs_map_find(pins->io->requests, &pins->request, sizeof(pins->request));
}

/* --- What was issued --- */

static json_t *item_json(const struct pins_item *item, const char *base)
{
	char link[HTTP_VALUE_MAX + PIN_LINK_LEN + 16];
	(void)snprintf(link, sizeof(link), "%s/#join=%s", base, item->link);
	return json_pack("{s:s, s:s, s:s}", "badge", item->badge, "link", link, "pin", item->pin);
}

int pins_write(struct request *request)
{
	const struct pins *pins = request->issued;
	char base[HTTP_VALUE_MAX];
	json_t *list = json_array();
	http_base(request, base);
	for (size_t i = 0; i < pins->n; i++) {
		/* What could not be added makes the whole NULL below, or is missing: told as out of memory. */
		(void)json_array_append_new(list, item_json(&pins->items[i], base));
	}
	const bool whole = json_array_size(list) == pins->n;
	json_t *json = json_pack("{s:s, s:o}", "conference", pins->conference, "credentials", list);
	char *text = whole && json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	const int err = rs_buf_append(&request->out, text, strlen(text));
	rs_wipe(text, strlen(text));
	free(text);
	return err;
}
