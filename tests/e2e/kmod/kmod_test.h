/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations for all files of kmod-test. kmod_rig.c has common functions,
 * kmod_xen.c the calls of libxenctrl; each of the other files has the tests of
 * one subject.
 */
#ifndef KMOD_TEST_H
#define KMOD_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xenctrl.h>

#include "uapi/xengt.h"

#define DEV		"/dev/" XENGT_DEV_NAME
#define GPU_SYSFS	"/sys/bus/pci/devices/0000:00:02.0/"
#define PTE(gfn)	((uint64_t)(gfn) << 12 | 1)
#define N_ELEMS(a)	(sizeof(a) / sizeof((a)[0]))

/* a frame of RAM in any HVM guest of 64 MiB */
#define RAM_GFN		0x400u

/* ---- kmod_rig.c: TAP ---- */

/* Reports one test, which the text names. Returns 'good'. */
bool ok(bool good, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Reports one test, which passes if got equals want. */
void ok_is(long got, long want, const char *name);
/* Ends the program if the condition, which later tests need, is false. */
void need(bool good, const char *what);
/* Prints the plan. Returns the program's exit status. */
int done(void);

/* ---- kmod_rig.c: the device; results are 0 or -errno ---- */

/* /dev/xengt, which main() opens. */
extern int dev;

long call(int fd, unsigned long request, void *arg);
/* Make a vGPU; sizes are in MiB. *ret_fd is -1 after an error. */
long make(uint32_t domid, uint32_t low, uint32_t high, uint32_t fences,
	  int *ret_fd);
/* Make a vGPU with one fence, which must succeed. Returns its fd. */
int make_ok(uint32_t domid, uint32_t low, uint32_t high);
/*
 * Write entries of the GGTT. *ret_scratched gets the number of entries that point to
 * scratch; the pointer may be NULL.
 */
long put(int fd, uint32_t first, const uint64_t *e, uint32_t count,
	 uint32_t *ret_scratched);
struct xengt_vgpu_info info_of(int fd);
struct xengt_info gpu_info(void);
/* Return the first graphics page of a vGPU's low slice and of its high slice. */
uint32_t low_page(int fd);
uint32_t high_page(int fd);
/* Has the vGPU an event that nobody has read? */
bool has_event(int fd);

/* ---- kmod_rig.c: the GGTT as the hardware has it ---- */

/*
 * The hardware's GGTT entries. The pointer is NULL if the kernel's rules for /dev/mem
 * forbid the mapping; then the functions below return true.
 */
extern volatile uint64_t *ggtt;

void map_ggtt(void);
/*
 * Does the page's entry point to a scratch page: the host's, which entry 0 points to, or
 * the scratch page of a vGPU, which the module shows?
 */
bool is_scratch(uint32_t page);
bool is_mapped(uint32_t page);
bool all_scratch(uint32_t page, uint32_t count);

/* ---- kmod_xen.c ---- */

extern xc_interface *xc;
extern typeof(&xc_domain_decrease_reservation_exact) take_frames;
extern typeof(&xc_domain_populate_physmap_exact) give_frames;
extern typeof(&xc_domain_iomem_permission) iomem_permission;
extern typeof(&xc_domain_memory_mapping) memory_mapping;
extern typeof(&xc_domain_add_to_physmap) add_to_physmap;

/* Maps frames of a domain, writable; NULL if Xen refuses. */
void *map_guest(uint32_t domid, uint64_t first, uint32_t count);

/* Load libxenctrl, and set xc and the pointers above. Call this before map_guest(). */
void open_xen(void);

/* ---- the tests; each returns the program's exit status ---- */

int test_unbound(uint32_t domid);
int test_refuse(uint32_t domid, uint32_t other_domid);
int test_frames(uint32_t domid, uint32_t other_domid);
int test_life(uint32_t domid, uint32_t other);
/* 'count' random calls, by several threads */
int test_fuzz(uint32_t domid, uint32_t other, uint32_t count, uint32_t seed);
/* kmod_work.c: parts of test_refuse() */
void refuse_tables(int fd);
void refuse_work(int fd);

/* ---- kmod_hold.c: a vGPU and registers that scripts control ---- */

int hold(uint32_t domid, uint32_t low, uint32_t high, uint32_t n);
int balloon(uint32_t domid, bool out, uint32_t n);
/*
 * Returns a pointer to a register in BAR0, which is mapped without the module. hex is
 * the register's offset.
 */
volatile uint32_t *gpu_register(const char *hex);
/*
 * Writes the GGTT entry of a page without the module, and flushes the GPU's GGTT TLB.
 * Returns the old entry.
 */
uint64_t swap_entry(uint32_t page, uint64_t entry);

#endif /* KMOD_TEST_H */
