#include "common/base/metric.h"

#include <inttypes.h>

int rs_metric_head(struct rs_buf *out, const char *name, const char *type, const char *help)
{
	return rs_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

int rs_metrics_write(struct rs_buf *out, const struct rs_metric *metrics, size_t n_metrics)
{
	int err = 0;
	for (size_t i = 0; i < n_metrics && err == 0; i++) {
		const struct rs_metric *metric = &metrics[i];
		err = rs_metric_head(out, metric->name, metric->type, metric->help);
		if (err == 0)
			err = rs_buf_printf(out, "%s %" PRIu64 "\n", metric->name, metric->value);
	}
	return err;
}

int rs_metric_label(struct rs_buf *out, const char *text)
{
	int err = 0;
	for (const char *at = text; *at != '\0' && err == 0; at++)
		err = *at == '\n'
			      ? rs_buf_printf(out, "\\n")
			      : rs_buf_printf(out, *at == '\\' || *at == '"' ? "\\%c" : "%c", *at);
	return err;
}
