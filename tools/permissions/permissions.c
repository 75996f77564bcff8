#include "tools/permissions/permissions.h"

#include "signaling/proceedings/permissions.h"
#include "signaling/wire/message/message.h"

static const char head[] =
	"# Who may do what, and when\n"
	"\n"
	"Written by `tools/permissions` from the one table the program goes by, `signaling/proceedings/permissions.c`; a test tries\n"
	"every cell, and fails when this page is stale (`build/tools/permissions/permissions > signaling/wire/PERMISSIONS.md`).\n"
	"A command is judged by its role first (`not-permitted`), then by the stage of the meeting, then by what it is about; the\n"
	"commands and their members are those of [PROTOCOL.md](PROTOCOL.md) section 2.\n";

static const char who[] =
	"\n## Roles\n"
	"\n"
	"*own*: over what is one's own alone, one's entry or one's floor; otherwise `not-permitted`. A key of the rules profile names,\n"
	"among those who may, the roles that do; `admin` is the site's operator, by HTTP.\n"
	"\n";

static const char seats[] =
	"\n## Seats\n"
	"\n"
	"By the key of a seat, which the badge of the meeting room names, whoever sits there does these, by their own role and over what is\n"
	"their own alone, the presiding officer too: ";

static const char when[] =
	"\n## Stages\n"
	"\n"
	"Where it is not *yes*, the refusal's reason stands. *voting*: in session, from the announcement that voting has begun to the\n"
	"result (GA rule 88).\n"
	"\n";

static const char *permission_word(enum permission permission)
{
	static const char *const words[] = {
		[PERMISSION_NONE] = "–",
		[PERMISSION_OWN] = "own",
		[PERMISSION_ANY] = "yes",
	};
	return words[permission];
}

static int rule_off(size_t columns, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "\n|");
	for (size_t i = 0; i < columns && err == 0; i++)
		err = rs_buf_printf(out, " --- |");
	return err == 0 ? rs_buf_printf(out, "\n") : err;
}

static int role_row(enum command_kind kind, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "| `%s` |", wire_command_name(kind));
	for (size_t i = 0; i < ROLE_COUNT && err == 0; i++) {
		err = rs_buf_printf(
			out, " %s |", permission_word(permission_of(kind, (enum role)i)));
	}
	const char *key = permission_key(kind);
	if (err == 0 && key != NULL)
		return rs_buf_printf(out, " `%s` |\n", key);
	return err == 0 ? rs_buf_printf(out, " |\n") : err;
}

static int roles_table(struct rs_buf *out)
{
	int err = rs_buf_printf(out, "%s| command |", who);
	for (size_t i = 0; i < ROLE_COUNT && err == 0; i++)
		err = rs_buf_printf(out, " %s |", role_name((enum role)i));
	if (err == 0)
		err = rs_buf_printf(out, " profile |");
	if (err == 0)
		err = rule_off(ROLE_COUNT + 2, out);
	for (size_t i = 0; i < COMMAND_COUNT && err == 0; i++)
		err = role_row((enum command_kind)i, out);
	return err;
}

static int seats_list(struct rs_buf *out)
{
	const char *between = "";
	int err = rs_buf_printf(out, "%s", seats);
	for (size_t i = 0; i < COMMAND_COUNT && err == 0; i++) {
		if (!permission_by_seat((enum command_kind)i))
			continue;
		err = rs_buf_printf(
			out, "%s`%s`", between, wire_command_name((enum command_kind)i));
		between = ", ";
	}
	return err == 0 ? rs_buf_printf(out, ".\n") : err;
}

static int stage_row(enum command_kind kind, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "| `%s` |", wire_command_name(kind));
	for (size_t i = 0; i < STAGE_COUNT && err == 0; i++) {
		const enum verdict verdict = permission_stage(kind, (enum stage)i);
		err = verdict == VERDICT_OK
			      ? rs_buf_printf(out, " yes |")
			      : rs_buf_printf(out, " `%s` |", verdict_reason(verdict));
	}
	return err == 0 ? rs_buf_printf(out, "\n") : err;
}

static int stages_table(struct rs_buf *out)
{
	int err = rs_buf_printf(out, "%s| command |", when);
	for (size_t i = 0; i < STAGE_COUNT && err == 0; i++)
		err = rs_buf_printf(out, " %s |", stage_name((enum stage)i));
	if (err == 0)
		err = rule_off(STAGE_COUNT + 1, out);
	for (size_t i = 0; i < COMMAND_COUNT && err == 0; i++)
		err = stage_row((enum command_kind)i, out);
	return err;
}

int permissions_page(struct rs_buf *out)
{
	int err = rs_buf_printf(out, "%s", head);
	if (err == 0)
		err = roles_table(out);
	if (err == 0)
		err = seats_list(out);
	return err == 0 ? stages_table(out) : err;
}
