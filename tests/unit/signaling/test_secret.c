/* Secret ballots from page to proclamation; then everything the server kept and said is read, and links nobody to a ballot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "common/base/text.h"
#include "signaling/ballot/ballot.h"
#include "tests/support/service_bench.h"

#define HASH 48
#define EM BALLOT_RSA_LEN
#define DB (EM - HASH - 1)
#define VOTERS 3

static const char *const voters[VOTERS] = { "FRA", "KEN", "BRA" };

/* What a page keeps of its ballot. */
struct page {
	uint8_t token[BALLOT_TOKEN_LEN];
	BIGNUM *inverse;
	char blinded[BALLOT_RSA_HEX + 1];
	char signature[BALLOT_RSA_HEX + 1];
};

/* --- the page's part of RFC 9474 --- */

static void sha384(const void *data, size_t len, uint8_t out[HASH])
{
	assert_int_equal(EVP_Digest(data, len, out, NULL, EVP_sha384(), NULL), 1);
}

/* EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) for 2047 bits. */
static void encode(const uint8_t *message, size_t len, const uint8_t salt[HASH], uint8_t em[EM])
{
	uint8_t block[8 + 2 * HASH] = { 0 };
	uint8_t seeded[HASH + 4];
	sha384(message, len, block + 8);
	memcpy(block + 8 + HASH, salt, HASH);
	sha384(block, sizeof(block), em + DB);
	memset(em, 0, DB);
	em[DB - HASH - 1] = 1;
	memcpy(em + DB - HASH, salt, HASH);
	memcpy(seeded, em + DB, HASH);
	for (uint32_t i = 0; i * HASH < DB; i++) {
		uint8_t mask[HASH];
		memset(seeded + HASH, 0, 3);
		seeded[HASH + 3] = (uint8_t)i;
		sha384(seeded, sizeof(seeded), mask);
		for (size_t k = 0; k < HASH && i * HASH + k < DB; k++)
			em[i * HASH + k] ^= mask[k];
	}
	em[0] &= 0x7f;
	em[EM - 1] = 0xbc;
}

static void to_hex(const BIGNUM *number, char out[BALLOT_RSA_HEX + 1])
{
	uint8_t octets[EM];
	assert_int_equal(BN_bn2binpad(number, octets, EM), EM);
	rs_hex_encode(octets, EM, out);
}

static void blind(struct page *page, struct rs_rand *rand, const char *key, const char *about)
{
	uint8_t message[BALLOT_TOKEN_LEN + 64];
	uint8_t salt[HASH];
	uint8_t em[EM];
	uint8_t random[EM];
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = NULL;
	BIGNUM *e = BN_new();
	BIGNUM *blinded = BN_new();
	rs_rand_bytes(rand, page->token, sizeof(page->token));
	rs_rand_bytes(rand, salt, sizeof(salt));
	rs_rand_bytes(rand, random, sizeof(random));
	random[0] = 0;
	memcpy(message, page->token, BALLOT_TOKEN_LEN);
	memcpy(message + BALLOT_TOKEN_LEN, about, strlen(about));
	encode(message, BALLOT_TOKEN_LEN + strlen(about), salt, em);
	(void)BN_hex2bn(&n, key);
	(void)BN_set_word(e, 65537);
	BIGNUM *r = BN_bin2bn(random, EM, NULL);
	BIGNUM *m = BN_bin2bn(em, EM, NULL);
	page->inverse = BN_mod_inverse(NULL, r, n, ctx);
	assert_int_equal(BN_mod_exp(blinded, r, e, n, ctx), 1);
	assert_int_equal(BN_mod_mul(blinded, blinded, m, n, ctx), 1);
	to_hex(blinded, page->blinded);
	BN_free(n);
	BN_free(e);
	BN_free(r);
	BN_free(m);
	BN_free(blinded);
	BN_CTX_free(ctx);
}

