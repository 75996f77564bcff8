/* Interpretation at a real rostrum-sfu, on real sockets: languages that are switched by many, a channel that changes hands, and relay
 * over two languages. usage: sfu_channels PROGRAM WORKERS [CHANNELS LISTENERS SECONDS]; with the last three only the first,
 * with its figures (tests/bench/channels). */
#include "common/base/rand.h"
#include "common/rtp/seq.h"
#include "sfu/demux/demux.h"
#include "tests/integration/sfu_world.h"
#include "tools/client/rtc_client.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define OPUS_PT 111
#define PACKET_EVERY RS_MS(20)
#define TICKS 960
#define CHANNELS_MAX 32
#define MEMBERS_MAX (1 + 2 * CHANNELS_MAX + 1000)
#define FEED_MAX 24
/* Listeners change their language after so long on average, us. */
#define STAYS RS_SEC(2)
#define PATIENCE RS_SEC(60)
#define TIMES_MAX 65536

static const char *program;
static unsigned workers;
static size_t n_channels = 8, n_listeners = 60, seconds = 5;

struct member {
	size_t index;
	char source[32]; /* "" = a listener */
	char feed[FEED_MAX];
	struct rtc_client *client;
	int fd;
	size_t worker;
	bool connected;
	/* what it sends */
	bool speaking; /* every 20 ms */
	bool echoes;   /* what it hears, at once */
	uint16_t seq;
	rs_time next;
	/* what it listens to: one channel, or the one before until the server has followed */
	int channel, before; /* -1 = none */
	int64_t revision;
	rs_time asked;
	rs_time leaves;
	bool fresh; /* nothing of the new language came yet */
	uint64_t received;
	uint64_t wrong;
};

/* Times in us, for their percentiles. */
struct times {
	size_t n;
	int64_t us[TIMES_MAX];
};

static struct hall {
	struct sfu_world world;
	struct rs_rand rand;
	int epoll;
	struct member members[MEMBERS_MAX];
	size_t n;
	void (*hear)(struct member *member, const uint8_t *data, size_t len, int64_t wall_us);
	bool all_flow; /* every desk is heard: no channel passes the floor any more */
	struct times acknowledged, switched;
	uint64_t switches;
	int64_t applied;
} hall;

static void times_add(struct times *times, int64_t us)
{
	if (times->n < TIMES_MAX)
		times->us[times->n++] = us;
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static double ms_at(struct times *times, size_t percent)
{
	if (times->n == 0)
		return 0;
	qsort(times->us, times->n, sizeof(times->us[0]), by_size);
	return (double)times->us[(times->n - 1) * percent / 100] / 1000;
}

/* ---- members ---- */

static void say_peer(struct member *member)
{
	char fingerprint[RTC_CLIENT_FINGERPRINT_LEN];
	char send[256] = "";
	char recv[1200] = "";
	const unsigned i = (unsigned)member->index;

	rtc_client_fingerprint(member->client, "sha-256", fingerprint);
	if (member->source[0] != '\0')
		(void)snprintf(send, sizeof(send),
			"{\"mid\": \"0\", \"kind\": \"audio\", \"source\": \"%s\", \"media\": \"microphone\","
			" \"csrc\": %u, \"codec\": \"opus\", \"pt\": 111, \"ssrcs\": [%u]}",
			member->source, 5000 + i, 10000 + i);
	/* As a page: three of the main feed, one below, one beside. */
	for (unsigned place = 0; member->feed[0] != '\0' && place < 5; place++)
		(void)snprintf(recv + strlen(recv), sizeof(recv) - strlen(recv),
			"%s{\"mid\": \"%u\", \"kind\": \"audio\", \"ssrc\": %u, \"codec\": \"opus\","
			" \"pt\": 111, \"nack\": true, \"feed\": \"%s\", \"rank\": %u}",
			place > 0 ? ", " : "", place + 3, 20000 + 10 * i + place,
			place < 3 ? member->feed : "", place < 3 ? place : 0);
	sfu_world_say(&hall.world,
		"{\"type\": \"peer\", \"peer\": {\"id\": \"peer-%u\", \"meeting\": \"demo\", \"worker\": %zu,"
		" \"ice\": {\"ufrag\": \"server%u\", \"pwd\": \"server-password-of-peer-%u\","
		" \"remote_ufrag\": \"client%u\", \"remote_pwd\": \"client-password-of-peer-%u\"},"
		" \"dtls\": {\"setup\": \"passive\", \"fingerprint\": \"sha-256 %s\"},"
		" \"send\": [%s], \"recv\": [%s]}}",
		i, member->worker, i, i, i, i, fingerprint, send, recv);
	member->revision = hall.world.revision;
}

static int socket_to(const struct rs_addr *server)
{
	const int on = 1;
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(server->port) };
	memcpy(&v4.sin_addr, server->ip, 4);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&v4, sizeof(v4)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), 0);
	return fd;
}

