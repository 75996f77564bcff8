/* The record of a session, from its events. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorder/record/record.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

#define STARTED_MS INT64_C(1795305600000) /* 2026-11-22T00:00:00Z */

static const char session[] =
	"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"session\": \"demo-1\", \"title\": \"Plenary\","
	" \"started_us\": 1795305600000000, \"software\": \"rostrum-recorder test\","
	" \"channels\": [{\"id\": \"fr\", \"language\": \"fr\", \"name\": \"Français\"}],"
	" \"agenda\": [{\"id\": \"1\", \"title\": \"General <debate> & more\"}, {\"id\": \"2\", \"title\": \"Draft\"}],"
	" \"delegations\": [{\"id\": \"KEN\", \"name\": \"Kenya\", \"category\": \"member\"},"
	" {\"id\": \"FRA\", \"name\": \"France\"}, {\"id\": \"EGY\", \"name\": \"مصر\"}],"
	" \"participants\": [{\"id\": \"chair\", \"name\": \"Ms. Ingrid Halvorsen\", \"role\": \"chair\"},"
	" {\"id\": \"KEN\", \"name\": \"H.E. Ms. Amina Odhiambo\", \"role\": \"delegate\", \"delegation\": \"KEN\", \"rank\": \"head\"},"
	" {\"id\": \"FRA\", \"name\": \"H.E. Mr. \\u00c9tienne Moreau\", \"role\": \"delegate\", \"delegation\": \"FRA\"}]}";

static struct record_reader *reader_new(void)
{
	struct record_reader *reader = NULL;
	assert_int_equal(record_reader_new(session, strlen(session), &reader), 0);
	return reader;
}

static void line(struct record_reader *reader, const char *type, int64_t at_ms, const char *payload)
{
	struct chain_line entry = { .payload = payload, .payload_len = strlen(payload) };
	(void)snprintf(entry.type, sizeof(entry.type), "%s", type);
	assert_int_equal(record_reader_take(reader, &entry, STARTED_MS + at_ms), 0);
}

static void event(struct record_reader *reader, int64_t at_ms, const char *name, const char *data)
{
	char payload[2048];
	(void)snprintf(payload, sizeof(payload),
		"{\"event\": 1, \"time\": %lld, \"name\": \"%s\", \"by\": null, \"data\": {%s}}",
		(long long)(STARTED_MS + at_ms), name, data);
	line(reader, CHAIN_TYPE_MEETING, at_ms, payload);
}

static struct record *finish(struct record_reader *reader)
{
	struct record *record = NULL;
	assert_int_equal(record_reader_finish(reader, &record), 0);
	return record;
}

static void a_speech_is_from_who_got_the_floor_until_it_is_taken(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "meeting-opened", "\"sitting\": 1");
	event(reader, 2000, "item-taken-up", "\"item\": \"1\"");
	event(reader, 3000, "entry-added",
		"\"entry\": 5, \"participant\": \"KEN\", \"list\": \"speakers\", \"group\": \"EGY\"");
	event(reader, 4000, "floor-given",
		"\"entry\": 5, \"participant\": \"KEN\", \"allotted\": null, \"cause\": \"list\"");
	event(reader, 4000, "floor-language-set", "\"language\": \"en\"");
	event(reader, 64000, "floor-given",
		"\"entry\": null, \"participant\": \"FRA\", \"cause\": \"direct\"");
	event(reader, 70000, "floor-taken", "\"participant\": \"FRA\", \"cause\": \"yielded\"");
	event(reader, 80000, "meeting-adjourned", "\"sitting\": 1");
	line(reader, "recording-stopped", 81000, "{}");
	struct record *record = finish(reader);

	assert_int_equal(record->n_speeches, 2);
	const struct record_speech *speech = &record->speeches[0];
	assert_string_equal(speech->participant, "KEN");
	assert_string_equal(speech->group, "EGY");
	assert_string_equal(speech->item, "1");
	assert_string_equal(speech->language, "en");
	assert_int_equal(speech->entry, 5);
	assert_int_equal(speech->as, RECORD_MAIN);
	assert_int_equal(record_speech_from(speech), 4000);
	assert_int_equal(record_speech_to(speech), 64000);
	assert_false(speech->interrupted);
	assert_int_equal(record_speech_spoken(&record->speeches[1]), 6000);
	assert_int_equal(record->n_discussions, 1);
	assert_int_equal(record->discussions[0].to_ms, 80000);
	assert_int_equal(record->duration_ms, 81000);
	assert_true(record->closed);
	record_free(record);
	(void)state;
}