static void unblind(struct page *page, const char *key, const char *blind_signature)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = NULL;
	BIGNUM *s = NULL;
	(void)BN_hex2bn(&n, key);
	(void)BN_hex2bn(&s, blind_signature);
	assert_int_equal(BN_mod_mul(s, s, page->inverse, n, ctx), 1);
	to_hex(s, page->signature);
	BN_free(n);
	BN_free(s);
	BN_free(page->inverse);
	BN_CTX_free(ctx);
}

/* --- a ballot --- */

static char directory[] = "/tmp/rostrum-secret-XXXXXX";

static struct bench *begin(struct bench_line **out_chair, struct bench_line *pages[VOTERS])
{
	struct bench *bench = bench_new(NULL);
	bench->config.ballot_dir = directory;
	bench_restart(bench);
	*out_chair = bench_join(bench, "demo", "chair", "chair");
	for (size_t i = 0; i < VOTERS; i++)
		pages[i] = bench_join(bench, "demo", voters[i], "delegate");
	assert_string_equal(bench_try(bench, *out_chair, "open-meeting", ""), "ok");
	assert_string_equal(
		bench_try(bench, *out_chair, "propose-decision",
			"\"title\":\"Election\",\"mode\":\"secret\",\"majority\":\"simple\""),
		"ok");
	assert_string_equal(bench_try(bench, *out_chair, "open-voting", "\"decision\":1"), "ok");
	return bench;
}

static const char *ask(
	struct bench *bench, struct bench_line *line, const char *command, const struct page *page)
{
	static char members[BALLOT_RSA_HEX + 64];
	(void)snprintf(
		members, sizeof(members), "\"decision\":1,\"blinded\":\"%s\"", page->blinded);
	return bench_try(bench, line, command, members);
}

static void collect(struct bench *bench, struct bench_line *line, struct page *page)
{
	static char members[BALLOT_RSA_HEX + 64];
	const char *key = bench_text(line->view, "decision.key");
	(void)snprintf(
		members, sizeof(members), "\"decision\":1,\"blinded\":\"%s\"", page->blinded);
	const json_t *reply = bench_command(bench, line, "collect-ballot", members);
	unblind(page, key, bench_text(reply, "signature"));
}

static void issue(struct bench *bench, struct bench_line *line, struct page *page)
{
	blind(page, &bench->rand, bench_text(line->view, "decision.key"), "rostrum ballot demo 1");
	assert_string_equal(ask(bench, line, "ask-for-ballot", page), "ok");
	collect(bench, line, page);
}

static const char *cast(struct bench *bench, const struct page *page, const char *vote)
{
	static struct service_refusal refusal;
	char token[2 * BALLOT_TOKEN_LEN + 1];
	char body[BALLOT_RSA_HEX + 256];
	rs_hex_encode(page->token, BALLOT_TOKEN_LEN, token);
	const int len = snprintf(body, sizeof(body),
		"{\"token\":\"%s\",\"signature\":\"%s\",\"vote\":\"%s\"}", token, page->signature,
		vote);
	if (service_ballot(bench->service, "demo", 1, body, (size_t)len, &refusal) < 0)
		return refusal.reason;
	bench_turn(bench);
	return "ok";
}

