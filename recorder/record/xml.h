/* recorder/record/xml.h
 *
 * A writer of XML whose failures stick: write everything, then ask once. Of libxml2's text writer.
 */
#ifndef ROSTRUM_RECORDER_RECORD_XML_H
#define ROSTRUM_RECORDER_RECORD_XML_H

#include "common/base/buf.h"

struct _xmlBuffer; /* libxml2's */
struct _xmlTextWriter;

struct xml {
	struct _xmlBuffer *buffer;
	struct _xmlTextWriter *writer;
	bool failed;
	unsigned depth;    /* of the element that is open */
	uint64_t has_rows; /* by depth: rows stand in it */
};

/* 0 or -ENOMEM. */
int xml_init(struct xml *xml) RS_MUST_USE;
/* An element on a row of its own, and one within text, where space has a meaning. At most 60 in one another. */
void xml_open(struct xml *xml, const char *element);
void xml_open_inline(struct xml *xml, const char *element);
void xml_close(struct xml *xml);
/* Texts are UTF-8 that XML can hold, and are escaped. */
void xml_text(struct xml *xml, const char *text);
void xml_attribute(struct xml *xml, const char *name, const char *value);
/* The same with a value that is made; at most 256 octets. */
void xml_attributef(struct xml *xml, const char *name, const char *format, ...) RS_PRINTF(3, 4);
/* Appends the document and is done with `xml`. 0, -E2BIG or -ENOMEM. */
int xml_finish(struct xml *xml, struct rs_buf *out) RS_MUST_USE;

#endif
