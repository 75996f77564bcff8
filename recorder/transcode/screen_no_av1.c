/* Built where dav1d is not there: AV1 is not decoded. */
#include "recorder/transcode/screen_priv.h"

const struct screen_decoder screen_av1 = { .open = NULL };