static void a_ballot_is_given_once_cast_once_and_counted(void **state)
{
	struct bench_line *chair;
	struct bench_line *pages[VOTERS];
	struct page own[VOTERS];
	struct page second;
	struct bench *bench = begin(&chair, pages);
	for (size_t i = 0; i < VOTERS; i++)
		issue(bench, pages[i], &own[i]);
	/* No second ballot, and none that was blinded otherwise. */
	blind(&second, &bench->rand, bench_text(chair->view, "decision.key"),
		"rostrum ballot demo 1");
	assert_string_equal(ask(bench, pages[0], "ask-for-ballot", &second), "already-so");
	assert_string_equal(ask(bench, pages[0], "collect-ballot", &second), "not-entitled");
	BN_free(second.inverse);
	assert_string_equal(bench_try(bench, chair, "collect-ballot", ""), "malformed");

	assert_string_equal(cast(bench, &own[0], "yes"), "ok");
	assert_string_equal(cast(bench, &own[0], "yes"), "ok"); /* sent again */
	assert_string_equal(cast(bench, &own[0], "no"), "already-so");
	assert_string_equal(cast(bench, &own[1], "no"), "ok");
	assert_string_equal(cast(bench, &own[2], "yes"), "ok");
	(void)memset(second.signature, '1', BALLOT_RSA_HEX);
	second.signature[BALLOT_RSA_HEX] = '\0';
	assert_string_equal(cast(bench, &second, "yes"), "not-entitled");
	/* Nobody knows how it stands before the lock. */
	assert_int_equal(bench_int(chair->view, "decision.yes"), 0);
	assert_int_equal(json_array_size(bench_at(chair->view, "decision.issued")), VOTERS);
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	assert_string_equal(cast(bench, &own[2], "yes"), "voting-not-open");
	const json_t *published =
		bench_at(bench_last_event(chair, "ballots-published"), "data.ballots");
	assert_int_equal(json_object_size(published), VOTERS);
	for (size_t i = 0; i < VOTERS; i++) {
		char token[2 * BALLOT_TOKEN_LEN + 1];
		rs_hex_encode(own[i].token, BALLOT_TOKEN_LEN, token);
		assert_string_equal(json_string_value(json_object_get(published, token)),
			i == 1 ? "no" : "yes");
	}
	assert_int_equal(bench_int(chair->view, "decision.yes"), 2);
	assert_int_equal(bench_int(chair->view, "decision.no"), 1);
	assert_string_equal(bench_try(bench, chair, "proclaim", "\"decision\":1"), "ok");
	assert_string_equal(bench_text(chair->view, "decision.outcome"), "adopted");
	/* Nobody explains a vote that is nobody's; whoever comes now can look at the list, too. */
	assert_string_equal(
		bench_try(bench, pages[0], "explain-vote", "\"decision\":1,\"when\":\"after\""),
		"not-permitted");
	const struct bench_line *late = bench_join(bench, "demo", "chair", "chair");
	assert_int_equal(json_equal(bench_at(late->view, "decision.ballots"), published), 1);
	assert_int_equal(json_equal(bench_at(late->view, "decision.ballots"),
				 bench_at(pages[0]->view, "decision.ballots")),
		1);
	bench_free(bench);
}

static void what_is_not_counted_is_cast_again_after_a_restart(void **state)
{
	struct bench_line *chair;
	struct bench_line *pages[VOTERS];
	struct page own[VOTERS];
	struct bench *bench = begin(&chair, pages);
	issue(bench, pages[0], &own[0]);
	blind(&own[1], &bench->rand, bench_text(chair->view, "decision.key"),
		"rostrum ballot demo 1");
	assert_string_equal(ask(bench, pages[1], "ask-for-ballot", &own[1]), "ok");
	assert_string_equal(cast(bench, &own[0], "yes"), "ok");
	bench_restart(bench); /* the box was memory */
	chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	collect(bench, ken, &own[1]); /* the signature had not come before */
	assert_string_equal(cast(bench, &own[1], "no"), "ok");
	assert_string_equal(cast(bench, &own[0], "yes"), "ok");
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	assert_int_equal(bench_int(chair->view, "decision.yes"), 1);
	assert_int_equal(bench_int(chair->view, "decision.no"), 1);
	bench_free(bench);
}

/* --- the link that must not be there --- */

/* Everything that was said on lines, in order, and everything that was kept. */
static json_t *everything(const struct bench *bench)
{
	json_t *all = json_array();
	for (size_t i = 0; i < bench->n_lines; i++)
		(void)json_array_append(all, bench->lines[i].heard);
	return all;
}

