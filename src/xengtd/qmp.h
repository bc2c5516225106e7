/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks a domain's QEMU which PCI slots it uses, in the background and with a
 * time limit.
 */
#ifndef XENGT_QMP_H
#define XENGT_QMP_H

#include <stdint.h>

#include "common/qmp_slots.h"

struct xengtd;
struct xengt_qmp;

/*
 * Start the question. Returns 0: done will be called once, with 0 and the
 * slots, or with -errno; by then *ret_qmp is freed. -ENOENT: no QEMU runs for
 * this domain (yet).
 */
int xengt_qmp_start(struct xengtd *d, uint32_t domid,
		    void (*done)(void *ctx, int error,
				 const struct xengt_qmp_slots *slots),
		    void *ctx, struct xengt_qmp **ret_qmp);
/* Cancel the question; done is not called. Accepts NULL. */
void xengt_qmp_cancel(struct xengt_qmp *qmp);

#endif /* XENGT_QMP_H */
