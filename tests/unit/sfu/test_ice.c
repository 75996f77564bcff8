#include "sfu/ice/ice.h"

#include "common/base/hash.h"
#include "sfu/ice/stun.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TIMEOUT RS_SEC(30)

static const struct ice_credentials our = { "aB3d", "0123456789abcdef012345" };
static const struct ice_credentials their = { "xYz1", "abcdefghijklmnopqrstuvwx" };
static const struct ice_credentials our_new = { "nEw1", "543210fedcba9876543210" };
static const struct ice_credentials their_new = { "nEw2", "abcdefghijklmnopqrstuvwx" };

static struct ice_path path_of(uint8_t host, uint16_t port)
{
	const uint8_t ip[4] = { 192, 0, 2, host };
	return (struct ice_path){ .local = 0, .remote = rs_addr_v4(ip, port) };
}

static struct ice_agent *agent_new(void)
{
	const struct ice_config config = {
		.local = our, .remote = their, .consent_timeout = TIMEOUT
	};
	struct ice_agent *agent = NULL;
	assert_int_equal(ice_new(&config, 0, &agent), 0);
	return agent;
}

/* A check as a controlling browser sends it. */
struct check {
	const struct ice_credentials *local; /* the agent's */
	const struct ice_credentials *remote;
	bool use_candidate;
	enum stun_role role;
	bool no_priority;
	uint8_t serial; /* of the transaction */
};

static size_t check_write(const struct check *check, uint8_t out[512])
{
	char username[2 * ICE_UFRAG_MAX + 2];
	(void)snprintf(
		username, sizeof(username), "%s:%s", check->local->ufrag, check->remote->ufrag);
	const struct stun_msg msg = {
		.class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.txid = { check->serial, 0xAA },
		.username_view = username,
		.username_len = strlen(username),
		.has_priority = !check->no_priority,
		.priority = 1,
		.use_candidate = check->use_candidate,
		.role = check->role,
		.tie_breaker = 9,
	};
	const char *pwd = check->local->pwd;
	const int len = stun_write(&msg, pwd, strlen(pwd), out, 512);
	assert_true(len > 0);
	return (size_t)len;
}

static struct check good_check(uint8_t serial)
{
	return (struct check){
		.local = &our, .remote = &their, .role = STUN_ROLE_CONTROLLING, .serial = serial
	};
}

static int check_send(struct ice_agent *agent, const struct check *check,
	const struct ice_path *from, rs_time now)
{
	uint8_t data[512];
	const size_t len = check_write(check, data);
	return ice_recv(agent, data, len, from, now);
}

/* Takes all outputs; counts them by kind and keeps the last datagram. */
struct drained {
	unsigned count[ICE_DISCONNECTED + 1];
	struct stun_msg answer;
	struct ice_path path; /* of the last event that was no datagram */
};

static struct drained drain(struct ice_agent *agent)
{
	struct drained drained = { 0 };
	struct ice_output output;
	while (ice_poll(agent, &output) == 1) {
		drained.count[output.kind]++;
		if (output.kind == ICE_DATAGRAM)
			assert_int_equal(
				stun_parse(output.data_view, output.len, &drained.answer), 0);
		else
			drained.path = output.path;
	}
	return drained;
}

static void a_first_check_is_answered_and_its_path_selected(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	const struct check check = good_check(1);
	uint8_t data[512];
	const size_t len = check_write(&check, data);
	assert_null(ice_selected(agent));
	assert_int_equal(ice_recv(agent, data, len, &from, RS_MS(5)), 0);

	struct ice_output output;
	assert_int_equal(ice_poll(agent, &output), 1);
	assert_int_equal(output.kind, ICE_DATAGRAM);
	assert_true(ice_path_equal(&output.path, &from));
	assert_true(output.len <= ICE_ANSWER_MAX);
	struct stun_msg answer;
	assert_int_equal(stun_parse(output.data_view, output.len, &answer), 0);
	assert_int_equal(answer.class, STUN_SUCCESS);
	assert_true(rs_addr_equal(&answer.mapped, &from.remote));
	assert_int_equal(
		stun_verify(output.data_view, output.len, &answer, our.pwd, strlen(our.pwd)), 0);

	assert_int_equal(ice_poll(agent, &output), 1);
	assert_int_equal(output.kind, ICE_PATH_ADDED);
	assert_int_equal(ice_poll(agent, &output), 1);
	assert_int_equal(output.kind, ICE_SELECTED);
	assert_int_equal(ice_poll(agent, &output), 0);
	assert_true(ice_path_equal(ice_selected(agent), &from));
	assert_true(ice_path_known(agent, &from));
	ice_free(agent);
}

