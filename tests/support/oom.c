#include "tests/support/oom.h"

#include "common/base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void check_oom(oom_case *run, void *ctx)
{
	for (int64_t n = 0;; n++) {
		const int64_t alive = rs_mem_alive();
		rs_mem_fail_after(n);
		const int result = run(ctx);
		const bool failed = rs_mem_failed();
		rs_mem_fail_after(-1);
		assert_int_equal(rs_mem_alive(), alive);
		assert_int_equal(result, failed ? -ENOMEM : 0);
		if (!failed)
			return;
	}
}
