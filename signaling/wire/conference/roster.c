#include "signaling/wire/conference/roster.h"

#include "common/base/text.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/sheet.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum column {
	COLUMN_DELEGATION,
	COLUMN_COUNTRY,
	COLUMN_CATEGORY,
	COLUMN_ORDER,
	COLUMN_BADGE,
	COLUMN_NAME,
	COLUMN_ROLE,
	COLUMN_RANK,
	COLUMN_LEVEL,
	COLUMN_SEAT,
	COLUMN_LANGUAGES,
	COLUMN_MEETINGS,
	COLUMN_COUNT,
	COLUMN_NONE = COLUMN_COUNT,
};

/* What a column may be called on top; the first of a column is its name. */
static const struct {
	const char *name;
	enum column column;
} titles[] = {
	{ "delegation", COLUMN_DELEGATION },
	{ "country", COLUMN_COUNTRY },
	{ "organisation", COLUMN_COUNTRY },
	{ "organization", COLUMN_COUNTRY },
	{ "category", COLUMN_CATEGORY },
	{ "order", COLUMN_ORDER },
	{ "badge", COLUMN_BADGE },
	{ "name", COLUMN_NAME },
	{ "role", COLUMN_ROLE },
	{ "rank", COLUMN_RANK },
	{ "level", COLUMN_LEVEL },
	{ "seat", COLUMN_SEAT },
	{ "languages", COLUMN_LANGUAGES },
	{ "meetings", COLUMN_MEETINGS },
	{ "meeting", COLUMN_MEETINGS },
};

/* Elements that were appended to one list. */
struct added {
	size_t first; /* index of the first */
	size_t n, cap;
	uint32_t *lines;
};

struct roster {
	struct added delegations;
	struct added badges[CONFERENCE_MEETINGS_MAX];
	size_t n_meetings;
};

struct table {
	json_t *conference;
	struct faults *faults;
	struct roster *roster;
	bool titled;  /* the row of names was read */
	bool unclear; /* it is wrong: what the other rows mean is not known */
	enum column columns[SHEET_FIELDS_MAX];
	size_t n_columns;
	const char *fields[COLUMN_COUNT]; /* of the row; "" where there is nothing */
	uint32_t line;
	size_t rows;
	int err; /* -ENOMEM sticks */
};

static void fault(struct table *table, const char *field, const char *why)
{
	faults_add(table->faults, ROSTER_FILE, field, why, table->line, 0);
}

static const char *column_name(enum column column)
{
	size_t i = 0;
	while (titles[i].column != column)
		i++;
	return titles[i].name;
}

static void fault_in(struct table *table, enum column column, const char *why)
{
	fault(table, column_name(column), why);
}

/* --- The row of names --- */

static enum column column_of(const char *title)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(titles); i++) {
		if (strcasecmp(titles[i].name, title) == 0)
			return titles[i].column;
	}
	return COLUMN_NONE;
}

static void read_titles(struct table *table, const struct sheet_row *row)
{
	bool seen[COLUMN_COUNT] = { false };
	const size_t faults = table->faults->n;
	table->titled = true;
	table->n_columns = row->n;
	for (size_t i = 0; i < row->n; i++) {
		const enum column column = column_of(row->fields[i]);
		table->columns[i] = column;
		if (column == COLUMN_NONE && row->fields[i][0] != '\0')
			fault(table, row->fields[i], "no such column");
		else if (column != COLUMN_NONE && seen[column])
			fault(table, row->fields[i], "this column is there twice");
		if (column != COLUMN_NONE)
			seen[column] = true;
	}
	if (!seen[COLUMN_DELEGATION])
		fault_in(table, COLUMN_DELEGATION, "this column is missing");
	table->unclear = table->faults->n > faults;
}

/* --- Rows --- */

static void check(struct table *table, int failed)
{
	if (failed != 0)
		table->err = -ENOMEM;
}

static void put_text(struct table *table, json_t *object, const char *key, enum column column)
{
	if (table->fields[column][0] != '\0')
		check(table, json_object_set_new(object, key, json_string(table->fields[column])));
}

