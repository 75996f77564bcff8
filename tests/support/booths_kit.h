/* tests/support/booths_kit.h
 *
 * Booths for tests of interpretation: English and French with two desks each (fr-1 works into English too), Spanish with one that
 * works into English too, Arabic that no file declares, and Sweden's own interpreter into English. Commands are decided and applied at once.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_BOOTHS_KIT_H
#define ROSTRUM_TESTS_SUPPORT_BOOTHS_KIT_H

#include "signaling/interpretation/interpretation.h"

/* Channels. */
enum { EN, FR, ES, AR };

struct booths {
	struct meeting *meeting;
	struct interpretation *machine;
	struct events events; /* of the last command */
	int64_t wall_ms;
	const char *silent; /* no sound comes from this desk; NULL = from all of them */
};

/* As a profile that says nothing of it. */
extern const struct rules_interpretation booths_rules;

/* The caller frees it by meeting_free(). */
struct meeting *booths_meeting(const struct rules_interpretation *rules);
struct booths *booths_new(const struct rules_interpretation *rules);
void booths_free(struct booths *booths);

const struct interpretation_desk *booths_desk(const struct booths *booths, const char *badge);
/* Badge of the live desk; "" = nobody. */
const char *booths_owner(const struct booths *booths, size_t channel);

enum verdict booths_give(struct booths *booths, const struct interpretation_command *command);
enum verdict booths_live(struct booths *booths, const char *by, const char *channel);
enum verdict booths_idle(struct booths *booths, const char *by);
enum verdict booths_cough(struct booths *booths, const char *by, bool on);
enum verdict booths_output(struct booths *booths, const char *by, const char *channel);
enum verdict booths_source(struct booths *booths, const char *by, const char *source);
/* `at_ms` 0: as soon as both agree. */
enum verdict booths_request(
	struct booths *booths, const char *by, const char *channel, int64_t at_ms);
enum verdict booths_accept(struct booths *booths, const char *by);
enum verdict booths_decline(struct booths *booths, const char *by);
enum verdict booths_cancel(struct booths *booths, const char *by);
enum verdict booths_language(struct booths *booths, const char *language);
void booths_lost(struct booths *booths, const char *badge, enum event_cause cause);
/* Heard again: goes on by itself where that is within five seconds. */
void booths_back(struct booths *booths, const char *badge);
/* Time goes on, and whatever is due meanwhile happens when it is. */
void booths_pass(struct booths *booths, int64_t ms);

#endif
