/* common/base/metric.h
 *
 * Figures as Prometheus reads them (text format 0.0.4): what a metric is, then its values. The one place that writes
 * those lines; who has labels or fractions writes rs_metric_head() and its values behind it. Nothing here escapes: names
 * and helps are constants of ours, labels go through rs_metric_label().
 */
#ifndef ROSTRUM_COMMON_BASE_METRIC_H
#define ROSTRUM_COMMON_BASE_METRIC_H

#include "common/base/buf.h"

#define RS_METRIC_COUNTER "counter"
#define RS_METRIC_GAUGE "gauge"

/* A whole number without labels. */
struct rs_metric {
	const char *name;
	const char *type; /* one of the above */
	const char *help;
	uint64_t value;
};

/* What a metric is. 0, -E2BIG or -ENOMEM, as rs_buf_printf(); so do the others. */
int rs_metric_head(
	struct rs_buf *out, const char *name, const char *type, const char *help) RS_MUST_USE;
int rs_metrics_write(
	struct rs_buf *out, const struct rs_metric *metrics, size_t n_metrics) RS_MUST_USE;
/* A label's value, without its quotes: backslash, quote and line feed are escaped. */
int rs_metric_label(struct rs_buf *out, const char *text) RS_MUST_USE;

#endif