static void a_point_of_order_interrupts_and_gives_the_floor_back(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "floor-given", "\"entry\": null, \"participant\": \"KEN\"");
	event(reader, 5000, "point-raised",
		"\"entry\": 9, \"participant\": \"FRA\", \"delegation\": \"FRA\"");
	event(reader, 6000, "point-heard", "\"entry\": 9, \"participant\": \"FRA\"");
	event(reader, 16000, "point-ruled",
		"\"entry\": 9, \"participant\": \"FRA\", \"ruling\": \"rejected\"");
	event(reader, 20000, "point-settled",
		"\"entry\": 9, \"participant\": \"FRA\", \"ruling\": \"rejected\"");
	event(reader, 30000, "floor-taken", "\"participant\": \"KEN\", \"cause\": \"chair\"");
	struct record *record = finish(reader);

	assert_int_equal(record->n_speeches, 2);
	const struct record_speech *kenya = &record->speeches[0];
	assert_true(kenya->interrupted);
	assert_int_equal(kenya->n_parts, 2);
	assert_int_equal(kenya->parts[0].to_ms, 6000);
	assert_int_equal(kenya->parts[1].from_ms, 20000);
	assert_int_equal(record_speech_to(kenya), 30000);
	assert_int_equal(record_speech_spoken(kenya), 15000);
	assert_int_equal(record->speeches[1].as, RECORD_POINT);
	assert_int_equal(record_speech_spoken(&record->speeches[1]), 10000);
	assert_int_equal(record->n_points, 1);
	assert_string_equal(record->points[0].ruling, "rejected");
	assert_int_equal(record->points[0].heard_ms, 6000);
	assert_false(record->closed);
	record_free(record);
	(void)state;
}

static void a_recording_that_begins_later_goes_on_from_where_things_stand(void **state)
{
	static const char standing[] =
		"\"session\": \"demo-1\", \"reason\": null, \"class\": \"private\", \"item\": \"2\","
		" \"floor\": {\"participant\": \"KEN\", \"entry\": 5, \"as\": \"replies\", \"language\": \"en\", \"group\": \"EGY\"},"
		" \"open\": [\"chair\"]";
	struct record_reader *reader = reader_new();
	event(reader, 0, "recording-started", standing);
	event(reader, 500, "recording-started", standing);
	event(reader, 4000, "floor-taken", "\"participant\": \"KEN\", \"cause\": \"yielded\"");
	event(reader, 9000, "microphone-closed", "\"participant\": \"chair\", \"cause\": \"self\"");
	struct record *record = finish(reader);
	assert_int_equal(record->n_speeches, 2);
	assert_int_equal(record->speeches[0].as, RECORD_REPLY);
	assert_string_equal(record->speeches[0].group, "EGY");
	assert_string_equal(record->speeches[0].language, "en");
	assert_string_equal(record->speeches[0].item, "2");
	assert_int_equal(record_speech_spoken(&record->speeches[0]), 4000);
	assert_int_equal(record->speeches[1].as, RECORD_PRESIDING);
	assert_int_equal(record_speech_spoken(&record->speeches[1]), 9000);
	assert_int_equal(record->n_discussions, 1);
	record_free(record);
	(void)state;
}

