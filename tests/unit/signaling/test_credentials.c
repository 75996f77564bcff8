/* By what people join: PINs that are right, wrong, and guessed at; credentials issued, revoked and issued anew while their badge is
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "signaling/service/credentials.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

#define CONFERENCE "demo-conference"
#define LINK_KEN "kkkkkkkkkkkkkkkk"
#define LINK_NEW "nnnnnnnnnnnnnnnn"
#define LINK_NOBODY "xxxxxxxxxxxxxxxx"
/* What the right PIN hashes to here. */
#define RIGHT 7

static int setup(void **state)
{
	*state = bench_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static int try_issue(struct bench *bench, const char *conference, const char *badge,
	const char *link, struct service_refusal *refusal)
{
	struct store_credential credential = { .badge = "" };
	(void)rs_set_text(credential.badge, badge);
	(void)rs_set_text(credential.link, link);
	memset(credential.hash, RIGHT, sizeof(credential.hash));
	const int err = service_credentials_issue(
		bench->service, 77, conference, &credential, 1, bench->at, refusal);
	bench_turn(bench);
	return err;
}

static void issue(struct bench *bench, const char *badge, const char *link)
{
	struct service_refusal refusal;
	assert_int_equal(try_issue(bench, CONFERENCE, badge, link, &refusal), 0);
	assert_int_equal(bench->request, 77);
	assert_int_equal(bench->status, 200);
	assert_int_equal(bench_int(bench->answer, "issued"), 1);
}

/* A whole try: "ok", or the reason of the refusal. */
static const char *try_pin(struct bench *bench, const char *link, uint8_t pin)
{
	static struct service_refusal refusal;
	struct service_try attempt;
	struct claims claims;
	uint8_t hash[STORE_HASH_LEN];
	uint32_t wait = 0;
	memset(hash, pin, sizeof(hash));
	if (service_try_begin(bench->service, link, bench->at, &attempt, &wait, &refusal) < 0) {
		assert_true(wait > 0);
		return refusal.reason;
	}
	if (service_try_end(bench->service, &attempt, hash, "", bench->at, &claims, &refusal) < 0)
		return refusal.reason;
	assert_string_equal(claims.badge, "KEN");
	bench_turn(bench);
	return "ok";
}

static void a_link_and_its_pin_give_the_badges_claims(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	struct service_try attempt;
	struct claims claims;
	uint8_t hash[STORE_HASH_LEN];
	uint32_t wait;
	issue(bench, "KEN", LINK_KEN);
	memset(hash, RIGHT, sizeof(hash));
	assert_int_equal(
		service_try_begin(bench->service, LINK_KEN, bench->at, &attempt, &wait, &refusal),
		0);
	assert_int_equal(
		service_try_end(bench->service, &attempt, hash, "", bench->at, &claims, &refusal),
		0);
	/* The meeting on the floor, not the rehearsal that is open already. */
	assert_string_equal(claims.meeting, "demo");
	assert_int_equal(claims.n_also, 1);
	assert_string_equal(claims.also[0], "rehearsal");
	assert_int_equal(claims.role, ROLE_DELEGATE);
	assert_string_equal(claims.delegation, "KEN");
	assert_int_equal(
		service_try_begin(bench->service, LINK_KEN, bench->at, &attempt, &wait, &refusal),
		0);
	assert_int_equal(service_try_end(bench->service, &attempt, hash, "rehearsal", bench->at,
				 &claims, &refusal),
		0);
	assert_string_equal(claims.meeting, "rehearsal");
}

static void what_is_wrong_is_not_told(void **state)
{
	struct bench *bench = *state;
	issue(bench, "KEN", LINK_KEN);
	assert_string_equal(try_pin(bench, LINK_KEN, 1), "wrong-pin");
	assert_string_equal(try_pin(bench, LINK_NOBODY, RIGHT), "wrong-pin");
	assert_string_equal(try_pin(bench, "short", RIGHT), "wrong-pin");
	assert_string_equal(try_pin(bench, "", RIGHT), "wrong-pin");
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "ok");
}

