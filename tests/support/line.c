/* tests/support/line.c: two network namespaces joined by a bad line.
 *
 *   line LEFT RIGHT SEED
 *
 * Makes a TUN device `line-RIGHT` in LEFT and `line-LEFT` in RIGHT (namespaces that exist already, by their names
 * below /run/netns, or `-` for that of its parent; the caller gives the devices their addresses) and carries packets
 * between them through two tests/support/simlink machines by the real clock. `ready` on standard output when they
 * stand. Standard input, a line each:
 *
 *   right|left|both NAME=NUMBER …   what the line does from now on, to packets towards that side; what is not named goes on.
 *       rate (bit/s, 0 = no limit), delay, jitter, queue (us), loss, double (permille), run (mean length of a burst of losses)
 *   stats                           answers with one line of JSON
 *
 * Loss and duplication hit UDP only: signaling goes the same way, and is not what is tested. It ends at the end of its input.
 */
#include "common/base/text.h"
#include "tests/support/simlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LEFT 0
#define RIGHT 1
#define QUEUE_MAX 1024
#define LINE_MAX_LEN 512
#define IP_UDP 17

struct line {
	int tun[2];            /* of each side */
	struct simlink *to[2]; /* towards each side */
	struct simlink_config config[2];
	struct simlink_stats told[2]; /* as of the last `stats` */
	int timer;
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "line: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- devices ---- */

/* A TUN device belongs to the namespace its maker was in. */
static int open_tun(const char *namespace, const char *far)
{
	char path[256];
	if (strcmp(namespace, "-") == 0)
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)getppid());
	else
		(void)snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		fail(path);
	(void)close(fd);

	const int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun < 0)
		fail("/dev/net/tun");
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "line-%s", far);
	if (ioctl(tun, TUNSETIFF, &request) < 0)
		fail(request.ifr_name);
	return tun;
}

/* ---- packets ---- */

static bool is_udp(const uint8_t *packet, size_t len)
{
	if (len >= 20 && packet[0] >> 4 == 4)
		return packet[9] == IP_UDP;
	return len >= 40 && packet[0] >> 4 == 6 && packet[6] == IP_UDP;
}

static void take(struct line *line, int side, rs_time now)
{
	const struct rs_addr nobody = { 0 };
	struct simlink *link = line->to[1 - side];
	uint8_t packet[SIMLINK_MTU + 1];
	ssize_t n = 0;
	while ((n = read(line->tun[side], packet, sizeof(packet))) > 0) {
		if (is_udp(packet, (size_t)n))
			simlink_send(link, &nobody, &nobody, packet, (size_t)n, now);
		else
			simlink_send_spared(link, &nobody, &nobody, packet, (size_t)n, now);
	}
}

static void give(const struct line *line, int side, rs_time now)
{
	static struct simlink_datagram datagram;
	while (simlink_recv(line->to[side], now, &datagram) == 1)
		(void)!write(
			line->tun[side], datagram.data, datagram.len); /* lost as on any line */
}

/* ---- orders ---- */

static bool set(struct simlink_config *config, const char *name, uint32_t value)
{
	if (strcmp(name, "rate") == 0)
		config->rate_bps = value;
	else if (strcmp(name, "delay") == 0)
		config->delay = value;
	else if (strcmp(name, "jitter") == 0)
		config->jitter = value;
	else if (strcmp(name, "queue") == 0)
		config->queue_delay = value;
	else if (strcmp(name, "loss") == 0)
		config->loss_permille = value;
	else if (strcmp(name, "double") == 0)
		config->double_permille = value;
	else if (strcmp(name, "run") == 0)
		config->loss_run = value;
	else
		return false;
	return true;
}

static bool obey_one(struct line *line, int side, char *orders)
{
	char *rest = NULL;
	for (char *order = strtok_r(orders, " ", &rest); order != NULL;
		order = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(order, '=');
		uint32_t value = 0;
		if (equals == NULL)
			return false;
		*equals = '\0';
		if (rs_parse_u32(equals + 1, strlen(equals + 1), UINT32_MAX, &value) < 0 ||
			!set(&line->config[side], order, value))
			return false;
	}
	simlink_set(line->to[side], &line->config[side]);
	return true;
}

/* The wait of which `percent` of the datagrams since the last time had no longer one, ms. */
static unsigned wait_at(
	const struct simlink_stats *now, const struct simlink_stats *then, unsigned percent)
{
	uint64_t all = 0;
	for (unsigned i = 0; i <= SIMLINK_WAIT_MAX; i++)
		all += now->waits[i] - then->waits[i];
	uint64_t below = 0;
	unsigned at = 0;
	for (; at < SIMLINK_WAIT_MAX; at++) {
		below += now->waits[at] - then->waits[at];
		if (below * 100 >= all * percent)
			break;
	}
	return at;
}

