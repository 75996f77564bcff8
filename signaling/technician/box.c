#include "signaling/technician/box.h"

#define MINUTE_MS 60000

void box_init(struct box *box)
{
	*box = (struct box){ .known = false };
}

/* A counter that is less than it was is that of a box that began anew. */
static void count_xruns(struct box *box, uint32_t xruns, int64_t wall_ms)
{
	if (box->minute_ms == 0 || xruns < box->minute) {
		box->minute_ms = box->before_ms = wall_ms;
		box->minute = box->before = xruns;
	} else if (wall_ms - box->minute_ms >= MINUTE_MS) {
		box->before_ms = box->minute_ms;
		box->before = box->minute;
		box->minute_ms = wall_ms;
		box->minute = box->now.xruns;
	}
}

void box_take(struct box *box, const struct box_figures *figures, int64_t wall_ms)
{
	count_xruns(box, figures->xruns, wall_ms);
	box->now = *figures;
	box->known = true;
}

void box_forget(struct box *box)
{
	box_init(box);
}

int box_xruns(const struct box *box)
{
	const uint32_t came = box->now.xruns - box->before;
	return !box->known ? 0 : came > INT_MAX ? INT_MAX : (int)came;
}

void box_weigh(const struct box *box, struct troubles *troubles, int64_t wall_ms)
{
	static const struct box_figures nothing = { .camera = SEVERITY_NONE };
	const struct box_figures *now = box->known ? &box->now : &nothing;
	const struct {
		enum trouble trouble;
		int figure;
	} rows[] = {
		{ TROUBLE_CAMERA, (int)now->camera },
		{ TROUBLE_CARD, (int)now->card },
		{ TROUBLE_XRUNS, box_xruns(box) },
		{ TROUBLE_CARD_CLOCK, now->clock_ppm },
		{ TROUBLE_KEPT_FULL, now->kept },
		{ TROUBLE_SEAT_SILENT, now->silent_db },
		{ TROUBLE_SEAT_CLIPPING, now->clipping_permille },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		(void)troubles_weigh(troubles, rows[i].trouble, rows[i].figure,
			wall_ms); /* whoever asks looks at them */
}
