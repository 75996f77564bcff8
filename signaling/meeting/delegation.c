#include "signaling/meeting/delegation.h"

#include <errno.h>

static const char *const category_names[CATEGORY_COUNT] = {
	[CATEGORY_MEMBER] = "member",
	[CATEGORY_OBSERVER] = "observer",
	[CATEGORY_IGO] = "igo",
	[CATEGORY_NGO] = "ngo",
	[CATEGORY_GROUP] = "group",
};

static const char *const rank_names[RANK_COUNT] = {
	[RANK_NONE] = "",
	[RANK_HEAD] = "head",
	[RANK_ALTERNATE] = "alternate",
	[RANK_ADVISER] = "adviser",
};

const char *category_name(enum category category)
{
	return category_names[category];
}

int category_parse(const char *name, enum category *out_category)
{
	for (size_t i = 0; i < CATEGORY_COUNT; i++) {
		if (strcmp(name, category_names[i]) == 0) {
			*out_category = (enum category)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *rank_name(enum rank rank)
{
	return rank_names[rank];
}

int rank_parse(const char *name, enum rank *out_rank)
{
	for (size_t i = RANK_HEAD; i < RANK_COUNT; i++) {
		if (strcmp(name, rank_names[i]) == 0) {
			*out_rank = (enum rank)i;
			return 0;
		}
	}
	return -ENOENT;
}