static void a_check_over_ipv6_is_answered_by_the_socket_it_came_in_on(void **state)
{
	struct ice_agent *agent = agent_new();
	struct ice_path from = { .local = 3 };
	static const char text[] = "[2001:db8::1]:65535";
	assert_int_equal(rs_addr_parse(text, sizeof(text) - 1, &from.remote), 0);
	const struct check check = good_check(1);
	assert_int_equal(check_send(agent, &check, &from, 0), 0);
	struct ice_output output;
	assert_int_equal(ice_poll(agent, &output), 1);
	assert_true(ice_path_equal(&output.path, &from));
	struct stun_msg answer;
	assert_int_equal(stun_parse(output.data_view, output.len, &answer), 0);
	assert_true(rs_addr_equal(&answer.mapped, &from.remote));
	const struct ice_path other_socket = { .local = 2, .remote = from.remote };
	assert_true(ice_path_known(agent, &from));
	assert_false(ice_path_known(agent, &other_socket));
	ice_free(agent);
}

static void what_is_not_authentic_gets_no_answer(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct ice_credentials wrong = our;
	wrong.pwd[0] = 'x';
	struct check check = good_check(1);
	check.local = &wrong; /* wrong password */
	assert_int_equal(check_send(agent, &check, &from, 0), -EACCES);
	check = good_check(1);
	check.local = &our_new; /* wrong local ufrag */
	assert_int_equal(check_send(agent, &check, &from, 0), -EACCES);

	struct ice_output output;
	assert_int_equal(ice_poll(agent, &output), 0);
	assert_false(ice_path_known(agent, &from));
	assert_int_equal(ice_stats(agent)->unauthentic, 2);
	ice_free(agent);
}

static void what_is_no_request_gets_no_answer(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	uint8_t data[512] = { 0 };
	assert_int_equal(ice_recv(agent, data, 20, &from, 0), -EBADMSG);

	struct stun_msg msg = { .class = STUN_SUCCESS, .method = STUN_METHOD_BINDING };
	int len = stun_write(&msg, our.pwd, strlen(our.pwd), data, sizeof(data));
	assert_int_equal(ice_recv(agent, data, (size_t)len, &from, 0), -EPROTO);
	msg = (struct stun_msg){ .class = STUN_REQUEST, .method = 3 }; /* TURN's Allocate */
	len = stun_write(&msg, our.pwd, strlen(our.pwd), data, sizeof(data));
	assert_int_equal(ice_recv(agent, data, (size_t)len, &from, 0), -EPROTO);
	msg = (struct stun_msg){ .class = STUN_INDICATION, .method = STUN_METHOD_BINDING };
	len = stun_write(&msg, NULL, 0, data, sizeof(data));
	assert_int_equal(ice_recv(agent, data, (size_t)len, &from, 0), 0);

	struct ice_output output;
	assert_int_equal(ice_poll(agent, &output), 0);
	ice_free(agent);
}

static void a_peer_that_wants_to_be_controlled_hears_of_the_conflict(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check check = good_check(1);
	check.role = STUN_ROLE_CONTROLLED;
	assert_int_equal(check_send(agent, &check, &from, 0), -EPROTO);
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_DATAGRAM], 1);
	assert_int_equal(drained.answer.error_code, 487);
	assert_false(ice_path_known(agent, &from));
	ice_free(agent);
}

static void a_check_without_priority_is_a_bad_request(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check check = good_check(1);
	check.no_priority = true;
	assert_int_equal(check_send(agent, &check, &from, 0), -EPROTO);
	assert_int_equal(drain(agent).answer.error_code, 400);
	ice_free(agent);
}

