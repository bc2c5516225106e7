/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads QEMU's answer to query-pci; see qmp_slots.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/qmp_slots.h"
#include "common/text.h"

static struct json_object *member(struct json_object *obj, const char *name,
				  enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(obj, json_type_object) ||
	    !json_object_object_get_ex(obj, name, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

static void describe(struct json_object *dev, char *what)
{
	struct json_object *id = member(dev, "id", json_type_object);
	struct json_object *ven = member(id, "vendor", json_type_int);
	struct json_object *num = member(id, "device", json_type_int);
	struct json_object *desc = member(member(dev, "class_info",
						 json_type_object),
					  "desc", json_type_string);

	snprintf(what, XENGT_QMP_WHAT_MAX, "%.30s %04x:%04x",
		 desc ? json_object_get_string(desc) : "PCI device",
		 ven ? json_object_get_int(ven) & 0xffff : 0,
		 num ? json_object_get_int(num) & 0xffff : 0);
	xengt_text_clean(what);
}

static int parse_device(struct json_object *dev, struct xengt_qmp_slots *slots)
{
	struct json_object *slot = member(dev, "slot", json_type_int);
	int64_t n;

	if (!slot)
		return -EPROTO;
	n = json_object_get_int64(slot);
	if (n < 0 || n >= XENGT_QMP_SLOTS)
		return -EPROTO;
	if (!(slots->used >> n & 1))
		describe(dev, slots->what[n]);
	slots->used |= 1u << n;
	return 0;
}

static int parse_bus(struct json_object *bus, struct xengt_qmp_slots *slots)
{
	struct json_object *number = member(bus, "bus", json_type_int);
	struct json_object *devs = member(bus, "devices", json_type_array);

	if (!number || !devs)
		return -EPROTO;
	if (json_object_get_int64(number) != 0)
		return 0;
	for (size_t i = 0; i < json_object_array_length(devs); i++)
		if (parse_device(json_object_array_get_idx(devs, i), slots) < 0)
			return -EPROTO;
	return 0;
}

int xengt_qmp_slots_parse(struct json_object *value,
			  struct xengt_qmp_slots *ret_slots)
{
	if (!json_object_is_type(value, json_type_array) ||
	    !json_object_array_length(value))
		return -EPROTO;
	memset(ret_slots, 0, sizeof(*ret_slots));
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (parse_bus(json_object_array_get_idx(value, i),
			      ret_slots) < 0)
			return -EPROTO;
	return 0;
}
