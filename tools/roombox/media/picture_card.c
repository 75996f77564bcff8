#include "tools/roombox/media/picture_card.h"

#include <pango/pangocairo.h>

#include <errno.h>
#include <string.h>

/* Heights of the texts, of the picture's. */
#define TITLE 5
#define LINE 9
/* Of the width, that texts may fill, in percent. */
#define FILLED 90
/* Levels of BT.601. */
#define WHITE 235U
#define GREY 40U
#define COLOURLESS 128

struct card_picture {
	unsigned width;
	unsigned height;
	uint8_t *data;
};

int card_picture_new(unsigned width, unsigned height, struct card_picture **out_card)
{
	const size_t luma = (size_t)width * height;
	struct card_picture *card = rs_zalloc(sizeof(*card));
	if (card == NULL)
		return -ENOMEM;
	card->width = width;
	card->height = height;
	card->data = rs_zalloc(luma + luma / 2);
	if (card->data == NULL) {
		card_picture_free(card);
		return -ENOMEM;
	}
	memset(card->data, GREY, luma);
	memset(card->data + luma, COLOURLESS, luma / 2);
	*out_card = card;
	return 0;
}

struct card_picture *card_picture_free(struct card_picture *card)
{
	if (card != NULL)
		rs_release(card->data);
	return rs_release(card);
}

/* A text in the middle, its top at `y`, no higher than `most`; smaller if it does not fit. */
static void put_text(
	cairo_t *cairo, const struct card_picture *card, const char *text, double y, double size)
{
	PangoLayout *layout = pango_cairo_create_layout(cairo);
	PangoFontDescription *font = pango_font_description_from_string("Sans Bold");
	const int most = (int)card->width * FILLED / 100;
	int width = 0;
	int height = 0;
	pango_layout_set_text(layout, text, -1);
	for (double at = size; at > 4; at *= 0.9) {
		pango_font_description_set_absolute_size(font, at * PANGO_SCALE);
		pango_layout_set_font_description(layout, font);
		pango_layout_get_pixel_size(layout, &width, &height);
		if (width <= most)
			break;
	}
	cairo_move_to(cairo, ((double)card->width - width) / 2, y - height / 2.0);
	pango_cairo_show_layout(cairo, layout);
	pango_font_description_free(font);
	g_object_unref(layout);
}

static void take_surface(struct card_picture *card, cairo_surface_t *surface)
{
	const uint8_t *from = cairo_image_surface_get_data(surface);
	const int stride = cairo_image_surface_get_stride(surface);
	for (unsigned y = 0; y < card->height; y++) {
		for (unsigned x = 0; x < card->width; x++)
			card->data[(size_t)y * card->width + x] =
				(uint8_t)(GREY + from[(size_t)y * (size_t)stride + x] *
							 (WHITE - GREY) / 255);
	}
}

int card_picture_draw(struct card_picture *card, const char *title, const char *line)
{
	cairo_surface_t *surface =
		cairo_image_surface_create(CAIRO_FORMAT_A8, (int)card->width, (int)card->height);
	cairo_t *cairo = cairo_create(surface);
	put_text(cairo, card, title, card->height * 0.42, card->height / (double)TITLE);
	put_text(cairo, card, line, card->height * 0.66, card->height / (double)LINE);
	cairo_surface_flush(surface);
	const bool drawn = cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
	if (drawn)
		take_surface(card, surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return drawn ? 0 : -ENOMEM;
}

struct picture card_picture_view(const struct card_picture *card)
{
	const size_t luma = (size_t)card->width * card->height;
	return (struct picture){
		.width = card->width,
		.height = card->height,
		.planes = { card->data, card->data + luma, card->data + luma + luma / 4 },
		.strides = { card->width, card->width / 2, card->width / 2 },
	};
}
