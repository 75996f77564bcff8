/* record/debate.xml: Akoma Ntoso 3.0 (OASIS Standard, 29 August 2018), document type debate. */
#include "recorder/record/debate_priv.h"

#define NAMESPACE "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

int record_write_debate(const struct record *record, struct rs_buf *out)
{
	struct xml xml;
	int err = xml_init(&xml);
	if (err < 0)
		return err;
	xml_open(&xml, "akomaNtoso");
	xml_attribute(&xml, "xmlns", NAMESPACE);
	xml_open(&xml, "debate");
	xml_attribute(&xml, "name", "record");
	debate_write_meta(&xml, record);
	err = debate_write_body(&xml, record);
	xml_close(&xml);
	xml_close(&xml);
	const int finished = xml_finish(&xml, out);
	return err < 0 ? err : finished;
}
