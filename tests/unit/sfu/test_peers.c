/* The peer table: whose datagram is it. */
#include "sfu/io/peers.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MOST 3

struct fixture {
	struct rs_rand rand;
	struct dtls_identity *identity;
	struct peers *peers;
};

static int setup(void **state)
{
	struct fixture *fixture = rs_zalloc(sizeof(*fixture));
	rs_rand_init_seed(&fixture->rand, 1);
	*state = fixture;
	int err = dtls_identity_new(1795305600, &fixture->identity);
	if (err == 0)
		err = peers_new(MOST, &fixture->rand, &fixture->peers);
	return err;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	peers_free(fixture->peers);
	dtls_identity_free(fixture->identity);
	rs_release(fixture);
	return rs_mem_alive() == 0 ? 0 : -1;
}

static struct ice_credentials credentials(const char *ufrag)
{
	struct ice_credentials made = { .pwd = "0123456789abcdef012345" };
	(void)snprintf(made.ufrag, sizeof(made.ufrag), "%s", ufrag);
	return made;
}

static struct peer *make(
	struct fixture *fixture, const char *id, uint32_t handle, const char *ufrag)
{
	struct transport_config config;
	transport_config_default(&config);
	config.ice.local = credentials(ufrag);
	config.ice.remote = credentials("remote");
	config.dtls.identity = fixture->identity;
	struct peer *peer = rs_zalloc(sizeof(*peer));
	(void)snprintf(peer->id, sizeof(peer->id), "%s", id);
	peer->handle = handle;
	assert_int_equal(transport_new(&config, 0, &peer->transport), 0);
	return peer;
}

static void drop(struct peer *peer)
{
	transport_free(peer->transport);
	rs_release(peer);
}

static struct peer *add(struct fixture *fixture, const char *id, uint32_t handle, const char *ufrag)
{
	struct peer *peer = make(fixture, id, handle, ufrag);
	assert_int_equal(peers_add(fixture->peers, peer), 0);
	return peer;
}

static struct ice_path path(uint16_t port)
{
	static const uint8_t ip[4] = { 192, 0, 2, 1 };
	return (struct ice_path){ .local = 1, .remote = rs_addr_v4(ip, port) };
}

static struct peer *named(const struct fixture *fixture, const char *ufrag)
{
	return peers_by_ufrag(fixture->peers, ufrag, strlen(ufrag));
}

static void a_peer_is_found_by_id_handle_and_user_name(void **state)
{
	struct fixture *fixture = *state;
	struct peer *a = add(fixture, "a", 0x10000, "aaaa");
	struct peer *b = add(fixture, "b", 0x20001, "bbbb");
	assert_ptr_equal(peers_by_id(fixture->peers, "a"), a);
	assert_ptr_equal(peers_out(fixture->peers, 0x20001)->peer, b);
	assert_false(peers_out(fixture->peers, 0x20001)->open); /* no keys yet */
	assert_null(peers_out(fixture->peers, 0x10001));        /* an older generation */
	assert_null(peers_out(fixture->peers, 0xffff));
	assert_ptr_equal(named(fixture, "bbbb"), b);
	assert_null(named(fixture, "bbb"));
	peers_remove(fixture->peers, b);
	assert_null(named(fixture, "bbbb"));
	assert_null(peers_by_id(fixture->peers, "b"));
	assert_null(peers_out(fixture->peers, 0x20001));
}

static void what_is_anothers_is_refused_and_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	(void)add(fixture, "a", 0, "aaaa");
	struct peer *same_id = make(fixture, "a", 1, "bbbb");
	struct peer *same_handle = make(fixture, "b", 0, "bbbb");
	struct peer *same_ufrag = make(fixture, "b", 1, "aaaa");
	assert_int_equal(peers_add(fixture->peers, same_id), -EEXIST);
	assert_int_equal(peers_add(fixture->peers, same_handle), -EEXIST);
	assert_int_equal(peers_add(fixture->peers, same_ufrag), -EEXIST);
	drop(same_id);
	drop(same_handle);
	drop(same_ufrag);
	assert_null(named(fixture, "bbbb"));
	(void)add(fixture, "b", 1, "bbbb");
}

