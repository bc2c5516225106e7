/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocates the frames of a fake machine in a scrambled order, so that
 * neighbours in a guest are hardly ever neighbours in the machine.
 */
#include "hv/fake_machine.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES_MAX	(1u << 20)

struct frame {
	uint32_t owner;
	uint32_t holds;
	bool was_used;		/* false: the frame's bytes are still 0 */
};

struct xengt_fake_machine {
	uint32_t count;
	uint32_t used;
	uint32_t cursor;
	uint32_t run;		/* number of neighbouring frames that are
				 * allocated one after another; a power of
				 * two */
	int fd;
	uint8_t *memory;
	struct frame *frames;
};

int xengt_fake_machine_create(uint32_t frames,
			      struct xengt_fake_machine **ret_machine)
{
	struct xengt_fake_machine *machine;
	size_t bytes;
	int r = -ENOMEM;

	if (!frames || frames > FRAMES_MAX)
		return -EINVAL;
	machine = calloc(1, sizeof(*machine));
	if (!machine)
		return -ENOMEM;
	machine->fd = -1;
	machine->memory = MAP_FAILED;
	machine->run = 1;
	/* a power of two, which the scrambling needs */
	machine->count = 1;
	while (machine->count < frames)
		machine->count *= 2;
	bytes = (size_t)machine->count * XENGT_PAGE_SIZE;

	machine->frames = calloc(machine->count, sizeof(machine->frames[0]));
	if (!machine->frames)
		goto fail;
	for (uint32_t i = 0; i < machine->count; i++)
		machine->frames[i].owner = XENGT_FAKE_FREE;
	machine->fd = memfd_create("xengt-fake-machine", MFD_CLOEXEC);
	if (machine->fd < 0 || ftruncate(machine->fd, (off_t)bytes)) {
		r = -errno;
		goto fail;
	}
	machine->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			       machine->fd, 0);
	if (machine->memory == MAP_FAILED) {
		r = -errno;
		goto fail;
	}
	*ret_machine = machine;
	return 0;

fail:
	xengt_fake_machine_destroy(machine);
	return r;
}

void xengt_fake_machine_set_run(struct xengt_fake_machine *machine,
				uint32_t frames)
{
	machine->run = frames;
}

void xengt_fake_machine_destroy(struct xengt_fake_machine *machine)
{
	if (!machine)
		return;
	if (machine->memory != MAP_FAILED)
		munmap(machine->memory,
		       (size_t)machine->count * XENGT_PAGE_SIZE);
	if (machine->fd >= 0)
		close(machine->fd);
	free(machine->frames);
	free(machine);
}

static struct frame *frame_of(const struct xengt_fake_machine *machine,
			      uint64_t mfn)
{
	if (mfn < XENGT_FAKE_FIRST_FRAME ||
	    mfn - XENGT_FAKE_FIRST_FRAME >= machine->count)
		return NULL;
	return &machine->frames[mfn - XENGT_FAKE_FIRST_FRAME];
}

int xengt_fake_frame_alloc(struct xengt_fake_machine *machine, uint32_t domid,
			   uint64_t *ret_mfn)
{
	for (uint32_t tries = 0; tries < machine->count; tries++) {
		uint32_t next = machine->cursor++;
		/* the factor is odd, so that every frame is tried */
		uint32_t at = (next / machine->run * 0x9e3779b1u &
			       (machine->count / machine->run - 1)) *
			      machine->run + next % machine->run;
		struct frame *frame = &machine->frames[at];
		uint64_t mfn = (uint64_t)XENGT_FAKE_FIRST_FRAME + at;

		if (frame->owner != XENGT_FAKE_FREE)
			continue;
		frame->owner = domid;
		frame->holds = 1;
		machine->used++;
		if (frame->was_used)
			memset(xengt_fake_frame_at(machine, mfn), 0,
			       XENGT_PAGE_SIZE);
		frame->was_used = true;
		*ret_mfn = mfn;
		return 0;
	}
	return -ENOMEM;
}

void xengt_fake_frame_get(struct xengt_fake_machine *machine, uint64_t mfn)
{
	frame_of(machine, mfn)->holds++;
}

void xengt_fake_frame_put(struct xengt_fake_machine *machine, uint64_t mfn)
{
	struct frame *frame = frame_of(machine, mfn);

	if (--frame->holds == 0) {
		frame->owner = XENGT_FAKE_FREE;
		machine->used--;
	}
}

uint32_t xengt_fake_frame_owner(const struct xengt_fake_machine *machine,
				uint64_t mfn)
{
	const struct frame *frame = frame_of(machine, mfn);

	return frame ? frame->owner : XENGT_FAKE_FREE;
}

uint32_t xengt_fake_frames_used(const struct xengt_fake_machine *machine)
{
	return machine->used;
}

uint8_t *xengt_fake_frame_at(struct xengt_fake_machine *machine, uint64_t mfn)
{
	if (!frame_of(machine, mfn))
		return NULL;
	return machine->memory +
	       (mfn - XENGT_FAKE_FIRST_FRAME) * XENGT_PAGE_SIZE;
}

void *xengt_fake_machine_memory(struct xengt_fake_machine *machine,
				size_t *ret_bytes)
{
	*ret_bytes = (size_t)machine->count * XENGT_PAGE_SIZE;
	return machine->memory;
}

int xengt_fake_machine_fd(const struct xengt_fake_machine *machine)
{
	return machine->fd;
}
