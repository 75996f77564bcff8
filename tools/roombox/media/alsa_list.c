/* Which sound cards there are. */
#include "tools/roombox/media/alsa.h"

#include "common/base/text.h"

#include <stdio.h>

/* Told of each direction of each card; false ends it. */
typedef bool tell_card(void *ctx, const char *name, const char *card, const char *device);

/* A card that was opened, and what it says of itself. */
struct card_info {
	snd_ctl_t *ctl;
	snd_ctl_card_info_t *card;
	snd_pcm_info_t *device;
};

static void close_info(struct card_info *info)
{
	if (info->ctl != NULL)
		(void)snd_ctl_close(info->ctl); /* it was only asked */
	if (info->card != NULL)
		snd_ctl_card_info_free(info->card);
	if (info->device != NULL)
		snd_pcm_info_free(info->device);
}

static bool open_info(int card, struct card_info *info)
{
	char name[16];
	(void)snprintf(name, sizeof(name), "hw:%d", card);
	return snd_ctl_card_info_malloc(&info->card) == 0 &&
	       snd_pcm_info_malloc(&info->device) == 0 &&
	       snd_ctl_open(&info->ctl, name, SND_CTL_NONBLOCK) == 0 &&
	       snd_ctl_card_info(info->ctl, info->card) == 0;
}

/* By the card's id, which stays whatever the order in which they are found; the number does not. */
static bool tell_devices(const struct card_info *info, bool capture, tell_card *tell, void *ctx)
{
	for (int device = -1; snd_ctl_pcm_next_device(info->ctl, &device) == 0 && device >= 0;) {
		char name[SPEC_NAME_MAX + 1];
		snd_pcm_info_set_device(info->device, (unsigned)device);
		snd_pcm_info_set_subdevice(info->device, 0);
		snd_pcm_info_set_stream(
			info->device, capture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK);
		if (snd_ctl_pcm_info(info->ctl, info->device) < 0)
			continue; /* it has the other direction only */
		if (rs_format(name, sizeof(name), "hw:CARD=%s,DEV=%d",
			    snd_ctl_card_info_get_id(info->card), device) == 0 &&
			!tell(ctx, name, snd_ctl_card_info_get_name(info->card),
				snd_pcm_info_get_name(info->device)))
			return false;
	}
	return true;
}

static void tell_cards(bool capture, tell_card *tell, void *ctx)
{
	bool more = true;
	for (int card = -1; more && snd_card_next(&card) == 0 && card >= 0;) {
		struct card_info info = { NULL, NULL, NULL };
		if (open_info(card, &info))
			more = tell_devices(&info, capture, tell, ctx);
		close_info(&info);
	}
}

struct text {
	char *at;
	size_t left;
};

static bool add_name(void *ctx, const char *name, const char *card, const char *device)
{
	struct text *text = ctx;
	const int len = snprintf(text->at, text->left, " alsa:%s", name);
	if (len < 0 || (size_t)len >= text->left) {
		text->at[0] = '\0';
		return false;
	}
	text->at += len;
	text->left -= (size_t)len;
	return true;
}

void alsa_names(bool capture, char *out, size_t cap)
{
	struct text text = { out, cap };
	out[0] = '\0';
	tell_cards(capture, add_name, &text);
	if (text.at == out)
		(void)snprintf(out, cap, " none");
}

static bool print_card(void *ctx, const char *name, const char *card, const char *device)
{
	(void)printf("  alsa:%-36s %s: %s\n", name, card, device);
	return true;
}

static void print_hint(const void *hint, const char *unwanted)
{
	char *name = snd_device_name_get_hint(hint, "NAME");
	char *direction = snd_device_name_get_hint(hint, "IOID");
	/* Without a direction it has both. Cards' own are above. */
	if (name != NULL && strchr(name, '=') == NULL &&
		(direction == NULL || strcmp(direction, unwanted) != 0))
		(void)printf("  alsa:%s\n", name);
	free(name);
	free(direction);
}

void alsa_print(bool capture)
{
	void **hints = NULL;
	alsa_quiet();
	tell_cards(capture, print_card, NULL);
	if (snd_device_name_hint(-1, "pcm", &hints) < 0)
		return;
	for (void **hint = hints; *hint != NULL; hint++)
		print_hint(*hint, capture ? "Output" : "Input");
	(void)snd_device_name_free_hint(hints); /* it was only read */
}