static void make_client(struct member *member, const struct rs_addr *server)
{
	struct rtc_client_config config = {
		.server_address = *server,
		.server_fingerprint = hall.world.fingerprint,
		.seed = member->index + 1,
		.like = member->index > 0 ? hall.members[0].client : NULL,
	};
	(void)snprintf(config.own.ufrag, sizeof(config.own.ufrag), "client%zu", member->index);
	(void)snprintf(config.own.pwd, sizeof(config.own.pwd), "client-password-of-peer-%zu",
		member->index);
	(void)snprintf(
		config.server.ufrag, sizeof(config.server.ufrag), "server%zu", member->index);
	(void)snprintf(config.server.pwd, sizeof(config.server.pwd), "server-password-of-peer-%zu",
		member->index);
	assert_int_equal(rtc_client_new(&config, rs_clock_monotonic(), &member->client), 0);
}

/* Told to the server; not connected yet. The address is the first of its worker, which is of IPv4. */
static struct member *join(const char *source, const char *feed)
{
	struct member *member = &hall.members[hall.n];
	*member = (struct member){
		.index = hall.n,
		.worker = hall.n % hall.world.n_workers,
		.seq = 100,
		.channel = -1,
		.before = -1,
	};
	hall.n++;
	(void)snprintf(member->source, sizeof(member->source), "%s", source);
	(void)snprintf(member->feed, sizeof(member->feed), "%s", feed);
	const struct rs_addr *server = &hall.world.addresses[member->worker][0];
	assert_int_equal(server->family, RS_ADDR_V4);
	member->fd = socket_to(server);
	make_client(member, server);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = member };
	assert_int_equal(epoll_ctl(hall.epoll, EPOLL_CTL_ADD, member->fd, &event), 0);
	say_peer(member);
	return member;
}

/* `tag` says whose packet it is, `number` which of them. */
static void send_packet(struct member *member, uint8_t tag, uint16_t number)
{
	_Alignas(8) uint8_t packet[128] = { 0x80, OPUS_PT, (uint8_t)(member->seq >> 8),
		(uint8_t)member->seq };
	const uint32_t words[] = { htonl((uint32_t)member->seq * TICKS),
		htonl((uint32_t)(10000 + member->index)) };
	size_t len = 60;

	memcpy(packet + 4, words, sizeof(words));
	packet[12] = 0x78; /* one 20 ms frame, RFC 6716 section 3.1 */
	packet[13] = tag;
	packet[14] = (uint8_t)(number >> 8);
	packet[15] = (uint8_t)number;
	member->seq++;
	assert_int_equal(rtc_client_seal(member->client, false, packet, &len, sizeof(packet)), 0);
	(void)send(member->fd, packet, len, 0); /* lost is lost */
}

static void receive(struct member *member, uint8_t *data, size_t len, int64_t wall_us)
{
	const enum demux_kind kind = demux_classify(data, len);

	if (kind == DEMUX_RTP) {
		if (rtc_client_open(member->client, false, data, &len) == 0 && len > 12)
			hall.hear(member, data, len, wall_us);
	} else if (kind != DEMUX_RTCP) {
		rtc_client_recv(member->client, data, len, rs_clock_monotonic());
	}
}

