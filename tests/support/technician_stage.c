#include "tests/support/technician_stage.h"

#include <stdlib.h>
#include <string.h>

struct technician_stage *technician_stage_new(struct bench *bench)
{
	struct technician_stage *stage = rs_zalloc(sizeof(*stage));
	if (stage == NULL)
		abort();
	stage->bench = bench;
	stage->estimate = 2000000;
	stage->sfu = bench_sfu(bench, "i1", "null");
	stage->ken = technician_stage_join(stage, "KEN", "delegate");
	stage->technician = technician_stage_join(stage, "technician", "technician");
	return stage;
}

void technician_stage_free(struct technician_stage *stage)
{
	bench_free(stage->bench);
	rs_release(stage);
}

struct bench_line *technician_stage_join(
	struct technician_stage *stage, const char *badge, const char *role)
{
	return bench_join(stage->bench, "demo", badge, role);
}

void technician_stage_connect(struct technician_stage *stage)
{
	(void)rs_set_text(stage->peer, bench_offer(stage->bench, stage->ken)); /* fits */
	bench_peer(stage->bench, stage->sfu, stage->peer, "connected");
}

int technician_stage_second(struct technician_stage *stage, int lost)
{
	bench_pass(stage->bench, RS_SEC(1));
	stage->packets += 50 - lost;
	stage->lost += lost;
	stage->octets += 10000;
	stage->voice += stage->is_mute ? 0 : 50;
	return bench_report(stage->bench, stage->sfu,
		"{\"type\":\"stats\",\"peers\":[{\"peer\":\"%s\",\"rx_packets\":%d,\"rx_lost\":%d,"
		"\"rx_octets\":%lld,\"tx_packets\":1,\"tx_octets\":0,\"rtt_ms\":41,\"idle_ms\":12,"
		"\"line\":{\"estimate_bps\":%d,\"queue_ms\":0,\"own_loss_permille\":0,\"cause\":\"grew\"}}],"
		"\"sources\":[{\"meeting\":\"demo\",\"source\":\"KEN\",\"media\":\"microphone\","
		"\"packets\":%d,\"gated\":0,\"level_dbov\":-23,\"speaking\":true,\"audio_khz\":20,"
		"\"channels\":1,\"fit\":\"yes\",\"clipping_permille\":0,\"loss_permille\":0,"
		"\"jitter_ms\":4}],\"counters\":{\"media_cpu_user_us\":%d},\"worst\":{\"transit_us\":512},"
		"\"gauges\":{\"peers\":1}}",
		stage->peer, stage->packets, stage->lost, (long long)stage->octets, stage->estimate,
		stage->voice, stage->packets * 1000);
}

bool technician_stage_survey(struct technician_stage *stage, bool on)
{
	return strcmp(bench_try(stage->bench, stage->technician, "survey",
			      on ? "\"on\":true" : "\"on\":false"),
		       "ok") == 0;
}

const json_t *technician_stage_patch(const struct technician_stage *stage, const char *path)
{
	return bench_at(bench_at(bench_last(stage->technician, "survey"), "patch"), path);
}
