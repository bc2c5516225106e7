/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether GPU and dom0 have enough resources for one more vGPU. A
 * vGPU's promise is the largest amount that the vGPU may need at any time
 * (docs/accounts.md). A new vGPU is refused if its promise and the promises of
 * the other vGPUs together exceed the available amount. So a resource that was
 * promised to a guest never runs out. All functions except xengt_room_read()
 * are pure.
 */
#ifndef XENGT_ROOM_H
#define XENGT_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "common/vgt_request.h"
#include "uapi/xengt.h"

/*
 * Writes one line for the user that explains why the module refused this
 * request with ENOSPC: which resource does not suffice, how much of the
 * resource is free, the largest free piece, and the key of xl.cfg by which the
 * user can request less.
 */
void xengt_room_explain_gpu(const struct xengt_request *req,
			    const struct xengt_info *gpu, char *text,
			    size_t size);

/*
 * Returns the largest amount of memory, in KiB, that dom0 may need for a vGPU:
 * for the worker, and for the module's page tables, contexts and records of
 * this vGPU. domain_pages: the domain's memory limit.
 */
uint64_t xengt_room_promise_kib(uint32_t low_mib, uint32_t high_mib,
				uint64_t domain_pages);
/*
 * Returns how much of the promised memory the vGPU uses already. worker_kib:
 * resident memory of the vGPU's worker.
 */
uint64_t xengt_room_spent_kib(const struct xengt_vgpu_info *info,
			      uint64_t worker_kib);
/*
 * Checks whether dom0's available memory suffices for a new vGPU with a promise
 * of need_kib. owed_kib: the memory that was promised to existing vGPUs, and
 * that they do not use yet. Returns 0, or -ENOMEM and one line for the user.
 */
int xengt_room_check_memory(const struct xengt_request *req,
			    uint64_t available_kib, uint64_t owed_kib,
			    uint64_t need_kib, char *text, size_t size);

/*
 * Read a number from a text file: number n (0 is the first) after 'label', in
 * the first line that begins with 'label'. 'label' may be "". Returns 0;
 * -EPROTO: the file has no such number; or another -errno.
 */
int xengt_room_read(const char *path, const char *label, unsigned int n,
		    uint64_t *ret_value);

#endif /* XENGT_ROOM_H */