static int64_t stamp_of(struct msghdr *message)
{
	for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL;
		at = CMSG_NXTHDR(message, at)) {
		struct timespec stamp;
		if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(at), sizeof(stamp));
		return stamp.tv_sec * 1000000 + stamp.tv_nsec / 1000;
	}
	return rs_clock_wall_us();
}

static void drain(struct member *member)
{
	_Alignas(8) uint8_t data[2048];
	_Alignas(struct cmsghdr) char control[128];
	for (;;) {
		struct iovec part = { data, sizeof(data) };
		struct msghdr message = { .msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		const ssize_t n = recvmsg(member->fd, &message, MSG_DONTWAIT);
		if (n <= 0)
			return;
		receive(member, data, (size_t)n, stamp_of(&message));
	}
}

static void drain_all(void)
{
	struct epoll_event events[256];
	int n = 0;
	do {
		n = epoll_wait(hall.epoll, events, RS_ARRAY_LEN(events), 0);
		for (int i = 0; i < n; i++)
			drain(events[i].data.ptr);
	} while (n == RS_ARRAY_LEN(events));
}

static void tick(struct member *member, rs_time now)
{
	struct rtc_client_datagram out;

	if (now >= rtc_client_deadline(member->client))
		rtc_client_tick(member->client, now);
	while (rtc_client_poll(member->client, &out) == 1)
		(void)send(member->fd, out.data_view, out.len, 0);
	if (!member->connected)
		member->connected = rtc_client_is_connected(member->client);
	if (!member->speaking || !member->connected || now < member->next)
		return;
	member->next = rs_time_max((member->next > 0 ? member->next : now) + PACKET_EVERY, now);
	send_packet(member, (uint8_t)member->index, member->seq);
}

/* Up to which revision the server has followed; what else it said is dropped. */
static void hear_server(void)
{
	struct sfu_world *world = &hall.world;
	for (size_t i = 0; i < world->n_heard; i++) {
		const char *type = json_string_value(json_object_get(world->heard[i], "type"));
		if (type != NULL && strcmp(type, "applied") == 0)
			hall.applied =
				json_integer_value(json_object_get(world->heard[i], "revision"));
		json_decref(world->heard[i]);
	}
	world->n_heard = 0;
}

/* What the server said is read before what it sent, so that what it sent before saying it is here. */
static void turn(void)
{
	sfu_world_run(&hall.world, 0);
	drain_all();
	hear_server();
	const rs_time now = rs_clock_monotonic();
	for (size_t i = 0; i < hall.n; i++)
		tick(&hall.members[i], now);
}

static void run_for(rs_time time)
{
	const rs_time end = rs_clock_monotonic() + time;
	while (rs_clock_monotonic() < end)
		turn();
}

static void connect_all(void)
{
	const rs_time end = rs_clock_monotonic() + PATIENCE;
	size_t connected = 0;
	while (connected < hall.n && rs_clock_monotonic() < end) {
		turn();
		for (connected = 0; connected < hall.n && hall.members[connected].connected;)
			connected++;
	}
	assert_int_equal(connected, hall.n);
}

static void say_meeting(int event, const char *channels)
{
	sfu_world_say(&hall.world,
		"{\"type\": \"meeting\", \"meeting\": {\"id\": \"demo\", \"event\": %d, \"mode\": \"floor\","
		" \"open\": [\"KEN\"], \"visible\": [], \"channels\": [%s], \"record\": false}}",
		event, channels);
}

static const uint8_t *payload_of(const uint8_t *data)
{
	return data + 12 + 4 * (data[0] & 0x0f);
}

static int setup(void **state)
{
	hall = (struct hall){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
	rs_rand_init_seed(&hall.rand, 7);
	sfu_world_start(&hall.world, program, workers);
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = hall.n; i-- > 0;) { /* the first lends its certificate */
		hall.members[i].client = rtc_client_free(hall.members[i].client);
		(void)close(hall.members[i].fd);
	}
	(void)close(hall.epoll);
	sfu_world_end(&hall.world);
	return 0;
}

/* ---- many who switch ---- */

/* Members 1 to n_channels are the desks, and mark what they send by their number; the floor, which is nobody's wish here, is the nought. */
static void hear_language(struct member *member, const uint8_t *data, size_t len, int64_t wall_us)
{
	const int channel = (int)payload_of(data)[1] - 1;

	if (member->channel < 0 || !hall.all_flow)
		return;
	member->received++;
	member->wrong +=
		channel != member->channel && (member->before < 0 || channel != member->before);
	if (member->fresh && channel == member->channel) {
		member->fresh = false;
		times_add(&hall.switched, rs_clock_monotonic() - member->asked);
	}
}

static void follow(struct member *member, rs_time now)
{
	if (member->before >= 0 && member->revision <= hall.applied) {
		member->before = -1; /* from here on nothing of it may come */
		times_add(&hall.acknowledged, now - member->asked);
	}
	if (member->before >= 0 || now < member->leaves)
		return;
	member->before = member->channel;
	member->channel = (int)rs_rand_below(&hall.rand, (uint32_t)n_channels);
	member->asked = now;
	member->leaves = now + rs_rand_below(&hall.rand, 2 * STAYS);
	member->fresh = member->channel != member->before;
	hall.switches++;
	(void)snprintf(member->feed, sizeof(member->feed), "channel-c%d", member->channel);
	say_peer(member);
}

static void join_hall(void)
{
	char channels[4096] = "";
	char name[32];

	join("KEN", "")->speaking = true;
	for (size_t i = 0; i < n_channels; i++) {
		(void)snprintf(name, sizeof(name), "desk-%zu", i);
		join(name, "")->speaking = true;
		(void)snprintf(channels + strlen(channels), sizeof(channels) - strlen(channels),
			"%s{\"id\": \"c%zu\", \"desk\": \"%s\"}", i > 0 ? ", " : "", i, name);
		turn();
	}
	say_meeting(1, channels);
	for (size_t i = 0; i < n_listeners; i++) {
		struct member *listener = join("", "channel-c0");
		listener->channel = 0;
		/* All come and go at different times. */
		listener->leaves =
			rs_clock_monotonic() + RS_SEC(1) + rs_rand_below(&hall.rand, 2 * STAYS);
		if (i % 8 == 7)
			turn();
	}
	connect_all();
}

/* Seconds of processor time the server has used. */
static double server_seconds(void)
{
	char path[64];
	unsigned long user = 0, system = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)hall.world.pid);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	const int n = fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		&user, &system);
	(void)fclose(file);
	assert_int_equal(n, 2);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void after_the_acknowledgement_nothing_of_the_language_before_comes(void **state)
{
	uint64_t received = 0, wrong = 0;

	hall.hear = hear_language;
	join_hall();
	run_for(RS_MS(500));
	hall.all_flow = true;
	const double used = server_seconds();
	/* Where a busy machine makes acknowledgements late, fewer switch at a time. */
	const uint64_t enough = n_listeners * seconds / 5;
	const rs_time end = rs_clock_monotonic() + RS_SEC((int64_t)seconds);
	while (rs_clock_monotonic() < end ||
		(hall.switches <= enough && rs_clock_monotonic() < end + PATIENCE)) {
		turn();
		for (size_t i = 1 + n_channels; i < hall.n; i++)
			follow(&hall.members[i], rs_clock_monotonic());
	}
	for (size_t i = 1 + n_channels; i < hall.n; i++) {
		received += hall.members[i].received;
		wrong += hall.members[i].wrong;
		assert_int_not_equal(hall.members[i].received, 0);
	}
	print_message("# %zu channels, %zu listeners, %zu s: %" PRIu64 " switches, %" PRIu64
		      " packets, %" PRIu64 " of a wrong language\n",
		n_channels, n_listeners, seconds, hall.switches, received, wrong);
	print_message(
		"# acknowledged after p50 %.1f, p99 %.1f ms; first packet p50 %.1f, p99 %.1f ms\n",
		ms_at(&hall.acknowledged, 50), ms_at(&hall.acknowledged, 99),
		ms_at(&hall.switched, 50), ms_at(&hall.switched, 99));
	print_message(
		"# the server used %.2f of a core\n", (server_seconds() - used) / (double)seconds);
	assert_int_equal(wrong, 0);
	assert_true(hall.switches > enough);
}

