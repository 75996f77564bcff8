#include "common/evidence/merkle.h"

#include "common/base/rand.h"
#include "common/evidence/merkle_levels.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LEAVES_MAX 130

/* The entries, heads and proofs that Certificate Transparency's implementations are tested with
 * (RFC 6962, whose tree RFC 9162 keeps). */
static const struct {
	const char *entry;
	const char *root; /* of the tree that ends with it */
} published[] = {
	{ "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "606162636465666768696a6b6c6d6e6f",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

struct published_proof {
	uint64_t size;
	uint64_t place; /* index of the leaf, or size of the earlier tree */
	const char *path[4];
};

static const struct published_proof inclusions[] = {
	{ 1, 0, { NULL } },
	{ 8, 0,
		{ "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 8, 5,
		{ "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 3, 2, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
	{ 5, 1,
		{ "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static const struct published_proof consistencies[] = {
	{ 1, 1, { NULL } },
	{ 8, 1,
		{ "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 8, 6,
		{ "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 5, 2,
		{ "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static struct merkle_hash hash_from(const char *hex)
{
	struct merkle_hash hash;
	assert_int_equal(rs_hex_decode(hex, strlen(hex), hash.octets, sizeof(hash.octets)), 0);
	return hash;
}

static void published_leaves(struct merkle_hash out[8])
{
	for (size_t i = 0; i < RS_ARRAY_LEN(published); i++) {
		uint8_t entry[16];
		const size_t len = strlen(published[i].entry) / 2;
		assert_int_equal(rs_hex_decode(published[i].entry, 2 * len, entry, len), 0);
		out[i] = merkle_leaf(entry, len);
	}
}

static void assert_published(const struct merkle_proof *proof, const struct published_proof *is)
{
	size_t n = 0;
	for (; is->path[n] != NULL; n++) {
		const struct merkle_hash expected = hash_from(is->path[n]);
		assert_true(n < proof->n && merkle_equal(&proof->path[n], &expected));
	}
	assert_int_equal(proof->n, n);
}

/* Head of the first `size` leaves. */
static struct merkle_hash head_of(const struct merkle_hash *leaves, uint64_t size)
{
	struct merkle_tree tree = { 0 };
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(merkle_append(&tree, &leaves[i]), 0);
	assert_int_equal(tree.size, size);
	return merkle_root(&tree);
}

static struct merkle_proof inclusion_of(
	const struct merkle_hash *leaves, uint64_t size, uint64_t index)
{
	struct merkle_levels *levels = NULL;
	struct merkle_proof proof;
	assert_int_equal(merkle_levels_new(leaves, size, &levels), 0);
	assert_int_equal(merkle_levels_prove(levels, index, &proof), 0);
	merkle_levels_free(levels);
	return proof;
}

/* Leaves that are all different. */
static void some_leaves(struct merkle_hash out[LEAVES_MAX])
{
	for (uint8_t i = 0; i < LEAVES_MAX; i++)
		out[i] = merkle_leaf(&i, 1);
}

static void heads_are_the_published_ones(void **state)
{
	struct merkle_hash leaves[8];
	published_leaves(leaves);
	const struct merkle_hash none = head_of(leaves, 0);
	const struct merkle_hash expected =
		hash_from("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_true(merkle_equal(&none, &expected));
	for (size_t i = 0; i < RS_ARRAY_LEN(published); i++) {
		const struct merkle_hash head = head_of(leaves, i + 1);
		const struct merkle_hash root = hash_from(published[i].root);
		assert_true(merkle_equal(&head, &root));
	}
}

static void inclusion_proofs_are_the_published_ones(void **state)
{
	struct merkle_hash leaves[8];
	published_leaves(leaves);
	for (size_t i = 0; i < RS_ARRAY_LEN(inclusions); i++) {
		const struct published_proof *is = &inclusions[i];
		const struct merkle_hash root = hash_from(published[is->size - 1].root);
		const struct merkle_proof proof = inclusion_of(leaves, is->size, is->place);
		assert_published(&proof, is);
		assert_int_equal(merkle_check_inclusion(
					 &proof, is->size, is->place, &leaves[is->place], &root),
			0);
	}
}

static void consistency_proofs_are_the_published_ones(void **state)
{
	struct merkle_hash leaves[8];
	published_leaves(leaves);
	for (size_t i = 0; i < RS_ARRAY_LEN(consistencies); i++) {
		const struct published_proof *is = &consistencies[i];
		const struct merkle_hash earlier = hash_from(published[is->place - 1].root);
		const struct merkle_hash root = hash_from(published[is->size - 1].root);
		struct merkle_proof proof;
		assert_int_equal(merkle_prove_consistency(leaves, is->size, is->place, &proof), 0);
		assert_published(&proof, is);
		assert_int_equal(
			merkle_check_consistency(&proof, is->place, &earlier, is->size, &root), 0);
	}
}

static void every_leaf_of_every_tree_can_be_proven_where_it_is_and_nowhere_else(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	some_leaves(leaves);
	for (uint64_t size = 1; size <= 40; size++) {
		const struct merkle_hash root = head_of(leaves, size);
		for (uint64_t index = 0; index < size; index++) {
			const struct merkle_proof proof = inclusion_of(leaves, size, index);
			for (uint64_t other = 0; other <= size; other++) {
				const int leaf = merkle_check_inclusion(
					&proof, size, index, &leaves[other], &root);
				const int place = merkle_check_inclusion(
					&proof, size, other, &leaves[index], &root);
				assert_int_equal(leaf, other == index ? 0 : -EACCES);
				assert_int_equal(place, other == index ? 0 : -EACCES);
			}
		}
	}
}

static void every_tree_can_be_proven_a_beginning_of_every_later_one(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	struct merkle_hash heads[41];
	some_leaves(leaves);
	for (uint64_t size = 0; size <= 40; size++)
		heads[size] = head_of(leaves, size);
	for (uint64_t size = 1; size <= 40; size++) {
		for (uint64_t earlier = 1; earlier <= size; earlier++) {
			struct merkle_proof proof;
			assert_int_equal(
				merkle_prove_consistency(leaves, size, earlier, &proof), 0);
			assert_int_equal(merkle_check_consistency(&proof, earlier, &heads[earlier],
						 size, &heads[size]),
				0);
			assert_int_equal(merkle_check_consistency(&proof, earlier,
						 &heads[earlier - 1], size, &heads[size]),
				-EACCES);
			assert_int_equal(merkle_check_consistency(&proof, earlier, &heads[earlier],
						 size, &heads[size - 1]),
				-EACCES);
		}
	}
}

static void a_rewritten_past_is_no_beginning(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	some_leaves(leaves);
	const struct merkle_hash earlier = head_of(leaves, 50);
	for (size_t changed = 0; changed < 50; changed++) {
		const struct merkle_hash was = leaves[changed];
		struct merkle_proof proof;
		leaves[changed].octets[changed % RS_SHA256_LEN] ^= 1;
		const struct merkle_hash root = head_of(leaves, 100);
		assert_int_equal(merkle_prove_consistency(leaves, 100, 50, &proof), 0);
		assert_int_equal(
			merkle_check_consistency(&proof, 50, &earlier, 100, &root), -EACCES);
		leaves[changed] = was;
	}
}

static void a_proof_with_any_bit_changed_proves_nothing(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	struct rs_rand rand;
	some_leaves(leaves);
	rs_rand_init_seed(&rand, 1822);
	for (unsigned round = 0; round < 400; round++) {
		const uint64_t size = 2 + rs_rand_below(&rand, LEAVES_MAX - 1);
		const uint64_t index = rs_rand_below(&rand, (uint32_t)size);
		const uint64_t earlier = 1 + rs_rand_below(&rand, (uint32_t)size - 1);
		const struct merkle_hash root = head_of(leaves, size);
		const struct merkle_hash old = head_of(leaves, earlier);
		const uint8_t bit = (uint8_t)(1U << rs_rand_below(&rand, 8));
		struct merkle_proof proof = inclusion_of(leaves, size, index);
		const uint32_t at = rs_rand_below(&rand, (uint32_t)proof.n);
		proof.path[at].octets[rs_rand_below(&rand, RS_SHA256_LEN)] ^= bit;
		assert_int_equal(merkle_check_inclusion(&proof, size, index, &leaves[index], &root),
			-EACCES);

		assert_int_equal(merkle_prove_consistency(leaves, size, earlier, &proof), 0);
		const uint32_t there = rs_rand_below(&rand, (uint32_t)proof.n);
		proof.path[there].octets[rs_rand_below(&rand, RS_SHA256_LEN)] ^= bit;
		assert_int_equal(
			merkle_check_consistency(&proof, earlier, &old, size, &root), -EACCES);
	}
}

static void a_proof_too_short_or_too_long_proves_nothing(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	some_leaves(leaves);
	for (uint64_t size = 2; size <= 40; size++) {
		const struct merkle_hash root = head_of(leaves, size);
		const struct merkle_hash old = head_of(leaves, size / 2);
		struct merkle_proof proof = inclusion_of(leaves, size, size / 2);
		proof.n--;
		assert_int_equal(
			merkle_check_inclusion(&proof, size, size / 2, &leaves[size / 2], &root),
			-EACCES);
		proof.n += 2;
		proof.path[proof.n - 1] = root;
		assert_int_equal(
			merkle_check_inclusion(&proof, size, size / 2, &leaves[size / 2], &root),
			-EACCES);
		assert_int_equal(merkle_prove_consistency(leaves, size, size / 2, &proof), 0);
		proof.n--;
		assert_int_equal(
			merkle_check_consistency(&proof, size / 2, &old, size, &root), -EACCES);
		proof.n += 2;
		proof.path[proof.n - 1] = root;
		assert_int_equal(
			merkle_check_consistency(&proof, size / 2, &old, size, &root), -EACCES);
	}
}

/* RFC 9162 section 2.1.1: with one way of hashing for both, two digests side by side would be an entry. */
static void a_node_is_never_a_leaf(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	some_leaves(leaves);
	const struct merkle_hash root = head_of(leaves, 2);
	const struct merkle_hash leaf = merkle_leaf(leaves, 2 * sizeof(leaves[0]));
	assert_false(merkle_equal(&root, &leaf));
}

static struct merkle_cluster one_cluster(void)
{
	struct merkle_cluster cluster = {
		.file = "tracks/KEN.001.a", .number = 7, .offset = 4096, .len = 8123
	};
	memset(cluster.sha256, 0xab, sizeof(cluster.sha256));
	return cluster;
}

static void the_leaf_of_a_cluster_is_made_as_written_down(void **state)
{
	static const uint8_t entry[] = { 16, /* length of file */
		't', 'r', 'a', 'c', 'k', 's', '/', 'K', 'E', 'N', '.', '0', '0', '1', '.', 'a', 0,
		0, 0, 7,                      /* number */
		0, 0, 0, 0, 0, 0, 0x10, 0,    /* offset */
		0, 0, 0, 0, 0, 0, 0x1f, 0xbb, /* length */
		0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab,
		0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab,
		0xab, 0xab, 0xab, 0xab };
	const struct merkle_cluster cluster = one_cluster();
	const struct merkle_hash expected = merkle_leaf(entry, sizeof(entry));
	struct merkle_hash leaf;
	assert_int_equal(merkle_cluster_leaf(&cluster, &leaf), 0);
	assert_true(merkle_equal(&leaf, &expected));
}

static void whatever_is_changed_of_a_cluster_changes_its_leaf(void **state)
{
	struct merkle_cluster changed[6];
	for (size_t i = 0; i < RS_ARRAY_LEN(changed); i++)
		changed[i] = one_cluster();
	changed[1].file = "tracks/KEN.002.a";
	changed[2].number++;
	changed[3].offset++;
	changed[4].len++;
	changed[5].sha256[31] ^= 1;
	struct merkle_hash leaves[6];
	for (size_t i = 0; i < RS_ARRAY_LEN(changed); i++) {
		assert_int_equal(merkle_cluster_leaf(&changed[i], &leaves[i]), 0);
		for (size_t k = 0; k < i; k++)
			assert_false(merkle_equal(&leaves[i], &leaves[k]));
	}
}

static void names_at_their_limit_have_a_leaf_and_beyond_it_none(void **state)
{
	char file[NAMES_FILE_LEN + 1];
	struct merkle_cluster cluster = one_cluster();
	struct merkle_hash leaf;
	memset(file, 'x', sizeof(file));
	file[NAMES_FILE_LEN] = '\0';
	cluster.file = file;
	assert_int_equal(merkle_cluster_leaf(&cluster, &leaf), -EINVAL);
	file[NAMES_FILE_LEN - 1] = '\0';
	assert_int_equal(merkle_cluster_leaf(&cluster, &leaf), 0);
	cluster.file = "";
	assert_int_equal(merkle_cluster_leaf(&cluster, &leaf), -EINVAL);
}

static void a_full_tree_takes_no_more(void **state)
{
	const struct merkle_hash leaf = merkle_leaf("x", 1);
	struct merkle_tree tree = { .size = MERKLE_SIZE_MAX - 1 };
	struct merkle_proof proof;
	struct merkle_levels *levels = NULL;
	assert_int_equal(merkle_append(&tree, &leaf), 0);
	assert_int_equal(merkle_append(&tree, &leaf), -E2BIG);
	assert_int_equal(tree.size, MERKLE_SIZE_MAX);
	assert_int_equal(merkle_levels_new(&leaf, MERKLE_SIZE_MAX + 1, &levels), -EINVAL);
	assert_int_equal(merkle_prove_consistency(&leaf, MERKLE_SIZE_MAX + 1, 1, &proof), -EINVAL);
}

static void what_is_not_in_the_tree_is_not_proven(void **state)
{
	const struct merkle_hash leaf = merkle_leaf("x", 1);
	struct merkle_proof proof = { 0 };
	struct merkle_levels *levels = NULL;
	assert_int_equal(merkle_levels_new(&leaf, 0, &levels), -EINVAL);
	assert_int_equal(merkle_levels_new(&leaf, 1, &levels), 0);
	assert_int_equal(merkle_levels_prove(levels, 1, &proof), -EINVAL);
	levels = merkle_levels_free(levels);
	assert_int_equal(merkle_prove_consistency(&leaf, 1, 0, &proof), -EINVAL);
	assert_int_equal(merkle_prove_consistency(&leaf, 1, 2, &proof), -EINVAL);
	assert_int_equal(merkle_check_inclusion(&proof, 0, 0, &leaf, &leaf), -EACCES);
	assert_int_equal(merkle_check_consistency(&proof, 0, &leaf, 1, &leaf), -EACCES);
	assert_int_equal(merkle_check_consistency(&proof, 2, &leaf, 1, &leaf), -EACCES);
}

static void proofs_are_read_back_as_written_and_only_whole(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	some_leaves(leaves);
	for (uint64_t size = 1; size <= LEAVES_MAX; size += 3) {
		const struct merkle_inclusion inclusion = { .index = size / 3,
			.size = size,
			.proof = inclusion_of(leaves, size, size / 3) };
		struct merkle_inclusion back;
		uint8_t octets[MERKLE_INCLUSION_MAX + 1];
		struct rs_writer writer;
		rs_writer_init(&writer, octets, sizeof(octets));
		merkle_inclusion_write(&writer, &inclusion);
		rs_write_u8(&writer, 0);
		const size_t len = writer.len - 1;
		assert_false(writer.failed);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(merkle_inclusion_parse(octets, cut, &back), -EBADMSG);
		assert_int_equal(merkle_inclusion_parse(octets, len + 1, &back), -EBADMSG);
		assert_int_equal(merkle_inclusion_parse(octets, len, &back), 0);
		assert_int_equal(back.index, inclusion.index);
		assert_int_equal(back.size, size);
		assert_int_equal(back.proof.n, inclusion.proof.n);
		for (size_t i = 0; i < back.proof.n; i++)
			assert_true(merkle_equal(&back.proof.path[i], &inclusion.proof.path[i]));
	}
}

static void a_proof_for_no_place_is_malformed(void **state)
{
	static const struct {
		uint64_t index;
		uint64_t size;
		size_t n;
	} bad[] = {
		{ 0, 0, 0 },
		{ 1, 1, 0 },
		{ 0, 1, 1 },
		{ 0, 2, 0 },
		{ 2, 3, 2 }, /* the last of three has one neighbour only */
		{ 0, MERKLE_SIZE_MAX + 1, MERKLE_LEVELS },
		{ UINT64_MAX, UINT64_MAX, MERKLE_LEVELS },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		const struct merkle_inclusion inclusion = {
			.index = bad[i].index, .size = bad[i].size, .proof.n = bad[i].n
		};
		struct merkle_inclusion back;
		uint8_t octets[MERKLE_INCLUSION_MAX];
		struct rs_writer writer;
		rs_writer_init(&writer, octets, sizeof(octets));
		merkle_inclusion_write(&writer, &inclusion);
		assert_false(writer.failed);
		assert_int_equal(merkle_inclusion_parse(octets, writer.len, &back), -EBADMSG);
	}
}

/* The allocation sweep of what allocates nothing: the first allocation would fail. */
static void no_memory_is_asked_for(void **state)
{
	struct merkle_hash leaves[9];
	struct merkle_inclusion inclusion = { .index = 4, .size = 9 };
	struct merkle_inclusion back;
	struct merkle_hash leaf;
	uint8_t octets[MERKLE_INCLUSION_MAX];
	struct rs_writer writer;
	const struct merkle_cluster cluster = one_cluster();
	rs_writer_init(&writer, octets, sizeof(octets));
	for (uint8_t i = 0; i < RS_ARRAY_LEN(leaves); i++)
		leaves[i] = merkle_leaf(&i, 1);
	inclusion.proof = inclusion_of(leaves, 9, 4);
	rs_mem_fail_after(0);
	const struct merkle_hash root = head_of(leaves, 9);
	const int made = merkle_cluster_leaf(&cluster, &leaf);
	merkle_inclusion_write(&writer, &inclusion);
	const int parsed = merkle_inclusion_parse(octets, writer.len, &back);
	const int checked = merkle_check_inclusion(&back.proof, 9, 4, &leaves[4], &root);
	const bool asked = rs_mem_failed();
	rs_mem_fail_after(-1);
	assert_false(asked);
	assert_int_equal(made, 0);
	assert_int_equal(parsed, 0);
	assert_int_equal(checked, 0);
}

/* PATH(index, D[size]) word for word as RFC 9162 section 2.1.3.1 defines it. */
static void add_path(
	const struct merkle_hash *leaves, uint64_t size, uint64_t index, struct merkle_proof *proof)
{
	uint64_t left = 1;
	if (size == 1)
		return;
	while (2 * left < size)
		left *= 2;
	const bool in_left = index < left;
	if (in_left)
		add_path(leaves, left, index, proof);
	else
		add_path(leaves + left, size - left, index - left, proof);
	proof->path[proof->n++] =
		in_left ? head_of(leaves + left, size - left) : head_of(leaves, left);
}

static void inclusion_proofs_are_what_the_rfc_defines(void **state)
{
	struct merkle_hash leaves[LEAVES_MAX];
	for (size_t i = 0; i < LEAVES_MAX; i++)
		leaves[i] = merkle_leaf(&i, sizeof(i));
	struct merkle_levels *levels = NULL;
	for (uint64_t size = 1; size <= LEAVES_MAX; size += size < 34 ? 1 : 8) {
		assert_int_equal(merkle_levels_new(leaves, size, &levels), 0);
		for (uint64_t i = 0; i < size; i++) {
			struct merkle_proof expected = { 0 };
			struct merkle_proof made;
			add_path(leaves, size, i, &expected);
			assert_int_equal(merkle_levels_prove(levels, i, &made), 0);
			assert_int_equal(made.n, expected.n);
			assert_memory_equal(
				made.path, expected.path, made.n * sizeof(made.path[0]));
		}
		struct merkle_proof none;
		assert_int_equal(merkle_levels_prove(levels, size, &none), -EINVAL);
		levels = merkle_levels_free(levels);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_the_published_ones),
		cmocka_unit_test(inclusion_proofs_are_the_published_ones),
		cmocka_unit_test(consistency_proofs_are_the_published_ones),
		cmocka_unit_test(
			every_leaf_of_every_tree_can_be_proven_where_it_is_and_nowhere_else),
		cmocka_unit_test(every_tree_can_be_proven_a_beginning_of_every_later_one),
		cmocka_unit_test(a_rewritten_past_is_no_beginning),
		cmocka_unit_test(a_proof_with_any_bit_changed_proves_nothing),
		cmocka_unit_test(a_proof_too_short_or_too_long_proves_nothing),
		cmocka_unit_test(a_node_is_never_a_leaf),
		cmocka_unit_test(the_leaf_of_a_cluster_is_made_as_written_down),
		cmocka_unit_test(whatever_is_changed_of_a_cluster_changes_its_leaf),
		cmocka_unit_test(names_at_their_limit_have_a_leaf_and_beyond_it_none),
		cmocka_unit_test(a_full_tree_takes_no_more),
		cmocka_unit_test(what_is_not_in_the_tree_is_not_proven),
		cmocka_unit_test(proofs_are_read_back_as_written_and_only_whole),
		cmocka_unit_test(a_proof_for_no_place_is_malformed),
		cmocka_unit_test(no_memory_is_asked_for),
		cmocka_unit_test(inclusion_proofs_are_what_the_rfc_defines),
	};
	return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