/* Who votes how, and in which order ballots come. */
static char *vote(
	const size_t choice_of[VOTERS], const size_t order[VOTERS], struct page own[VOTERS])
{
	static const char *const choices[] = { "yes", "no", "abstain" };
	struct bench_line *chair;
	struct bench_line *pages[VOTERS];
	struct bench *bench = begin(&chair, pages);
	for (size_t i = 0; i < VOTERS; i++)
		issue(bench, pages[i], &own[i]);
	for (size_t i = 0; i < VOTERS; i++)
		assert_string_equal(
			cast(bench, &own[order[i]], choices[choice_of[order[i]]]), "ok");
	json_t *before = everything(bench);
	char *said = json_dumps(before, JSON_COMPACT);
	for (size_t i = 0; i < VOTERS; i++) {
		char token[2 * BALLOT_TOKEN_LEN + 1];
		rs_hex_encode(own[i].token, BALLOT_TOKEN_LEN, token);
		assert_null(strstr(said, token)); /* no token is anywhere before all are */
		assert_null(strstr(said, own[i].signature));
	}
	free(said);
	json_decref(before);
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	/* In the events that are kept tokens stand in one, with nobody beside them. */
	const json_t *event = bench_last_event(chair, "ballots-published");
	char *data = json_dumps(json_object_get(event, "data"), JSON_COMPACT);
	for (size_t i = 0; i < VOTERS; i++)
		assert_null(strstr(data, voters[i]));
	const char *key;
	const char *last = "";
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)bench_at(event, "data.ballots"), key, value)
	{
		assert_true(strcmp(last, key) < 0); /* sorted: nothing of the order they came in */
		last = key;
	}
	free(data);
	json_t *after = everything(bench);
	/* Tokens, and what follows from the page's chance, are the same length in every run; blot them out. */
	char *text = json_dumps(after, JSON_COMPACT);
	json_decref(after);
	bench_free(bench);
	return text;
}

/* Digits of 64 and more become one letter: what is random for everyone who does not hold the page's secrets. */
static void blot(char *text)
{
	for (char *at = text; *at != '\0';) {
		const size_t run = strspn(at, "0123456789abcdef");
		if (run >= 64)
			memset(at, 'x', run);
		at += run > 0 ? run : 1;
	}
}

/* The test numbers its commands over all runs. */
static void forget_ids(char *text)
{
	static const char id[] = "\"id\":\"c";
	char *out = text;
	for (char *at = text; *at != '\0';) {
		if (strncmp(at, id, sizeof(id) - 1) != 0) {
			*out++ = *at++;
			continue;
		}
		memmove(out, at, sizeof(id) - 1);
		out += sizeof(id) - 1;
		at += sizeof(id) - 1;
		at += strspn(at, "0123456789");
	}
	*out = '\0';
}

static size_t count_keys(void)
{
	char pattern[64];
	glob_t keys = { .gl_pathc = 0 };
	(void)snprintf(pattern, sizeof(pattern), "%s/ballot-*", directory);
	(void)glob(pattern, 0, NULL, &keys);
	const size_t n = keys.gl_pathc;
	globfree(&keys);
	return n;
}

#define PROPOSAL "\"title\":\"Election\",\"mode\":\"secret\",\"majority\":\"simple\""

/* The meeting is in session, and keys take their time. */
static struct bench *begin_slow(struct bench_line **out_chair)
{
	struct bench *bench = bench_new(NULL);
	bench->config.ballot_dir = directory;
	bench->slow_keys = true;
	bench_restart(bench);
	*out_chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, *out_chair, "open-meeting", ""), "ok");
	return bench;
}

