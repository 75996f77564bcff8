#include "common/evidence/chain.h"
#include "common/evidence/names.h"
#include "recorder/archive/track/ledger_write.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WALL INT64_C(1795305600123)

static void write_three(struct rs_buf *out)
{
	static const char meeting[] = "{\"z\": 1,\"prev\":\"x\",\"payload\":\"\\u00e9\"}";
	struct chain chain;
	chain_init(&chain);
	rs_buf_init(out, 1 << 16);
	const struct chain_entry entries[] = {
		{ .type = "recording-started", .wall_ms = WALL, .payload = "{}", .payload_len = 2 },
		{ .type = CHAIN_TYPE_MEETING,
			.wall_ms = WALL + 20,
			.payload = meeting,
			.payload_len = sizeof(meeting) - 1,
			.event = 7,
			.hash = "00ff" },
		{ .type = "recording-stopped",
			.wall_ms = WALL + 40,
			.payload = "{}",
			.payload_len = 2 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(entries); i++)
		assert_int_equal(chain_write(&chain, &entries[i], out), 0);
	assert_int_equal(chain.seq, 3);
	assert_int_equal(chain.size, rs_buf_len(out));
}

/* Reads all lines: how many are sound before the first that is not. */
static unsigned sound_lines(const struct rs_buf *bytes, size_t len, struct chain_line *last)
{
	struct lines lines = { .data = rs_buf_data(bytes), .len = len };
	struct chain chain;
	chain_init(&chain);
	struct line line;
	unsigned n = 0;
	const char *why = NULL;
	while (lines_next(&lines, &line) == 1 && chain_read(&chain, &line, last, &why) == 0)
		n++;
	return n;
}

static void what_was_written_reads_back(void **state)
{
	struct rs_buf bytes;
	write_three(&bytes);
	static const char first[] =
		"{\"seq\":1,\"utc\":\"2026-11-22T00:00:00.123Z\",\"type\":\"recording-started\",\"payload\":{},"
		"\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"sum\":\"";
	assert_memory_equal(rs_buf_data(&bytes), first, sizeof(first) - 1);
	struct chain_line line;
	assert_int_equal(sound_lines(&bytes, rs_buf_len(&bytes), &line), 3);
	assert_string_equal(line.type, "recording-stopped");
	rs_buf_done(&bytes);
}

static void a_meeting_event_keeps_its_octets(void **state)
{
	struct rs_buf bytes;
	write_three(&bytes);
	struct lines lines = { .data = rs_buf_data(&bytes), .len = rs_buf_len(&bytes) };
	struct chain chain;
	chain_init(&chain);
	struct line line;
	struct chain_line entry;
	const char *why;
	assert_int_equal(lines_next(&lines, &line), 1);
	assert_int_equal(chain_read(&chain, &line, &entry, &why), 0);
	assert_int_equal(lines_next(&lines, &line), 1);
	assert_int_equal(chain_read(&chain, &line, &entry, &why), 0);
	assert_int_equal(entry.event, 7);
	static const char payload[] = "{\"z\": 1,\"prev\":\"x\",\"payload\":\"\\u00e9\"}";
	assert_int_equal(entry.payload_len, sizeof(payload) - 1);
	assert_memory_equal(entry.payload, payload, sizeof(payload) - 1);
	rs_buf_done(&bytes);
}

static void any_flipped_bit_shows(void **state)
{
	struct rs_buf bytes;
	write_three(&bytes);
	struct chain_line line;
	for (size_t i = 0; i < rs_buf_len(&bytes); i++) {
		rs_buf_data(&bytes)[i] ^= 0x01;
		assert_true(sound_lines(&bytes, rs_buf_len(&bytes), &line) < 3);
		rs_buf_data(&bytes)[i] ^= 0x01;
	}
	rs_buf_done(&bytes);
}

static void a_cut_off_file_is_sound_up_to_its_last_whole_line(void **state)
{
	struct rs_buf bytes;
	write_three(&bytes);
	struct chain_line line;
	unsigned before = 0;
	for (size_t len = 0; len <= rs_buf_len(&bytes); len++) {
		const unsigned sound = sound_lines(&bytes, len, &line);
		assert_true(sound == before || sound == before + 1);
		if (sound > before)
			assert_int_equal(rs_buf_data(&bytes)[len - 1], '\n');
		before = sound;
	}
	assert_int_equal(before, 3);
	rs_buf_done(&bytes);
}

static void a_line_left_out_shows(void **state)
{
	struct rs_buf bytes;
	write_three(&bytes);
	struct lines lines = { .data = rs_buf_data(&bytes), .len = rs_buf_len(&bytes) };
	struct line line;
	assert_int_equal(lines_next(&lines, &line), 1);
	rs_buf_consume(&bytes, line.len + 1);
	struct chain_line entry;
	assert_int_equal(sound_lines(&bytes, rs_buf_len(&bytes), &entry), 0);
	rs_buf_done(&bytes);
}

static void out_of_memory_leaves_the_chain_where_it_was(void **state)
{
	const int64_t before = rs_mem_alive();
	struct chain chain;
	chain_init(&chain);
	const struct chain_entry entry = { .type = "gate", .payload = "{}", .payload_len = 2 };
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		struct rs_buf out;
		rs_buf_init(&out, 4096);
		rs_mem_fail_after(n);
		err = chain_write(&chain, &entry, &out);
		rs_mem_fail_after(-1);
		assert_int_equal(chain.seq, err == 0 ? 1 : 0);
		rs_buf_done(&out);
	}
	assert_int_equal(err, 0);
	assert_int_equal(rs_mem_alive(), before);
}

