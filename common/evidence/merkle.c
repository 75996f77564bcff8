#include "common/evidence/merkle.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* RFC 9162 section 2.1.1: what keeps a node from being taken for a leaf. */
#define LEAF 0x00
#define NODE 0x01

/* --- leaves --- */

struct merkle_hash merkle_leaf(const void *entry, size_t len)
{
	uint8_t octets[1 + MERKLE_ENTRY_MAX];
	struct merkle_hash leaf;
	assert(len <= MERKLE_ENTRY_MAX);
	octets[0] = LEAF;
	if (len > 0)
		memcpy(octets + 1, entry, len);
	rs_sha256(octets, 1 + len, leaf.octets);
	return leaf;
}

int merkle_cluster_leaf(const struct merkle_cluster *cluster, struct merkle_hash *out_leaf)
{
	uint8_t entry[MERKLE_ENTRY_MAX];
	const size_t len = strlen(cluster->file);
	if (len == 0 || len >= NAMES_FILE_LEN)
		return -EINVAL;
	struct rs_writer writer;
	rs_writer_init(&writer, entry, sizeof(entry));
	rs_write_u8(&writer, (uint8_t)len);
	rs_write_bytes(&writer, cluster->file, len);
	rs_write_u32(&writer, cluster->number);
	rs_write_u64(&writer, cluster->offset);
	rs_write_u64(&writer, cluster->len);
	rs_write_bytes(&writer, cluster->sha256, sizeof(cluster->sha256));
	*out_leaf = merkle_leaf(entry, writer.len);
	return 0;
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets)) == 0;
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right)
{
	uint8_t octets[1 + 2 * RS_SHA256_LEN];
	struct merkle_hash out;
	octets[0] = NODE;
	memcpy(octets + 1, left->octets, RS_SHA256_LEN);
	memcpy(octets + 1 + RS_SHA256_LEN, right->octets, RS_SHA256_LEN);
	rs_sha256(octets, sizeof(octets), out.octets);
	return out;
}

/* --- a tree that grows --- */

/* A full tree of each level beside one of the same level makes one of the next. */
static void grow(struct merkle_tree *tree, const struct merkle_hash *leaf)
{
	struct merkle_hash carry = *leaf;
	unsigned level = 0;
	for (; (tree->size >> level & 1) != 0; level++)
		carry = merkle_node(&tree->peaks[level], &carry);
	tree->peaks[level] = carry;
	tree->size++;
}

int merkle_append(struct merkle_tree *tree, const struct merkle_hash *leaf)
{
	if (tree->size >= MERKLE_SIZE_MAX)
		return -E2BIG;
	grow(tree, leaf);
	return 0;
}

struct merkle_hash merkle_root(const struct merkle_tree *tree)
{
	struct merkle_hash root = { 0 };
	bool begun = false;
	if (tree->size == 0)
		rs_sha256("", 0, root.octets);
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if ((tree->size >> level & 1) == 0)
			continue;
		root = begun ? merkle_node(&tree->peaks[level], &root) : tree->peaks[level];
		begun = true;
	}
	return root;
}

/* --- proofs --- */

/* The head of some of the leaves, of which there are at most MERKLE_SIZE_MAX. */
static struct merkle_hash root_of(const struct merkle_hash *leaves, uint64_t from, uint64_t to)
{
	struct merkle_tree tree = { 0 };
	for (uint64_t i = from; i < to; i++)
		grow(&tree, &leaves[i]);
	return merkle_root(&tree);
}

/* The largest power of two below `n`, n > 1: leaves of the left side. */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void push(struct merkle_proof *proof, struct merkle_hash hash)
{
	assert(proof->n < RS_ARRAY_LEN(proof->path));
	proof->path[proof->n++] = hash;
}

/* Paths are found from the head downwards and told from the leaf upwards. */
static void turn(struct merkle_proof *proof)
{
	for (size_t i = 0; i < proof->n / 2; i++) {
		const struct merkle_hash other = proof->path[proof->n - 1 - i];
		proof->path[proof->n - 1 - i] = proof->path[i];
		proof->path[i] = other;
	}
}

