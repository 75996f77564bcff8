/* The reader of known content: Matroska and ledgers. */
#include "tests/support/known_content_priv.h"

#include "common/base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint64_t read_vint(struct rs_reader *reader, bool keep_marker)
{
	const uint8_t first = rs_read_u8(reader);
	assert_true(first != 0);
	const unsigned more = (unsigned)__builtin_clz(first) - 24;
	uint64_t value = keep_marker ? first : first & (0x7FU >> more);
	for (unsigned i = 0; i < more; i++)
		value = value << 8 | rs_read_u8(reader);
	assert_false(reader->failed);
	return value;
}

/* Session time of what was captured at `t`, against that. */
static void note_off(struct known_found *found, rs_time t, rs_time session)
{
	found->off_us[t / RS_SEC(1)] = session - t;
	found->has_off[t / RS_SEC(1)] = true;
}

/* A number was said in the first frame of its second, and the coder held it back by MARKED_DELAY. */
static void on_heard(void *ctx, const struct marks_heard *heard)
{
	struct known_found *found = ctx;
	const double sample = heard->at - MARKED_DELAY;
	const uint64_t frame = sample < 0 ? 0 : (uint64_t)(sample / MARKED_SAMPLES);
	const double into = sample - (double)(frame * MARKED_SAMPLES);
	assert_int_equal(heard->number, found->heard);
	assert_true(frame + KNOWN_LATE_MAX > found->frames);
	note_off(found, known_captured(found->source, heard->number * 50U),
		found->late_ms[frame % KNOWN_LATE_MAX] * 1000 + (rs_time)(into * 1e6 / MARKS_RATE));
	found->heard++;
}

/* Each frame is, octet by octet, the next that was sent; and shows, or lets hear, its number. */
static void read_coded(struct known_found *found, const uint8_t *data, size_t len, int64_t time_ms)
{
	const struct known_source *source = found->source;
	assert_non_null(data);
	assert_true(found->frames < source->n_expected);
	const uint32_t number = source->expected[found->frames];
	assert_int_equal(known_digest(data, len), source->digests[number]);
	if (source->sound) {
		assert_int_equal(
			number, found->frames); /* nothing is missing: samples can be counted */
		found->late_ms[number % KNOWN_LATE_MAX] = time_ms;
		found->frames++;
		marked_ear_listen(found->ear, data, len);
		return;
	}
	assert_int_equal(marked_eye_look(found->eye, data, len), (uint16_t)number);
	note_off(found, known_captured(source, number), time_ms * 1000);
	found->frames++;
}

static void read_block(
	struct known_found *found, struct rs_reader *block, size_t len, int64_t cluster_ms)
{
	const struct known_source *source = found->source;
	assert_int_equal(rs_read_u8(block), 0x81);
	const int64_t time_ms = cluster_ms + rs_read_u16(block);
	const bool key = (rs_read_u8(block) & 0x80) != 0;
	if (found->in_file++ == 0) {
		assert_true(key);
		found->first_ms[found->files - 1] = time_ms;
	}
	assert_true(time_ms >= found->last_ms);
	found->last_ms = time_ms;
	if (source->digests != NULL) {
		read_coded(found, rs_read_view(block, len - 4), len - 4, time_ms);
		return;
	}
	const size_t at = source->sound ? 1 : 10;
	if (source->sound && len == 4 + 3) { /* silence made by the recorder */
		assert_true(found->in_file > 1);
		found->synthetic++;
		(void)rs_read_view(block, 3);
		return;
	}
	(void)rs_read_view(block, at);
	const uint32_t number = rs_read_u32(block);
	(void)rs_read_view(block, len - 4 - at - 4);
	assert_true(found->frames < source->n_expected);
	assert_int_equal(number, source->expected[found->frames]);
	found->frames++;
	note_off(found, known_captured(source, number), time_ms * 1000);
}

/* A cluster: CRC-32, Timestamp, SimpleBlocks. */
static void read_cluster(
	struct known_found *found, struct rs_reader *reader, size_t end, int64_t t0_ms)
{
	int64_t cluster_ms = 0;
	while (rs_reader_left(reader) > end) {
		const uint64_t id = read_vint(reader, true);
		const size_t len = (size_t)read_vint(reader, false);
		if (id == 0xA3) {
			read_block(found, reader, len, t0_ms + cluster_ms);
			continue;
		}
		const uint8_t *data = rs_read_view(reader, len);
		for (size_t i = 0; id == 0xE7 && i < len; i++)
			cluster_ms = cluster_ms << 8 | data[i];
	}
	assert_int_equal(rs_reader_left(reader), end);
}

