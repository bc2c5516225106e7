/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the memory of a machine with guests, in this process. Each page frame
 * has a machine frame number (which differs from the guest frame number), an
 * owner, and a count of holds (references). Fake domains and the simulated GPU
 * share this memory, as Xen's guests and a GPU share real memory.
 *
 * A frame that its domain gave up stays allocated until its last hold is
 * dropped, like a page to which Xen has references. Then the frame is free for
 * any domain.
 */
#ifndef XENGT_FAKE_MACHINE_H
#define XENGT_FAKE_MACHINE_H

#include "xengt/types.h"

#define XENGT_FAKE_NO_FRAME	UINT64_MAX
#define XENGT_FAKE_FREE		UINT32_MAX	/* owner of a free frame */
/*
 * Number of the first frame: at 4 GiB, so that in a small test guest no guest
 * frame number equals a machine frame number.
 */
#define XENGT_FAKE_FIRST_FRAME	0x100000u

struct xengt_fake_machine;

/* frames is at most 2^20. Returns 0, -ENOMEM or -EINVAL. */
int xengt_fake_machine_create(uint32_t frames,
			      struct xengt_fake_machine **ret_machine);
/*
 * From now on xengt_fake_frame_alloc() allocates runs of 'frames' neighbours
 * one after another. Tests need this for a domain whose memory a process maps
 * in large pieces. frames: a power of two, at most the machine's number of
 * frames; 1 if this function is not called. Call this before the first
 * allocation.
 */
void xengt_fake_machine_set_run(struct xengt_fake_machine *machine,
				uint32_t frames);
void xengt_fake_machine_destroy(struct xengt_fake_machine *machine);

/* Allocate a zeroed frame for a domain, with one hold. Returns 0 or -ENOMEM. */
int xengt_fake_frame_alloc(struct xengt_fake_machine *machine, uint32_t domid,
			   uint64_t *ret_mfn);
void xengt_fake_frame_get(struct xengt_fake_machine *machine, uint64_t mfn);
void xengt_fake_frame_put(struct xengt_fake_machine *machine, uint64_t mfn);
/*
 * Returns the frame's owner; XENGT_FAKE_FREE if the frame is free or does not
 * exist.
 */
uint32_t xengt_fake_frame_owner(const struct xengt_fake_machine *machine,
				uint64_t mfn);
uint32_t xengt_fake_frames_used(const struct xengt_fake_machine *machine);

/* Returns the bytes of a frame; NULL if no frame has this number. */
uint8_t *xengt_fake_frame_at(struct xengt_fake_machine *machine, uint64_t mfn);
/* Returns the whole memory, which begins with frame XENGT_FAKE_FIRST_FRAME. */
void *xengt_fake_machine_memory(struct xengt_fake_machine *machine,
				size_t *ret_bytes);
/*
 * Returns the descriptor of a file that contains the whole memory. With this
 * file a caller can map frames side by side. The machine owns the descriptor.
 */
int xengt_fake_machine_fd(const struct xengt_fake_machine *machine);

#endif /* XENGT_FAKE_MACHINE_H */
