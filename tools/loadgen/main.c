/* tools/loadgen/main.c
 *
 * rostrum-load: as many publishers and players as asked, and what came of it.
 */
#include "sfu/srtp/srtp.h"
#include "tools/loadgen/load.h"
#include "tools/loadgen/report.h"

#include <curl/curl.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static volatile bool stop;

static void on_signal(int number)
{
	stop = true;
}

/* Each member has a socket. */
static void raise_limits(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(
		RLIMIT_NOFILE, &limit); /* what is too little shows when sockets are opened */
}

int main(int argc, char **argv)
{
	struct load_options options;
	static struct load_result result;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		load_options_usage();
		return 0;
	}
	if (load_options_parse(argc - 1, argv + 1, &options) < 0)
		return 2;
	const struct sigaction action = { .sa_handler = on_signal };
	(void)sigaction(SIGINT, &action, NULL); /* fail on bad arguments only */
	(void)sigaction(SIGTERM, &action, NULL);
	raise_limits();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || crypt_start() < 0) {
		(void)fprintf(stderr, "rostrum-load: a library did not start\n");
		return 1;
	}
	int err = load_run(&options, &stop, &result);
	curl_global_cleanup();
	if (err < 0)
		return 1;
	report_print(&options, &result);
	return result.players_live == result.players &&
			       result.publishers_live == result.publishers &&
			       (result.players == 0 || result.counts.packets > 0)
		       ? 0
		       : 1;
}
