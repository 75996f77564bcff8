#include "recorder/control/keeper_priv.h"

#include "common/log/log.h"
#include "recorder/control/stage.h"

#include <errno.h>
#include <string.h>

struct recording {
	struct keeper_meeting meeting;
	char *about;             /* what meeting.about points to; NULL = nothing */
	struct archive *archive; /* NULL while it cannot be opened */
	struct stage stage;      /* the programme beside it */
	uint32_t generation;
	enum keeper_state state;
	bool fresh; /* nothing was said of it yet */
	bool told_state;
	bool marked; /* for the sweep */
	bool gone;   /* to be forgotten once that was told */
	bool failed_before;
	bool logged; /* whoever met the failure said so */
	enum {
		END_NOT,      /* being recorded, or failed */
		END_DRAINING, /* closed; the disk is still at it */
		END_CLOSING,  /* its closing steps are being run */
		END_CLOSED,   /* they were; to be told */
	} end;
	bool sealed;
	struct account account;
	struct account told_account;
	int64_t last_event; /* when it was closed */
	int64_t told_event;
	int64_t asked_for; /* event whose predecessors were asked for already */
	rs_time retry_at;
	char reason[KEEPER_REASON_LEN];
	char directory[ARCHIVE_PATH_LEN];
};

struct keeper {
	struct keeper_config config;
	struct recording **recordings; /* meetings_max of them */
	size_t n;
	uint32_t generations;
	enum storage_why why; /* pictures are left out; FINE: they are not */
	bool held;            /* the same, where the tracks look */
	bool resync;
	struct late_waits late;
};

struct late_waits *keeper_late_waits(struct keeper *keeper)
{
	return &keeper->late;
}

int keeper_new(const struct keeper_config *config, struct keeper **out_keeper)
{
	if (config->meetings_max == 0 || config->disk == NULL || config->free_space == NULL)
		return -EINVAL;
	struct keeper *keeper = rs_zalloc(sizeof(*keeper));
	if (keeper == NULL)
		return -ENOMEM;
	keeper->config = *config;
	keeper->config.rules.pictures_held = &keeper->held;
	keeper->recordings = rs_calloc(config->meetings_max, sizeof(struct recording *));
	if (keeper->recordings == NULL) {
		rs_release(keeper);
		return -ENOMEM;
	}
	*out_keeper = keeper;
	return 0;
}

static void recording_free(struct recording *recording)
{
	archive_free(recording->archive);
	rs_release(recording->about);
	stage_done(&recording->stage);
	rs_release(recording);
}

struct keeper *keeper_free(struct keeper *keeper)
{
	if (keeper == NULL)
		return NULL;
	for (size_t i = 0; i < keeper->n; i++)
		recording_free(keeper->recordings[i]);
	rs_release(keeper->recordings);
	return rs_release(keeper);
}

static struct recording *find(const struct keeper *keeper, const char *meeting)
{
	for (size_t i = 0; i < keeper->n; i++)
		if (!keeper->recordings[i]->gone &&
			strcmp(keeper->recordings[i]->meeting.id, meeting) == 0)
			return keeper->recordings[i];
	return NULL;
}

static struct recording *find_owner(const struct keeper *keeper, uint32_t owner)
{
	for (size_t i = 0; i < keeper->n; i++)
		if (keeper->recordings[i]->generation == owner &&
			keeper->recordings[i]->archive != NULL)
			return keeper->recordings[i];
	return NULL;
}

static void set_state(struct recording *recording, enum keeper_state state, const char *reason)
{
	const bool changed = recording->state != state || strcmp(recording->reason, reason) != 0 ||
			     recording->fresh;
	recording->state = state;
	recording->fresh = false;
	(void)rs_copy_text(recording->reason, sizeof(recording->reason), reason,
		strlen(reason)); /* may be cut */
	if (!changed)
		return;
	recording->told_state = false;
	if (state == KEEPER_RECORDING)
		log_info(LOG_ARCHIVE, recording->meeting.id, "recording directory=%s",
			recording->directory);
	else if (state == KEEPER_STOPPED)
		log_info(LOG_ARCHIVE, recording->meeting.id, "recording stopped reason=\"%s\"",
			reason);
	else if (!recording->logged)
		log_error(LOG_ARCHIVE, recording->meeting.id, "recording failed reason=\"%s\"",
			reason);
	recording->logged = false;
}

/* In words for the podium: lower case, no code. */
static const char *reason_of(int err)
{
	switch (-err) {
	case ENOSPC:
	case EDQUOT:
		return "no space left on device";
	case EFBIG:
		return "file too large";
	case EACCES:
	case EPERM:
	case EROFS:
		return "archive directory cannot be written";
	case EOPNOTSUPP:
		return "not public, and no key to encrypt it with";
	case EAGAIN:
		return "disk too slow";
	case EBADMSG:
		return "archive directory holds something else";
	case ENOENT:
	case ENOTDIR:
		return "archive directory is missing";
	case ENOMEM:
		return "out of memory";
	case EINVAL:
		return "session name cannot be used";
	default:
		return "error while writing";
	}
}