/* ---- a channel that changes hands ---- */

static struct {
	uint64_t packets;
	uint16_t seq;
	uint32_t rtp_ts;
	uint8_t who; /* of the last packet */
	uint64_t holes, overlaps, late, changes;
	int64_t most_ts_gap; /* ticks, at a change */
	int armed_for;
} stage;

static void hear_stage(struct member *member, const uint8_t *data, size_t len, int64_t wall_us)
{
	const uint16_t seq = (uint16_t)(data[2] << 8 | data[3]);
	uint32_t rtp_ts;
	const uint8_t who = payload_of(data)[1];

	memcpy(&rtp_ts, data + 4, sizeof(rtp_ts));
	rtp_ts = ntohl(rtp_ts);
	if (stage.packets++ > 0) {
		const int32_t passed = (int32_t)(rtp_ts - stage.rtp_ts);
		stage.holes += seq != (uint16_t)(stage.seq + 1);
		stage.overlaps += passed < TICKS;
		if (who != stage.who) {
			stage.changes++;
			stage.late += stage.armed_for != who; /* it is not the other one's turn */
			stage.most_ts_gap = rs_time_max(stage.most_ts_gap, passed);
		}
	}
	stage.seq = seq;
	stage.rtp_ts = rtp_ts;
	stage.who = who;
}