static void motions_lie_one_over_another(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "floor-given", "\"entry\": null, \"participant\": \"KEN\"");
	event(reader, 2000, "motion-raised",
		"\"entry\": 3, \"participant\": \"FRA\", \"motion\": \"adjourn-debate\"");
	event(reader, 3000, "motion-taken-up",
		"\"entry\": 3, \"participant\": \"FRA\", \"motion\": \"adjourn-debate\"");
	event(reader, 4000, "motion-speaker-added",
		"\"entry\": 4, \"participant\": \"EGY\", \"side\": \"against\"");
	event(reader, 5000, "floor-given", "\"entry\": 4, \"participant\": \"EGY\"");
	event(reader, 7000, "motion-taken-up",
		"\"entry\": 6, \"participant\": \"KEN\", \"motion\": \"suspend-meeting\"");
	event(reader, 9000, "motion-settled",
		"\"entry\": 6, \"participant\": \"KEN\", \"outcome\": \"rejected\"");
	event(reader, 12000, "motion-settled",
		"\"entry\": 3, \"participant\": \"FRA\", \"outcome\": \"rejected\"");
	event(reader, 15000, "floor-taken", "\"participant\": \"KEN\"");
	struct record *record = finish(reader);

	assert_int_equal(record->n_speeches, 4);
	assert_int_equal(record_speech_spoken(&record->speeches[0]), 2000 + 3000);
	assert_int_equal(record->speeches[1].as, RECORD_MOTION);
	assert_int_equal(record_speech_spoken(&record->speeches[1]), 2000);
	assert_int_equal(record->speeches[2].as, RECORD_MOTION);
	assert_int_equal(record_speech_spoken(&record->speeches[2]), 2000 + 3000);
	assert_int_equal(record_speech_spoken(&record->speeches[3]), 2000);
	assert_string_equal(record->motions[0].outcome, "rejected");
	assert_int_equal(record->motions[0].taken_up_ms, 3000);
	record_free(record);
	(void)state;
}

static void a_suspension_interrupts_and_a_lost_line_is_a_gap(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "microphone-opened", "\"participant\": \"chair\"");
	event(reader, 1000, "floor-given", "\"entry\": null, \"participant\": \"KEN\"");
	event(reader, 2000, "clock-stopped", "\"participant\": \"KEN\", \"cause\": \"lost-line\"");
	event(reader, 5000, "clock-started", "\"participant\": \"KEN\", \"cause\": \"chair\"");
	event(reader, 6000, "meeting-suspended", "\"sitting\": 1");
	event(reader, 8000, "meeting-resumed", "\"sitting\": 1");
	line(reader, "recording-resumed", 9500, "{}");
	event(reader, 10000, "meeting-closed", "\"sitting\": 1");
	struct record *record = finish(reader);

	assert_int_equal(record->n_speeches, 2);
	assert_int_equal(record->speeches[0].as, RECORD_PRESIDING);
	assert_int_equal(record_speech_spoken(&record->speeches[0]), 7000);
	assert_int_equal(record_speech_spoken(&record->speeches[1]), 7000);
	assert_int_equal(record->n_turns, 3);
	assert_int_equal(record->n_gaps, 2);
	assert_string_equal(record->gaps[0].participant, "KEN");
	assert_int_equal(record->gaps[0].from_ms, 2000);
	assert_int_equal(record->gaps[0].to_ms, 5000);
	assert_int_equal(record->gaps[1].from_ms, 8000);
	assert_int_equal(record->gaps[1].to_ms, 9500);
	record_free(record);
	(void)state;
}

static void opened(struct record_reader *reader, int64_t at_ms, const char *file, const char *track,
	const char *media, int64_t t0_ms, bool delivered)
{
	char payload[512];
	(void)snprintf(payload, sizeof(payload),
		"{\"file\": \"%s\", \"track\": \"%s\", \"media\": \"%s\", \"t0_ms\": %lld%s}", file,
		track, media, (long long)t0_ms, delivered ? ", \"delivered\": true" : "");
	line(reader, "segment-opened", at_ms, payload);
}

