/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is there room for one more vGPU? The promise of a vGPU is what it may come to
 * need (docs/accounts.md). A new vGPU is refused if its promise has no room
 * beside the promises of the others. So no guest fails later, when it uses what
 * it was promised. All functions but xengt_room_read() are pure.
 */
#ifndef XENGT_ROOM_H
#define XENGT_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "common/vgt_request.h"
#include "uapi/xengt.h"

/*
 * Why the module had no room (ENOSPC) for this request on this GPU: one line
 * for the user that names the resource that is short, how much of it is free,
 * the largest free piece, and the key that asks for less.
 */
void xengt_room_explain_gpu(const struct xengt_request *req,
			    const struct xengt_info *gpu, char *text,
			    size_t size);

/*
 * Memory that dom0 may come to need for a vGPU: for its worker, and for the
 * module's tables, contexts and notes. domain_pages: the domain's memory limit.
 */
uint64_t xengt_room_promise_kib(uint32_t low_mib, uint32_t high_mib,
				uint64_t domain_pages);
/*
 * How much of that memory is used already. worker_kib: resident memory of the
 * vGPU's worker.
 */
uint64_t xengt_room_spent_kib(const struct xengt_vgpu_info *info,
			      uint64_t worker_kib);
/*
 * Does dom0's available memory suffice for a vGPU that is promised need_kib, if
 * others may still come to need owed_kib? 0, or -ENOMEM with one line for the
 * user.
 */
int xengt_room_check_memory(const struct xengt_request *req,
			    uint64_t available_kib, uint64_t owed_kib,
			    uint64_t need_kib, char *text, size_t size);

/*
 * Read a number from a text file: number n (0 is the first) behind 'label'. The
 * label stands at the begin of a line, or is "". -errno of the file; -EPROTO:
 * the file has no such number.
 */
int xengt_room_read(const char *path, const char *label, unsigned int n,
		    uint64_t *ret_value);

#endif /* XENGT_ROOM_H */