static void guessing_becomes_slow_and_then_ends(void **state)
{
	struct bench *bench = *state;
	rs_time waited = 0;
	size_t guesses = 0;
	issue(bench, "KEN", LINK_KEN);
	for (size_t i = 0; i < CREDENTIAL_FREE_TRIES; i++)
		assert_string_equal(try_pin(bench, LINK_KEN, 1), "wrong-pin");
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "too-many");
	/* As often as it may, for a day. */
	while (waited < RS_SEC(86400)) {
		guesses += strcmp(try_pin(bench, LINK_KEN, 1), "wrong-pin") == 0;
		bench_pass(bench, RS_SEC(300));
		waited += RS_SEC(300);
	}
	/* Those after the lock are answered alike, and are worth nothing. */
	assert_true(guesses > CREDENTIAL_TRIES_MAX - CREDENTIAL_FREE_TRIES);
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "wrong-pin");
	bench_restart(bench);
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "wrong-pin");
	issue(bench, "KEN", LINK_NEW);
	assert_string_equal(try_pin(bench, LINK_NEW, RIGHT), "ok");
}

static void tries_side_by_side_win_nothing(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	struct service_try tries[CREDENTIAL_FREE_TRIES + 1];
	uint32_t wait = 0;
	issue(bench, "KEN", LINK_KEN);
	for (size_t i = 0; i < CREDENTIAL_FREE_TRIES; i++)
		assert_int_equal(service_try_begin(bench->service, LINK_KEN, bench->at, &tries[i],
					 &wait, &refusal),
			0);
	assert_int_equal(service_try_begin(bench->service, LINK_KEN, bench->at,
				 &tries[CREDENTIAL_FREE_TRIES], &wait, &refusal),
		-EAGAIN);
	assert_int_equal(refusal.status, 429);
	assert_int_equal(wait, 1);
	bench_pass(bench, RS_SEC(1));
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "ok");
	/* A right one ends the waiting. */
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "ok");
}

static void a_first_credential_leaves_tokens_as_they_are(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	issue(bench, "KEN", LINK_KEN);
	assert_int_equal(ken->closed, 0);
	(void)bench_join(bench, "demo", "KEN", "delegate");
}

static void revoking_closes_what_is_open_and_refuses_older_tokens(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	struct claims claims;
	issue(bench, "KEN", LINK_KEN);
	const struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	const struct bench_line *there = bench_join(bench, "rehearsal", "KEN", "delegate");
	assert_int_equal(service_credentials_revoke(
				 bench->service, 78, CONFERENCE, "KEN", bench->at, &refusal),
		0);
	bench_turn(bench);
	assert_int_equal(bench->status, 200);
	assert_int_equal(ken->closed, 4001);
	assert_int_equal(there->closed, 4001);
	assert_int_equal(fra->closed, 0);
	assert_string_equal(bench_text(bench_last(ken, "error"), "reason"), "token-revoked");
	/* Nobody waits for it to come back. */
	assert_true(json_is_false(bench_at(fra->view, "participants.KEN.present")));
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "wrong-pin");

	struct bench_line *again = bench_page(bench);
	bench_say(bench, again, "{\"type\":\"hello\",\"token\":\"demo/KEN/delegate\"}");
	assert_int_equal(again->closed, 4001);
	assert_true(service_badge_revoked(bench->service, "demo", "KEN"));
	assert_false(service_badge_revoked(bench->service, "demo", "FRA"));

	bench_restart(bench);
	again = bench_page(bench);
	bench_say(bench, again, "{\"type\":\"hello\",\"token\":\"demo/KEN/delegate\"}");
	assert_int_equal(again->closed, 4001);

	issue(bench, "KEN", LINK_NEW);
	assert_string_equal(try_pin(bench, LINK_NEW, RIGHT), "ok");
	assert_int_equal(service_badge_named(bench->service, "demo", "KEN", &claims), 0);
	assert_false(service_token_revoked(bench->service, &claims));
	claims.issued_s--;
	assert_true(service_token_revoked(bench->service, &claims));
	claims.role = ROLE_ADMIN;
	assert_false(service_token_revoked(bench->service, &claims));
}

