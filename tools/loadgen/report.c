#include "tools/loadgen/report.h"

#include <inttypes.h>
#include <stdio.h>

static double ms(int64_t us)
{
	return (double)us / 1000;
}

static double ratio(double of, double to)
{
	return to > 0 ? of / to : 0;
}

static uint64_t lost(const struct member_counts *counts)
{
	/* What came late from before the measurement may make it less than nothing. */
	return counts->expected > counts->packets ? counts->expected - counts->packets : 0;
}

static double loss_percent(const struct member_counts *counts)
{
	return 100 * ratio((double)lost(counts), (double)counts->expected);
}

static double us_per_packet(int64_t cpu_us, const struct load_result *result)
{
	return ratio((double)cpu_us, (double)result->counts.packets);
}

static void print_json(const struct load_result *result)
{
	const struct member_counts *counts = &result->counts;
	(void)printf(
		"{\"publishers\":%zu,\"publishers_live\":%zu,\"players\":%zu,\"players_live\":%zu,"
		"\"joins\":%u,\"refused_status\":%u,\"seconds\":%.3f",
		result->publishers, result->publishers_live, result->players, result->players_live,
		result->joins, result->refused_status, result->seconds);
	(void)printf(",\"delivered\":%" PRIu64 ",\"octets\":%" PRIu64 ",\"lost\":%" PRIu64
		     ",\"loss_percent\":%.4f,\"late\":%" PRIu64 ",\"repeats\":%" PRIu64
		     ",\"rtx\":%" PRIu64 ",\"unauthentic\":%" PRIu64 ",\"unstamped\":%" PRIu64,
		counts->packets, counts->octets, lost(counts), loss_percent(counts), counts->late,
		counts->repeats, counts->rtx, counts->unauthentic, counts->unstamped);
	(void)printf(",\"latency_ms\":{\"n\":%" PRIu64 ",\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}",
		result->latency.n, ms(histogram_percentile(&result->latency, 50)),
		ms(histogram_percentile(&result->latency, 99)), ms(result->latency.max));
	(void)printf(",\"join_ms\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}",
		ms(histogram_percentile(&result->join, 50)),
		ms(histogram_percentile(&result->join, 99)), ms(result->join.max));
	(void)printf(",\"gap_ms\":{\"p50\":%.1f,\"max\":%.1f}", ms(result->longest_gap_half),
		ms(result->longest_gap));
	(void)printf(",\"own\":{\"cpu_us_per_packet\":%.3f,\"cpu_percent\":%.1f}",
		us_per_packet(result->own_cpu_us, result),
		ratio((double)result->own_cpu_us, result->seconds * 1e4));
	if (result->watched)
		(void)printf(",\"server\":{\"cpu_us_per_packet\":%.3f,\"cpu_percent\":%.1f,"
			     "\"memory_kib\":%" PRId64 ",\"memory_kib_per_player\":%.1f}",
			us_per_packet(result->server_cpu_us, result),
			ratio((double)result->server_cpu_us, result->seconds * 1e4),
			result->server_memory_kib,
			ratio((double)result->server_memory_growth_kib, (double)result->players));
	(void)printf("}\n");
}

static void print_table(const struct load_result *result)
{
	const struct member_counts *counts = &result->counts;
	(void)printf(
		"publishers     %zu of %zu live\n", result->publishers_live, result->publishers);
	(void)printf("players        %zu of %zu live\n", result->players_live, result->players);
	const bool all = result->publishers_live == result->publishers &&
			 result->players_live == result->players;
	if (!all && result->refused_status != 0)
		(void)printf("refused        HTTP %u\n", result->refused_status);
	else if (!all)
		(void)printf("refused        no answer, or no way for media\n");
	(void)printf("joins          %u; p50 %.0f ms, p99 %.0f ms, max %.0f ms\n", result->joins,
		ms(histogram_percentile(&result->join, 50)),
		ms(histogram_percentile(&result->join, 99)), ms(result->join.max));
	(void)printf("delivered      %" PRIu64 " packets in %.1f s: %.0f a second, %.1f Mbit/s\n",
		counts->packets, result->seconds, ratio((double)counts->packets, result->seconds),
		ratio((double)counts->octets * 8 / 1e6, result->seconds));
	(void)printf("lost           %" PRIu64 " (%.4f %%); %" PRIu64 " late, %" PRIu64
		     " twice, %" PRIu64 " RTX\n",
		lost(counts), loss_percent(counts), counts->late, counts->repeats, counts->rtx);
	(void)printf("latency        p50 %.3f ms, p99 %.3f ms, max %.3f ms (%" PRIu64 " timed)\n",
		ms(histogram_percentile(&result->latency, 50)),
		ms(histogram_percentile(&result->latency, 99)), ms(result->latency.max),
		result->latency.n);
	(void)printf("longest gap    p50 %.0f ms, max %.0f ms\n", ms(result->longest_gap_half),
		ms(result->longest_gap));
	(void)printf("rostrum-load   %.3f us of CPU a packet, %.1f %% of a core\n",
		us_per_packet(result->own_cpu_us, result),
		ratio((double)result->own_cpu_us, result->seconds * 1e4));
	if (!result->watched)
		return;
	(void)printf("server         %.3f us of CPU a packet, %.1f %% of a core\n",
		us_per_packet(result->server_cpu_us, result),
		ratio((double)result->server_cpu_us, result->seconds * 1e4));
	(void)printf("server memory  %" PRId64 " KiB, %.1f KiB a player\n",
		result->server_memory_kib,
		ratio((double)result->server_memory_growth_kib, (double)result->players));
}

void report_print(const struct load_options *options, const struct load_result *result)
{
	if (options->json)
		print_json(result);
	else
		print_table(result);
}
