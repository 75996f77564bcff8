/* signaling/service/site/import.h
 *
 * Conference files: read, judged, written down, turned into chambers.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SITE_IMPORT_H
#define ROSTRUM_SIGNALING_SERVICE_SITE_IMPORT_H

#include "signaling/service/service.h"

struct conference;
struct rules;
struct service;
struct store_done;

void import_done(struct service *service, const struct store_done *done, struct moment at);
const struct rules *import_rules(const void *ctx, const char *name);
int import_chambers(struct service *service, struct conference *conference, const char *epoch);
int import_remember(struct service *service, const struct conference *conference,
	const uint8_t hash[RS_SHA256_LEN]);
/* The file of this name is as if it had never been imported. */
void import_forget(struct service *service, const char *id);
/* A rehearsal needs nobody to open it. */
void import_open_rehearsals(struct service *service, struct moment at);

#endif
