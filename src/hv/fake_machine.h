/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a machine with guests, in this process: page frames with
 * numbers of their own (never a guest's), owners, and holds. Shared by the fake
 * domains and the simulated GPU, as real memory is by Xen's guests and a GPU.
 *
 * A frame that its domain gave up stays until the last hold is gone, as a page
 * does that Xen has references to; then it is free for anybody.
 */
#ifndef XENGT_FAKE_MACHINE_H
#define XENGT_FAKE_MACHINE_H

#include "xengt/types.h"

#define XENGT_FAKE_NO_FRAME	UINT64_MAX
#define XENGT_FAKE_FREE		UINT32_MAX	/* owner of a free frame */
/* First frame's number: 4 GiB, so that no guest frame of a small test guest is
 * by accident the frame that holds it. */
#define XENGT_FAKE_FIRST_FRAME	0x100000u

struct xengt_fake_machine;

/* frames: at most 2^20; -ENOMEM, -EINVAL. */
int xengt_fake_machine_create(uint32_t frames,
			      struct xengt_fake_machine **ret_machine);
void xengt_fake_machine_destroy(struct xengt_fake_machine *machine);

/* A zeroed frame for a domain, with its first hold. -ENOMEM. */
int xengt_fake_frame_alloc(struct xengt_fake_machine *machine, uint32_t domid,
			   uint64_t *ret_mfn);
void xengt_fake_frame_get(struct xengt_fake_machine *machine, uint64_t mfn);
void xengt_fake_frame_put(struct xengt_fake_machine *machine, uint64_t mfn);
/* XENGT_FAKE_FREE also for numbers that are no frame. */
uint32_t xengt_fake_frame_owner(const struct xengt_fake_machine *machine,
				uint64_t mfn);
uint32_t xengt_fake_frames_used(const struct xengt_fake_machine *machine);

/* One frame's bytes; NULL if the number is no frame. */
uint8_t *xengt_fake_frame_at(struct xengt_fake_machine *machine, uint64_t mfn);
/* All memory, frame XENGT_FAKE_FIRST_FRAME first. */
void *xengt_fake_machine_memory(struct xengt_fake_machine *machine,
				size_t *ret_bytes);
/* The same as a file, for mapping frames side by side; borrowed. */
int xengt_fake_machine_fd(const struct xengt_fake_machine *machine);

#endif /* XENGT_FAKE_MACHINE_H */