static void fail(const struct keeper *keeper, struct recording *recording, int err, rs_time now)
{
	recording->archive = archive_free(recording->archive);
	stage_done(&recording->stage);
	recording->end = END_NOT;
	recording->failed_before = true;
	recording->retry_at = now + keeper->config.retry;
	set_state(recording, KEEPER_FAILED, reason_of(err));
}

static int check_space(const struct keeper *keeper)
{
	const int64_t space = keeper->config.free_space(keeper->config.ctx, keeper->config.root);
	if (space < 0)
		return (int)space;
	return (uint64_t)space < keeper->config.free_min ? -ENOSPC : 0;
}

static void note_hold(struct keeper *keeper, struct recording *recording, struct archive_now when)
{
	recording->account.breaks += keeper->held ? 1 : 0;
	/* Failures: keeper_flush(). */
	(void)archive_note(recording->archive,
		keeper->held ? "pictures-dropped" : "pictures-resumed",
		keeper->held ? json_pack("{s:s}", "reason", storage_why_name(keeper->why))
			     : json_object(),
		when);
	if (keeper->why == STORAGE_FULL) {
		recording->logged = true;
		set_state(recording, KEEPER_FAILED, reason_of(-ENOSPC));
	} else {
		set_state(recording, KEEPER_RECORDING, "");
	}
}

void keeper_hold(struct keeper *keeper, enum storage_why why, struct archive_now when)
{
	if (why == keeper->why)
		return;
	keeper->why = why;
	keeper->held = why != STORAGE_FINE;
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		if (recording->archive == NULL || recording->end != END_NOT)
			continue;
		if (keeper->held) /* it writes the pictures again for each language */
			stage_give_up(&recording->stage, storage_why_name(why));
		note_hold(keeper, recording, when);
	}
}

static void open_stage(struct keeper *keeper, struct recording *recording, struct archive_now when)
{
	const struct stage_config config = { .disk = keeper->config.disk,
		.owner = ++keeper->generations,
		.channels = recording->meeting.channels,
		.n_channels = recording->meeting.n_channels,
		.rules = &keeper->config.rules };
	stage_open(&recording->stage, &config, recording->archive, when);
}

/* Nobody who sits behind closed doors is recorded in the clear, unless the site says so. */
static int judge_class(
	const struct keeper *keeper, const char *class, const struct rs_recipient **out_recipient)
{
	const bool closed = class[0] != '\0' && strcmp(class, "public") != 0;
	*out_recipient = closed ? keeper->config.recipient : NULL;
	return closed && keeper->config.recipient == NULL && !keeper->config.closed_in_clear
		       ? -EOPNOTSUPP
		       : 0;
}

static void open_archive(
	struct keeper *keeper, struct recording *recording, struct archive_now when)
{
	const struct keeper_meeting *meeting = &recording->meeting;
	recording->generation = ++keeper->generations;
	if (keeper->config.resume != NULL)
		keeper->config.resume(keeper->config.ctx, meeting->session);
	struct archive_config config = { .root = keeper->config.root,
		.meeting = meeting->id,
		.session = meeting->session,
		.title = meeting->title,
		.class = meeting->class,
		.about = meeting->about,
		.software = keeper->config.software,
		.channels = meeting->channels,
		.n_channels = meeting->n_channels,
		.tracks_max = keeper->config.tracks_max,
		.rules = keeper->config.rules,
		.owner = recording->generation,
		.signer = keeper->config.signer,
		.head_interval = keeper->config.head_interval,
		.rand = keeper->config.rand };
	config.rules.listener = stage_init(&recording->stage);
	int err = judge_class(keeper, meeting->class, &config.recipient);
	if (err == 0)
		err = check_space(keeper);
	if (err == 0)
		err = archive_open(&config, keeper->config.disk, when, &recording->archive);
	if (err < 0) {
		fail(keeper, recording, err, when.now);
		return;
	}
	open_stage(keeper, recording, when);
	const char *directory = archive_directory(recording->archive);
	(void)rs_copy_text(recording->directory, sizeof(recording->directory), directory,
		strlen(directory)); /* fits: as long */
	recording->told_event = -1;
	recording->asked_for = 0;
	recording->account.breaks += archive_resumed(recording->archive) ? 1 : 0;
	if (recording->failed_before)
		keeper->resync = true;
	recording->failed_before = false;
	set_state(recording, KEEPER_RECORDING, "");
	if (keeper->held)
		note_hold(keeper, recording, when);
}

