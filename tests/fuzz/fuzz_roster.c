/* Tables of delegations and badges: whatever is handed in, either all of it is right, and then means the same when it is read
 * back as one file, or at least one fault is told. */
#include "signaling/wire/conference/conference.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char file[] =
	"{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\"languages\":[{\"id\":\"en\",\"name\":\"English\"}],"
	"\"delegations\":[{\"id\":\"KEN\",\"country\":\"Kenya\"}],\"meetings\":[{\"id\":\"m\",\"title\":\"M\"},"
	"{\"id\":\"n\",\"title\":\"N\"}]}";

static const struct rules *find_rules(const void *ctx, const char *name)
{
	static const struct rules rules = { .name = "r", .entries_max = 1 };
	(void)ctx;
	(void)name;
	return &rules;
}

static struct conference *parse(
	const struct conference_reader *reader, const char *json, size_t len)
{
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	if (faults_new(&faults) < 0)
		return NULL;
	const int err = conference_parse(reader, json, len, faults, &conference);
	if ((err == 0) != (faults->n == 0))
		abort();
	faults_free(faults);
	return conference;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rs_buf whole;
	const struct conference_reader both = {
		.rules = find_rules,
		.csv = (const char *)data,
		.csv_len = size,
		.out_whole = &whole,
	};
	const struct conference_reader one = { .rules = find_rules };
	rs_buf_init(&whole, (size_t)16 << 20);
	struct conference *conference = parse(&both, file, sizeof(file) - 1);
	if (conference != NULL) {
		struct conference *again =
			parse(&one, (const char *)rs_buf_data(&whole), rs_buf_len(&whole));
		if (again == NULL || again->meetings[0]->n_participants !=
					     conference->meetings[0]->n_participants)
			abort();
		conference_free(again);
	}
	conference_free(conference);
	rs_buf_done(&whole);
	return 0;
}