static void whoever_opens_the_voting_waits_for_the_key_and_nobody_else_does(void **state)
{
	struct bench_line *chair;
	struct bench *bench = begin_slow(&chair);
	struct bench_line *delegate = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(
		bench_try(bench, delegate, "propose-decision", PROPOSAL), "not-permitted");
	assert_int_equal(bench->n_keys, 0);
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	assert_int_equal(bench->n_keys, 1);
	/* Tenths of a second pass. */
	assert_string_equal(
		bench_try(bench, delegate, "open-voting", "\"decision\":1"), "not-permitted");
	assert_string_equal(bench_try(bench, delegate, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "no reply");
	bench_leave(bench, delegate, 1000); /* the world goes on */
	assert_non_null(bench_last_event(chair, "participant-left"));
	assert_string_equal(bench_text(chair->view, "decision.state"), "proposed");
	bench_make_key(bench, 0);
	assert_string_equal(bench_text(chair->view, "decision.state"), "open");
	assert_int_equal(strlen(bench_text(chair->view, "decision.key")), BALLOT_RSA_HEX);
	assert_true(json_is_true(bench_at(bench_last(chair, "reply"), "ok")));
	bench_free(bench);
}

static const char *told_key(const struct bench_line *line)
{
	return bench_text(bench_last(line, "measured"), "patch.ballot_key");
}

static int64_t told_box(const struct bench_line *line)
{
	return bench_int(bench_last(line, "measured"), "patch.ballots");
}

static void those_who_preside_are_told_how_the_key_stands(void **state)
{
	struct bench_line *chair;
	struct bench *bench = begin_slow(&chair);
	const struct bench_line *delegate = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	assert_string_equal(told_key(chair), "making");
	assert_string_equal(
		told_key(bench_join(bench, "demo", "secretariat", "secretariat")), "making");
	bench_make_key(bench, -EIO);
	assert_string_equal(told_key(chair), "missing");
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "no reply");
	assert_string_equal(told_key(chair), "making");
	bench_make_key(bench, 0);
	assert_true(json_is_null(bench_at(bench_last(chair, "measured"), "patch.ballot_key")));
	assert_int_equal(told_box(chair), 0);
	assert_null(bench_last(delegate, "measured"));
	bench_free(bench);
}

static void a_chair_who_comes_back_is_told_how_many_are_in_the_box(void **state)
{
	struct bench_line *chair;
	struct bench_line *pages[VOTERS];
	struct page own[VOTERS];
	struct bench *bench = begin(&chair, pages);
	for (size_t i = 0; i < VOTERS; i++)
		issue(bench, pages[i], &own[i]);
	for (size_t i = 0; i < VOTERS; i++) {
		assert_string_equal(cast(bench, &own[i], "yes"), "ok");
		assert_int_equal(told_box(chair), i + 1);
	}
	const struct bench_line *resumed = bench_resume(bench, chair, "demo", "chair", "chair");
	assert_int_equal(told_box(resumed), VOTERS);
	bench_leave(bench, chair, 1000);
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_int_equal(told_box(chair), VOTERS);
	assert_null(bench_last(bench_join(bench, "demo", "FRA", "delegate"), "measured"));
	/* The box is memory: after a restart it is empty, and that is told too. */
	bench_restart(bench);
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_int_equal(told_box(chair), 0);
	assert_string_equal(cast(bench, &own[0], "yes"), "ok");
	assert_int_equal(told_box(chair), 1);
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	assert_true(json_is_null(bench_at(bench_last(chair, "measured"), "patch.ballots")));
	bench_free(bench);
}

static void a_key_that_could_not_be_made_is_asked_for_again(void **state)
{
	struct bench_line *chair;
	struct bench *bench = begin_slow(&chair);
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	bench_make_key(bench, -EIO);
	assert_int_equal(bench->n_keys, 1); /* nobody spins */
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "no reply");
	assert_int_equal(bench->n_keys, 2);
	bench_make_key(bench, -EIO);
	assert_string_equal(bench_text(bench_last(chair, "reply"), "reason"), "no-ballots");
	assert_int_equal(bench->n_keys, 2);
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "no reply");
	bench_make_key(bench, 0);
	assert_int_equal(bench->n_keys, 3);
	assert_string_equal(bench_text(chair->view, "decision.state"), "open");
	bench_free(bench);
}

