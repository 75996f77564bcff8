/* tools/roombox/media/picture_card.h
 *
 * What is shown in place of a camera that is away: two texts, white on grey, the first as large as fits; both can be read in the
 * smallest size that is sent, a quarter. Drawn by Pango and cairo, so that it is right in any script there is a font for. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_PICTURE_CARD_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_PICTURE_CARD_H

#include "tools/roombox/media/picture.h"

struct card_picture;

/* An empty card; sides even. 0 or -ENOMEM. */
int card_picture_new(unsigned width, unsigned height, struct card_picture **out_card) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct card_picture *card_picture_free(struct card_picture *card);
/* Draws it anew, some milliseconds; text is UTF-8. 0 or -ENOMEM. */
int card_picture_draw(struct card_picture *card, const char *title, const char *line) RS_MUST_USE;
/* As it was drawn; holds until it is drawn again. */
struct picture card_picture_view(const struct card_picture *card);

#endif
