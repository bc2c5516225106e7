/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's answer to query-pci, as far as a slot for the vGPU is concerned. */
#ifndef XENGT_QMP_SLOTS_H
#define XENGT_QMP_SLOTS_H

#include <json-c/json.h>
#include <stdint.h>

#define XENGT_QMP_SLOTS		32
#define XENGT_QMP_WHAT_MAX	48

struct xengt_qmp_slots {
	uint32_t used;			/* bit n: 00:n is taken */
	char what[XENGT_QMP_SLOTS][XENGT_QMP_WHAT_MAX];	/* by what, for people */
};

/* value: that of "return". -EPROTO: it is not what QEMU answers. */
int xengt_qmp_slots_parse(struct json_object *value,
			  struct xengt_qmp_slots *ret_slots);

#endif /* XENGT_QMP_SLOTS_H */
