/* signaling/io/upload.h
 *
 * A document on its way in: its octets go to a file without a name of its own as they come; once all are there they are looked at,
 * made durable and named by their SHA-256 on a worker's thread, and the document is added. What is torn, refused or left over
 * from a process that was killed is removed, the latter at the start.
 */
#ifndef ROSTRUM_SIGNALING_IO_UPLOAD_H
#define ROSTRUM_SIGNALING_IO_UPLOAD_H

#include "signaling/io/io_priv.h"
#include "signaling/meeting/documents.h"

struct upload;

/* Make the folder, and remove what no document has. After the service was started, before connections are accepted. */
void uploads_start(struct io *io);
/* The service says that no document has this file any more: 64 hexadecimal digits. Takes `message`. */
void uploads_forget(struct io *io, struct message *message);

/* The headers of an upload are there. request->upload, or NULL when as many as may be are under way, or it is not theirs to add. */
void upload_begin(struct request *request, struct claims *who);
/* What came of its body. */
void upload_take(struct upload *upload, const void *data, size_t len);
/* It came to nothing. NULL is fine. Returns NULL. */
struct upload *upload_free(struct upload *upload);
/* The most of a body that is read, of which what is over the limit is thrown away. */
uint64_t upload_octets_max(const struct io *io);

#endif
