/* recorder/closing/closing_priv.h
 *
 * For the table of steps.
 */
#ifndef ROSTRUM_RECORDER_CLOSING_CLOSING_PRIV_H
#define ROSTRUM_RECORDER_CLOSING_CLOSING_PRIV_H

#include "recorder/closing/closing.h"

const struct closing_config *closing_config(const struct closing *closing);

#endif