static void hear_from(int who)
{
	const rs_time end = rs_clock_monotonic() + PATIENCE;
	while (stage.who != who && rs_clock_monotonic() < end)
		turn();
	assert_int_equal(stage.who, who);
}

/* Between two desks, announced and not, and between a desk and the floor. */
static void a_channel_changes_hands_without_a_hole(void **state)
{
	static const char *const desks[] = { "\"one\"", "\"two\"", "\"one\"", "null" };
	static const int whose[] = { 1, 2, 1, 0 };
	char channels[128];

	memset(&stage, 0, sizeof(stage));
	hall.hear = hear_stage;
	join("KEN", "")->speaking = true;
	join("one", "")->speaking = true;
	join("two", "")->speaking = true;
	say_meeting(1, "{\"id\": \"fr\", \"desk\": \"one\"}");
	stage.armed_for = 1;
	(void)join("", "channel-fr");
	connect_all();
	hear_from(1);
	run_for(RS_SEC(1));
	stage.changes = 0; /* the floor is heard until the first packet of the desk has come */
	stage.most_ts_gap = 0;
	for (int i = 1; i <= 24; i++) {
		const size_t to = (size_t)i % 4;
		(void)snprintf(channels, sizeof(channels),
			"{\"id\": \"fr\", \"desk\": %s, \"next\": %s}", desks[(to + 3) % 4],
			i % 8 < 4 ? desks[to] : "null");
		say_meeting(2 * i, channels);
		run_for(RS_MS(100) + rs_rand_below(&hall.rand, RS_MS(100)));
		(void)snprintf(
			channels, sizeof(channels), "{\"id\": \"fr\", \"desk\": %s}", desks[to]);
		stage.armed_for = whose[to];
		say_meeting(2 * i + 1, channels);
		hear_from(stage.armed_for);
		run_for(RS_MS(100) + rs_rand_below(&hall.rand, RS_MS(100)));
	}
	print_message("# %" PRIu64 " changes in %" PRIu64
		      " packets, between time stamps at most %.1f ms\n",
		stage.changes, stage.packets, (double)stage.most_ts_gap / 48);
	assert_int_equal(stage.changes, 24);
	assert_int_equal(stage.late, 0);
	assert_int_equal(stage.holes, 0);
	assert_int_equal(stage.overlaps, 0);
}