static void what_was_delivered_late_has_both_edges_and_its_files(void **state)
{
	struct record_reader *reader = reader_new();
	opened(reader, 10, "tracks/room.001.a", "room", "microphone", 10, false);
	opened(reader, 70000, "tracks/room.002.a", "room", "microphone", 4000, true);
	opened(reader, 70000, "tracks/room.001.v", "room", "camera", 4500, true);
	/* Another room whose microphone was closed all the time, and one whose delivery was never ended. */
	line(reader, "outage", 71000,
		"{\"source\": \"room-2\", \"outage\": \"o1\", \"from_ms\": 1, \"to_ms\": 9}");
	opened(reader, 71000, "tracks/room-3.001.a", "room-3", "microphone", 7000, true);
	line(reader, "outage", 72000,
		"{\"source\": \"room\", \"outage\": \"o2\", \"from_ms\": 5000, \"to_ms\": 65000}");
	line(reader, "outage", 72000,
		"{\"source\": \"room\", \"outage\": \"o3\", \"from_ms\": 66000, \"to_ms\": 67000}");
	struct record *record = finish(reader);

	assert_int_equal(record->n_lates, 1);
	const struct record_late *late = &record->lates[0];
	assert_string_equal(late->participant, "room");
	assert_int_equal(late->from_ms, 5000);
	assert_int_equal(late->to_ms, 65000);
	assert_int_equal(late->n_sounds, 1);
	assert_string_equal(late->sounds[0].file, "tracks/room.002.a.webm");
	assert_int_equal(late->sounds[0].from_ms, 4000);
	struct rs_buf out;
	rs_buf_init(&out, 1 << 20);
	assert_int_equal(record_write_index(record, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_non_null(strstr((const char *)rs_buf_data(&out), "\"tracks/room.002.a.webm\""));
	assert_non_null(
		strstr((const char *)rs_buf_data(&out), "\"late\": \"channels/floor.late.webm\""));
	rs_buf_done(&out);
	rs_buf_init(&out, 1 << 20);
	assert_int_equal(record_write_debate(record, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_non_null(
		strstr((const char *)rs_buf_data(&out), "eId=\"delivered_1\" class=\"delivered\""));
	assert_non_null(strstr((const char *)rs_buf_data(&out),
		"was lost; what was said there was delivered afterwards"));
	rs_buf_done(&out);
	record_free(record);
	(void)state;
}

/* A gate of a source, by session time. */
static void gate(struct record_reader *reader, const char *source, bool open, int64_t t_ms)
{
	char payload[128];
	(void)snprintf(payload, sizeof(payload),
		"{\"source\": \"%s\", \"open\": %s, \"t_ms\": %lld}", source,
		open ? "true" : "false", (long long)t_ms);
	line(reader, "gate", t_ms, payload);
}

static void speeches_from_seats_name_the_room_whose_microphones_they_were_made_by(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 0, "participant-joined",
		"\"participant\": \"room\", \"role\": \"room\", \"name\": \"Hall\"");
	event(reader, 1000, "floor-given", "\"participant\": \"KEN\"");
	gate(reader, "room", true, 1010);
	event(reader, 5000, "floor-taken", "\"participant\": \"KEN\"");
	/* From afar, beside a chair who presides from the room. */
	event(reader, 5000, "floor-given", "\"participant\": \"FRA\"");
	gate(reader, "FRA", true, 5020);
	gate(reader, "room", false, 5060);
	gate(reader, "room", true, 7000);
	event(reader, 9000, "floor-taken", "\"participant\": \"FRA\"");
	gate(reader, "FRA", false, 9020);
	gate(reader, "room", false, 9020);
	/* From a seat again, and a source that is no room's is none. */
	event(reader, 10000, "floor-given", "\"participant\": \"BRA\"");
	gate(reader, "XYZ", true, 10000);
	gate(reader, "../x", true, 10000);
	event(reader, 12000, "floor-taken", "\"participant\": \"BRA\"");
	struct record *record = finish(reader);
	assert_int_equal(record->n_speeches, 3);
	assert_string_equal(record->speeches[0].room, "room");
	assert_string_equal(record->speeches[1].room, "");
	assert_string_equal(record->speeches[2].room, "");
	record_free(record);
	(void)state;
}

static void deliveries_are_bounded_and_of_names_alone(void **state)
{
	struct record_reader *reader = reader_new();
	char room[32];
	char file[64];
	opened(reader, 1, "tracks/../x.001.a", "../x", "microphone", 1, true);
	opened(reader, 1, "../../etc/passwd", "room", "microphone", 1, true);
	line(reader, "outage", 1, "{\"source\": \"room\", \"from_ms\": 9, \"to_ms\": 3}");
	for (int i = 0; i < 40; i++) {
		(void)snprintf(room, sizeof(room), "room-%d", i);
		for (int n = 1; n <= RECORD_LATE_SOUNDS_MAX + 1; n++) {
			(void)snprintf(file, sizeof(file), "tracks/%s.%03d.a", room, n);
			opened(reader, 1, file, room, "microphone", n, true);
		}
	}
	line(reader, "outage", 1, "{\"source\": \"room-0\", \"from_ms\": 1, \"to_ms\": 2}");
	line(reader, "outage", 1, "{\"source\": \"room-39\", \"from_ms\": 1, \"to_ms\": 2}");
	struct record *record = finish(reader);
	assert_int_equal(record->n_lates, 2);
	assert_int_equal(record->lates[0].n_sounds, 0); /* no file of the archive */
	assert_int_equal(record->lates[0].to_ms, 9);
	assert_int_equal(record->lates[1].n_sounds, RECORD_LATE_SOUNDS_MAX);
	record_free(record);
	(void)state;
}

static void a_repaired_session_ends_where_it_was_cut_off(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "floor-given", "\"entry\": null, \"participant\": \"KEN\"");
	line(reader, "recording-repaired", 86400000, "{\"until_ms\": 9000}");
	line(reader, "recording-stopped", 86400000, "{}");
	struct record *record = finish(reader);

	assert_int_equal(record->duration_ms, 9000);
	assert_true(record->closed);
	assert_int_equal(record->n_gaps, 1);
	assert_int_equal(record->gaps[0].from_ms, 9000);
	assert_int_equal(record->gaps[0].to_ms, 9000);
	assert_int_equal(record_speech_spoken(&record->speeches[0]), 8000);
	record_free(record);
	(void)state;
}

static void a_recorded_vote_has_names_and_a_secret_one_has_none(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "decision-proposed",
		"\"decision\": 1, \"title\": \"L.7\", \"mode\": \"recorded\", \"majority\": \"simple\"");
	event(reader, 2000, "voting-opened", "\"decision\": 1, \"entitled\": 3");
	event(reader, 3000, "vote-cast",
		"\"decision\": 1, \"participant\": \"KEN\", \"delegation\": \"KEN\", \"vote\": \"no\"");
	event(reader, 4000, "vote-cast",
		"\"decision\": 1, \"participant\": \"KEN\", \"delegation\": \"KEN\", \"vote\": \"yes\"");
	event(reader, 4500, "voting-locked",
		"\"decision\": 1, \"yes\": 1, \"no\": 0, \"abstain\": 0, \"entitled\": 3");
	event(reader, 4600, "vote-corrected",
		"\"decision\": 1, \"delegation\": \"KEN\", \"was\": \"yes\", \"vote\": \"abstain\", \"reason\": \"\"");
	event(reader, 5000, "decision-proclaimed",
		"\"decision\": 1, \"outcome\": \"rejected\", \"yes\": 0, \"no\": 0, \"abstain\": 1, \"required\": 1");
	event(reader, 6000, "decision-proposed",
		"\"decision\": 2, \"title\": \"Election\", \"mode\": \"secret\", \"majority\": \"simple\"");
	event(reader, 7000, "voting-opened", "\"decision\": 2, \"entitled\": 3");
	event(reader, 8000, "vote-cast",
		"\"decision\": 2, \"participant\": \"KEN\", \"delegation\": \"KEN\", \"vote\": \"no\"");
	event(reader, 9000, "decision-proclaimed",
		"\"decision\": 2, \"outcome\": \"adopted\", \"yes\": 2, \"no\": 1, \"abstain\": 0, \"required\": 2");
	struct record *record = finish(reader);

	assert_int_equal(record->n_decisions, 2);
	assert_int_equal(record->decisions[0].n_votes, 1);
	assert_string_equal(record->decisions[0].votes[0].vote, "abstain");
	assert_string_equal(record->decisions[0].votes[0].was, "yes");
	assert_string_equal(record->decisions[0].result, "rejected");
	assert_int_equal(record->decisions[0].abstain, 1);
	assert_int_equal(record->decisions[1].n_votes, 0);
	assert_int_equal(record->decisions[1].yes, 2);

	struct rs_buf xml;
	rs_buf_init(&xml, 1 << 20);
	assert_int_equal(record_write_debate(record, &xml), 0);
	assert_int_equal(rs_buf_append(&xml, "", 1), 0);
	assert_non_null(strstr((const char *)rs_buf_data(&xml), "choice=\"#vote-abstain\""));
	assert_null(strstr((const char *)rs_buf_data(&xml), "choice=\"#vote-no\""));
	rs_buf_done(&xml);
	record_free(record);
	(void)state;
}

static void the_last_text_of_a_caption_counts(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 3000, "caption",
		"\"language\": \"fr\", \"line\": 2, \"text\": \"deux --> <b>\", \"from_ms\": 1795305602000, \"to_ms\": 1795305603000");
	event(reader, 3000, "caption",
		"\"language\": \"fr\", \"line\": 1, \"text\": \"un\", \"from_ms\": 1795305601000, \"to_ms\": 1795305602000");
	event(reader, 4000, "caption",
		"\"language\": \"fr\", \"line\": 1, \"text\": \"Un.\", \"from_ms\": 1795305601000, \"to_ms\": 1795305602000");
	event(reader, 5000, "caption",
		"\"language\": \"ar\", \"line\": 1, \"text\": \"السيد الرئيس\", \"from_ms\": 1795305604000, \"to_ms\": 1795305605000");
	struct record *record = finish(reader);
	struct rs_buf vtt;
	rs_buf_init(&vtt, 1 << 16);
	assert_int_equal(record_write_captions(record, "fr", &vtt), 0);
	assert_int_equal(rs_buf_append(&vtt, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&vtt),
		"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nUn.\n\n2\n00:00:02.000 --> 00:00:03.000\ndeux --&gt; &lt;b&gt;\n\n");
	rs_buf_done(&vtt);
	assert_string_equal(record_caption_language(record, 0), "ar");
	assert_string_equal(record_caption_language(record, 1), "fr");
	assert_null(record_caption_language(record, 2));
	record_free(record);
	(void)state;
}

