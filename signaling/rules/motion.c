#include "signaling/rules/motion.h"

#include <errno.h>
#include <string.h>

static const char *const effects[MOTION_EFFECT_COUNT] = {
	[MOTION_NO_EFFECT] = "none",
	[MOTION_SUSPENDS] = "suspend-meeting",
	[MOTION_ADJOURNS] = "adjourn-meeting",
	[MOTION_ADJOURNS_DEBATE] = "adjourn-debate",
	[MOTION_CLOSES_DEBATE] = "close-debate",
	[MOTION_CLOSES_LIST] = "close-list",
	[MOTION_REOPENS_DEBATE] = "reopen-debate",
};

size_t rules_find_motion(const struct rules_motions *motions, const char *name)
{
	size_t i = 0;
	while (i < motions->n && strcmp(motions->kinds[i].name, name) != 0)
		i++;
	return i;
}

int motion_effect_parse(const char *name, enum motion_effect *out_effect)
{
	for (size_t i = 0; i < MOTION_EFFECT_COUNT; i++) {
		if (strcmp(name, effects[i]) == 0) {
			*out_effect = (enum motion_effect)i;
			return 0;
		}
	}
	return -ENOENT;
}
