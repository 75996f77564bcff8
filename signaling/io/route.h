/* signaling/io/route.h
 *
 * What an HTTP path and a few headers mean: matching of paths with names in them, the file behind a page's path, media
 * types. Pure text, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_IO_ROUTE_H
#define ROSTRUM_SIGNALING_IO_ROUTE_H

#include "common/base/text.h"

#define ROUTE_PARAMS_MAX 3
#define ROUTE_FILE_MAX 256
/* Octets of what stands in the place of {session}; of all others RS_NAME_MAX. */
#define ROUTE_NAME_MAX 160

/* What stood in place of the pattern's stars. */
struct route_params {
	char name[ROUTE_PARAMS_MAX][ROUTE_NAME_MAX + 1];
};

/* "/whip/x/y" fits the patterns "/whip/" followed by two stars and "/whip/{meeting}/{source}": each star and each word in braces is
 * one name as rs_name_valid() has it; {session} a longer one of the same letters, {file} a name, one dot and a name. */
bool route_match(const char *pattern, const char *path, struct route_params *out_params);
/* The file below the folder of pages: "/" is index.html, "/delegate" and "/delegate/" delegate.html, what has a dot in its last part is that very file.
 * 0, or -ENOENT for a path with anything but [A-Za-z0-9._-] between its slashes, or a part that begins with a dot. */
int route_file(const char *path, char out_file[ROUTE_FILE_MAX]) RS_MUST_USE;
/* The value of a query ("after=3&limit=5") under this name; empty when it is not there. No percent signs are decoded: what is asked for
 * here are numbers and names. False, cut, when it is longer than `out`. */
bool route_query(const char *query, const char *name, char *out, size_t cap);
/* By what stands behind the last dot; "application/octet-stream" when that is not known. */
const char *route_content_type(const char *file);
/* Of a file of a webcast (recorder/webcast), in this folder of it (empty: in none); NULL: there is none such. */
const char *route_webcast_type(const char *folder, const char *file);
/* A Content-Type header of this type, parameters aside. */
bool route_type_is(const char *header, const char *type);
/* An Accept header (empty = everything) lets this type through; qualities aside. */
bool route_accepts(const char *header, const char *type);
/* Is the entity tag (with its quotes) in this If-Match or If-None-Match header? "*" is not: ask for it apart. */
bool route_has_tag(const char *header, const char *tag);
enum route_condition {
	ROUTE_GO_ON,
	ROUTE_NOT_MODIFIED, /* the client has it: 304 */
	ROUTE_FAILED,       /* the client wants another one: 412 */
};
/* What a GET or HEAD of what has this (strong) entity tag is answered by its If-Match and If-None-Match (empty = absent), RFC 9110
 * section 13.2.2. */
enum route_condition route_condition(
	const char *if_match, const char *if_none_match, const char *tag);

#endif
