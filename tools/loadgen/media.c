#include "tools/loadgen/media.h"

#include "common/base/bytes.h"
#include "common/rtp/ntp.h"
#include "common/rtp/vp8.h"

#include <string.h>

#define AUDIO_INTERVAL RS_MS(20)
#define AUDIO_HZ 48000
#define VIDEO_HZ 90000
/* Fullband CELT, 20 ms, mono, one frame (RFC 6716 section 3.1). */
#define OPUS_TOC 0xF8
/* Octets of a picture in one packet: with headers and tag within 1200. */
#define VIDEO_CHUNK 1100
/* A key frame has that many times the octets of another picture. */
#define KEYFRAME_FACTOR 5
/* libwebrtc sends bursts every 5 ms at 2.5 times the bit rate. */
#define PACER_INTERVAL RS_MS(5)
#define PACER_NUMERATOR 5
#define PACER_DENOMINATOR 2
#define BEHIND_MOST RS_SEC(1)
#define STAMP_MAGIC 0x524C5431U
/* Of the frame tag and start code of a key frame with its size (RFC 6386 section 9.1). */
#define KEYFRAME_HEADER_LEN 10

void media_init(struct media *media, const struct media_config *config, rs_time now)
{
	*media = (struct media){ .config = *config, .start = now, .audio_at = now };
	for (size_t i = 0; i < RTC_LAYERS_MAX; i++)
		media->layers[i] = (struct media_layer){ .frame_at = now, .keyframe_due = true };
}

void media_keyframe(struct media *media, size_t layer)
{
	media->layers[layer].keyframe_due = true;
}

/* --- The stamp --- */

void media_stamp(uint8_t *payload, size_t len, rs_time sent)
{
	struct rs_writer writer;
	rs_writer_init(&writer, payload + len - MEDIA_STAMP_LEN, MEDIA_STAMP_LEN);
	rs_write_u32(&writer, STAMP_MAGIC);
	rs_write_u64(&writer, (uint64_t)sent);
}

bool media_stamp_read(const uint8_t *payload, size_t len, rs_time *out_sent)
{
	struct rs_reader reader;
	if (len < MEDIA_STAMP_LEN)
		return false;
	rs_reader_init(&reader, payload + len - MEDIA_STAMP_LEN, MEDIA_STAMP_LEN);
	if (rs_read_u32(&reader) != STAMP_MAGIC)
		return false;
	*out_sent = (rs_time)rs_read_u64(&reader);
	return true;
}

/* --- Sound --- */

static bool audio_next(struct media *media, rs_time now, struct media_packet *out)
{
	if (media->config.audio_len == 0 || media->audio_at > now)
		return false;
	if (media->audio_at + BEHIND_MOST < now)
		media->audio_at += (now - media->audio_at) / AUDIO_INTERVAL * AUDIO_INTERVAL;
	out->media = RTC_AUDIO;
	out->layer = 0;
	out->marker = media->audio_at == media->start;
	out->rtp_ts = (uint32_t)rtp_ticks_from_us(media->audio_at - media->start, AUDIO_HZ);
	out->at = media->audio_at;
	out->len = media->config.audio_len;
	memset(out->payload, 0x5A, out->len);
	out->payload[0] = OPUS_TOC;
	media->audio_at += AUDIO_INTERVAL;
	return true;
}

/* --- Pictures --- */

static uint32_t layer_bps(const struct media *media, size_t layer)
{
	return media->config.video_bps >> 2 * (media->config.n_layers - 1 - layer);
}

static rs_time frame_interval(const struct media *media)
{
	return RS_SEC(1) / media->config.fps;
}

static void frame_begin(struct media *media, size_t at)
{
	struct media_layer *layer = &media->layers[at];
	const rs_time every = media->config.keyframe_interval;
	layer->frame_is_key =
		layer->keyframe_due || (every > 0 && layer->frame_at >= layer->next_keyframe);
	layer->frame_len = layer_bps(media, at) / 8 / media->config.fps + KEYFRAME_HEADER_LEN;
	if (layer->frame_is_key) {
		layer->frame_len *= KEYFRAME_FACTOR;
		layer->next_keyframe = layer->frame_at + every;
		layer->keyframe_due = false;
	}
	layer->n_packets = (layer->frame_len + VIDEO_CHUNK - 1) / VIDEO_CHUNK;
	layer->packet = 0;
	layer->picture_id = (layer->picture_id + 1) & 0x7FFF;
	layer->tl0_pic_idx++;
}

