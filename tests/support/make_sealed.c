/* make_sealed DIRECTORY CLASS: a small sealed session (sealed.h), for suites that are not written in C. */
#include "tests/support/sealed.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		(void)fputs("usage: make_sealed DIRECTORY CLASS\n", stderr);
		return 2;
	}
	sealed_make_at(argv[1], argv[2]);
	return 0;
}