static void close_archive(struct keeper *keeper, struct recording *recording, const char *reason,
	struct archive_now when)
{
	if (recording->archive == NULL) {
		set_state(recording, KEEPER_STOPPED, reason);
		return;
	}
	(void)archive_note(recording->archive, "account",
		json_pack("{s:b, s:I, s:I}", "compared", recording->account.compared, "missing",
			(json_int_t)recording->account.missing, "breaks",
			(json_int_t)recording->account.breaks),
		when); /* a failure is that of closing as well */
	const int err = archive_close(recording->archive, reason, when);
	if (err < 0) {
		fail(keeper, recording, err, when.now);
		return;
	}
	stage_close(&recording->stage, when);
	recording->end = END_DRAINING;
	set_state(recording, KEEPER_STOPPED, reason);
}

int keeper_set(struct keeper *keeper, const struct keeper_meeting *meeting, struct archive_now when)
{
	struct recording *recording = find(keeper, meeting->id);
	if (recording != NULL && strcmp(recording->meeting.session, meeting->session) == 0) {
		recording->marked = true;
		recording->meeting = *meeting;
		/* Of a session that has begun it is written down. */
		recording->meeting.about = recording->about;
		return 0;
	}
	if (recording != NULL)
		keeper_remove(keeper, meeting->id, "another session begins", when);
	if (keeper->n == keeper->config.meetings_max)
		return -E2BIG;
	recording = rs_zalloc(sizeof(*recording));
	if (recording == NULL)
		return -ENOMEM;
	recording->meeting = *meeting;
	recording->about = rs_strdup(meeting->about);
	recording->meeting.about = recording->about;
	if (meeting->about != NULL && recording->about == NULL) {
		rs_release(recording);
		return -ENOMEM;
	}
	recording->marked = true;
	recording->fresh = true;
	keeper->recordings[keeper->n++] = recording;
	open_archive(keeper, recording, when);
	return 0;
}

void keeper_remove(
	struct keeper *keeper, const char *meeting, const char *reason, struct archive_now when)
{
	struct recording *recording = find(keeper, meeting);
	if (recording == NULL)
		return;
	close_archive(keeper, recording, reason, when);
	recording->gone = true;
}

void keeper_sweep_begin(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->n; i++)
		keeper->recordings[i]->marked = false;
}

void keeper_sweep_end(struct keeper *keeper, struct archive_now when)
{
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		if (recording->marked || recording->gone)
			continue;
		close_archive(keeper, recording, "meeting is not recorded any more", when);
		recording->gone = true;
	}
}

void keeper_close(struct keeper *keeper, struct archive_now when)
{
	for (size_t i = 0; i < keeper->n; i++)
		if (!keeper->recordings[i]->gone)
			close_archive(keeper, keeper->recordings[i], ARCHIVE_RECORDER_STOPS, when);
}

struct archive *keeper_archive(struct keeper *keeper, const char *meeting, uint32_t *out_generation)
{
	struct recording *recording = find(keeper, meeting);
	if (recording == NULL || recording->archive == NULL || recording->end != END_NOT ||
		archive_error(recording->archive) != 0)
		return NULL;
	*out_generation = recording->generation;
	return recording->archive;
}

struct account *keeper_account(struct keeper *keeper, const char *meeting)
{
	uint32_t generation;
	if (keeper_archive(keeper, meeting, &generation) == NULL)
		return NULL;
	return &find(keeper, meeting)->account;
}

const struct keeper_meeting *keeper_at(const struct keeper *keeper, size_t i)
{
	return i < keeper->n ? &keeper->recordings[i]->meeting : NULL;
}

const char *keeper_directory_at(const struct keeper *keeper, size_t i)
{
	if (i >= keeper->n)
		return NULL;
	const struct recording *recording = keeper->recordings[i];
	return recording->archive != NULL && recording->end == END_NOT ? recording->directory : "";
}

int keeper_event(struct keeper *keeper, const char *meeting, const struct archive_event *event,
	struct archive_now when)
{
	struct recording *recording = find(keeper, meeting);
	if (recording == NULL || recording->archive == NULL)
		return -ENOENT;
	/* Once asked for in vain, what is missing is missing: verification will say so. */
	const int64_t last = archive_last_event(recording->archive);
	if (last != 0 && event->number > last + 1 && recording->asked_for != event->number) {
		recording->asked_for = event->number;
		return -EAGAIN;
	}
	const int err = archive_add_event(recording->archive, event, when);
	if (err == -EALREADY || err == -EBADMSG)
		return err;
	return 0; /* an archive that failed is noticed by keeper_flush() */
}

int keeper_take_closing(struct keeper *keeper, bool all, struct keeper_closing *out_closing)
{
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		if (recording->end != END_DRAINING ||
			!(all || (archive_finished(recording->archive) &&
					 stage_is_drained(&recording->stage))))
			continue;
		recording->last_event = archive_last_event(recording->archive);
		recording->archive = archive_free(recording->archive);
		recording->end = END_CLOSING;
		out_closing->generation = recording->generation;
		(void)rs_set_text(out_closing->directory, recording->directory); /* as long */
		return 1;
	}
	return 0;
}