static void a_key_goes_with_its_ballot(void **state)
{
	struct bench_line *chair;
	struct bench *bench = begin_slow(&chair);
	const size_t before = count_keys();
	/* Withdrawn while the key is being made, and another proposed: one is made at a time. */
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	assert_string_equal(bench_try(bench, chair, "withdraw-decision", "\"decision\":1"), "ok");
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	assert_int_equal(bench->n_keys, 1);
	bench_make_key(bench, 0);
	assert_int_equal(count_keys(), before);
	assert_int_equal(bench->n_keys, 2);
	bench_make_key(bench, 0);
	assert_int_equal(count_keys(), before + 1);
	assert_string_equal(bench_try(bench, chair, "withdraw-decision", "\"decision\":2"), "ok");
	assert_int_equal(count_keys(), before);
	bench->slow_keys = false;
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":3"), "ok");
	assert_int_equal(count_keys(), before + 1);
	/* Annulled, it is put again: as another ballot, with another key. */
	bench->slow_keys = true;
	assert_string_equal(bench_try(bench, chair, "annul-voting",
				    "\"decision\":3,\"reason\":\"a page was closed\""),
		"ok");
	assert_int_equal(count_keys(), before);
	assert_int_equal(bench->n_keys, 4);
	bench_make_key(bench, 0);
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":4"), "ok");
	assert_int_equal(count_keys(), before + 1);
	bench_free(bench);
}

static void put_file(const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void a_restart_keeps_the_key_that_is_needed_and_no_other(void **state)
{
	struct bench_line *chair;
	struct bench *bench = begin_slow(&chair);
	assert_string_equal(bench_try(bench, chair, "propose-decision", PROPOSAL), "ok");
	put_file("ballot-e-gone-1.pem");
	put_file("ballot-e-gone-1.pem.part");
	bench->key = 0; /* killed while it was made */
	bench_restart(bench);
	assert_int_equal(count_keys(), 0);
	assert_int_equal(bench->n_keys, 2);
	bench_make_key(bench, 0);
	assert_int_equal(count_keys(), 1);
	bench_restart(bench); /* the file is there: nothing to be made */
	assert_int_equal(bench->n_keys, 2);
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "ok");
	bench_restart(bench);
	assert_int_equal(count_keys(), 1);
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	assert_int_equal(count_keys(), 0);
	bench_free(bench);
}

/* The published ballots in the order of their tokens are of random order; count the votes alone. */
static void forget_order(char *text)
{
	for (char *at; (at = strstr(text, "\"ballots\":{")) != NULL;) {
		char *end = strchr(at, '}');
		memset(at, '-', (size_t)(end - at));
	}
}

static void who_voted_how_changes_nothing_but_the_counts(void **state)
{
	static const size_t choices[][VOTERS] = { { 0, 1, 2 }, { 2, 0, 1 }, { 1, 2, 0 } };
	static const size_t orders[][VOTERS] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 } };
	char *first = NULL;
	for (size_t run = 0; run < RS_ARRAY_LEN(choices); run++) {
		struct page own[VOTERS];
		char *text = vote(choices[run], orders[run], own);
		blot(text);
		forget_order(text);
		forget_ids(text);
		if (first == NULL) {
			first = text;
			continue;
		}
		for (size_t k = 0; first[k] != '\0'; k++)
			if (first[k] != text[k])
				fail_msg("%.200s\n is not\n%.200s", first + (k > 100 ? k - 100 : 0),
					text + (k > 100 ? k - 100 : 0));
		free(text);
	}
	free(first);
}

static int make_directory(void **state)
{
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state)
{
	char command[64];
	(void)snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ballot_is_given_once_cast_once_and_counted),
		cmocka_unit_test(what_is_not_counted_is_cast_again_after_a_restart),
		cmocka_unit_test(whoever_opens_the_voting_waits_for_the_key_and_nobody_else_does),
		cmocka_unit_test(those_who_preside_are_told_how_the_key_stands),
		cmocka_unit_test(a_chair_who_comes_back_is_told_how_many_are_in_the_box),
		cmocka_unit_test(a_key_that_could_not_be_made_is_asked_for_again),
		cmocka_unit_test(a_key_goes_with_its_ballot),
		cmocka_unit_test(a_restart_keeps_the_key_that_is_needed_and_no_other),
		cmocka_unit_test(who_voted_how_changes_nothing_but_the_counts),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
