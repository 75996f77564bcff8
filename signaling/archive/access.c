#include "signaling/archive/access.h"

#define CLASS_BIT(class) (1u << (class))
#define EVERYTHING (CLASS_BIT(VISIBILITY_COUNT) - 1u)

uint32_t access_classes(enum role role)
{
	static const uint32_t classes[ROLE_COUNT] = {
		[ROLE_SECRETARIAT] = EVERYTHING,
		[ROLE_CHAIR] = EVERYTHING,
		[ROLE_DELEGATE] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_INTERPRETER] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_TECHNICIAN] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_VIEWER] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_ROOM] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_CAPTIONER] = CLASS_BIT(VISIBILITY_PUBLIC),
		[ROLE_ADMIN] = EVERYTHING,
	};
	/* A role that is added later sees what is public until somebody decides otherwise. */
	return classes[role] | CLASS_BIT(VISIBILITY_PUBLIC);
}

bool access_allows(const struct access_viewer *viewer, enum visibility class, const char *meeting)
{
	if (class == VISIBILITY_PUBLIC)
		return true;
	if ((access_classes(viewer->role) & CLASS_BIT(class)) == 0)
		return false;
	for (size_t i = 0; i < viewer->n_meetings; i++) {
		if (strcmp(viewer->meetings[i], meeting) == 0)
			return true;
	}
	return viewer->role == ROLE_ADMIN;
}
