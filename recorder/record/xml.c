#include "recorder/record/xml.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdio.h>

#define VALUE_MAX 256
#define DEPTH_MAX 60

static const xmlChar *octets(const char *text)
{
	return (const xmlChar *)text;
}

int xml_init(struct xml *xml)
{
	*xml = (struct xml){ .failed = false };
	xml->buffer = xmlBufferCreate();
	xml->writer = xml->buffer != NULL ? xmlNewTextWriterMemory(xml->buffer, 0) : NULL;
	if (xml->writer == NULL) {
		xmlBufferFree(xml->buffer);
		return -ENOMEM;
	}
	xml->failed = xmlTextWriterStartDocument(xml->writer, NULL, "UTF-8", NULL) < 0;
	return 0;
}

void xml_open_inline(struct xml *xml, const char *element)
{
	xml->failed = xml->failed || xml->depth == DEPTH_MAX ||
		      xmlTextWriterStartElement(xml->writer, octets(element)) < 0;
	if (xml->failed)
		return;
	xml->depth++;
	xml->has_rows &= ~(UINT64_C(1) << xml->depth);
}

static void begin_row(struct xml *xml)
{
	xml_text(xml, "\n");
	for (unsigned i = 0; i < xml->depth; i++)
		xml_text(xml, " ");
}

void xml_open(struct xml *xml, const char *element)
{
	if (xml->depth > 0)
		begin_row(xml);
	xml->has_rows |= UINT64_C(1) << xml->depth;
	xml_open_inline(xml, element);
}

void xml_close(struct xml *xml)
{
	if (xml->failed)
		return;
	const bool rows = (xml->has_rows >> xml->depth & 1) != 0;
	xml->depth--;
	if (rows)
		begin_row(xml);
	xml->failed = xml->failed || xmlTextWriterEndElement(xml->writer) < 0;
}

void xml_text(struct xml *xml, const char *text)
{
	xml->failed = xml->failed || xmlTextWriterWriteString(xml->writer, octets(text)) < 0;
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
	xml->failed = xml->failed ||
		      xmlTextWriterWriteAttribute(xml->writer, octets(name), octets(value)) < 0;
}

void xml_attributef(struct xml *xml, const char *name, const char *format, ...)
{
	char value[VALUE_MAX];
	va_list args;
	va_start(args, format);
	const int len = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	xml->failed = xml->failed || len < 0 || len >= VALUE_MAX;
	xml_attribute(xml, name, value);
}

int xml_finish(struct xml *xml, struct rs_buf *out)
{
	if (xmlTextWriterEndDocument(xml->writer) < 0)
		xml->failed = true;
	xmlFreeTextWriter(xml->writer); /* hands over what it holds back */
	int err = xml->failed ? -ENOMEM : 0;
	if (err == 0)
		err = rs_buf_append(
			out, xmlBufferContent(xml->buffer), (size_t)xmlBufferLength(xml->buffer));
	xmlBufferFree(xml->buffer);
	return err;
}