/* Words are said before they are written: the first line of a recording may have begun before it. */
static void a_caption_that_began_before_the_recording_is_kept_from_its_beginning(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 400, "caption",
		"\"language\": \"fr\", \"line\": 1, \"text\": \"un\", \"from_ms\": 1795305598900, \"to_ms\": 1795305600400");
	event(reader, 400, "caption",
		"\"language\": \"fr\", \"line\": 2, \"text\": \"none of it is in here\", \"from_ms\": 1795305598000, \"to_ms\": 1795305600000");
	struct record *record = finish(reader);
	assert_int_equal(record->n_captions, 1);
	assert_int_equal(record->captions[0].line, 1);
	assert_int_equal(record->captions[0].from_ms, 0);
	assert_int_equal(record->captions[0].to_ms, 400);
	record_free(record);
	(void)state;
}

static void what_xml_cannot_hold_is_replaced(void **state)
{
	struct record_reader *reader = reader_new();
	event(reader, 1000, "participant-joined",
		"\"participant\": \"EGY\", \"name\": \"a\\u0001b\\u007f\\uffffc\\u0085<&>\", \"role\": \"delegate\", \"delegation\": \"EGY\"");
	event(reader, 1000, "floor-given", "\"entry\": null, \"participant\": \"EGY\"");
	struct record *record = finish(reader);
	assert_string_equal(record_person(record, "EGY")->name, "a\xef\xbf\xbd"
								"b\xef\xbf\xbd\xef\xbf\xbd"
								"c\xef\xbf\xbd<&>");
	struct rs_buf xml;
	rs_buf_init(&xml, 1 << 20);
	assert_int_equal(record_write_debate(record, &xml), 0);
	assert_int_equal(rs_buf_append(&xml, "", 1), 0);
	const char *text = (const char *)rs_buf_data(&xml);
	assert_non_null(strstr(text, "c\xef\xbf\xbd&lt;&amp;&gt; (مصر)"));
	rs_buf_done(&xml);
	record_free(record);
	(void)state;
}