void known_read_file(struct known_found *found, const struct known_file *file)
{
	struct rs_reader reader;
	rs_reader_init(&reader, rs_buf_data(&file->data), rs_buf_len(&file->data));
	found->in_file = 0;
	found->files++;
	assert_true(file->closed);
	while (rs_reader_left(&reader) > 0) {
		const uint64_t id = read_vint(&reader, true);
		const uint64_t len = read_vint(&reader, false);
		if (id == 0x18538067) { /* Segment: finished, so its size reaches to the end */
			assert_int_equal(len, rs_reader_left(&reader));
			continue;
		}
		if (id == 0x1F43B675)
			read_cluster(
				found, &reader, rs_reader_left(&reader) - (size_t)len, file->t0_ms);
		else
			assert_non_null(rs_read_view(&reader, (size_t)len));
	}
	assert_true(found->in_file > 0);
	assert_int_equal(found->first_ms[found->files - 1], file->t0_ms);
}

/* What the recorder says of the files of one source. */
struct account {
	uint64_t received;
	uint64_t lost;
	uint64_t synthetic;
	uint64_t doubled;
	uint64_t freezes;
	int64_t frozen_ms;
	int64_t next_seq;
};

/* No number is missing between two lines, nor between two files. */
static void read_ledger(struct account *account, const struct known_file *file)
{
	struct lines lines = { .data = rs_buf_data(&file->data), .len = rs_buf_len(&file->data) };
	struct ledger ledger;
	ledger_init(&ledger);
	struct line line;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why = "";
		assert_int_equal(ledger_read(&ledger, &line, &entry, &why), 0);
		if (entry.received == 0)
			continue;
		json_t *json = json_loadb(line.text, line.len, 0, NULL);
		if (account->next_seq != 0)
			assert_int_equal(known_number(json, "seq0"), account->next_seq);
		account->next_seq = known_number(json, "seq1") + 1;
		account->doubled += (uint64_t)known_number(json, "dup");
		json_decref(json);
	}
}

/* Read all files of a source back: each frame that arrived is in one of them, in order. */
struct known_found *known_read_back(
	struct known_memory *memory, const struct known_source *source, unsigned segments)
{
	struct known_found *found = rs_zalloc(sizeof(*found));
	assert_non_null(found);
	found->source = source;
	if (source->digests != NULL) {
		found->eye = marked_eye_new();
		found->ear = marked_ear_new(0, on_heard, found);
	}
	struct account account = { 0 };
	const char letter = source->sound ? 'a' : 'v';
	for (unsigned n = 1; n <= segments; n++) {
		char rest[32];
		(void)snprintf(rest, sizeof(rest), "%03u.%c.webm", n, letter);
		const struct known_file *file = known_file_named(memory, rest);
		known_read_file(found, file);
		account.received += (uint64_t)known_number(file->end, "received");
		account.lost += (uint64_t)known_number(file->end, "lost");
		account.synthetic += (uint64_t)known_number(file->end, "synthetic");
		account.freezes += (uint64_t)known_number(file->end, "freezes");
		account.frozen_ms += known_number(file->end, "frozen_ms");
		(void)snprintf(rest, sizeof(rest), "%03u.%c.idx.jsonl", n, letter);
		read_ledger(&account, known_file_named(memory, rest));
	}
	if (found->ear != NULL)
		marked_ear_end(found->ear);
	found->eye = marked_eye_free(found->eye);
	found->ear = marked_ear_free(found->ear);
	assert_int_equal(found->frames, source->n_expected);
	assert_int_equal(account.received, source->packets);
	assert_int_equal(account.lost, source->lost);
	assert_int_equal(account.synthetic, found->synthetic);
	/* Each is counted in one line; those that follow the last frame in none. */
	assert_in_range(
		account.doubled, source->doubled > 2 ? source->doubled - 2 : 0, source->doubled);
	assert_int_equal(account.freezes, source->freezes);
	/* Times are rounded to 1 ms and corrections are slewed. */
	const int64_t off_ms = account.frozen_ms - source->frozen_ms;
	const int64_t most_ms = 3 * (int64_t)source->freezes;
	assert_true(off_ms >= -most_ms && off_ms <= most_ms);
	return found;
}
