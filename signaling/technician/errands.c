#include "signaling/technician/errands.h"

#include "common/base/text.h"

#include <errno.h>
#include <string.h>

static const struct errand_kind {
	const char *name;
	int64_t kept_ms;
	bool is_answered;
} kinds[ERRAND_COUNT] = {
	[ERRAND_TELL] = { "tell", ERRAND_KEPT_MS, true },
	[ERRAND_CABLE] = { "use-cable", ERRAND_KEPT_MS, true },
	[ERRAND_LOOP] = { "loop-back", ERRAND_LOOP_MS, false },
	[ERRAND_SIGNAL] = { "test-signal", ERRAND_SIGNAL_MS, false },
	[ERRAND_RESTART] = { "restart", ERRAND_KEPT_MS, true },
};

static const char *const signals[] = {
	[TEST_SIGNAL_OFF] = "off",
	[TEST_SIGNAL_TONE] = "tone",
	[TEST_SIGNAL_BARS] = "bars",
	[TEST_SIGNAL_BOTH] = "both",
};

void errands_init(struct errands *errands)
{
	*errands = (struct errands){ .last = 0 };
}

void errands_done(struct errands *errands)
{
	errands->text = rs_release(errands->text);
	errands_init(errands);
}

int errands_ask(struct errands *errands, enum errand errand, const char *text,
	enum test_signal signal, int64_t wall_ms)
{
	if (errand == ERRAND_TELL) {
		char *copy = rs_memdup(text, strlen(text) + 1);
		if (copy == NULL)
			return -ENOMEM;
		rs_release(errands->text);
		errands->text = copy;
	}
	errands->entries[errand] = (struct errand_entry){
		.number = ++errands->last,
		.state = ERRAND_ASKED,
		.at_ms = wall_ms,
		.until_ms = wall_ms + kinds[errand].kept_ms,
		.signal = signal,
	};
	errands->is_news = true;
	return 0;
}

bool errands_end(struct errands *errands, enum errand errand)
{
	struct errand_entry *entry = &errands->entries[errand];
	if (entry->state == ERRAND_NONE)
		return false;
	*entry = (struct errand_entry){ .state = ERRAND_NONE };
	if (errand == ERRAND_TELL)
		errands->text = rs_release(errands->text);
	errands->is_news = true;
	return true;
}

int errands_answer(
	struct errands *errands, uint32_t number, bool done, const char *why, int64_t wall_ms)
{
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		struct errand_entry *entry = &errands->entries[i];
		if (entry->state == ERRAND_NONE || entry->number != number || !kinds[i].is_answered)
			continue;
		const enum errand_state state = done ? ERRAND_DONE : ERRAND_CANNOT;
		errands->is_news =
			errands->is_news || state != entry->state || strcmp(why, entry->why) != 0;
		entry->state = state;
		(void)rs_set_text(entry->why,
			done ? "" : why); /* a word that is cut is one that nobody knows */
		entry->at_ms = wall_ms;
		entry->until_ms = wall_ms + kinds[i].kept_ms;
		return 0;
	}
	return -ENOENT;
}

bool errands_is_on(const struct errands *errands, enum errand errand)
{
	return errands->entries[errand].state != ERRAND_NONE;
}

bool errands_are_any(const struct errands *errands)
{
	return errands_deadline(errands) != INT64_MAX;
}

unsigned errands_tick(struct errands *errands, int64_t wall_ms)
{
	unsigned over = 0;
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		if (errands->entries[i].until_ms <= wall_ms && errands_end(errands, (enum errand)i))
			over |= 1u << i;
	}
	return over;
}

int64_t errands_deadline(const struct errands *errands)
{
	int64_t first = INT64_MAX;
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		const struct errand_entry *entry = &errands->entries[i];
		if (entry->state != ERRAND_NONE && entry->until_ms < first)
			first = entry->until_ms;
	}
	return first;
}

const char *errand_name(enum errand errand)
{
	return kinds[errand].name;
}

const char *errand_state_name(enum errand_state state)
{
	static const char *const names[] = { "none", "waiting", "done", "cannot" };
	return names[state];
}

const char *test_signal_name(enum test_signal signal)
{
	return signals[signal];
}

int test_signal_parse(const char *name, enum test_signal *out_signal)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (strcmp(name, signals[i]) == 0) {
			*out_signal = (enum test_signal)i;
			return 0;
		}
	}
	return -EINVAL;
}
