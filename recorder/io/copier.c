#include "recorder/io/copier.h"

#include "common/evidence/files.h"
#include "common/evidence/names.h"
#include "common/log/log.h"
#include "recorder/io/copy_book.h"
#include "recorder/io/copy_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Folders in one another; a session has three. */
#define DEPTH_MAX 6
/* Looked at this often while waiting, us. */
#define SLICE 50000
#define JOIN_S 2

struct copier {
	struct copier_config config;
	pthread_t thread;
	/* The thread alone. */
	struct copy_book *book;
	char notes[ARCHIVE_PATH_LEN];
	uint8_t *chunks;
	rs_time budget; /* when the next octets may be read */
	/* Under the lock. */
	pthread_mutex_t lock;
	bool ending;
	bool hold;
	bool busy;
	rs_time moved_at; /* while busy: when something went */
	rs_time whole_at; /* all that was there then is in the copy; 0 = never yet */
	bool away;
	int64_t away_ms;
	uint64_t verified;
	uint64_t copied;
	char reason[KEEPER_REASON_LEN];
};

/* ---- what both sides see ---- */

static bool is_ending(struct copier *copier)
{
	(void)pthread_mutex_lock(&copier->lock); /* cannot fail on a mutex of ours */
	const bool ending = copier->ending;
	copier->moved_at = rs_clock_monotonic();
	(void)pthread_mutex_unlock(&copier->lock);
	return ending;
}

static bool is_held(struct copier *copier)
{
	(void)pthread_mutex_lock(&copier->lock);
	const bool held = copier->hold;
	(void)pthread_mutex_unlock(&copier->lock);
	return held;
}

void copier_hold(struct copier *copier, bool hold)
{
	(void)pthread_mutex_lock(&copier->lock);
	copier->hold = hold;
	(void)pthread_mutex_unlock(&copier->lock);
}

static void count(struct copier *copier, uint64_t copied, uint64_t verified)
{
	(void)pthread_mutex_lock(&copier->lock);
	copier->copied += copied;
	copier->verified += verified;
	(void)pthread_mutex_unlock(&copier->lock);
}

static void began(struct copier *copier)
{
	(void)pthread_mutex_lock(&copier->lock);
	copier->busy = true;
	copier->moved_at = rs_clock_monotonic();
	(void)pthread_mutex_unlock(&copier->lock);
}

static const char *reason_of(int err)
{
	switch (-err) {
	case ENOENT:
	case ENOTDIR:
		return "no file " COPIER_MARK " there: is it mounted?";
	case E2BIG:
		return "too many files";
	default:
		return strerror(-err);
	}
}

static void ended(struct copier *copier, rs_time since, int err)
{
	(void)pthread_mutex_lock(&copier->lock);
	const bool news = copier->away != (err < 0);
	copier->busy = false;
	copier->away = err < 0;
	if (err == 0)
		copier->whole_at = since;
	else
		(void)rs_copy_text(copier->reason, sizeof(copier->reason), reason_of(err),
			strlen(reason_of(err))); /* may be cut */
	if (news)
		copier->away_ms = rs_clock_wall_us() / 1000;
	(void)pthread_mutex_unlock(&copier->lock);
	if (news && err < 0)
		log_warning(LOG_ARCHIVE, NULL, "second copy cannot be written path=%s why=\"%s\"",
			copier->config.copy, reason_of(err));
	else if (news)
		log_info(LOG_ARCHIVE, NULL, "second copy goes on path=%s", copier->config.copy);
}

void copier_state(struct copier *copier, rs_time now, struct room_copy *out_state)
{
	*out_state = (struct room_copy){ .state = ROOM_COPY_GOES, .behind_s = -1 };
	(void)pthread_mutex_lock(&copier->lock);
	const rs_time still = copier->busy ? now - copier->moved_at : 0;
	if (copier->whole_at != 0)
		out_state->behind_s = (now - copier->whole_at) / RS_SEC(1);
	out_state->verified = copier->verified;
	out_state->copied = copier->copied;
	out_state->since_ms = copier->away_ms;
	if (copier->away)
		(void)rs_set_text(out_state->reason, copier->reason); /* as long */
	(void)pthread_mutex_unlock(&copier->lock);
	if (still > copier->config.answers && out_state->reason[0] == '\0') {
		out_state->since_ms = (rs_clock_wall_us() - still) / 1000;
		(void)rs_set_text(out_state->reason, "it does not answer"); /* fits */
	}
	if (out_state->reason[0] != '\0')
		out_state->state = ROOM_COPY_AWAY;
}

/* ---- pace ---- */