void keeper_closed(struct keeper *keeper, uint32_t generation, bool sealed)
{
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		if (recording->generation != generation || recording->end != END_CLOSING)
			continue;
		recording->end = END_CLOSED;
		recording->sealed = sealed;
	}
}

void keeper_disk_failed(struct keeper *keeper, uint32_t owner, int err)
{
	struct recording *recording = find_owner(keeper, owner);
	for (size_t i = 0; i < keeper->n; i++)
		if (stage_disk_failed(&keeper->recordings[i]->stage, owner, err))
			return;
	if (recording == NULL)
		return;
	recording->logged = true;
	archive_disk_failed(recording->archive, err);
}

void keeper_disk_synced(struct keeper *keeper, uint32_t owner, uint64_t token)
{
	struct recording *recording = find_owner(keeper, owner);
	for (size_t i = 0; i < keeper->n; i++)
		if (stage_disk_synced(&keeper->recordings[i]->stage, owner))
			return;
	if (recording != NULL)
		archive_disk_synced(recording->archive, token);
}

void keeper_tick(struct keeper *keeper, struct archive_now when)
{
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		stage_tick(&recording->stage, when);
		if (recording->archive != NULL)
			(void)archive_tick(recording->archive,
				when); /* failures: keeper_flush(); closed: nothing is due */
		else if (recording->state == KEEPER_FAILED && !recording->gone &&
			 when.now >= recording->retry_at)
			open_archive(keeper, recording, when);
	}
}

rs_time keeper_deadline(const struct keeper *keeper)
{
	rs_time deadline = RS_TIME_NEVER;
	for (size_t i = 0; i < keeper->n; i++) {
		const struct recording *recording = keeper->recordings[i];
		deadline = rs_time_min(deadline, stage_deadline(&recording->stage));
		if (recording->archive != NULL)
			deadline = rs_time_min(deadline, archive_deadline(recording->archive));
		else if (recording->state == KEEPER_FAILED && !recording->gone)
			deadline = rs_time_min(deadline, recording->retry_at);
	}
	return deadline;
}

void keeper_flush(struct keeper *keeper, struct archive_now when)
{
	for (size_t i = 0; i < keeper->n; i++) {
		struct recording *recording = keeper->recordings[i];
		if (recording->archive == NULL)
			continue;
		stage_flush(&recording->stage, recording->archive, when);
		(void)archive_flush(recording->archive); /* its error is asked for here */
		const int err = archive_error(recording->archive);
		if (err < 0)
			fail(keeper, recording, err, when.now);
	}
}

static void forget(struct keeper *keeper, size_t i)
{
	recording_free(keeper->recordings[i]);
	keeper->recordings[i] = keeper->recordings[--keeper->n];
}

int keeper_poll(struct keeper *keeper, struct keeper_report *out_report)
{
	for (size_t i = 0; i < keeper->n;) {
		struct recording *recording = keeper->recordings[i];
		if (!recording->told_state ||
			!account_same(&recording->account, &recording->told_account)) {
			recording->told_state = true;
			recording->told_account = recording->account;
			*out_report = (struct keeper_report){ .kind = KEEPER_REPORT_STATE,
				.meeting = recording->meeting.id,
				.state = recording->state,
				.reason = recording->reason,
				.directory = recording->directory,
				.account = recording->account };
			return 1;
		}
		if (recording->end == END_CLOSED) {
			recording->end = END_NOT;
			*out_report = (struct keeper_report){ .kind = KEEPER_REPORT_ARCHIVED,
				.meeting = recording->meeting.id,
				.reason = "",
				.directory = recording->directory,
				.last_event = recording->last_event,
				.sealed = recording->sealed };
			return 1;
		}
		if (recording->gone && recording->end == END_NOT) {
			forget(keeper, i);
			continue;
		}
		if (recording->archive != NULL &&
			archive_durable_event(recording->archive) != recording->told_event) {
			recording->told_event = archive_durable_event(recording->archive);
			*out_report = (struct keeper_report){ .kind = KEEPER_REPORT_ARCHIVED,
				.meeting = recording->meeting.id,
				.reason = "",
				.directory = recording->directory,
				.last_event = recording->told_event };
			return 1;
		}
		i++;
	}
	return 0;
}

void keeper_say_again(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->n; i++) {
		keeper->recordings[i]->told_state = false;
		keeper->recordings[i]->told_event = -1;
	}
}

bool keeper_take_resync(struct keeper *keeper)
{
	const bool resync = keeper->resync;
	keeper->resync = false;
	return resync;
}
