/* Every address that is no page's file: who may ask, how much may be sent, who answers. The description that /api/v1/openapi.json
 * gives is held against this table by tests/unit/signaling/test_routes.c. */
#include "signaling/io/archive.h"

#define ADMIN ROLE_BIT(ROLE_ADMIN)
#define ANYBODY (ROLES_ALL | ADMIN)
#define ROOM ROLE_BIT(ROLE_ROOM)
#define SECRETARIAT ROLE_BIT(ROLE_SECRETARIAT)
#define LEADING (ROLE_BIT(ROLE_SECRETARIAT) | ADMIN)
#define PRESIDING (ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_SECRETARIAT))
#define WATCHING (ROLE_BIT(ROLE_TECHNICIAN) | ADMIN)
#define LOOKING (ROLE_BIT(ROLE_TECHNICIAN) | LEADING)
#define HELPING (LOOKING | PRESIDING)
#define SPEAKING (PRESIDING | ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_INTERPRETER))
#define V1 "/api/v1"
#define MEETING V1 "/meetings/{meeting}"

const struct http_route http_routes[] = {
	/* WHIP and WHEP judge by themselves: a source is its owner's */
	{ HTTP_POST, "/whip/*/*", media_publish, HTTP_SDP_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/whip/*/*", media_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_PATCH, "/whip/*/*/*", media_patch, HTTP_SDP_MAX, 0, ROUTE_SITE },
	{ HTTP_DELETE, "/whip/*/*/*", media_delete, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/whip/*/*/*", media_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_POST, "/whep/*/*", media_play, HTTP_SDP_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/whep/*/*", media_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_PATCH, "/whep/*/*/*", media_patch, HTTP_SDP_MAX, 0, ROUTE_SITE },
	{ HTTP_DELETE, "/whep/*/*/*", media_delete, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/whep/*/*/*", media_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },

	/* a test of one's own line, asked for as WHIP and WHEP are; only by pages of this site */
	{ HTTP_POST, "/echo/*/*", media_echo, HTTP_SDP_MAX, 0, ROUTE_SITE },
	{ HTTP_DELETE, "/echo/*/*/*", media_delete, HTTP_SMALL_MAX, 0, ROUTE_SITE },

	/* what is webcast, for everybody, and for pages of other sites */
	{ HTTP_GET, "/webcast/*/{file}", webcast_file, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/webcast/*/{file}", webcast_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_GET, "/webcast/*/*/{file}", webcast_file, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_OPTIONS, "/webcast/*/*/{file}", webcast_options, HTTP_SMALL_MAX, 0, ROUTE_SITE },

	{ HTTP_GET, V1 "/openapi.json", api_description, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_GET, V1 "/problems", api_problems, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_GET, V1 "/problems/{reason}", api_problem, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_GET, V1 "/conferences", api_conferences, HTTP_SMALL_MAX, ADMIN, ROUTE_API },
	{ HTTP_POST, V1 "/conferences", api_import, HTTP_IMPORT_MAX, ADMIN, ROUTE_API },
	{ HTTP_POST, V1 "/rehearsals", api_rehearse, HTTP_IMPORT_MAX, ADMIN, ROUTE_API },
	{ HTTP_GET, V1 "/conferences/{conference}", api_conference, HTTP_SMALL_MAX, ADMIN,
		ROUTE_API },
	{ HTTP_GET, V1 "/conferences/{conference}/badges", credentials_list, HTTP_SMALL_MAX,
		LEADING, ROUTE_API },
	{ HTTP_POST, V1 "/conferences/{conference}/credentials", credentials_issue, HTTP_SMALL_MAX,
		LEADING, ROUTE_API },
	{ HTTP_DELETE, V1 "/conferences/{conference}/credentials/{badge}", credentials_revoke,
		HTTP_SMALL_MAX, LEADING, ROUTE_API },
	{ HTTP_POST, V1 "/join", credentials_join, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_POST, MEETING "/badges/{badge}/token", credentials_token, HTTP_SMALL_MAX, LEADING,
		ROUTE_MEETING },
	{ HTTP_POST, V1 "/ballots/{voting}/{decision}", api_ballot, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_GET, V1 "/schema/conference.json", api_schema, HTTP_SMALL_MAX, 0, ROUTE_API },
	{ HTTP_GET, V1 "/meetings", api_meetings, HTTP_SMALL_MAX, ANYBODY, ROUTE_API },
	{ HTTP_GET, MEETING, api_meeting, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_DELETE, MEETING, api_clear, HTTP_SMALL_MAX, ADMIN, ROUTE_MEETING },
	{ HTTP_POST, MEETING "/commands/{command}", api_command, HTTP_SMALL_MAX, ANYBODY,
		ROUTE_MEETING },
	{ HTTP_GET, MEETING "/speakers", api_speakers, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/decision", api_decision, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/plan", api_plan, HTTP_SMALL_MAX, PRESIDING, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/decisions", api_decisions, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/participants", api_participants, HTTP_SMALL_MAX, ANYBODY,
		ROUTE_MEETING },
	{ HTTP_GET, MEETING "/events", api_events, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/late", late_time, HTTP_SMALL_MAX, ROOM, ROUTE_MEETING },
	{ HTTP_PUT, MEETING "/late/{outage}/{part}", late_put, HTTP_LATE_MAX, ROOM, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/documents", documents_list, HTTP_SMALL_MAX, ANYBODY, ROUTE_MEETING },
	{ HTTP_POST, MEETING "/documents", documents_add, HTTP_SMALL_MAX, SECRETARIAT,
		ROUTE_MEETING, .is_upload = true },
	{ HTTP_GET, MEETING "/documents/{document}", documents_get, HTTP_SMALL_MAX, ANYBODY,
		ROUTE_MEETING },
	{ HTTP_DELETE, MEETING "/documents/{document}", documents_withdraw, HTTP_SMALL_MAX,
		SECRETARIAT, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/webhooks", api_hooks, HTTP_SMALL_MAX, LEADING, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/webhooks/{webhook}", api_hook, HTTP_SMALL_MAX, LEADING,
		ROUTE_MEETING },
	{ HTTP_PUT, MEETING "/webhooks/{webhook}", api_hook_put, HTTP_SMALL_MAX, LEADING,
		ROUTE_MEETING },
	{ HTTP_DELETE, MEETING "/webhooks/{webhook}", api_hook_delete, HTTP_SMALL_MAX, LEADING,
		ROUTE_MEETING },
	{ HTTP_GET, MEETING "/problems", api_troubles, HTTP_SMALL_MAX, LOOKING, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/precall", api_precalls, HTTP_SMALL_MAX, HELPING, ROUTE_MEETING },
	{ HTTP_POST, MEETING "/precall", api_precall, HTTP_SMALL_MAX, SPEAKING, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/media/{badge}", api_media, HTTP_SMALL_MAX, LOOKING, ROUTE_MEETING },
	{ HTTP_GET, MEETING "/timeline/{badge}", api_timeline, HTTP_SMALL_MAX, LOOKING,
		ROUTE_MEETING },
	{ HTTP_GET, V1 "/archive", archive_list, HTTP_SMALL_MAX, ANYBODY, ROUTE_API },
	{ HTTP_GET, V1 "/archive/{session}", archive_recording, HTTP_SMALL_MAX, ANYBODY,
		ROUTE_API },
	{ HTTP_GET, V1 "/archive/{session}/programme/{language}", archive_programme, HTTP_SMALL_MAX,
		ANYBODY, ROUTE_API, .takes_ticket = true },
	{ HTTP_GET, V1 "/archive/{session}/captions/{language}", archive_captions, HTTP_SMALL_MAX,
		ANYBODY, ROUTE_API, .takes_ticket = true },
	{ HTTP_GET, V1 "/webcasts", webcast_list, HTTP_SMALL_MAX, 0, ROUTE_API, .is_light = true },
	{ HTTP_GET, V1 "/webcasts/{webcast}", webcast_about, HTTP_SMALL_MAX, 0, ROUTE_API,
		.is_light = true },
	{ HTTP_GET, V1 "/archive/{session}/speech/{number}/proof", archive_proof, HTTP_SMALL_MAX,
		ANYBODY, ROUTE_API, .takes_ticket = true },
	{ HTTP_GET, V1 "/nodes", site_nodes, HTTP_SMALL_MAX, WATCHING, ROUTE_API },
	{ HTTP_POST, V1 "/nodes/{node}/drain", site_drain, HTTP_SMALL_MAX, WATCHING, ROUTE_API },
	{ HTTP_POST, V1 "/nodes/{node}/serve", site_serve, HTTP_SMALL_MAX, WATCHING, ROUTE_API },

	/* as they were called before there was a version; tools hold on to them */
	{ HTTP_POST, "/api/conferences", api_import, HTTP_IMPORT_MAX, ADMIN, ROUTE_OLD },
	{ HTTP_POST, "/api/meetings/*/open", api_open, HTTP_SMALL_MAX, LEADING, ROUTE_OLD_MEETING },
	{ HTTP_POST, "/api/meetings/*/close", api_close, HTTP_SMALL_MAX, LEADING,
		ROUTE_OLD_MEETING },
	{ HTTP_GET, "/api/meetings/*", api_meeting, HTTP_SMALL_MAX, ANYBODY, ROUTE_OLD_MEETING },
	{ HTTP_GET, "/api/meetings/*/media/*", api_media, HTTP_SMALL_MAX, LOOKING,
		ROUTE_OLD_MEETING },
	{ HTTP_GET, "/api/meetings/*/timeline/*", api_timeline, HTTP_SMALL_MAX, LOOKING,
		ROUTE_OLD_MEETING },
	{ HTTP_GET, "/api/nodes", site_nodes, HTTP_SMALL_MAX, WATCHING, ROUTE_OLD },
	{ HTTP_POST, "/api/nodes/*/drain", site_drain, HTTP_SMALL_MAX, WATCHING, ROUTE_OLD },
	{ HTTP_POST, "/api/nodes/*/serve", site_serve, HTTP_SMALL_MAX, WATCHING, ROUTE_OLD },

	{ HTTP_GET, "/healthz", site_health, HTTP_SMALL_MAX, 0, ROUTE_SITE },
	{ HTTP_GET, "/metrics", site_metrics, HTTP_SMALL_MAX, 0, ROUTE_SITE },
};
const size_t http_n_routes = RS_ARRAY_LEN(http_routes);