/* ---- relay ---- */

static struct {
	int64_t sent[65536];  /* wall clock us, by number */
	int64_t spent[65536]; /* by the desks, from the kernel's stamp to sending */
	int64_t first[65536]; /* what the server took to bring the floor to the first desk */
	struct times took;    /* by the server, all three times it was passed */
	struct times held;    /* that in thousandths of the first of the three */
} relay;

/* The floor in the first language, that in the second, that at the listener. */
static void hear_relay(struct member *member, const uint8_t *data, size_t len, int64_t wall_us)
{
	const uint8_t *payload = payload_of(data);
	const uint16_t number = (uint16_t)(payload[2] << 8 | payload[3]);

	if (payload[1] == 0 && member->index == 1)
		relay.first[number] = rs_time_max(wall_us - relay.sent[number], 1);
	if (member->echoes) {
		send_packet(member, (uint8_t)member->index, number);
		relay.spent[number] += rs_clock_wall_us() - wall_us;
	} else if (payload[1] == 2 && relay.first[number] > 0) { /* it came the whole way */
		const int64_t took = wall_us - relay.sent[number] - relay.spent[number];
		times_add(&relay.took, took);
		times_add(&relay.held, 1000 * took / relay.first[number]);
	}
}

static void two_languages_of_relay_are_passed_on_as_the_floor_is(void **state)
{
	memset(&relay, 0, sizeof(relay));
	hall.hear = hear_relay;
	struct member *ken = join("KEN", "");
	join("fr-1", "floor")->echoes = true;
	join("ar-1", "channel-fr")->echoes = true;
	say_meeting(
		1, "{\"id\": \"fr\", \"desk\": \"fr-1\"}, {\"id\": \"ar\", \"desk\": \"ar-1\"}");
	(void)join("", "channel-ar");
	connect_all();
	for (uint16_t number = 1; number <= 200; number++) {
		relay.sent[number] = rs_clock_wall_us();
		send_packet(ken, 0, number);
		run_for(PACKET_EVERY);
	}
	const rs_time end = rs_clock_monotonic() + PATIENCE;
	while (relay.took.n <= 150 && rs_clock_monotonic() < end)
		turn();
	print_message("# floor, fr, ar: the server took p50 %.2f, p90 %.2f, most %.2f ms of %zu;"
		      " p10 %.1f times what the floor took\n",
		ms_at(&relay.took, 50), ms_at(&relay.took, 90), ms_at(&relay.took, 100),
		relay.took.n, ms_at(&relay.held, 10));
	assert_true(relay.took.n > 150);
	/* Three ways take three times one, and a busy machine lets any of them wait; what waited for a tick of the server or for the
	 * next packet would take a hundred times. */
	assert_true(ms_at(&relay.held, 10) <= 12);
}

int main(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(after_the_acknowledgement_nothing_of_the_language_before_comes),
		CASE(a_channel_changes_hands_without_a_hole),
		CASE(two_languages_of_relay_are_passed_on_as_the_floor_is),
	};
	const struct CMUnitTest bench[] = { tests[0] };

	if ((argc != 3 && argc != 6) || crypt_start() < 0)
		return 2;
	program = argv[1];
	workers = (unsigned)atoi(argv[2]);
	if (argc == 3)
		return cmocka_run_group_tests(tests, NULL, NULL);
	n_channels = (size_t)atoi(argv[3]);
	n_listeners = (size_t)atoi(argv[4]);
	seconds = (size_t)atoi(argv[5]);
	if (n_channels < 2 || n_channels > CHANNELS_MAX || n_listeners < 1 || n_listeners > 1000)
		return 2;
	return cmocka_run_group_tests(bench, NULL, NULL);
}
