#include "common/base/mem.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Room a list begins with; a power of two. */
#define ROOM_FIRST 16

/* The program's memory accounting is the one mutable global besides the log sink. */
static atomic_llong blocks_alive;
static int64_t fail_countdown = -1;
static bool failed;
static rs_mem_watch_fn *watcher;
static void *watcher_ctx;

static bool must_fail(void)
{
	if (fail_countdown < 0)
		return false;
	if (fail_countdown > 0) {
		fail_countdown--;
		return false;
	}
	fail_countdown = -1;
	failed = true;
	return true;
}

void *rs_calloc(size_t n, size_t size)
{
	if (must_fail())
		return NULL;
	void *ptr = calloc(n > 0 ? n : 1, size > 0 ? size : 1);
	if (ptr != NULL)
		atomic_fetch_add_explicit(&blocks_alive, 1, memory_order_relaxed);
	if (ptr != NULL && watcher != NULL)
		watcher(watcher_ctx, ptr, n * size);
	return ptr;
}

void *rs_zalloc(size_t size)
{
	return rs_calloc(1, size);
}

int rs_grow(void *list_ptr, size_t n, size_t max, size_t size)
{
	if (n >= max)
		return -E2BIG;
	/* Room is doubled, so it is full at none and at the powers of two. */
	if (n > 0 && (n < ROOM_FIRST || (n & (n - 1)) != 0))
		return 0;
	const size_t twice = n > 0 ? 2 * n : ROOM_FIRST;
	void *larger = rs_calloc(twice < max ? twice : max, size);
	if (larger == NULL)
		return -ENOMEM;
	void *list;
	memcpy(&list, list_ptr, sizeof(list));
	if (n > 0)
		memcpy(larger, list, n * size);
	rs_release(list);
	memcpy(list_ptr, &larger, sizeof(larger));
	return 0;
}

void *rs_memdup(const void *data, size_t len)
{
	void *copy = rs_zalloc(len);
	if (copy != NULL && len > 0)
		memcpy(copy, data, len);
	return copy;
}

char *rs_strdup(const char *text)
{
	return text != NULL ? rs_memdup(text, strlen(text) + 1) : NULL;
}

void *rs_release(void *ptr)
{
	if (ptr != NULL) {
		atomic_fetch_sub_explicit(&blocks_alive, 1, memory_order_relaxed);
		if (watcher != NULL)
			watcher(watcher_ctx, ptr, 0);
		free(ptr);
	}
	return NULL;
}

void rs_releasep(void *ptr_to_ptr)
{
	void **slot = ptr_to_ptr;
	*slot = rs_release(*slot);
}

void rs_wipe(void *data, size_t len)
{
	explicit_bzero(data, len);
}

bool rs_equal_ct(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	unsigned difference = 0;
	for (size_t i = 0; i < len; i++)
		difference |= (unsigned)(x[i] ^ y[i]);
	return difference == 0;
}

int64_t rs_mem_alive(void)
{
	return atomic_load(&blocks_alive);
}

void rs_mem_fail_after(int64_t n)
{
	fail_countdown = n;
	failed = false;
}

bool rs_mem_failed(void)
{
	return failed;
}

void rs_mem_watch(rs_mem_watch_fn *fn, void *ctx)
{
	watcher = fn;
	watcher_ctx = ctx;
}