static void one_peer_over_the_limit_is_refused(void **state)
{
	struct fixture *fixture = *state;
	(void)add(fixture, "a", 0, "aaaa");
	(void)add(fixture, "b", 1, "bbbb");
	(void)add(fixture, "c", 2, "cccc");
	struct peer *over = make(fixture, "d", 3, "dddd");
	assert_int_equal(peers_add(fixture->peers, over), -E2BIG);
	drop(over);
}

static void paths_are_exact_and_end_with_the_peer(void **state)
{
	struct fixture *fixture = *state;
	struct peer *a = add(fixture, "a", 0, "aaaa");
	struct ice_path one = path(1000);
	struct ice_path other_socket = { .local = 2, .remote = one.remote };
	struct ice_path two = path(1001);
	peers_path_added(fixture->peers, a, &one);
	peers_path_added(fixture->peers, a, &two);
	assert_ptr_equal(peers_by_path(fixture->peers, &one), a);
	assert_null(peers_by_path(fixture->peers, &other_socket));
	peers_path_removed(fixture->peers, a, &one);
	assert_null(peers_by_path(fixture->peers, &one));
	assert_ptr_equal(peers_by_path(fixture->peers, &two), a);
	peers_remove(fixture->peers, a);
	assert_null(peers_by_path(fixture->peers, &two));
}

static void a_path_proven_by_another_peer_is_that_peers(void **state)
{
	struct fixture *fixture = *state;
	struct peer *a = add(fixture, "a", 0, "aaaa");
	struct peer *b = add(fixture, "b", 1, "bbbb");
	struct ice_path one = path(1000);
	peers_path_added(fixture->peers, a, &one);
	peers_path_added(fixture->peers, b, &one);
	assert_ptr_equal(peers_by_path(fixture->peers, &one), b);
	assert_int_equal(a->n_paths, 0);
	/* The one that lost it may still say so later. */
	peers_path_removed(fixture->peers, a, &one);
	peers_remove(fixture->peers, a);
	assert_ptr_equal(peers_by_path(fixture->peers, &one), b);
}

static void both_user_names_are_known_during_a_restart(void **state)
{
	struct fixture *fixture = *state;
	struct peer *a = add(fixture, "a", 0, "aaaa");
	const struct ice_credentials second = credentials("anew");
	const struct ice_credentials third = credentials("more");
	const struct ice_credentials remote = credentials("other");
	assert_int_equal(transport_restart(a->transport, &second, &remote), 0);
	assert_int_equal(peers_update_ufrags(fixture->peers, a), 0);
	assert_ptr_equal(named(fixture, "aaaa"), a);
	assert_ptr_equal(named(fixture, "anew"), a);
	assert_int_equal(transport_restart(a->transport, &third, &remote), 0);
	assert_int_equal(peers_update_ufrags(fixture->peers, a), 0);
	assert_ptr_equal(named(fixture, "more"), a);
	assert_ptr_equal(named(fixture, "aaaa"), a); /* nothing newer is proven yet */
	assert_null(named(fixture, "anew"));
	peers_remove(fixture->peers, a);
	assert_null(named(fixture, "more"));
	assert_null(named(fixture, "aaaa"));
}

static int make_table(void *ctx)
{
	struct fixture *fixture = ctx;
	struct peers *peers = NULL;
	const int err = peers_new(MOST, &fixture->rand, &peers);
	if (err == 0)
		peers_free(peers);
	return err;
}

static void the_table_survives_any_allocation_that_fails(void **state)
{
	check_oom(make_table, *state);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_peer_is_found_by_id_handle_and_user_name),
		CASE(what_is_anothers_is_refused_and_leaves_nothing),
		CASE(one_peer_over_the_limit_is_refused),
		CASE(paths_are_exact_and_end_with_the_peer),
		CASE(a_path_proven_by_another_peer_is_that_peers),
		CASE(both_user_names_are_known_during_a_restart),
		CASE(the_table_survives_any_allocation_that_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
