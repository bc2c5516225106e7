/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads QEMU's answer to query-pci, and finds which PCI slots are in use. */
#ifndef XENGT_QMP_SLOTS_H
#define XENGT_QMP_SLOTS_H

#include <json-c/json.h>
#include <stdint.h>

#define XENGT_QMP_SLOTS		32
#define XENGT_QMP_WHAT_MAX	48

struct xengt_qmp_slots {
	uint32_t used;			/* bit n: the PCI device 00:n exists */
	char what[XENGT_QMP_SLOTS][XENGT_QMP_WHAT_MAX];	/* the device in the slot, as text for people */
};

/*
 * Parse value, the member "return" of QEMU's answer. Returns 0, or -EPROTO:
 * value does not have the form of an answer to query-pci.
 */
int xengt_qmp_slots_parse(struct json_object *value,
			  struct xengt_qmp_slots *ret_slots);

#endif /* XENGT_QMP_SLOTS_H */
