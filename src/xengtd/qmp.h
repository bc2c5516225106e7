/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks a domain's QEMU which PCI slots are in use. The question does not block
 * the broker, and has a time limit.
 */
#ifndef XENGT_QMP_H
#define XENGT_QMP_H

#include <stdint.h>

#include "common/qmp_slots.h"

struct xengtd;
struct xengt_qmp;

/*
 * Send the question. Returns 0: done will be called once, with error 0 and the
 * slots, or with a negative error; *ret_qmp is freed before done is called.
 * Returns -ENOENT: no QEMU runs for this domain (yet); or another -errno.
 */
int xengt_qmp_start(struct xengtd *d, uint32_t domid,
		    void (*done)(void *ctx, int error,
				 const struct xengt_qmp_slots *slots),
		    void *ctx, struct xengt_qmp **ret_qmp);
/* Cancel the question; done is not called. Accepts NULL. */
void xengt_qmp_cancel(struct xengt_qmp *qmp);

#endif /* XENGT_QMP_H */