static void foreign_lines_are_passed_over(void **state)
{
	struct record_reader *reader = reader_new();
	line(reader, CHAIN_TYPE_MEETING, 1, "[]");
	line(reader, CHAIN_TYPE_MEETING, 1, "{\"time\": \"x\"}");
	line(reader, CHAIN_TYPE_MEETING, 1,
		"{\"time\": 9223372036854775807, \"name\": \"floor-given\"}");
	event(reader, 2, "floor-given", "\"entry\": -3, \"participant\": \"no name\"");
	event(reader, 2, "point-settled", "");
	event(reader, 2, "motion-withdrawn", "\"entry\": 0");
	event(reader, 2, "decision-proclaimed", "\"decision\": 7, \"outcome\": \"a b\"");
	event(reader, 2, "something-new", "");
	struct record *record = finish(reader);
	assert_int_equal(record->n_speeches, 0);
	assert_int_equal(record->bad_lines, 2);
	assert_int_equal(record->n_decisions, 1);
	assert_string_equal(record->decisions[0].title, "Decision 7");
	assert_string_equal(record->decisions[0].result, "");
	record_free(record);

	static const char *const bad[] = { "", "[]", "{}",
		"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"session\": \"..\"}" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(record_reader_new(bad[i], strlen(bad[i]), &reader), -EBADMSG);
	(void)state;
}

/* recorder/record/example is what README.md shows. */
static struct record *example(void)
{
	size_t len;
	char *text = examples_read("recorder/record/example/session.json", &len);
	struct record_reader *reader = NULL;
	assert_int_equal(record_reader_new(text, len, &reader), 0);
	free(text);
	text = examples_read("recorder/record/example/events.jsonl", &len);
	struct lines lines = { .data = (uint8_t *)text, .len = len };
	struct line at;
	while (lines_next(&lines, &at) == 1) {
		const struct chain_line entry = {
			.type = CHAIN_TYPE_MEETING, .payload = at.text, .payload_len = at.len
		};
		assert_int_equal(record_reader_take(reader, &entry, 0), 0);
	}
	free(text);
	return finish(reader);
}

static void the_example_is_what_is_written(void **state)
{
	static const struct {
		const char *file;
		int (*write)(const struct record *record, struct rs_buf *out);
	} files[] = {
		{ "recorder/record/example/index.json", record_write_index },
		{ "recorder/record/example/debate.xml", record_write_debate },
		{ "recorder/record/example/speeches.vtt", record_write_speeches },
		{ "recorder/record/example/chapters.vtt", record_write_chapters },
	};
	struct record *record = example();
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++) {
		size_t len;
		char *expected = examples_read(files[i].file, &len);
		struct rs_buf out;
		rs_buf_init(&out, 1 << 20);
		assert_int_equal(files[i].write(record, &out), 0);
		assert_int_equal(rs_buf_append(&out, "", 1), 0);
		assert_string_equal((const char *)rs_buf_data(&out), expected);
		rs_buf_done(&out);
		free(expected);
	}
	record_free(record);
	(void)state;
}

