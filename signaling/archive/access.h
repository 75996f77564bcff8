/* signaling/archive/access.h
 *
 * Who may see which recordings. A public meeting's: everybody with a token of the site. One that sat in private, or closed to all
 * but members: those who answer for its record, the meeting's secretariat and chair, and the site's administrator. What a
 * delegation said in a room from which others were sent out is not theirs to listen to afterwards. Pure.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_ACCESS_H
#define ROSTRUM_SIGNALING_ARCHIVE_ACCESS_H

#include "common/base/text.h"
#include "signaling/rules/role.h"
#include "signaling/rules/visibility.h"

/* Meetings of one viewer. */
#define ACCESS_MEETINGS_MAX 8

struct access_viewer {
	enum role role;
	char meetings[ACCESS_MEETINGS_MAX][RS_NAME_MAX + 1]; /* that the token lists */
	size_t n_meetings;
};

/* Classes of recordings that a role may see of a meeting its token lists (the administrator: of any), as bits 1 << visibility. */
uint32_t access_classes(enum role role);
/* May this viewer see a recording of this class of this meeting? */
bool access_allows(const struct access_viewer *viewer, enum visibility class, const char *meeting);

#endif
