/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stand-in: a library that is loaded before libc (LD_PRELOAD) into a program that
 * draws, computes or decodes with Intel's drivers. For such a program /dev/dri/renderD128
 * exists. The stand-in answers the ioctls of this device as Linux's i915 would. The
 * answers come from a simulated guest with a vGPU of ours in the same process, without
 * kernel, Xen or GPU.
 *
 *	preload.c	the functions of libc that the program calls: files, ioctl, mmap
 *	drm.c		which ioctl goes where; ioctls that the DRM core answers
 *	info.c		what i915 tells a program about the GPU
 *	context.c	contexts and address spaces of the program
 *	gem.c		the program's memory objects
 *	sync.c		the program's syncobjs
 *	exec.c		the program's batches
 *	ring.c		the driver's contexts, rings and submissions, as i915 makes them
 *	wa.c		the driver's workarounds
 *	space.c		the driver's page tables
 *	guest.c		the guest's memory, its processor, and the vGPU
 *	watch.c		records what the engines executed, and what went wrong
 *
 * Each file calls only functions of files that are below it in this list.
 *
 * A batch has run to its end when the ioctl that submits it returns, so no function has
 * to wait for a batch. All functions run under one lock, which drm.c takes.
 */
#ifndef XENGT_STANDIN_H
#define XENGT_STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "uapi/xengt.h"
#include "sim/sim.h"

#define APP_PAGE	4096u

/* ---- watch.c ---- */

/*
 * Adds a problem to the report, so that the test fails. The report has each text only
 * once.
 */
