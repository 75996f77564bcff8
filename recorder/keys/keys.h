/* recorder/keys/keys.h
 *
 * The recorder's configuration: its keys with their presets and ranges, for the recorder itself and for tools that act in the
 * name of a site and read its recorder.json. Constant.
 */
#ifndef ROSTRUM_RECORDER_KEYS_KEYS_H
#define ROSTRUM_RECORDER_KEYS_KEYS_H

#include "common/config/config.h"

extern const struct config_key recorder_keys[];
extern const size_t recorder_keys_n;

#endif
