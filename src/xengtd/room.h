/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is there room for one more vGPU? What each vGPU may come to need is its promise
 * (docs/accounts.md). A newcomer whose promise has no room beside those of the others
 * is refused, so that no guest fails later, when it uses what it was promised. Pure
 * but for xengt_room_read().
 */
#ifndef XENGT_ROOM_H
#define XENGT_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "common/vgt_request.h"
#include "uapi/xengt.h"

/*
 * Why the module had no room (ENOSPC) for this request on this GPU: one line for the
 * user that names what is short, what of it is free, its largest piece, and the key
 * that asks for less.
 */
void xengt_room_explain_gpu(const struct xengt_request *req,
			    const struct xengt_info *gpu, char *text,
			    size_t size);

/*
 * What dom0 may come to need for a vGPU: its worker, and the module's tables,
 * contexts and notes. domain_pages: the domain's memory limit.
 */
uint64_t xengt_room_promise_kib(uint32_t low_mib, uint32_t high_mib,
				uint64_t domain_pages);
/* How much of that is used already. worker_kib: resident memory of its worker. */
uint64_t xengt_room_spent_kib(const struct xengt_vgpu_info *info,
			      uint64_t worker_kib);
/*
 * Has dom0, with so much memory available, room for a vGPU that is promised
 * need_kib beside others that may still come to need owed_kib? 0, or -ENOMEM with
 * one line for the user.
 */
int xengt_room_check_memory(const struct xengt_request *req,
			    uint64_t available_kib, uint64_t owed_kib,
			    uint64_t need_kib, char *text, size_t size);

/*
 * A number of a text file: the n'th (0: the first) behind 'label', which begins a
 * line or is "". -errno of the file; -EPROTO: it has no such number.
 */
int xengt_room_read(const char *path, const char *label, unsigned int n,
		    uint64_t *ret_value);

#endif /* XENGT_ROOM_H */
