/* VP8 payload descriptor: writes as it was read. */
#include <stdlib.h>

#include "common/rtp/vp8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vp8_descriptor descriptor, again;
	uint8_t out[VP8_DESCRIPTOR_MAX];
	struct rs_writer writer;
	uint16_t width, height;

	if (vp8_parse(data, size, &descriptor) < 0)
		return 0;
	if (descriptor.len == 0 || descriptor.len > size)
		abort();
	if (vp8_keyframe_size(data, size, &descriptor, &width, &height) == 0 &&
		!vp8_is_keyframe(data, size, &descriptor))
		abort();
	rs_writer_init(&writer, out, sizeof(out));
	vp8_write(&writer, &descriptor);
	if (writer.failed || vp8_parse(out, writer.len, &again) < 0 ||
		again.picture_id != descriptor.picture_id ||
		again.picture_id_bits != descriptor.picture_id_bits ||
		again.tid != descriptor.tid || again.tl0_pic_idx != descriptor.tl0_pic_idx ||
		again.keyidx != descriptor.keyidx || again.start != descriptor.start ||
		again.partition != descriptor.partition)
		abort();
	return 0;
}
