#include "tools/rostrumctl/badges.h"

#include "common/base/mem.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

/* --- CSV --- */

/* Quoted where it must be. A name that a spreadsheet would take for a formula is told apart by an apostrophe. */
static void put_field(FILE *file, const char *text)
{
	const bool is_formula = text[0] != '\0' && strchr("=+-@", text[0]) != NULL;
	if (strpbrk(text, ",\"\r\n;") == NULL && !is_formula) {
		(void)fputs(text, file);
		return;
	}
	(void)fputc('"', file);
	if (is_formula)
		(void)fputc('\'', file);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', file);
		(void)fputc(*text, file);
	}
	(void)fputc('"', file);
}

bool badges_write_csv(FILE *file, const json_t *issued)
{
	static const char *const keys[] = { "badge", "name", "delegation", "country", "role",
		"rank", "link", "pin" };
	for (size_t k = 0; k < RS_ARRAY_LEN(keys); k++)
		(void)fprintf(file, "%s%s", k > 0 ? "," : "", keys[k]);
	(void)fputs("\r\n", file);
	for (size_t i = 0; i < json_array_size(issued); i++) {
		for (size_t k = 0; k < RS_ARRAY_LEN(keys); k++) {
			if (k > 0)
				(void)fputc(',', file);
			put_field(file, text_of(json_array_get(issued, i), keys[k]));
		}
		(void)fputs("\r\n", file);
	}
	return ferror(file) == 0;
}

/* --- A sheet --- */

static const char head[] =
	"<!doctype html>\n<meta charset=\"utf-8\">\n<title>%s</title>\n<style>\n"
	"body { font: 11pt/1.4 sans-serif; margin: 0; }\n"
	"section { break-inside: avoid; border-bottom: 1px dashed; padding: 6mm 10mm; display: grid; gap: 1mm; }\n"
	"h1 { font-size: 14pt; margin: 0; }\np { margin: 0; }\n"
	".pin { font: 700 20pt monospace; letter-spacing: 0.15em; }\n.link { font-family: monospace; overflow-wrap: anywhere; }\n"
	"@page { size: A4; margin: 10mm; }\n</style>\n";

static void put_html(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			(void)fputs("&amp;", file);
			break;
		case '<':
			(void)fputs("&lt;", file);
			break;
		case '>':
			(void)fputs("&gt;", file);
			break;
		case '"':
			(void)fputs("&quot;", file);
			break;
		default:
			(void)fputc(*text, file);
		}
	}
}

static void put_line(FILE *file, const char *class, const char *text)
{
	if (text[0] == '\0')
		return;
	(void)fprintf(file, "<p class=\"%s\" dir=\"auto\">", class);
	put_html(file, text);
	(void)fputs("</p>\n", file);
}

/* Three digits and three, as they are read out. */
static void put_pin(FILE *file, const char *pin)
{
	if (strlen(pin) == 6)
		(void)fprintf(file, "<p class=\"pin\">%.3s %s</p>\n", pin, pin + 3);
}

static void put_slip(FILE *file, const char *conference, const json_t *badge)
{
	const char *country = text_of(badge, "country");
	(void)fputs("<section>\n<h1 dir=\"auto\">", file);
	put_html(file, text_of(badge, "name"));
	(void)fputs("</h1>\n", file);
	put_line(file, "country", country[0] != '\0' ? country : text_of(badge, "role"));
	put_line(file, "conference", conference);
	put_line(file, "link", text_of(badge, "link"));
	put_pin(file, text_of(badge, "pin"));
	(void)fputs("</section>\n", file);
}

bool badges_write_sheet(FILE *file, const char *conference, const json_t *issued)
{
	(void)fprintf(file, head, conference); /* ids need no escaping */
	for (size_t i = 0; i < json_array_size(issued); i++)
		put_slip(file, conference, json_array_get(issued, i));
	return ferror(file) == 0;
}