/* A good check with an attribute of another type in place of PRIORITY (0x0024), signed anew. */
static size_t retyped_check(uint8_t type, uint8_t data[512])
{
	struct check check = good_check(1);
	const size_t len = check_write(&check, data);
	for (size_t i = 20; i + 8 <= len; i += 4)
		if (data[i] == 0x00 && data[i + 1] == 0x24)
			data[i + 1] = type;
	uint8_t mac[20];
	const size_t integrity_at = len - 8 - 24;
	data[3] = (uint8_t)(integrity_at + 24 - 20);
	rs_hmac_sha1(our.pwd, strlen(our.pwd), data, integrity_at, mac);
	memcpy(data + integrity_at + 4, mac, sizeof(mac));
	return len - 8; /* no FINGERPRINT */
}

static void attributes_that_must_be_understood_and_are_not_give_420(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	uint8_t data[512];
	const size_t len = retyped_check(0x31, data);
	assert_int_equal(ice_recv(agent, data, len, &from, 0), -EPROTO);
	const struct drained drained = drain(agent);
	assert_int_equal(drained.answer.error_code, 420);
	assert_int_equal(drained.answer.unknown_count, 1);
	assert_int_equal(drained.answer.unknown[0], 0x0031);
	ice_free(agent);
}

static void a_numbered_nomination_is_understood(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	uint8_t data[512];
	const size_t len = retyped_check(0x30, data);
	assert_int_equal(ice_recv(agent, data, len, &from, 0), -EPROTO);
	/* What is wrong is the missing PRIORITY, not NOMINATION. */
	assert_int_equal(drain(agent).answer.error_code, 400);
	ice_free(agent);
}

static void no_answer_is_larger_than_the_request_unless_it_was_authentic(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check forged = good_check(1);
	struct ice_credentials guessed = our;
	guessed.pwd[0]++;
	forged.local = &guessed;
	for (uint8_t i = 1; i < 100; i++) {
		forged.serial = i;
		forged.no_priority = i % 2 == 0;
		assert_int_equal(check_send(agent, &forged, &from, 0), -EACCES);
		const struct drained drained = drain(agent);
		assert_int_equal(drained.count[ICE_DATAGRAM], 0);
	}
	ice_free(agent);
}

static void media_follows_the_latest_nomination(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path first = path_of(1, 4000);
	const struct ice_path second = path_of(2, 4000);
	struct check check = good_check(1);
	assert_int_equal(check_send(agent, &check, &first, 0), 0);
	check.serial = 2;
	assert_int_equal(check_send(agent, &check, &second, 1), 0);
	assert_true(ice_path_equal(ice_selected(agent), &first)); /* no nomination yet */
	check.serial = 3;
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &second, 2), 0);
	assert_true(ice_path_equal(ice_selected(agent), &second));
	check.serial = 4;
	check.use_candidate = false;
	assert_int_equal(check_send(agent, &check, &first, 3), 0);
	assert_true(ice_path_equal(ice_selected(agent), &second));
	(void)drain(agent);
	ice_free(agent);
}

static void an_overheard_request_cannot_move_the_path(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path honest = path_of(1, 4000);
	const struct ice_path thief = path_of(66, 6666);
	struct check check = good_check(1);
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &honest, 0), 0);
	(void)drain(agent);
	assert_int_equal(check_send(agent, &check, &thief, 1), -EALREADY);
	assert_int_equal(drain(agent).count[ICE_DATAGRAM], 0);
	assert_true(ice_path_equal(ice_selected(agent), &honest));
	assert_int_equal(check_send(agent, &check, &honest, 2), 0); /* a mere retransmission */
	assert_int_equal(drain(agent).count[ICE_DATAGRAM], 1);
	assert_int_equal(ice_stats(agent)->replayed, 1);
	ice_free(agent);
}

static void the_ninth_path_pushes_out_the_oldest_but_never_the_selected(void **state)
{
	struct ice_agent *agent = agent_new();
	for (uint8_t i = 0; i < ICE_PATHS_MAX; i++) {
		const struct ice_path from = path_of(i, 4000);
		const struct check check = good_check(i);
		assert_int_equal(check_send(agent, &check, &from, i), 0);
		assert_int_equal(drain(agent).count[ICE_PATH_REMOVED], 0);
	}
	const struct ice_path ninth = path_of(100, 4000);
	const struct check check = good_check(100);
	assert_int_equal(check_send(agent, &check, &ninth, 100), 0);
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], 1);
	const struct ice_path selected = path_of(0, 4000);
	const struct ice_path pushed = path_of(1, 4000);
	assert_true(ice_path_known(agent, &selected));
	assert_false(ice_path_known(agent, &pushed));
	assert_true(ice_path_known(agent, &ninth));
	assert_int_equal(ice_stats(agent)->paths_pushed, 1);
	ice_free(agent);
}

