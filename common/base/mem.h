/* common/base/mem.h
 *
 * Memory of the control plane. Counted, and failable in tests; nothing on the packet path
 * allocates. Not thread safe as far as the failure hook goes (tests set it single-threaded).
 */
#ifndef ROSTRUM_COMMON_BASE_MEM_H
#define ROSTRUM_COMMON_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_MUST_USE __attribute__((warn_unused_result))
#define RS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define RS_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Run `fn(&variable)` when the variable goes out of scope. */
#define RS_CLEANUP(fn) __attribute__((cleanup(fn)))
/* Take the pointer out of an owning variable, leaving NULL behind. */
#define rs_steal(ptr)                                  \
	({                                             \
		__typeof__(*(ptr)) rs_stolen = *(ptr); \
		*(ptr) = NULL;                         \
		rs_stolen;                             \
	})

/* Zeroed memory, or NULL. A size of 0 gives a pointer that may be released. */
void *rs_zalloc(size_t size) RS_MUST_USE;
/* Zeroed array of n * size octets; NULL when the product overflows or memory is out. */
void *rs_calloc(size_t n, size_t size) RS_MUST_USE;
/* Makes room for one more than the `n` elements of `size` octets of the array at *list_ptr (NULL: none yet), which grows from nothing
 * one by one and by this function alone: a larger one takes its place whenever it is full. 0; -E2BIG (there are `max`) or -ENOMEM
 * leave it as it is. */
int rs_grow(void *list_ptr, size_t n, size_t max, size_t size) RS_MUST_USE;
/* Copy of `len` octets, NULL when out of memory. */
void *rs_memdup(const void *data, size_t len) RS_MUST_USE;
/* Copy of a NUL-terminated string, NULL when out of memory (or `text` is NULL). */
char *rs_strdup(const char *text) RS_MUST_USE;
/* NULL is fine. Returns NULL, so `p = rs_release(p)`. */
void *rs_release(void *ptr);
/* For RS_CLEANUP on a pointer got from here. */
void rs_releasep(void *ptr_to_ptr);

/* Overwrite a secret; never optimised away. */
void rs_wipe(void *data, size_t len);
/* Constant-time comparison of `len` octets. */
bool rs_equal_ct(const void *a, const void *b, size_t len);

/* Test hooks: blocks now alive; let the n-th allocation from now fail (-1 = never). */
int64_t rs_mem_alive(void);
void rs_mem_fail_after(int64_t n);
/* True once the failure asked for has happened. */
bool rs_mem_failed(void);
/* Test hook: told of each block as it is born, and with size 0 before it goes; NULL = nobody. So a test can hold all of a state
 * against what it was, octet by octet. */
typedef void rs_mem_watch_fn(void *ctx, void *block, size_t size);
void rs_mem_watch(rs_mem_watch_fn *fn, void *ctx);

#endif
