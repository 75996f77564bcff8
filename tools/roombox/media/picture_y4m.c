/* Pictures from a file. */
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/y4m.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct reel {
	struct camera camera;
	FILE *file;
	struct y4m y4m;
	off_t first; /* offset of the first picture's line */
	bool loop;
	bool ended;
	int64_t next; /* number of the next picture in the file, counted over all rounds */
	uint8_t *data;
};

/* A line with its end; 0 when there is none. */
static size_t read_line(FILE *file, char out[Y4M_LINE_MAX])
{
	size_t len = 0;
	int c = 0;
	while (len < Y4M_LINE_MAX && c != '\n' && (c = fgetc(file)) != EOF)
		out[len++] = (char)c;
	return len;
}

/* The next picture into `data`; false at the end. */
static bool read_frame(struct reel *reel)
{
	char line[Y4M_LINE_MAX];
	const size_t len = read_line(reel->file, line);
	return y4m_is_frame(line, len) &&
	       fread(reel->data, y4m_frame_len(&reel->y4m), 1, reel->file) == 1;
}

static bool read_next(struct reel *reel)
{
	if (reel->ended)
		return false;
	if (read_frame(reel))
		return true;
	/* Of a file cut short within its last picture, the whole ones are shown. */
	reel->ended =
		!reel->loop || fseeko(reel->file, reel->first, SEEK_SET) != 0 || !read_frame(reel);
	return !reel->ended;
}

static void show(const struct reel *reel, struct picture *out_picture)
{
	const unsigned width = reel->y4m.width;
	const size_t luma = (size_t)width * reel->y4m.height;
	*out_picture = (struct picture){
		.width = width,
		.height = reel->y4m.height,
		.planes = { reel->data, reel->data + luma, reel->data + luma + luma / 4 },
		.strides = { width, width / 2, width / 2 },
	};
}

static bool reel_read(struct camera *camera, rs_time at, struct picture *out_picture)
{
	struct reel *reel = (struct reel *)camera;
	const int64_t number = at * reel->y4m.rate_num / reel->y4m.rate_den / RS_SEC(1);
	bool fresh = false;
	/* Nobody looked for a while: what was missed is left out, as of a camera. */
	if ((number - reel->next) * reel->y4m.rate_den > reel->y4m.rate_num)
		reel->next = number;
	while (reel->next <= number && read_next(reel)) {
		reel->next++;
		fresh = true;
	}
	if (fresh)
		show(reel, out_picture);
	return fresh;
}

static void reel_free(struct camera *camera)
{
	struct reel *reel = (struct reel *)camera;
	if (reel->file != NULL)
		(void)fclose(reel->file); /* it was only read */
	rs_release(reel->data);
	rs_release(reel);
}

static const struct camera_ops ops = { reel_read, reel_free };

static int begin(struct reel *reel, const char **why)
{
	char line[Y4M_LINE_MAX];
	const size_t len = read_line(reel->file, line);
	const int err = y4m_head_parse(line, len, &reel->y4m, why);
	if (err < 0)
		return err;
	reel->data = rs_zalloc(y4m_frame_len(&reel->y4m));
	reel->first = ftello(reel->file);
	*why = "it cannot be read again from its begin";
	if (reel->first < 0)
		return -EIO;
	return reel->data != NULL ? 0 : -ENOMEM;
}

int camera_y4m_new(
	const struct spec *spec, bool loop, struct camera **out_camera, char why[SPEC_WHY_LEN])
{
	const char *fault = strerror(ENOMEM);
	struct reel *reel = rs_zalloc(sizeof(*reel));
	if (reel == NULL)
		return -ENOMEM;
	reel->camera.ops = &ops;
	reel->loop = loop;
	reel->file = fopen(spec->name, "rbe");
	int err = reel->file != NULL ? 0 : -EIO;
	if (err < 0)
		fault = strerror(errno);
	else
		err = begin(reel, &fault);
	if (err < 0) {
		(void)snprintf(why, SPEC_WHY_LEN, "file:%.255s: %s", spec->name, fault);
		reel_free(&reel->camera);
		return err;
	}
	*out_camera = &reel->camera;
	return 0;
}