static void silence_of_thirty_seconds_ends_consent_and_a_check_revives_it(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check check = good_check(1);
	assert_int_equal(check_send(agent, &check, &from, RS_SEC(1)), 0);
	(void)drain(agent);
	assert_true(ice_deadline(agent) == RS_SEC(31));
	ice_tick(agent, RS_SEC(31) - 1);
	assert_int_equal(drain(agent).count[ICE_DISCONNECTED], 0);
	ice_tick(agent, RS_SEC(31));
	struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], 1);
	assert_int_equal(drained.count[ICE_DISCONNECTED], 1);
	assert_null(ice_selected(agent));
	assert_true(ice_deadline(agent) == RS_TIME_NEVER);
	ice_tick(agent, RS_SEC(40));
	assert_int_equal(drain(agent).count[ICE_DISCONNECTED], 0);

	check.serial = 2;
	assert_int_equal(check_send(agent, &check, &from, RS_SEC(41)), 0);
	drained = drain(agent);
	assert_int_equal(drained.count[ICE_SELECTED], 1);
	ice_free(agent);
}

static void a_peer_that_never_comes_is_disconnected(void **state)
{
	struct ice_agent *agent = agent_new();
	assert_true(ice_deadline(agent) == TIMEOUT);
	ice_tick(agent, TIMEOUT);
	assert_int_equal(drain(agent).count[ICE_DISCONNECTED], 1);
	assert_true(ice_deadline(agent) == RS_TIME_NEVER);
	ice_free(agent);
}

static void authenticated_media_keeps_a_path_alive(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	const struct ice_path other = path_of(2, 4000);
	const struct check check = good_check(1);
	assert_int_equal(check_send(agent, &check, &from, 0), 0);
	ice_heard(agent, &from, RS_SEC(20));
	ice_heard(agent, &other, RS_SEC(20));
	assert_true(ice_deadline(agent) == RS_SEC(50));
	assert_false(ice_path_known(agent, &other));
	(void)drain(agent);
	ice_free(agent);
}

static void when_the_selected_path_dies_one_still_heard_takes_over(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path first = path_of(1, 4000);
	const struct ice_path second = path_of(2, 4000);
	struct check check = good_check(1);
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &first, 0), 0);
	check.serial = 2;
	check.use_candidate = false;
	assert_int_equal(check_send(agent, &check, &second, RS_SEC(20)), 0);
	(void)drain(agent);
	ice_tick(agent, RS_SEC(30));
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_DISCONNECTED], 0);
	assert_int_equal(drained.count[ICE_SELECTED], 1);
	assert_true(ice_path_equal(ice_selected(agent), &second));
	ice_free(agent);
}

static void a_path_that_ended_gives_way_to_one_still_heard(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path first = path_of(1, 4000);
	const struct ice_path second = path_of(2, 4000);
	struct check check = good_check(1);
	assert_int_equal(check_send(agent, &check, &first, 0), 0);
	check.serial = 2;
	assert_int_equal(check_send(agent, &check, &second, RS_SEC(1)), 0);
	check.serial = 3;
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &first, RS_SEC(2)), 0);
	(void)drain(agent);

	ice_path_gone(agent, &first);
	struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], 1);
	assert_int_equal(drained.count[ICE_SELECTED], 1);
	assert_true(ice_path_equal(ice_selected(agent), &second));
	ice_path_gone(agent, &first); /* told twice, or never known */
	assert_int_equal(drain(agent).count[ICE_PATH_REMOVED], 0);

	ice_path_gone(agent, &second);
	drained = drain(agent);
	assert_int_equal(drained.count[ICE_DISCONNECTED], 1);
	assert_null(ice_selected(agent));
	check.serial = 4;
	assert_int_equal(check_send(agent, &check, &second, RS_SEC(3)), 0);
	assert_int_equal(drain(agent).count[ICE_SELECTED], 1);
	ice_free(agent);
}