void app_problem(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * Call this if the stand-in itself fails: prints the text and ends the process.
 */
void app_die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void app_watch_begin(struct xengt_sim *sim);
/*
 * Call this before a batch of the program runs: the commands that the engine executes
 * next belong to this batch.
 */
void app_watch_batch(enum xengt_engine_id engine, uint64_t addr, uint32_t bytes);
/* Are the images of contexts to be compared (XENGT_APPS_COMPARE)? */
bool app_watch_compares(void);
/* Call this when the images of this number of contexts of one engine were compared. */
void app_watch_compared(uint32_t contexts);
/* Call this when an ioctl was answered, with the ioctl's number and result. */
void app_watch_ioctl(unsigned long request, int result);

/* ---- guest.c ---- */

struct xengt_platform;

/* The execution units that drivers see: one slice with APP_SUBSLICES subslices. */
#define APP_SUBSLICES	3u
#define APP_EUS		8u		/* number of EUs in each subslice */

struct app_counts {
	uint64_t refused, hangs, completions;
};

/* Make the guest and its vGPU. A second call does nothing. */
void app_guest_begin(void);
const struct xengt_platform *app_guest_platform(void);
/* Return the device id and the revision in the simulated GPU's config space. */
uint16_t app_guest_device(void);
uint8_t app_guest_revision(void);
bool app_guest_is_gen9(void);
/*
 * Check the page tables of the GPU, and report wrong entries and the judge's violations
 * as problems.
 */
void app_guest_check(void);

void app_wr(uint32_t off, uint32_t val);
uint32_t app_rd(uint32_t off);
/* Let the simulated GPU run for a step, and read its events. */
void app_guest_work(void);
void app_guest_counts(struct app_counts *ret);
/* Describe the vGPU's latest fault as a problem. */
void app_guest_tell_fault(void);

/*
 * Allocate 'count' adjacent frames of the guest, filled with zeroes. Returns the first
 * frame, or 0 if there are too few free frames.
 */
uint32_t app_frames_get(uint32_t count);
void app_frames_put(uint32_t first, uint32_t count);
uint64_t app_frames_free(void);
/* Returns the bytes of one frame. */
void *app_frame(uint32_t frame);
void app_frames_read(uint32_t first, uint64_t off, void *buf, size_t len);
void app_frames_write(uint32_t first, uint64_t off, const void *buf, size_t len);
/*
 * Map frames into the process, side by side; returns NULL if there is no memory. munmap()
 * removes the mapping.
 */
void *app_frames_map(uint32_t first, uint64_t off, size_t len, int prot, void *at);
/* Store an entry of a page table, which may be protected. */
void app_store(uint32_t table, uint32_t i, uint64_t entry);

/*
 * Map 32 frames at graphics addresses that all contexts share. Returns the
 * first address.
 */
#define APP_PLACE_PAGES	32u
uint32_t app_place_get(uint32_t first_frame);
void app_place_put(uint32_t addr);

/* ---- space.c ---- */

struct app_space;

struct app_space *app_space_create(void);
void app_space_destroy(struct app_space *space);
/* Returns the address of the root, as a context's image needs it. */
uint64_t app_space_root(const struct app_space *space);
void app_space_map(struct app_space *space, uint64_t va, uint32_t first, uint32_t pages);
void app_space_unmap(struct app_space *space, uint64_t va, uint32_t pages);

/* ---- wa.c ---- */

/* Returns a list of register loads, with which the driver sets up a render context. */
const uint32_t *app_wa_context(uint32_t *ret_n);
/*
 * Write the batch that the engine runs when it loads a render context: at most 64 dwords.
 * scratch is the address of 4 bytes that the batch may use. Returns the number of dwords.
 */
uint32_t app_wa_at_load(uint32_t *dw, uint32_t scratch);

/* ---- ring.c ---- */

struct app_ring;

struct app_ring *app_ring_create(enum xengt_engine_id engine, struct app_space *space);
void app_ring_destroy(struct app_ring *ring);
/*
 * Run the batch at this address of the ring's space to its end. Returns 0, or -EIO if the
 * batch did not end.
 */
int app_ring_run(struct app_ring *ring, uint64_t batch);

/* ---- exec.c, sync.c, gem.c, context.c, info.c: ioctls; 0 or -errno ---- */

struct app_bo {
	uint64_t bytes;
	uint32_t first, pages;		/* first frame and number of frames */
	uint32_t tiling, swizzle, stride, caching, madv;
	uint64_t user;			/* address of the program's memory, if this is a
					 * USERPTR object; otherwise 0 */
	uint32_t handles;		/* number of handles and files that name the
					 * object */
	/* the object's address in each address space that maps it */
	struct app_binding {
		struct app_space *space;
		uint64_t va;
		struct app_binding *next;
	} *bindings;
};

struct app_bo *app_bo_of(uint32_t handle);
/* Copy the memory of a USERPTR object to the object's frames (pull), or back (push). */
void app_bo_pull(struct app_bo *bo);
void app_bo_push(struct app_bo *bo);
/*
 * Maps an object for mmap() of the device. Returns MAP_FAILED and sets errno on
 * failure.
 */
void *app_bo_mmap(uint64_t offset, size_t len, int prot, void *at);
int app_bo_mmap_file(int fd, size_t len, int prot, void *at, uint64_t off, void **ret);
int app_gem_ioctl(unsigned int nr, void *arg);
int app_prime_ioctl(unsigned int nr, void *arg);
int app_gem_close(uint32_t handle);
off_t app_prime_size(int fd);

struct app_vm {
	struct app_space *space;
	uint32_t users;
	/* the objects in the space, sorted by va */
	struct app_range {
		uint64_t va;
		struct app_bo *bo;
	} *ranges;
	uint32_t n_ranges, room;
};

#define APP_ENGINE_MAP	64u

struct app_context {
	uint32_t id;
	struct app_vm *vm;
	bool has_map;
	uint32_t n_map;
	int8_t map[APP_ENGINE_MAP];	/* enum xengt_engine_id; -1: none */
	struct app_ring *rings[APP_ENGINE_MAP];	/* indexed by the index in the map, or by
						 * the engine if there is no map */
	uint64_t params[16];
};

struct app_context *app_context_of(uint32_t id);
/* Returns the ring that execbuffer's flags name, or NULL if there is none. */
struct app_ring *app_context_ring(struct app_context *c, uint64_t flags,
				  enum xengt_engine_id *ret_engine);
int app_context_ioctl(unsigned int nr, void *arg);
/*
 * Put the object at the address va, or, if va is UINT64_MAX, at a free address below
 * limit.
 */
int app_vm_place(struct app_vm *vm, struct app_bo *bo, uint64_t va, uint64_t align,
		 uint64_t limit, uint64_t *ret_va);
/*
 * Remove an object from all spaces. Call this when no handle names the object any more.
 */
void app_vm_forget(struct app_bo *bo);

int app_sync_ioctl(unsigned int nr, void *arg);
/* Record that the work of this syncobj, up to this point of its timeline, is done. */
int app_sync_signal(uint32_t handle, uint64_t point);
/* Is the syncobj's work done up to this point of its timeline? */
bool app_sync_is_done(uint32_t handle, uint64_t point);
/* Makes a sync file that is signalled; returns its descriptor. */
int app_sync_file(void);

int app_info_ioctl(unsigned int nr, void *arg);
int app_exec_ioctl(unsigned int nr, void *arg);

/* ---- drm.c ---- */

/* Handles an ioctl of the device. Returns -1 and sets errno on failure. */
int app_ioctl(unsigned long request, void *arg);

#endif /* XENGT_STANDIN_H */
