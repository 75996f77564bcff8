/* Inclusion proofs: what is read is written back the same, no path is longer than the tree is high,
 * and a proof that holds for one leaf holds for no other. */
#include <stdlib.h>
#include <string.h>

#include "common/evidence/merkle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the proof holds, it holds for this leaf and at this length alone. */
static void check_head(const struct merkle_inclusion *inclusion, const struct merkle_hash *leaf,
	const struct merkle_hash *root)
{
	const struct merkle_proof *proof = &inclusion->proof;
	if (merkle_check_inclusion(proof, inclusion->size, inclusion->index, leaf, root) < 0)
		return;
	struct merkle_hash other = *leaf;
	other.octets[0] ^= 1;
	if (merkle_check_inclusion(proof, inclusion->size, inclusion->index, &other, root) == 0)
		abort();
	struct merkle_proof shorter = *proof;
	if (shorter.n == 0)
		return;
	shorter.n--;
	if (merkle_check_inclusion(&shorter, inclusion->size, inclusion->index, leaf, root) == 0)
		abort();
}

/* The same digests taken as a consistency proof. */
static void check_beginning(const struct merkle_inclusion *inclusion,
	const struct merkle_hash *earlier, const struct merkle_hash *root)
{
	if (merkle_check_consistency(
		    &inclusion->proof, inclusion->index, earlier, inclusion->size, root) < 0)
		return;
	struct merkle_hash other = *root;
	other.octets[0] ^= 1;
	if (merkle_check_consistency(
		    &inclusion->proof, inclusion->index, earlier, inclusion->size, &other) == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merkle_hash leaf;
	struct merkle_hash root;
	struct merkle_inclusion inclusion;
	uint8_t out[MERKLE_INCLUSION_MAX];
	struct rs_writer writer;

	/* The leaf and the head it is held against, then the proof. */
	if (size < sizeof(leaf.octets) + sizeof(root.octets))
		return 0;
	memcpy(leaf.octets, data, sizeof(leaf.octets));
	memcpy(root.octets, data + sizeof(leaf.octets), sizeof(root.octets));
	data += sizeof(leaf.octets) + sizeof(root.octets);
	size -= sizeof(leaf.octets) + sizeof(root.octets);
	if (merkle_inclusion_parse(data, size, &inclusion) < 0)
		return 0;
	if (inclusion.proof.n > MERKLE_LEVELS || inclusion.index >= inclusion.size)
		abort();
	rs_writer_init(&writer, out, sizeof(out));
	merkle_inclusion_write(&writer, &inclusion);
	if (writer.failed || writer.len != size || memcmp(out, data, size) != 0)
		abort();
	check_head(&inclusion, &leaf, &root);
	check_beginning(&inclusion, &leaf, &root);
	return 0;
}