static void a_restart_makes_the_new_before_it_breaks_the_old(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path first = path_of(1, 4000);
	const struct ice_path second = path_of(2, 4000);
	struct check old = good_check(1);
	old.use_candidate = true;
	assert_int_equal(check_send(agent, &old, &first, 0), 0);
	(void)drain(agent);

	assert_int_equal(ice_restart(agent, &our_new, &their_new), 0);
	assert_string_equal(ice_local_ufrag(agent), our_new.ufrag);
	assert_string_equal(ice_old_local_ufrag(agent), our.ufrag);
	old.serial = 2; /* the old credentials still count */
	assert_int_equal(check_send(agent, &old, &first, 1), 0);

	struct check new = {
		.local = &our_new, .remote = &their_new, .role = STUN_ROLE_CONTROLLING, .serial = 3
	};
	assert_int_equal(check_send(agent, &new, &second, 2), 0);
	assert_true(ice_path_equal(ice_selected(agent), &first)); /* proven, not nominated */
	(void)drain(agent);

	new.serial = 4;
	new.use_candidate = true;
	assert_int_equal(check_send(agent, &new, &second, 3), 0);
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_RESTARTED], 1);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], 1);
	assert_true(ice_path_equal(ice_selected(agent), &second));
	assert_false(ice_path_known(agent, &first));
	assert_null(ice_old_local_ufrag(agent));
	old.serial = 5;
	assert_int_equal(check_send(agent, &old, &first, 4), -EACCES);
	ice_free(agent);
}

/* A browser that restarts checks with its new ufrag and our old one until it has the answer. */
static void a_peer_ahead_of_signaling_keeps_its_path(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check check = good_check(1);
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &from, 0), 0);
	check.remote = &their_new; /* nobody told us of it */
	check.serial = 2;
	assert_int_equal(check_send(agent, &check, &from, 1), 0);
	assert_int_equal(ice_restart(agent, &our_new, &their_new), 0);
	check.serial = 3; /* told, but the answer is still on its way to the peer */
	assert_int_equal(check_send(agent, &check, &from, 2), 0);
	assert_int_equal(drain(agent).count[ICE_RESTARTED], 0);
	check.local = &our_new;
	check.serial = 4;
	assert_int_equal(check_send(agent, &check, &from, 3), 0);
	assert_int_equal(drain(agent).count[ICE_RESTARTED], 1);
	ice_free(agent);
}

static void a_restart_over_the_same_path_keeps_it(void **state)
{
	struct ice_agent *agent = agent_new();
	const struct ice_path from = path_of(1, 4000);
	struct check check = good_check(1);
	check.use_candidate = true;
	assert_int_equal(check_send(agent, &check, &from, 0), 0);
	/* Our own credentials may stay the same. */
	assert_int_equal(ice_restart(agent, &our, &their_new), 0);
	(void)drain(agent);
	check.remote = &their_new;
	check.serial = 2;
	assert_int_equal(check_send(agent, &check, &from, 1), 0);
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_RESTARTED], 1);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], 0);
	assert_int_equal(drained.count[ICE_SELECTED], 0);
	assert_true(ice_path_equal(ice_selected(agent), &from));
	ice_free(agent);
}

static void telling_the_same_credentials_again_changes_nothing(void **state)
{
	struct ice_agent *agent = agent_new();
	assert_int_equal(ice_restart(agent, &our, &their), 0);
	assert_null(ice_old_local_ufrag(agent));
	assert_int_equal(ice_restart(agent, &our_new, &their_new), 0);
	assert_int_equal(ice_restart(agent, &our_new, &their_new), 0);
	assert_string_equal(ice_old_local_ufrag(agent), our.ufrag);
	const struct ice_credentials short_pwd = { "abcd", "short" };
	assert_int_equal(ice_restart(agent, &short_pwd, &their), -EINVAL);
	ice_free(agent);
}