/* When the next packet of the picture that was begun leaves. */
static rs_time packet_at(const struct media *media, size_t at)
{
	const struct media_layer *layer = &media->layers[at];
	const uint64_t bits = (uint64_t)layer->packet * VIDEO_CHUNK * 8;
	const uint64_t rate =
		(uint64_t)layer_bps(media, at) * PACER_NUMERATOR / PACER_DENOMINATOR + 1;
	const rs_time wait = (rs_time)(bits * 1000000 / rate);
	return layer->paced_from + wait / PACER_INTERVAL * PACER_INTERVAL;
}

static void keyframe_header(struct rs_writer *writer, size_t frame_len, size_t layer)
{
	/* Frame tag: key frame, version 0, shown, length of the first partition. */
	const uint32_t tag = 0x10U | (uint32_t)((frame_len - KEYFRAME_HEADER_LEN) & 0x7FFFF) << 5;
	const unsigned width = 320U << layer;
	const unsigned height = 180U << layer;
	const uint8_t header[KEYFRAME_HEADER_LEN] = { (uint8_t)tag, (uint8_t)(tag >> 8),
		(uint8_t)(tag >> 16), 0x9D, 0x01, 0x2A, (uint8_t)width, (uint8_t)(width >> 8),
		(uint8_t)height, (uint8_t)(height >> 8) };
	rs_write_bytes(writer, header, sizeof(header));
}

/* Packets of a picture are of one size, but for rounding. */
static void video_write(struct media *media, size_t at, struct media_packet *out)
{
	const struct media_layer *layer = &media->layers[at];
	const struct vp8_descriptor descriptor = {
		.start = layer->packet == 0,
		.picture_id_bits = 15,
		.picture_id = layer->picture_id,
		.has_tl0 = true,
		.tl0_pic_idx = layer->tl0_pic_idx,
		.has_tid = true,
	};
	struct rs_writer writer;
	rs_writer_init(&writer, out->payload, sizeof(out->payload));
	vp8_write(&writer, &descriptor);
	const size_t descriptor_len = writer.len;
	const size_t from = layer->frame_len * layer->packet / layer->n_packets;
	const size_t to = layer->frame_len * (layer->packet + 1) / layer->n_packets;
	if (layer->packet == 0 && layer->frame_is_key)
		keyframe_header(&writer, layer->frame_len, at);
	else if (layer->packet == 0)
		rs_write_u8(&writer, 0x11); /* frame tag: shown, depends on others */
	size_t len = descriptor_len + to - from;
	if (len < writer.len + MEDIA_STAMP_LEN)
		len = writer.len + MEDIA_STAMP_LEN;
	memset(out->payload + writer.len, 0x5A, len - writer.len);
	out->len = len;
}

static bool video_next(struct media *media, size_t at, rs_time now, struct media_packet *out)
{
	struct media_layer *layer = &media->layers[at];
	if (media->config.video_bps == 0 || layer->frame_at > now)
		return false;
	if (layer->frame_len == 0) {
		if (layer->frame_at + BEHIND_MOST < now)
			layer->frame_at = now;
		frame_begin(media, at);
		layer->paced_from = rs_time_max(layer->paced_from, now);
	}
	if (packet_at(media, at) > now)
		return false;
	out->media = RTC_VIDEO;
	out->layer = at;
	out->marker = layer->packet + 1 == layer->n_packets;
	out->rtp_ts = (uint32_t)rtp_ticks_from_us(layer->frame_at - media->start, VIDEO_HZ);
	out->at = layer->frame_at;
	video_write(media, at, out);
	if (++layer->packet == layer->n_packets) {
		layer->paced_from = packet_at(media, at);
		layer->frame_len = 0;
		layer->frame_at += frame_interval(media);
	}
	return true;
}

bool media_next(struct media *media, rs_time now, struct media_packet *out_packet)
{
	if (audio_next(media, now, out_packet))
		return true;
	for (size_t i = 0; i < media->config.n_layers; i++) {
		if (video_next(media, i, now, out_packet))
			return true;
	}
	return false;
}
