#include "signaling/service/technician/look.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/measure.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>

/* Nobody asked again for so long: it is no longer watched. */
#define LOOK_FOR RS_SEC(30)
/* Media servers speak once a second. */
#define LOOK_WAIT RS_MS(2500)
#define LOOK_MAX ((size_t)8 << 20)

/* ---- what is watched ---- */

static size_t watched_peers(const struct service *service)
{
	size_t cursor = 0;
	size_t n = 0;
	const struct peer *peer;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL)
		n += peer->watched != NULL;
	return n;
}

static int watch(struct service *service, struct peer *peer, struct moment at)
{
	peer->watched_until = at.now + LOOK_FOR;
	peer->watched_fresh = false;
	service_due(service, peer->watched_until);
	if (peer->watched != NULL)
		return 0;
	if (watched_peers(service) >= LOOKS_PEERS_MAX)
		return -E2BIG;
	const int err = watched_new(&peer->watched);
	if (err < 0)
		return err;
	peer->spec.watch = true;
	peer_tell(service, peer);
	return 0;
}

/* ---- answers ---- */

static int write_peer(const struct peer *peer, enum service_look what, struct rs_buf *out)
{
	static const char *const states[] = { "connecting", "connected", "disconnected", "failed" };
	int err = rs_buf_printf(
		out, "{\"peer\":\"%s\",\"state\":\"%s\",", peer->spec.id, states[peer->state]);
	if (err == 0 && peer->watched == NULL)
		err = rs_buf_printf(out, "\"watched\":false");
	else if (err == 0)
		err = what == SERVICE_LOOK_MEDIA ? watched_write_media(peer->watched, out)
						 : watched_write_records(peer->watched, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static int write_answer(const struct look *look, const struct person *person, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"participant\":\"%s\",\"measured\":", look->badge);
	if (err == 0)
		err = measure_person_write(person, out);
	if (err == 0)
		err = rs_buf_printf(out, ",\"peers\":[");
	for (const struct peer *peer = person->peers; peer != NULL && err == 0;
		peer = peer->next_of_person) {
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = write_peer(peer, look->what, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

static void answer(struct service *service, struct look *look, const struct person *person)
{
	struct rs_buf out;
	rs_buf_init(&out, LOOK_MAX);
	const int err = write_answer(look, person, &out);
	out_text(service, SERVICE_ANSWER, look->request, 200, err, &out);
	rs_buf_done(&out);
	look->request = 0;
}

static void give_up(struct service *service, struct look *look)
{
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	const int err = wire_problem_write(503, "no-media-server",
		"The media server has said nothing of this participant.", &out);
	out_text(service, SERVICE_ANSWER, look->request, 503, err, &out);
	rs_buf_done(&out);
	look->request = 0;
}

static struct person *person_of(const struct service *service, const struct look *look)
{
	const struct chamber *chamber = chamber_find(service, look->meeting);
	return chamber != NULL ? chamber_person(chamber, look->badge) : NULL;
}

/* Everything that is watched of the person has been told since it was asked for. */
static bool is_told(const struct person *person)
{
	bool any = false;
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->watched != NULL && !peer->watched_fresh)
			return false;
		any = any || peer->watched != NULL;
	}
	return any;
}

/* ---- from outside ---- */

int service_look(struct service *service, uint64_t request, const struct claims *who,
	const char *meeting, const char *badge, enum service_look what, struct moment at,
	struct service_refusal *refusal)
{
	struct look look = { .request = request, .what = what, .by = at.now + LOOK_WAIT };
	struct look *place = NULL;
	for (size_t i = 0; i < LOOKS_MAX && place == NULL; i++)
		place = service->looks[i].request == 0 ? &service->looks[i] : NULL;
	if (who->role != ROLE_ADMIN && who->role != ROLE_TECHNICIAN &&
		who->role != ROLE_SECRETARIAT) {
		refuse_request(
			refusal, 403, "not-permitted", wire_verdict_text(VERDICT_NOT_PERMITTED));
		return -EACCES;
	}
	const bool fits = rs_set_text(look.meeting, meeting) && rs_set_text(look.badge, badge);
	struct person *person = fits ? person_of(service, &look) : NULL;
	if (person == NULL) {
		refuse_request(refusal, 404, "no-such-participant",
			wire_verdict_text(VERDICT_NO_SUCH_PARTICIPANT));
		return -ENOENT;
	}
	int err = person->peers != NULL ? 0 : -ENOENT;
	if (err < 0)
		refuse_request(refusal, 409, "not-connected", "This participant has no media.");
	if (err == 0 && place == NULL)
		err = -E2BIG;
	for (struct peer *peer = person->peers; err == 0 && peer != NULL;
		peer = peer->next_of_person)
		err = watch(service, peer, at);
	if (err == -E2BIG || err == -ENOMEM)
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
	if (err < 0)
		return err;
	*place = look;
	service_due(service, look.by);
	return 0;
}

void look_stats(struct service *service, const struct node_message *message)
{
	for (size_t i = 0; i < message->n_watched; i++) {
		struct peer *peer = peer_find(service, node_stats_watched(message, i));
		if (peer == NULL || peer->watched == NULL)
			continue;
		watched_take(peer->watched, message, i);
		peer->watched_fresh = true;
	}
	for (size_t i = 0; i < LOOKS_MAX; i++) {
		struct look *look = &service->looks[i];
		const struct person *person = look->request != 0 ? person_of(service, look) : NULL;
		if (person != NULL && is_told(person))
			answer(service, look, person);
	}
}

void look_tick(struct service *service, struct moment at)
{
	for (size_t i = 0; i < LOOKS_MAX; i++) {
		struct look *look = &service->looks[i];
		if (look->request != 0 && look->by <= at.now)
			give_up(service, look);
		else if (look->request != 0)
			service_due(service, look->by);
	}
	size_t cursor = 0;
	struct peer *peer;
	while ((peer = rs_map_next(service->peers, &cursor)) != NULL) {
		if (peer->watched == NULL)
			continue;
		if (peer->watched_until > at.now) {
			service_due(service, peer->watched_until);
			continue;
		}
		look_forget(peer);
		peer_tell(service, peer);
	}
}