static void a_driver_that_does_not_poll_loses_checks_not_events(void **state)
{
	struct ice_agent *agent = agent_new();
	unsigned accepted = 0;
	for (uint8_t i = 0; i < 200; i++) {
		const struct ice_path from = path_of(i, 4000);
		const struct check check = good_check(i);
		const int err = check_send(agent, &check, &from, i);
		assert_true(err == 0 || err == -EAGAIN);
		accepted += err == 0;
	}
	ice_tick(agent, RS_SEC(60));
	const struct drained drained = drain(agent);
	assert_int_equal(drained.count[ICE_DATAGRAM], accepted);
	assert_int_equal(drained.count[ICE_PATH_ADDED], accepted);
	assert_int_equal(drained.count[ICE_PATH_REMOVED], accepted);
	assert_int_equal(drained.count[ICE_DISCONNECTED], 1);
	assert_int_equal(ice_stats(agent)->overflow, 200 - accepted);
	ice_free(agent);
}

static void credentials_are_bounded_as_the_rfc_says(void **state)
{
	struct ice_config config = { .local = our, .remote = their, .consent_timeout = TIMEOUT };
	struct ice_agent *agent = NULL;
	config.local.ufrag[3] = '\0';
	assert_int_equal(ice_new(&config, 0, &agent), -EINVAL);
	config.local = our;
	config.local.pwd[21] = '\0';
	assert_int_equal(ice_new(&config, 0, &agent), -EINVAL);
	config.local = our;
	memset(config.local.ufrag, 'a', sizeof(config.local.ufrag)); /* no end */
	assert_int_equal(ice_new(&config, 0, &agent), -EINVAL);
	config.local = our;
	config.remote.ufrag[0] = '\0';
	assert_int_equal(ice_new(&config, 0, &agent), -EINVAL);
	config.remote = their;
	config.consent_timeout = 0;
	assert_int_equal(ice_new(&config, 0, &agent), -EINVAL);
	assert_null(agent);
}

static int birth_and_check(void *ctx)
{
	const struct ice_config config = {
		.local = our, .remote = their, .consent_timeout = TIMEOUT
	};
	struct ice_agent *agent = NULL;
	int err = ice_new(&config, 0, &agent);
	if (err < 0)
		return err;
	const struct ice_path from = path_of(1, 4000);
	const struct check check = good_check(1);
	err = check_send(agent, &check, &from, 0);
	ice_free(agent);
	return err;
}

static void lack_of_memory_fails_the_birth_only(void **state)
{
	check_oom(birth_and_check, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_check_is_answered_and_its_path_selected),
		cmocka_unit_test(a_check_over_ipv6_is_answered_by_the_socket_it_came_in_on),
		cmocka_unit_test(what_is_not_authentic_gets_no_answer),
		cmocka_unit_test(what_is_no_request_gets_no_answer),
		cmocka_unit_test(a_peer_that_wants_to_be_controlled_hears_of_the_conflict),
		cmocka_unit_test(a_check_without_priority_is_a_bad_request),
		cmocka_unit_test(attributes_that_must_be_understood_and_are_not_give_420),
		cmocka_unit_test(a_numbered_nomination_is_understood),
		cmocka_unit_test(no_answer_is_larger_than_the_request_unless_it_was_authentic),
		cmocka_unit_test(media_follows_the_latest_nomination),
		cmocka_unit_test(an_overheard_request_cannot_move_the_path),
		cmocka_unit_test(the_ninth_path_pushes_out_the_oldest_but_never_the_selected),
		cmocka_unit_test(silence_of_thirty_seconds_ends_consent_and_a_check_revives_it),
		cmocka_unit_test(a_peer_that_never_comes_is_disconnected),
		cmocka_unit_test(authenticated_media_keeps_a_path_alive),
		cmocka_unit_test(when_the_selected_path_dies_one_still_heard_takes_over),
		cmocka_unit_test(a_path_that_ended_gives_way_to_one_still_heard),
		cmocka_unit_test(a_restart_makes_the_new_before_it_breaks_the_old),
		cmocka_unit_test(a_peer_ahead_of_signaling_keeps_its_path),
		cmocka_unit_test(a_restart_over_the_same_path_keeps_it),
		cmocka_unit_test(telling_the_same_credentials_again_changes_nothing),
		cmocka_unit_test(a_driver_that_does_not_poll_loses_checks_not_events),
		cmocka_unit_test(credentials_are_bounded_as_the_rfc_says),
		cmocka_unit_test(lack_of_memory_fails_the_birth_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