static int whole(void *ctx)
{
	(void)ctx;
	struct record_reader *reader = NULL;
	int err = record_reader_new(session, strlen(session), &reader);
	static const char payload[] =
		"{\"time\": 1795305601000, \"name\": \"floor-given\", \"data\": {\"entry\": null, \"participant\": \"KEN\"}}";
	const struct chain_line entry = {
		.type = CHAIN_TYPE_MEETING, .payload = payload, .payload_len = sizeof(payload) - 1
	};
	if (err < 0)
		return err;
	err = record_reader_take(reader, &entry, STARTED_MS);
	if (err < 0) {
		record_reader_free(reader);
		return err;
	}
	struct record *record = NULL;
	err = record_reader_finish(reader, &record);
	struct rs_buf out;
	rs_buf_init(&out, 1 << 20);
	if (err == 0)
		err = record_write_debate(record, &out);
	if (err == 0)
		err = record_write_index(record, &out);
	if (err == 0)
		err = record_write_speeches(record, &out);
	rs_buf_done(&out);
	record_free(record);
	return err;
}

static void without_memory_nothing_is_left_behind(void **state)
{
	check_oom(whole, NULL);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_speech_is_from_who_got_the_floor_until_it_is_taken),
		cmocka_unit_test(a_point_of_order_interrupts_and_gives_the_floor_back),
		cmocka_unit_test(motions_lie_one_over_another),
		cmocka_unit_test(a_recording_that_begins_later_goes_on_from_where_things_stand),
		cmocka_unit_test(a_suspension_interrupts_and_a_lost_line_is_a_gap),
		cmocka_unit_test(what_was_delivered_late_has_both_edges_and_its_files),
		cmocka_unit_test(
			speeches_from_seats_name_the_room_whose_microphones_they_were_made_by),
		cmocka_unit_test(deliveries_are_bounded_and_of_names_alone),
		cmocka_unit_test(a_repaired_session_ends_where_it_was_cut_off),
		cmocka_unit_test(a_recorded_vote_has_names_and_a_secret_one_has_none),
		cmocka_unit_test(the_last_text_of_a_caption_counts),
		cmocka_unit_test(
			a_caption_that_began_before_the_recording_is_kept_from_its_beginning),
		cmocka_unit_test(what_xml_cannot_hold_is_replaced),
		cmocka_unit_test(foreign_lines_are_passed_over),
		cmocka_unit_test(the_example_is_what_is_written),
		cmocka_unit_test(without_memory_nothing_is_left_behind),
	};
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
