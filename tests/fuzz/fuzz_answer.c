/* The client's reading of an answer: the input is parsed; what is taken must be whole and within its limits. */
#include "tools/client/sdp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtc_answer answer;
	if (rtc_answer_parse((const char *)data, size, &answer) < 0)
		return 0;
	if (answer.n_sections == 0 || answer.n_sections > RTC_SECTIONS_MAX ||
		answer.n_candidates > RTC_CANDIDATES_MAX)
		abort();
	if (strlen(answer.ice.ufrag) < ICE_UFRAG_MIN || strlen(answer.ice.pwd) < ICE_PWD_MIN ||
		strlen(answer.fingerprint) != RTC_FINGERPRINT_MAX)
		abort();
	for (size_t i = 0; i < answer.n_sections; i++) {
		if (answer.sections[i].pt > 127 || strlen(answer.sections[i].mid) > RTC_MID_MAX)
			abort();
	}
	for (size_t i = 0; i < answer.n_candidates; i++) {
		if (answer.candidates[i].family == RS_ADDR_NONE)
			abort();
	}
	return 0;
}