/* Spreadsheets begin words with capitals. */
static void put_word(struct table *table, json_t *object, const char *key, enum column column)
{
	char word[ROSTER_FIELD_MAX + 1];
	(void)rs_set_text(word, table->fields[column]); /* fields are no longer */
	for (char *c = word; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (word[0] != '\0')
		check(table, json_object_set_new(object, key, json_string(word)));
}

/* The next of the words between spaces, commas, semicolons and bars; false at the end. */
static bool next_word(const char **at, char out[ROSTER_FIELD_MAX + 1])
{
	static const char between[] = " ,;|/\t\r\n";
	*at += strspn(*at, between);
	const size_t len = strcspn(*at, between);
	(void)rs_copy_text(out, ROSTER_FIELD_MAX + 1, *at, len); /* fields are no longer */
	*at += len;
	return len > 0;
}

static void put_words(struct table *table, json_t *object, const char *key, enum column column)
{
	char word[ROSTER_FIELD_MAX + 1];
	const char *at = table->fields[column];
	json_t *list = json_array();
	while (next_word(&at, word))
		check(table, json_array_append_new(list, json_string(word)));
	if (json_array_size(list) > 0)
		check(table, json_object_set(object, key, list));
	json_decref(list);
}

/* The list of this name, made where there is none; NULL where something else stands, which is told elsewhere. */
static json_t *list_of(struct table *table, json_t *object, const char *key)
{
	if (json_object_get(object, key) == NULL)
		check(table, json_object_set_new(object, key, json_array()));
	json_t *list = json_object_get(object, key);
	return json_is_array(list) ? list : NULL;
}

/* Takes `element`. */
static void append(struct table *table, json_t *list, struct added *added, json_t *element)
{
	if (added->n == added->cap) {
		const size_t cap = added->cap > 0 ? 2 * added->cap : 64;
		uint32_t *lines = rs_calloc(cap, sizeof(*lines));
		if (lines == NULL) {
			table->err = -ENOMEM;
			json_decref(element);
			return;
		}
		if (added->n > 0)
			memcpy(lines, added->lines, added->n * sizeof(*lines));
		rs_release(added->lines);
		added->lines = lines;
		added->cap = cap;
	}
	if (added->n == 0)
		added->first = json_array_size(list);
	added->lines[added->n++] = table->line;
	check(table, json_array_append_new(list, element));
}

/* Told once, and not of every row: `why` says how many there may be. */
static void refuse_more(struct table *table, enum column column, const char *why)
{
	faults_add(table->faults, ROSTER_FILE, column_name(column), why, 0, 0);
}

/* Among as many as there may be: what the conference file has beyond them is told elsewhere. */
static const json_t *find_delegation(const json_t *list, const char *id)
{
	const size_t n = json_array_size(list);
	for (size_t i = 0; i < n && i < DELEGATIONS_MAX; i++) {
		const json_t *element = json_array_get(list, i);
		const char *other = json_string_value(json_object_get(element, "id"));
		if (other != NULL && strcmp(other, id) == 0)
			return element;
	}
	return NULL;
}

/* A delegation is told once, or every time alike. */
static void read_delegation(struct table *table)
{
	const char *id = table->fields[COLUMN_DELEGATION];
	const char *country = table->fields[COLUMN_COUNTRY];
	json_t *list = list_of(table, table->conference, "delegations");
	const json_t *known = find_delegation(list, id);
	uint32_t order = 0;
	if (list == NULL || country[0] == '\0')
		return;
	if (known != NULL) {
		const char *before = json_string_value(json_object_get(known, "country"));
		if (before == NULL || strcmp(before, country) != 0)
			fault_in(table, COLUMN_COUNTRY,
				"the delegation has another one further up or in the conference file");
		return;
	}
	if (json_array_size(list) >= DELEGATIONS_MAX) {
		refuse_more(table, COLUMN_DELEGATION, "there are more than 512 delegations");
		return;
	}
	const char *text = table->fields[COLUMN_ORDER];
	json_t *delegation = json_object();
	put_text(table, delegation, "id", COLUMN_DELEGATION);
	put_text(table, delegation, "country", COLUMN_COUNTRY);
	put_word(table, delegation, "category", COLUMN_CATEGORY);
	if (text[0] != '\0' && rs_parse_u32(text, strlen(text), DELEGATION_ORDER_MAX, &order) < 0)
		fault_in(table, COLUMN_ORDER, "a number from 1 to 65535 is expected");
	else if (text[0] != '\0')
		check(table, json_object_set_new(delegation, "order", json_integer(order)));
	append(table, list, &table->roster->delegations, delegation);
}

static json_t *make_badge(struct table *table)
{
	json_t *badge = json_object();
	put_text(table, badge, "id", COLUMN_BADGE);
	put_word(table, badge, "role", COLUMN_ROLE);
	if (table->fields[COLUMN_ROLE][0] == '\0')
		check(table, json_object_set_new(badge, "role", json_string("delegate")));
	put_text(table, badge, "name", COLUMN_NAME);
	put_text(table, badge, "delegation", COLUMN_DELEGATION);
	put_word(table, badge, "rank", COLUMN_RANK);
	put_word(table, badge, "level", COLUMN_LEVEL);
	put_text(table, badge, "seat", COLUMN_SEAT);
	put_words(table, badge, "languages", COLUMN_LANGUAGES);
	return badge;
}

static void append_badge(struct table *table, size_t meeting)
{
	json_t *list = list_of(table,
		json_array_get(json_object_get(table->conference, "meetings"), meeting), "badges");
	if (json_array_size(list) >= MEETING_PARTICIPANTS_MAX)
		refuse_more(table, COLUMN_BADGE, "a meeting has more than 4096 badges");
	else if (list != NULL)
		append(table, list, &table->roster->badges[meeting], make_badge(table));
}

static size_t find_meeting(const struct table *table, const char *id)
{
	const json_t *meetings = json_object_get(table->conference, "meetings");
	for (size_t i = 0; i < table->roster->n_meetings; i++) {
		const char *other =
			json_string_value(json_object_get(json_array_get(meetings, i), "id"));
		if (other != NULL && strcmp(other, id) == 0)
			return i;
	}
	return table->roster->n_meetings;
}

/* Into the meetings that are named, or into all. */
static void read_badge(struct table *table)
{
	char word[ROSTER_FIELD_MAX + 1];
	const char *at = table->fields[COLUMN_MEETINGS];
	bool named = false;
	while (next_word(&at, word)) {
		const size_t meeting = find_meeting(table, word);
		named = true;
		if (meeting == table->roster->n_meetings)
			fault_in(table, COLUMN_MEETINGS, "not a meeting of this conference");
		else
			append_badge(table, meeting);
	}
	for (size_t i = 0; i < table->roster->n_meetings && !named; i++)
		append_badge(table, i);
}

static bool take_fields(struct table *table, const struct sheet_row *row)
{
	bool any = false;
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		table->fields[i] = "";
	for (size_t i = 0; i < row->n; i++) {
		if (strlen(row->fields[i]) > ROSTER_FIELD_MAX) {
			fault(table, "", "a field is longer than 512 octets");
			return false;
		}
		any = any || row->fields[i][0] != '\0';
		if (i < table->n_columns && table->columns[i] != COLUMN_NONE)
			table->fields[table->columns[i]] = row->fields[i];
		else if (row->fields[i][0] != '\0' && i >= table->n_columns)
			fault(table, "", "there are more fields than names on top");
	}
	return any;
}

static void read_row(struct table *table, const struct sheet_row *row)
{
	if (!take_fields(table, row))
		return; /* what is left below a table */
	if (++table->rows > ROSTER_ROWS_MAX) {
		faults_add(table->faults, ROSTER_FILE, "", "there are more than 16384 rows", 0, 0);
		return;
	}
	const bool has_badge = table->fields[COLUMN_BADGE][0] != '\0';
	if (!has_badge && table->fields[COLUMN_DELEGATION][0] == '\0')
		fault_in(table, COLUMN_BADGE, "a badge or a delegation is expected");
	else if (!has_badge && table->fields[COLUMN_NAME][0] != '\0')
		fault_in(table, COLUMN_BADGE, "somebody with a name needs one");
	else if (!has_badge && table->fields[COLUMN_COUNTRY][0] == '\0')
		fault_in(table, COLUMN_COUNTRY, "a delegation needs one");
	if (table->fields[COLUMN_DELEGATION][0] != '\0')
		read_delegation(table);
	if (has_badge)
		read_badge(table);
}

static void take_row(void *ctx, const struct sheet_row *row)
{
	struct table *table = ctx;
	table->line = row->line;
	if (!table->titled)
		read_titles(table, row);
	else if (!table->unclear)
		read_row(table, row);
}

/* --- The whole --- */

int roster_add(json_t *conference, const char *csv, size_t len, struct faults *faults,
	struct roster **out_roster)
{
	RS_CLEANUP(roster_freep) struct roster *roster = rs_zalloc(sizeof(*roster));
	if (roster == NULL)
		return -ENOMEM;
	const size_t n = json_array_size(json_object_get(conference, "meetings"));
	roster->n_meetings = n < CONFERENCE_MEETINGS_MAX ? n : CONFERENCE_MEETINGS_MAX;
	struct table *table = rs_zalloc(sizeof(*table));
	if (table == NULL)
		return -ENOMEM;
	*table = (struct table){ .conference = conference, .faults = faults, .roster = roster };

	struct sheet_error error;
	int err = sheet_read(csv, len, take_row, table, &error);
	if (err == -EBADMSG)
		faults_add(faults, ROSTER_FILE, "", error.why, error.line, 0);
	else if (err == 0 && !table->titled)
		faults_add(faults, ROSTER_FILE, "", "the table is empty", 0, 0);
	if (err == -EBADMSG)
		err = 0;
	if (err == 0)
		err = table->err;
	rs_release(table);
	if (err < 0)
		return err;
	*out_roster = rs_steal(&roster);
	return 0;
}

struct roster *roster_free(struct roster *roster)
{
	if (roster == NULL)
		return NULL;
	rs_release(roster->delegations.lines);
	for (size_t i = 0; i < CONFERENCE_MEETINGS_MAX; i++)
		rs_release(roster->badges[i].lines);
	return rs_release(roster);
}

void roster_freep(struct roster **roster)
{
	*roster = roster_free(*roster);
}

/* "name[7]" at the beginning: what is behind it, or NULL. */
static const char *read_index(const char *where, const char *name, size_t *out_i)
{
	char *end;
	const size_t len = strlen(name);
	if (strncmp(where, name, len) != 0 || where[len] != '[')
		return NULL;
	*out_i = strtoul(where + len + 1, &end, 10);
	if (*end != ']')
		return NULL;
	return end[1] == '.' ? end + 2 : end + 1;
}

static uint32_t line_of(const struct added *added, size_t i)
{
	return i >= added->first && i - added->first < added->n ? added->lines[i - added->first]
								: 0;
}

/* The table's own name for a member. */
static const char *field_name(const char *member)
{
	return strcmp(member, "id") == 0 ? "" : member;
}

uint32_t roster_line(const struct roster *roster, const char *where, const char **out_field)
{
	size_t meeting;
	size_t i;
	const char *member = read_index(where, "delegations", &i);
	if (member != NULL) {
		*out_field = strcmp(member, "id") == 0 ? "delegation" : field_name(member);
		return line_of(&roster->delegations, i);
	}
	const char *rest = read_index(where, "meetings", &meeting);
	member = rest != NULL && meeting < CONFERENCE_MEETINGS_MAX ? read_index(rest, "badges", &i)
								   : NULL;
	if (member == NULL)
		return 0;
	*out_field = strcmp(member, "id") == 0 ? "badge" : field_name(member);
	return line_of(&roster->badges[meeting], i);
}