/* In slices, so that the end is not waited for. False: it is the end. */
static bool wait_until(struct copier *copier, rs_time when)
{
	while (!is_ending(copier)) {
		if (rs_clock_monotonic() >= when && !is_held(copier))
			return true;
		(void)usleep(SLICE); /* its own pace */
	}
	return false;
}

static bool go(void *ctx, size_t octets)
{
	struct copier *copier = ctx;
	const rs_time now = rs_clock_monotonic();
	if (!wait_until(copier, copier->budget))
		return false;
	copier->budget = rs_time_max(copier->budget, now) +
			 (rs_time)((uint64_t)octets * 1000000 / copier->config.rate);
	return true;
}

/* ---- a round ---- */

static int64_t mtime_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

static bool is_there(const char *path, uint64_t size)
{
	struct stat st;
	return lstat(path, &st) == 0 && (uint64_t)st.st_size == size;
}

/* An error of the archive's own, as a file that went meanwhile, holds nobody up. */
static int theirs(int err, const struct copy_done *done)
{
	return done->own_fault ? 0 : err;
}

static int verify(struct copier *copier, struct copy_entry *entry, const struct copy_way *way,
	const struct stat *st)
{
	struct copy_done done;
	struct stat after;
	const int err = copy_compare(way, &done);
	if (err < 0)
		return theirs(err, &done);
	if (lstat(way->from, &after) < 0 || mtime_of(&after) != mtime_of(st))
		return 0; /* it did not rest */
	if (!done.same) {
		if (!entry->warned)
			log_warning(LOG_ARCHIVE, NULL, "second copy differs, it is mended file=%s",
				entry->path);
		entry->warned = true;
		entry->sizes[0] = entry->sizes[1] = 0; /* all of it is looked at again */
		return 0;
	}
	entry->verified = entry->seen = true;
	entry->size = done.size;
	entry->mtime_ns = mtime_of(st);
	copy_book_note(entry, copier->notes, done.sha512);
	count(copier, 0, 1);
	return 0;
}

static bool rests(const struct copier *copier, const struct stat *st)
{
	return rs_clock_wall_us() - mtime_of(st) / 1000 >= copier->config.rests;
}

static int visit_file(struct copier *copier, const char *path, const struct stat *st)
{
	char from[ARCHIVE_PATH_LEN], to[ARCHIVE_PATH_LEN];
	struct copy_done done;
	struct copy_entry *entry;
	int err = copy_book_entry(copier->book, path, &entry);
	if (err < 0)
		return err;
	if (rs_format(from, sizeof(from), "%s/%s", copier->config.root, path) < 0 ||
		rs_format(to, sizeof(to), "%s/%s", copier->config.copy, path) < 0)
		return 0; /* longer than any path of an archive */
	const bool same = entry->verified && entry->size == (uint64_t)st->st_size &&
			  entry->mtime_ns == mtime_of(st);
	if (same && (entry->seen || is_there(to, entry->size))) {
		entry->seen = true;
		return 0;
	}
	entry->verified = false;
	const struct copy_way way = {
		.from = from, .to = to, .chunks = copier->chunks, .go = go, .ctx = copier
	};
	err = copy_update(&way, entry->sizes[1], &done);
	count(copier, done.written, 0);
	if (err < 0)
		return theirs(err, &done);
	entry->sizes[1] = entry->sizes[0];
	entry->sizes[0] = done.size;
	return rests(copier, st) ? verify(copier, entry, &way, st) : 0;
}

/* What will not be there any more once its session is closed: nothing is ever removed from a copy. */
static bool is_draft(const char *name)
{
	const size_t len = strlen(name), draft = strlen(FILES_DRAFT);
	return (len > draft && strcmp(name + len - draft, FILES_DRAFT) == 0) ||
	       names_is_programme_part(name);
}

/* Folders are visited by an explicit stack: paths below the root. */
struct walk {
	char *paths[DEPTH_MAX * 64];
	size_t n;
};

static int put_folder(struct walk *walk, const char *path)
{
	if (walk->n == RS_ARRAY_LEN(walk->paths))
		return 0; /* no archive has so many */
	walk->paths[walk->n] = rs_strdup(path);
	if (walk->paths[walk->n] == NULL)
		return -ENOMEM;
	walk->n++;
	return 0;
}

