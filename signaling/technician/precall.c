#include "signaling/technician/precall.h"

#include "common/base/mem.h"

static const char *const verdict_names[] = {
	[PRECALL_GOOD] = "good",
	[PRECALL_POOR] = "poor",
	[PRECALL_UNUSABLE] = "unusable",
};

static const char *const reason_names[PRECALL_REASONS] = {
	[PRECALL_NO_PATH] = "no-path",
	[PRECALL_NO_UDP] = "no-udp",
	[PRECALL_UP_NARROW] = "up-narrow",
	[PRECALL_DOWN_NARROW] = "down-narrow",
	[PRECALL_LOSS_UP] = "loss-up",
	[PRECALL_LOSS_DOWN] = "loss-down",
	[PRECALL_DELAY] = "delay",
	[PRECALL_MICROPHONE_NONE] = "microphone-none",
	[PRECALL_MICROPHONE_FAULT] = "microphone-fault",
	[PRECALL_MICROPHONE_SILENT] = "microphone-silent",
	[PRECALL_MICROPHONE_QUIET] = "microphone-quiet",
	[PRECALL_MICROPHONE_NOISE] = "microphone-noise",
	[PRECALL_MICROPHONE_CLIPPING] = "microphone-clipping",
	[PRECALL_SPEAKERS_SILENT] = "speakers-silent",
	[PRECALL_CAMERA_FAULT] = "camera-fault",
	[PRECALL_CAMERA_DARK] = "camera-dark",
	[PRECALL_CAMERA_SMALL] = "camera-small",
};

static const char *const way_names[PRECALL_WAYS] = {
	[PRECALL_UDP] = "udp",
	[PRECALL_TCP] = "tcp",
	[PRECALL_RELAY] = "relay",
};

/* From `poor` and from `unusable` on a figure is that. Speech takes 32 to 64 kbit/s and its repair as much again; a picture of 360
 * lines half a megabit up, that and the chair's beside it down. What a line loses up to a twentieth the redundancy of sound mends;
 * with more than 300 ms there and back people begin to interrupt one another (ITU-T G.114). */
static const struct {
	enum precall_reason reason;
	int poor, unusable;
	bool less; /* is worse */
} bounds[] = {
	{ PRECALL_UP_NARROW, 500, 96, true },
	{ PRECALL_DOWN_NARROW, 700, 128, true },
	{ PRECALL_LOSS_UP, 30, 150, false },
	{ PRECALL_LOSS_DOWN, 30, 150, false },
	{ PRECALL_DELAY, 300, 1000, false },
};
/* dBFS. A voice at a headset has -30 to -15. */
#define LEVEL_SILENT (-70)
#define LEVEL_QUIET (-45)
#define NOISE_LOUD (-40)
#define CLIPPING_HEARD 20
#define LUMA_DARK 40
#define HEIGHT_SMALL 360

struct findings {
	struct precall_finding *list;
	size_t n;
};

static void add(struct findings *findings, enum precall_reason reason, enum precall_verdict verdict)
{
	if (verdict != PRECALL_GOOD)
		findings->list[findings->n++] =
			(struct precall_finding){ .reason = reason, .verdict = verdict };
}

static void add_if(struct findings *findings, bool is, enum precall_reason reason,
	enum precall_verdict verdict)
{
	add(findings, reason, is ? verdict : PRECALL_GOOD);
}

static int figure_of(const struct precall *precall, enum precall_reason reason)
{
	if (reason == PRECALL_UP_NARROW)
		return precall->up;
	if (reason == PRECALL_DOWN_NARROW)
		return precall->down;
	if (reason == PRECALL_LOSS_UP)
		return precall->loss_up;
	return reason == PRECALL_LOSS_DOWN ? precall->loss_down : precall->rtt;
}

static enum precall_verdict weigh(int figure, size_t bound)
{
	const int sign = bounds[bound].less ? -1 : 1;
	if (figure * sign >= bounds[bound].unusable * sign)
		return PRECALL_UNUSABLE;
	return figure * sign >= bounds[bound].poor * sign ? PRECALL_POOR : PRECALL_GOOD;
}

