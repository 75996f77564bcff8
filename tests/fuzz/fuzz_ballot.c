/* Secret ballots as they come over HTTP without a name. */
#include "signaling/wire/beside/ballot.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_ballot ballot;
	char error[WIRE_ERROR_LEN] = "";
	const int err = wire_ballot_parse((const char *)data, size, &ballot, error);
	if ((err == 0) != (error[0] == '\0'))
		abort();
	if (err == 0 && ballot.ballot.vote != VOTE_YES && ballot.ballot.vote != VOTE_NO &&
		ballot.ballot.vote != VOTE_ABSTAIN)
		abort();
	return 0;
}