static void write_ledger(struct rs_buf *out, struct ledger *ledger)
{
	ledger_init(ledger);
	rs_buf_init(out, 1 << 16);
	for (uint32_t i = 0; i < 3; i++) {
		const struct mux_cluster cluster = { .number = i,
			.offset = 400 + 1000 * i,
			.len = 1000,
			.first_ms = 1000 * i,
			.last_ms = 1000 * i + 980,
			.blocks = 50 };
		struct ledger_count count = { 0 };
		ledger_count_packet(&count, 70000 + 50 * (int64_t)i, 2, 1, 96000, WALL * 1000);
		ledger_count_packet(
			&count, 70001 + 50 * (int64_t)i, 0, 0, 96960, WALL * 1000 + 20000);
		struct ledger_count silence = { .synthetic = 3 };
		ledger_count_add(&count, &silence);
		const struct ledger_state state = { .duplicates = 1,
			.sr_ntp = 16831234567890123456U,
			.sr_rtp = 5,
			.width = 640,
			.height = 360 };
		assert_int_equal(ledger_write(ledger, &cluster, 5000, &count, &state, out), 0);
	}
	assert_int_equal(ledger->size, rs_buf_len(out));
}

static unsigned sound_ledger(
	const struct rs_buf *bytes, struct ledger *ledger, struct ledger_line *last)
{
	struct lines lines = { .data = rs_buf_data(bytes), .len = rs_buf_len(bytes) };
	ledger_init(ledger);
	struct line line;
	unsigned n = 0;
	const char *why = NULL;
	while (lines_next(&lines, &line) == 1 && ledger_read(ledger, &line, last, &why) == 0)
		n++;
	return n;
}

static void a_ledger_reads_back_and_accounts_for_each_packet(void **state)
{
	struct rs_buf bytes;
	struct ledger written;
	write_ledger(&bytes, &written);
	struct ledger ledger;
	struct ledger_line line;
	assert_int_equal(sound_ledger(&bytes, &ledger, &line), 3);
	assert_string_equal(ledger.head, written.head);
	assert_int_equal(line.cluster, 2);
	assert_int_equal(line.t0_ms, 7000);
	assert_int_equal(line.t1_ms, 7980);
	assert_int_equal(line.received, 2);
	assert_int_equal(line.lost, 2);
	assert_int_equal(line.skipped, 1);
	assert_int_equal(line.synthetic, 3);
	rs_buf_done(&bytes);
}

static void any_flipped_bit_in_a_ledger_shows_in_its_head(void **state)
{
	struct rs_buf bytes;
	struct ledger written;
	write_ledger(&bytes, &written);
	for (size_t i = 0; i < rs_buf_len(&bytes); i++) {
		struct ledger ledger;
		struct ledger_line line;
		rs_buf_data(&bytes)[i] ^= 0x01;
		const unsigned sound = sound_ledger(&bytes, &ledger, &line);
		assert_true(sound < 3 || strcmp(ledger.head, written.head) != 0);
		rs_buf_data(&bytes)[i] ^= 0x01;
	}
	rs_buf_done(&bytes);
}

static void segments_have_names_and_numbers(void **state)
{
	char file[NAMES_FILE_LEN];
	names_segment("KEN", ARCHIVE_MICROPHONE, 1, file);
	assert_string_equal(file, "tracks/KEN.001.a");
	names_segment("KEN", ARCHIVE_CAMERA, 12, file);
	assert_string_equal(file, "tracks/KEN.012.v");
	names_segment("fr", ARCHIVE_CHANNEL, 1234, file);
	assert_string_equal(file, "channels/fr.1234.a");

	assert_int_equal(names_segment_number("KEN.012.v.webm", "KEN", ARCHIVE_CAMERA), 12);
	assert_int_equal(names_segment_number("KEN.1234.v.idx.jsonl", "KEN", ARCHIVE_CAMERA), 1234);
	assert_int_equal(names_segment_number("KEN.012.v.webm", "KEN", ARCHIVE_MICROPHONE), 0);
	assert_int_equal(names_segment_number("KEN.012.v.webm", "KE", ARCHIVE_CAMERA), 0);
	assert_int_equal(names_segment_number("KEN.x.v.webm", "KEN", ARCHIVE_CAMERA), 0);
	assert_int_equal(names_segment_number("KEN.", "KEN", ARCHIVE_CAMERA), 0);

	assert_true(names_session_valid("demo-20261122T100000Z-k3Jd92ms"));
	assert_false(names_session_valid(""));
	assert_false(names_session_valid("../demo"));
	assert_string_equal(names_language("fr"), "fre");
	assert_string_equal(names_language("zh-Hans"), "chi");
	assert_string_equal(names_language("tlh"), "und");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_reads_back),
		cmocka_unit_test(a_meeting_event_keeps_its_octets),
		cmocka_unit_test(any_flipped_bit_shows),
		cmocka_unit_test(a_cut_off_file_is_sound_up_to_its_last_whole_line),
		cmocka_unit_test(a_line_left_out_shows),
		cmocka_unit_test(out_of_memory_leaves_the_chain_where_it_was),
		cmocka_unit_test(a_ledger_reads_back_and_accounts_for_each_packet),
		cmocka_unit_test(any_flipped_bit_in_a_ledger_shows_in_its_head),
		cmocka_unit_test(segments_have_names_and_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
