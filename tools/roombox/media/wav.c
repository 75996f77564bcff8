#include "tools/roombox/media/wav.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <string.h>

#define FORMAT_PCM 1U
#define FORMAT_EXTENSIBLE 0xFFFEU
#define FORMAT_LEN 16 /* of the part of a "fmt " chunk that every format has */
#define EXTENSIBLE_LEN 40
#define SAMPLE_LEN 2U
/* What stands where the writer did not know the length yet. */
#define LEN_UNKNOWN UINT32_MAX

/* RIFF is little endian. */
static uint16_t read_16(struct rs_reader *reader)
{
	const uint16_t value = rs_read_u16(reader);
	return (uint16_t)(value << 8 | value >> 8);
}

static uint32_t read_32(struct rs_reader *reader)
{
	const uint32_t low = read_16(reader);
	return low | (uint32_t)read_16(reader) << 16;
}

static void write_16(struct rs_writer *writer, uint16_t value)
{
	rs_write_u16(writer, (uint16_t)(value << 8 | value >> 8));
}

static void write_32(struct rs_writer *writer, uint32_t value)
{
	write_16(writer, (uint16_t)value);
	write_16(writer, (uint16_t)(value >> 16));
}

static bool is_tag(const uint8_t *view, const char *tag)
{
	return view != NULL && memcmp(view, tag, 4) == 0;
}

static int read_format(struct rs_reader *reader, uint32_t len, struct wav *wav, const char **why)
{
	struct rs_reader chunk;
	const uint8_t *view = rs_read_view(reader, len);
	rs_reader_init(&chunk, view, view != NULL ? len : 0);
	uint16_t format = read_16(&chunk);
	const uint16_t channels = read_16(&chunk);
	const uint32_t hz = read_32(&chunk);
	rs_read_skip(&chunk, 6); /* octets a second and a frame: both follow from the rest */
	const uint16_t bits = read_16(&chunk);
	if (format == FORMAT_EXTENSIBLE && len >= EXTENSIBLE_LEN) {
		rs_read_skip(&chunk, 8);
		format = read_16(&chunk);
	}
	*why = "its head is cut short";
	if (chunk.failed || len < FORMAT_LEN)
		return -EBADMSG;
	*why = "16-bit PCM at 48000 Hz is expected";
	if (format != FORMAT_PCM || bits != SAMPLE_LEN * 8 || hz != WAV_HZ)
		return -EOPNOTSUPP;
	*why = "it has no channels, or too many";
	if (channels == 0 || channels > WAV_CHANNELS_MAX)
		return -EOPNOTSUPP;
	wav->channels = channels;
	return 0;
}

/* The chunk "data" was met: what is in it are whole frames. */
static void note_data(const struct rs_reader *reader, uint32_t len, struct wav *wav)
{
	wav->data_at = reader->pos;
	wav->data_len = len == LEN_UNKNOWN || len == 0 ? UINT64_MAX
						       : len - len % (wav->channels * SAMPLE_LEN);
}

int wav_head_parse(const uint8_t *data, size_t len, struct wav *out_wav, const char **out_why)
{
	struct rs_reader reader;
	struct wav wav = { .channels = 0 };
	rs_reader_init(&reader, data, len < WAV_HEAD_MAX ? len : WAV_HEAD_MAX);
	const bool riff = is_tag(rs_read_view(&reader, 4), "RIFF");
	rs_read_skip(&reader, 4); /* the length of all: streams do not know it */
	*out_why = "it is no WAVE file";
	if (!riff || !is_tag(rs_read_view(&reader, 4), "WAVE"))
		return -EBADMSG;
	while (!reader.failed) {
		const uint8_t *tag = rs_read_view(&reader, 4);
		const uint32_t chunk_len = read_32(&reader);
		if (reader.failed)
			break;
		if (is_tag(tag, "data") && wav.channels > 0) {
			note_data(&reader, chunk_len, &wav);
			*out_wav = wav;
			return 0;
		}
		const int err =
			is_tag(tag, "fmt ") ? read_format(&reader, chunk_len, &wav, out_why) : 0;
		if (err < 0)
			return err;
		if (!is_tag(tag, "fmt "))
			rs_read_skip(&reader, chunk_len);
		if (chunk_len % 2 == 1)
			rs_read_skip(&reader, 1); /* chunks begin at even offsets */
	}
	*out_why = "its samples do not begin within 4096 octets";
	return -EBADMSG;
}

void wav_head_write(unsigned channels, uint64_t data_len, uint8_t out[WAV_HEAD_LEN])
{
	const uint32_t frame = channels * SAMPLE_LEN;
	const uint32_t most = UINT32_MAX - WAV_HEAD_LEN;
	const uint32_t len = data_len < most ? (uint32_t)data_len : most - most % frame;
	struct rs_writer writer;
	rs_writer_init(&writer, out, WAV_HEAD_LEN);
	rs_write_bytes(&writer, "RIFF", 4);
	write_32(&writer, len + WAV_HEAD_LEN - 8);
	rs_write_bytes(&writer, "WAVEfmt ", 8);
	write_32(&writer, FORMAT_LEN);
	write_16(&writer, FORMAT_PCM);
	write_16(&writer, (uint16_t)channels);
	write_32(&writer, WAV_HZ);
	write_32(&writer, WAV_HZ * frame);
	write_16(&writer, (uint16_t)frame);
	write_16(&writer, SAMPLE_LEN * 8);
	rs_write_bytes(&writer, "data", 4);
	write_32(&writer, len);
}