static void print_side(struct line *line, int side)
{
	const struct simlink_stats *now = simlink_stats(line->to[side]);
	struct simlink_stats *then = &line->told[side];
	(void)printf("{\"sent\":%llu,\"lost\":%llu,\"dropped\":%llu,"
		     "\"wait_ms\":{\"p50\":%u,\"p95\":%u,\"max\":%u}}",
		(unsigned long long)(now->sent - then->sent),
		(unsigned long long)(now->lost - then->lost),
		(unsigned long long)(now->dropped - then->dropped), wait_at(now, then, 50),
		wait_at(now, then, 95), wait_at(now, then, 100));
	*then = *now;
}

static void print_stats(struct line *line)
{
	(void)printf("{\"left\":");
	print_side(line, LEFT);
	(void)printf(",\"right\":");
	print_side(line, RIGHT);
	(void)printf("}\n");
}

static bool obey(struct line *line, char *text)
{
	if (strcmp(text, "stats") == 0) {
		print_stats(line);
		return true;
	}
	char *orders = strchr(text, ' ');
	if (orders == NULL)
		return false;
	*orders++ = '\0';
	if (strcmp(text, "left") == 0)
		return obey_one(line, LEFT, orders);
	if (strcmp(text, "right") == 0)
		return obey_one(line, RIGHT, orders);
	if (strcmp(text, "both") != 0)
		return false;
	char again[LINE_MAX_LEN];
	(void)snprintf(again, sizeof(again), "%s", orders);
	return obey_one(line, LEFT, orders) && obey_one(line, RIGHT, again);
}

/* False at the end of the input. */
static bool hear(struct line *line)
{
	static char text[LINE_MAX_LEN];
	static size_t len;
	const ssize_t n = read(STDIN_FILENO, text + len, sizeof(text) - 1 - len);
	if (n <= 0)
		return false;
	len += (size_t)n;
	char *end = NULL;
	while ((end = memchr(text, '\n', len)) != NULL) {
		*end = '\0';
		if (!obey(line, text))
			(void)fprintf(stderr, "line: not understood: %s\n", text);
		len -= (size_t)(end + 1 - text);
		memmove(text, end + 1, len);
	}
	return len < sizeof(text) - 1;
}

/* ---- the turn ---- */

static void arm(const struct line *line)
{
	const rs_time at =
		rs_time_min(simlink_deadline(line->to[LEFT]), simlink_deadline(line->to[RIGHT]));
	struct itimerspec when = { 0 };
	if (at != RS_TIME_NEVER) {
		when.it_value.tv_sec = at / 1000000;
		when.it_value.tv_nsec = at % 1000000 * 1000 + 1; /* zero would disarm */
	}
	(void)timerfd_settime(line->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void run(struct line *line)
{
	bool more = true;
	while (more) {
		arm(line);
		struct pollfd fds[] = {
			{ .fd = line->tun[LEFT], .events = POLLIN },
			{ .fd = line->tun[RIGHT], .events = POLLIN },
			{ .fd = line->timer, .events = POLLIN },
			{ .fd = STDIN_FILENO, .events = POLLIN },
		};
		if (poll(fds, RS_ARRAY_LEN(fds), -1) < 0)
			continue;
		uint64_t expirations = 0;
		(void)!read(line->timer, &expirations, sizeof(expirations)); /* may not be due */
		const rs_time now = rs_clock_monotonic();
		for (int side = LEFT; side <= RIGHT; side++)
			take(line, side, now);
		for (int side = LEFT; side <= RIGHT; side++)
			give(line, side, now);
		if (fds[3].revents != 0)
			more = hear(line);
	}
}

int main(int argc, char **argv)
{
	uint32_t seed = 0;
	if (argc != 4 || rs_parse_u32(argv[3], strlen(argv[3]), UINT32_MAX, &seed) < 0) {
		(void)fprintf(stderr, "usage: line LEFT RIGHT SEED\n");
		return 2;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	static struct line line;
	line.tun[LEFT] = open_tun(argv[1], argv[2]);
	line.tun[RIGHT] = open_tun(argv[2], argv[1]);
	line.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (line.timer < 0)
		fail("timerfd");
	for (unsigned side = LEFT; side <= RIGHT; side++) {
		line.config[side] = (struct simlink_config){ .queue_max = QUEUE_MAX,
			.seed = 2 * (uint64_t)seed + side };
		if (simlink_new(&line.config[side], &line.to[side]) < 0) {
			errno = ENOMEM;
			fail("links");
		}
	}
	(void)puts("ready");
	run(&line);
	simlink_free(line.to[LEFT]);
	simlink_free(line.to[RIGHT]);
	return 0;
}
