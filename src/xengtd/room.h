/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether there is room for one more vGPU. A vGPU's promise is the most
 * that it may come to need (docs/accounts.md). A new vGPU is refused if its
 * promise does not fit beside the promises of the other vGPUs. So no guest
 * fails later for using what it was promised. All functions except
 * xengt_room_read() are pure.
 */
#ifndef XENGT_ROOM_H
#define XENGT_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "common/vgt_request.h"
#include "uapi/xengt.h"

/*
 * Writes one line for the user that explains why the module refused this
 * request with ENOSPC: which resource is short, how much of the resource is
 * free, the largest free piece, and the key of xl.cfg with which to ask for
 * less.
 */
void xengt_room_explain_gpu(const struct xengt_request *req,
			    const struct xengt_info *gpu, char *text,
			    size_t size);

/*
 * Returns the most memory that dom0 may come to need for a vGPU: for the
 * worker, and for the module's tables, contexts and notes of this vGPU.
 * domain_pages: the domain's memory limit.
 */
uint64_t xengt_room_promise_kib(uint32_t low_mib, uint32_t high_mib,
				uint64_t domain_pages);
/*
 * Returns how much of the promised memory is used already. worker_kib: resident
 * memory of the vGPU's worker.
 */
uint64_t xengt_room_spent_kib(const struct xengt_vgpu_info *info,
			      uint64_t worker_kib);
/*
 * Checks whether dom0's available memory suffices for a new vGPU with a promise
 * of need_kib, when existing vGPUs may still come to need owed_kib. 0, or
 * -ENOMEM with one line for the user.
 */
int xengt_room_check_memory(const struct xengt_request *req,
			    uint64_t available_kib, uint64_t owed_kib,
			    uint64_t need_kib, char *text, size_t size);

/*
 * Read a number from a text file: number n (0 is the first) after 'label', in
 * the first line that begins with 'label' (which may be ""). 0 or -errno;
 * -EPROTO: the file has no such number.
 */
int xengt_room_read(const char *path, const char *label, unsigned int n,
		    uint64_t *ret_value);

#endif /* XENGT_ROOM_H */