static void judge_line(const struct precall *precall, struct findings *findings)
{
	bool open = false;
	for (size_t i = 0; i < PRECALL_WAYS; i++)
		open = open || precall->paths[i] == PRECALL_PATH_OPEN;
	add_if(findings, !open, PRECALL_NO_PATH, PRECALL_UNUSABLE);
	if (!open)
		return;
	add_if(findings, precall->paths[PRECALL_UDP] != PRECALL_PATH_OPEN, PRECALL_NO_UDP,
		PRECALL_POOR);
	for (size_t i = 0; i < RS_ARRAY_LEN(bounds); i++) {
		const enum precall_reason reason = bounds[i].reason;
		if (reason != PRECALL_DOWN_NARROW || !precall->at_least)
			add(findings, reason, weigh(figure_of(precall, reason), i));
	}
}

static void judge_microphone(const struct precall *precall, struct findings *findings)
{
	add_if(findings, precall->microphone == PRECALL_DEVICE_NONE, PRECALL_MICROPHONE_NONE,
		PRECALL_UNUSABLE);
	add_if(findings, precall->microphone == PRECALL_DEVICE_FAULT, PRECALL_MICROPHONE_FAULT,
		PRECALL_UNUSABLE);
	if (precall->microphone != PRECALL_DEVICE_WORKS)
		return;
	const bool silent = precall->level < LEVEL_SILENT;
	add_if(findings, silent, PRECALL_MICROPHONE_SILENT, PRECALL_UNUSABLE);
	add_if(findings, !silent && precall->level < LEVEL_QUIET, PRECALL_MICROPHONE_QUIET,
		PRECALL_POOR);
	add_if(findings, precall->noise >= NOISE_LOUD, PRECALL_MICROPHONE_NOISE, PRECALL_POOR);
	add_if(findings, precall->clipping >= CLIPPING_HEARD, PRECALL_MICROPHONE_CLIPPING,
		PRECALL_POOR);
}

static void judge_camera(const struct precall *precall, struct findings *findings)
{
	add_if(findings, precall->camera == PRECALL_DEVICE_FAULT, PRECALL_CAMERA_FAULT,
		PRECALL_POOR);
	if (precall->camera != PRECALL_DEVICE_WORKS)
		return;
	add_if(findings, precall->luma < LUMA_DARK, PRECALL_CAMERA_DARK, PRECALL_POOR);
	add_if(findings, precall->height < HEIGHT_SMALL, PRECALL_CAMERA_SMALL, PRECALL_POOR);
}

static size_t gather(const struct precall *precall, struct precall_finding found[PRECALL_REASONS])
{
	struct findings findings = { .list = found };
	judge_line(precall, &findings);
	judge_microphone(precall, &findings);
	add_if(&findings, precall->speakers == PRECALL_EAR_SILENT, PRECALL_SPEAKERS_SILENT,
		PRECALL_UNUSABLE);
	judge_camera(precall, &findings);
	return findings.n;
}

size_t precall_judge(
	const struct precall *precall, struct precall_finding out_findings[PRECALL_REASONS])
{
	struct precall_finding found[PRECALL_REASONS];
	const size_t n = gather(precall, found);
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (found[i].verdict == PRECALL_UNUSABLE)
			out_findings[at++] = found[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (found[i].verdict == PRECALL_POOR)
			out_findings[at++] = found[i];
	}
	return n;
}

enum precall_verdict precall_verdict(const struct precall *precall)
{
	struct precall_finding findings[PRECALL_REASONS];
	return precall_judge(precall, findings) > 0 ? findings[0].verdict : PRECALL_GOOD;
}

const char *precall_verdict_name(enum precall_verdict verdict)
{
	return verdict_names[verdict];
}

const char *precall_reason_name(enum precall_reason reason)
{
	return reason_names[reason];
}

const char *precall_way_name(enum precall_way way)
{
	return way_names[way];
}
