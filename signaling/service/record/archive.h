/* signaling/service/record/archive.h
 *
 * The recorder: told which meetings to record and given every event of a session, from wherever it left off.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_ARCHIVE_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_ARCHIVE_H

struct chamber;
struct node;
struct node_message;
struct service;
struct store_done;

void archive_pump(struct service *service, struct chamber *chamber);
void archive_read_done(
	struct service *service, struct chamber *chamber, const struct store_done *done);
void archive_hello(struct service *service, struct node *node, const struct node_message *message);
void archive_gone(struct service *service);

#endif