static int visit_one(struct copier *copier, struct walk *walk, const char *folder, const char *name)
{
	char path[ARCHIVE_PATH_LEN], full[ARCHIVE_PATH_LEN];
	struct stat st;
	if (name[0] == '.' || is_draft(name) ||
		rs_format(path, sizeof(path), "%s/%s", folder, name) < 0 ||
		rs_format(full, sizeof(full), "%s/%s", copier->config.root, path) < 0 ||
		lstat(full, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return put_folder(walk, path);
	return S_ISREG(st.st_mode) ? visit_file(copier, path, &st) : 0;
}

static int visit_folder(struct copier *copier, struct walk *walk, const char *folder)
{
	char path[ARCHIVE_PATH_LEN];
	const struct dirent *one;
	if (rs_format(path, sizeof(path), "%s/%s", copier->config.copy, folder) < 0)
		return 0;
	int err = make_folder(path);
	if (err < 0 || rs_format(path, sizeof(path), "%s/%s", copier->config.root, folder) < 0)
		return err;
	DIR *dir = opendir(path);
	while (err == 0 && dir != NULL && (one = readdir(dir)) != NULL)
		err = is_ending(copier) ? -ECANCELED : visit_one(copier, walk, folder, one->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	return err;
}

static int visit_session(struct copier *copier, const char *session)
{
	struct walk walk = { .n = 0 };
	char key[ARCHIVE_PATH_LEN];
	struct copy_entry *entry;
	int err = rs_format(key, sizeof(key), "%s/", session) < 0
			  ? -EINVAL
			  : copy_book_entry(copier->book, key, &entry);
	if (err < 0)
		return err;
	if (!entry->seen)
		copy_book_read(copier->book, copier->notes, session);
	entry->seen = true;
	err = put_folder(&walk, session);
	while (walk.n > 0) {
		char *folder = walk.paths[--walk.n];
		if (err == 0)
			err = visit_folder(copier, &walk, folder);
		rs_release(folder);
	}
	return err;
}

static int round_of(struct copier *copier)
{
	char path[ARCHIVE_PATH_LEN];
	const struct dirent *one;
	if (rs_format(path, sizeof(path), "%s/" COPIER_MARK, copier->config.copy) < 0)
		return -EINVAL;
	if (access(path, F_OK) < 0)
		return -errno;
	int err = make_folder(copier->notes);
	DIR *dir = err == 0 ? opendir(copier->config.root) : NULL;
	while (err == 0 && dir != NULL && (one = readdir(dir)) != NULL)
		if (names_session_valid(one->d_name))
			err = visit_session(copier, one->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	return err;
}

/* Behind everybody else, for processor and disk. */
static void step_back(void)
{
	const int idle = 3 << 13; /* IOPRIO_CLASS_IDLE of linux/ioprio.h */
	(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 15); /* wishes */
	(void)syscall(SYS_ioprio_set, 1, 0, idle);
}

static void *run(void *ctx)
{
	struct copier *copier = ctx;
	step_back();
	rs_time next = rs_clock_monotonic();
	while (wait_until(copier, next)) {
		const rs_time since = rs_clock_monotonic();
		began(copier);
		const int err = round_of(copier);
		if (err == -ECANCELED)
			break;
		ended(copier, since, err);
		next = rs_clock_monotonic() + copier->config.every;
	}
	return NULL;
}

/* ---- birth and death ---- */

static void release(struct copier *copier)
{
	copy_book_free(copier->book);
	rs_release(copier->chunks);
	rs_release(copier);
}

int copier_new(const struct copier_config *config, struct copier **out_copier)
{
	if (config->rate == 0 || config->copy[0] == '\0')
		return -EINVAL;
	struct copier *copier = rs_zalloc(sizeof(*copier));
	if (copier == NULL)
		return -ENOMEM;
	copier->config = *config;
	copier->chunks = rs_zalloc(2 * COPY_CHUNK);
	int err = copier->chunks != NULL ? copy_book_new(COPIER_FILES_MAX, &copier->book) : -ENOMEM;
	if (err == 0 && rs_format(copier->notes, sizeof(copier->notes), "%s/" COPIER_NOTES,
				config->copy) < 0)
		err = -EINVAL;
	if (err < 0) {
		release(copier);
		return err;
	}
	(void)pthread_mutex_init(&copier->lock, NULL); /* cannot fail without attributes */
	if (pthread_create(&copier->thread, NULL, run, copier) != 0) {
		release(copier);
		return -EAGAIN;
	}
	*out_copier = copier;
	return 0;
}

struct copier *copier_free(struct copier *copier)
{
	struct timespec until;
	if (copier == NULL)
		return NULL;
	(void)pthread_mutex_lock(&copier->lock);
	copier->ending = true;
	(void)pthread_mutex_unlock(&copier->lock);
	(void)clock_gettime(CLOCK_REALTIME, &until); /* always there */
	until.tv_sec += JOIN_S;
	if (pthread_timedjoin_np(copier->thread, NULL, &until) != 0) {
		(void)pthread_detach(copier->thread); /* it is ours */
		log_warning(LOG_ARCHIVE, NULL, "second copy does not answer, it is left behind");
		return NULL;
	}
	release(copier);
	return NULL;
}