static void media_goes_with_the_credential(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	const struct bench_line *sfu = bench_sfu(bench, "s1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_text(ken->view, "media.instance"), "s1");
	(void)bench_offer(bench, ken);
	assert_int_equal(service_credentials_revoke(
				 bench->service, 78, CONFERENCE, "KEN", bench->at, &refusal),
		0);
	bench_turn(bench);
	assert_int_equal(bench_count(sfu, "peer-gone"), 1);
}

static void who_is_not_there_gets_no_credential(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	assert_int_equal(try_issue(bench, "nowhere", "KEN", LINK_KEN, &refusal), -ENOENT);
	assert_string_equal(refusal.reason, "no-such-conference");
	assert_int_equal(try_issue(bench, CONFERENCE, "ATL", LINK_KEN, &refusal), -ENOENT);
	assert_string_equal(refusal.reason, "no-such-badge");
	assert_int_equal(refusal.status, 404);
	assert_int_equal(service_credentials_revoke(
				 bench->service, 78, CONFERENCE, "ATL", bench->at, &refusal),
		-ENOENT);
	struct store_credential many[CREDENTIALS_BATCH_MAX + 1];
	memset(many, 0, sizeof(many));
	assert_int_equal(service_credentials_issue(bench->service, 79, CONFERENCE, many,
				 CREDENTIALS_BATCH_MAX + 1, bench->at, &refusal),
		-E2BIG);
	assert_int_equal(refusal.status, 429);
}

static void nothing_is_in_force_before_it_is_written_down(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	fake_store_fail(bench->fake, STORE_DOWN);
	assert_int_equal(try_issue(bench, CONFERENCE, "KEN", LINK_KEN, &refusal), 0);
	assert_int_equal(bench->status, 503);
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "wrong-pin");
	fake_store_fail(bench->fake, STORE_OK);
	issue(bench, "KEN", LINK_KEN);
	assert_string_equal(try_pin(bench, LINK_KEN, RIGHT), "ok");
}

static void the_list_names_each_badge_once_with_its_state(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	struct rs_buf out;
	issue(bench, "KEN", LINK_KEN);
	assert_int_equal(service_credentials_revoke(
				 bench->service, 78, CONFERENCE, "FRA", bench->at, &refusal),
		0);
	bench_turn(bench);
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(service_credentials(bench->service, "nowhere", &out), -ENOENT);
	rs_buf_consume(&out, rs_buf_len(&out));
	assert_int_equal(service_credentials(bench->service, CONFERENCE, &out), 0);
	json_t *list = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	assert_int_equal(json_array_size(list), 18);
	assert_string_equal(bench_text(json_array_get(list, 0), "state"), "none");
	assert_string_equal(bench_text(json_array_get(list, 2), "state"), "revoked");
	assert_string_equal(bench_text(json_array_get(list, 3), "state"), "issued");
	assert_string_equal(bench_text(json_array_get(list, 3), "country"), "Kenya");
	assert_string_equal(bench_text(json_array_get(list, 3), "rank"), "head");
	json_decref(list);
	rs_buf_done(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_link_and_its_pin_give_the_badges_claims),
		CASE(what_is_wrong_is_not_told),
		CASE(guessing_becomes_slow_and_then_ends),
		CASE(tries_side_by_side_win_nothing),
		CASE(a_first_credential_leaves_tokens_as_they_are),
		CASE(revoking_closes_what_is_open_and_refuses_older_tokens),
		CASE(media_goes_with_the_credential),
		CASE(who_is_not_there_gets_no_credential),
		CASE(nothing_is_in_force_before_it_is_written_down),
		CASE(the_list_names_each_badge_once_with_its_state),
	};
	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