int merkle_check_inclusion(const struct merkle_proof *proof, uint64_t size, uint64_t index,
	const struct merkle_hash *leaf, const struct merkle_hash *root)
{
	if (index >= size)
		return -EACCES;
	uint64_t at = index; /* fn and sn of section 2.1.3.2 */
	uint64_t last = size - 1;
	struct merkle_hash hash = *leaf;
	for (size_t i = 0; i < proof->n; i++) {
		if (last == 0)
			return -EACCES;
		if ((at & 1) != 0 || at == last) {
			hash = merkle_node(&proof->path[i], &hash);
			for (; (at & 1) == 0 && at != 0; at >>= 1)
				last >>= 1;
		} else {
			hash = merkle_node(&hash, &proof->path[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && merkle_equal(&hash, root) ? 0 : -EACCES;
}

int merkle_prove_consistency(const struct merkle_hash *leaves, uint64_t size, uint64_t earlier,
	struct merkle_proof *out_proof)
{
	if (earlier == 0 || earlier > size || size > MERKLE_SIZE_MAX)
		return -EINVAL;
	uint64_t from = 0;
	uint64_t to = size;
	out_proof->n = 0;
	while (to != earlier) {
		const uint64_t middle = from + split(to - from);
		const bool left = earlier <= middle;
		push(out_proof, left ? root_of(leaves, middle, to) : root_of(leaves, from, middle));
		if (left)
			to = middle;
		else
			from = middle;
	}
	/* The earlier head itself is known to whoever checks. */
	if (from != 0)
		push(out_proof, root_of(leaves, from, to));
	turn(out_proof);
	return 0;
}

int merkle_check_consistency(const struct merkle_proof *proof, uint64_t earlier,
	const struct merkle_hash *earlier_root, uint64_t size, const struct merkle_hash *root)
{
	if (earlier == 0 || earlier > size)
		return -EACCES;
	if (earlier == size)
		return proof->n == 0 && merkle_equal(earlier_root, root) ? 0 : -EACCES;
	uint64_t at = earlier - 1; /* fn and sn of section 2.1.4.2 */
	uint64_t last = size - 1;
	for (; (at & 1) != 0; at >>= 1)
		last >>= 1;
	/* A full tree is its own beginning and not repeated in the proof. */
	size_t i = 0;
	const bool full = (earlier & (earlier - 1)) == 0;
	if (!full && proof->n == 0)
		return -EACCES;
	struct merkle_hash old = full ? *earlier_root : proof->path[i++];
	struct merkle_hash now = old;
	for (; i < proof->n; i++) {
		if (last == 0)
			return -EACCES;
		if ((at & 1) != 0 || at == last) {
			old = merkle_node(&proof->path[i], &old);
			now = merkle_node(&proof->path[i], &now);
			for (; (at & 1) == 0 && at != 0; at >>= 1)
				last >>= 1;
		} else {
			now = merkle_node(&now, &proof->path[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && merkle_equal(&old, earlier_root) && merkle_equal(&now, root) ? 0
											 : -EACCES;
}

/* Digests on the way from a leaf to the head: one for each level where it has a neighbour. */
static size_t path_len(uint64_t size, uint64_t index)
{
	size_t n = 0;
	uint64_t at = index;
	for (uint64_t last = size - 1; last > 0; last >>= 1) {
		if ((at & 1) != 0 || at != last)
			n++;
		at >>= 1;
	}
	return n;
}

int merkle_inclusion_parse(const uint8_t *data, size_t len, struct merkle_inclusion *out_inclusion)
{
	struct rs_reader reader;
	struct merkle_inclusion inclusion = { 0 };
	rs_reader_init(&reader, data, len);
	inclusion.index = rs_read_u64(&reader);
	inclusion.size = rs_read_u64(&reader);
	inclusion.proof.n = rs_read_u8(&reader);
	if (reader.failed || inclusion.index >= inclusion.size ||
		inclusion.size > MERKLE_SIZE_MAX ||
		inclusion.proof.n != path_len(inclusion.size, inclusion.index))
		return -EBADMSG;
	for (size_t i = 0; i < inclusion.proof.n; i++) {
		const uint8_t *hash = rs_read_view(&reader, RS_SHA256_LEN);
		if (hash == NULL)
			return -EBADMSG;
		memcpy(inclusion.proof.path[i].octets, hash, RS_SHA256_LEN);
	}
	if (rs_reader_left(&reader) != 0)
		return -EBADMSG;
	*out_inclusion = inclusion;
	return 0;
}

void merkle_inclusion_write(struct rs_writer *writer, const struct merkle_inclusion *inclusion)
{
	rs_write_u64(writer, inclusion->index);
	rs_write_u64(writer, inclusion->size);
	rs_write_u8(writer, (uint8_t)inclusion->proof.n);
	for (size_t i = 0; i < inclusion->proof.n; i++)
		rs_write_bytes(writer, inclusion->proof.path[i].octets, RS_SHA256_LEN);
}
