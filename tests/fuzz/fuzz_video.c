/* VP9, H.264 and AV1 payloads: what is parsed lies within, and patching touches the numbers only. The first octet chooses. */
#include <stdlib.h>
#include <string.h>

#include "common/rtp/av1.h"
#include "common/rtp/h264.h"
#include "common/rtp/vp9.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void vp9(const uint8_t *data, size_t size)
{
	struct vp9_descriptor descriptor, again;
	uint8_t copy[1500];

	if (size > sizeof(copy) || vp9_parse(data, size, &descriptor) < 0)
		return;
	if (descriptor.len == 0 || descriptor.len > size)
		abort();
	memcpy(copy, data, size);
	vp9_patch(copy, &descriptor, 0x1234, 0x56);
	if (vp9_parse(copy, size, &again) < 0 || again.len != descriptor.len ||
		again.tid != descriptor.tid || again.sid != descriptor.sid ||
		again.height != descriptor.height ||
		vp9_is_keyframe(&again) != vp9_is_keyframe(&descriptor))
		abort();
	if ((descriptor.picture_id_bits == 15 && again.picture_id != 0x1234) ||
		(descriptor.has_tl0 && again.tl0_pic_idx != 0x56))
		abort();
	vp9_patch(copy, &again, descriptor.picture_id, descriptor.tl0_pic_idx);
	if (memcmp(copy, data, size) != 0)
		abort();
}

/* More behind it changes nothing but an aggregate, and that only adds. */
static void h264(const uint8_t *data, size_t size)
{
	struct h264_content content, less;

	if (h264_parse(data, size, &content) < 0)
		return;
	if (size > 0 && h264_parse(data, size - 1, &less) == 0 &&
		((less.idr && !content.idr) || (less.parameters && !content.parameters)))
		abort();
}

static void av1(const uint8_t *data, size_t size)
{
	bool keyframe, less;

	if (av1_parse(data, size, &keyframe) < 0)
		return;
	if (av1_parse(data, size - 1, &less) == 0 && less != keyframe)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const uint8_t *data, size_t size) = { vp9, h264, av1 };

	if (size > 0)
		targets[data[0] % RS_ARRAY_LEN(targets)](data + 1, size - 1);
	return 0;
}
