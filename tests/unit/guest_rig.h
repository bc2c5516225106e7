/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest and its driver, which is similar to i915, on a whole vGPU in one process.
 * The driver writes memory and registers; the core, the module's code and the
 * simulated GPU do the rest. Accesses of the guest's processor to the guest's memory
 * are not in the vGPU's counters.
 */
#ifndef XENGT_TEST_GUEST_RIG_H
#define XENGT_TEST_GUEST_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/internal.h"
#include "gpu/gpu_sim.h"
#include "hw/facts.h"
#include "reg_names.h"

#define RAM		2048u		/* number of frames of RAM */
#define LOW_MIB		16u
#define BAR0		0xe0000000ull

/* Guest frames. Frame n is mapped at graphics page n of the low slice. */
#define HWSP		8u
#define DATA		9u
#define PML4		10u		/* the frames after PML4 are the PDP, the PD and
					 * the PT */
#define BATCH		14u
#define PRIVATE		15u		/* only entries of page tables point to this
					 * frame */
#define IMAGE(n)	(64u + 32 * (n))
#define RING(n)		(192u + 4 * (n))
#define RING_BYTES	0x4000u
#define PAGES		256u

/* Addresses in the contexts' own space */
#define VA_BATCH	0x1000u
#define VA_PRIVATE	0x2000u

#define STORE_GGTT	0x10400002u
#define STORE		0x10000002u
#define USER_INTERRUPT	0x01000000u
#define BATCH_END	0x05000000u
#define START_PPGTT	0x18800101u
#define WAIT_GGTT	0x0e40c002u	/* waits until a dword in memory is at least
					 * the operand */
#define LOAD_REG	0x11000001u

#define IDLE_ACTIVE	0x01u
#define SWITCHED	0x14u
#define ENDED		0x18u

struct guest {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	uint32_t low;			/* graphics address of page 0 */
	uint32_t base;			/* offset of the registers of the engine
					 * that the test uses */
	uint32_t tail[3];
	bool is_aperture_lazy;		/* set before guest_begin() */
};

extern const uint32_t guest_bases[XENGT_ENGINES];

/* ---- the guest's processor ---- */

uint64_t request(struct guest *g, struct xengt_req req);

void config(struct guest *g, uint32_t reg, uint32_t size, uint32_t val);

/*
 * Make an access of BAR0. Where there is RAM behind BAR0, the access causes no exit.
 */
void guest_wr(struct guest *g, uint32_t off, uint32_t size, uint64_t val);

uint32_t guest_rd(struct guest *g, uint32_t off);

/*
 * Write or read the guest's memory in place of the guest's processor. The vGPU's counters
 * do not count these accesses.
 */
void poke(struct guest *g, uint32_t frame, uint32_t off, const void *buf,
	  size_t len);

void put(struct guest *g, uint32_t frame, uint32_t dword, uint32_t val);

uint32_t get(struct guest *g, uint32_t frame, uint32_t dword);

/* Store an entry of a page table, which may be protected. */
void store(struct guest *g, uint32_t table, uint32_t i, uint64_t entry);

uint32_t at(const struct guest *g, uint32_t frame);

/* ---- the guest's driver ---- */

void put_entry(struct guest *g, uint32_t table, uint32_t i, uint32_t frame);

void make_space(struct guest *g);

void make_context(struct guest *g, uint32_t n);

void use_engine(struct guest *g, enum xengt_engine_id id);

void emit(struct guest *g, uint32_t n, uint32_t a, uint32_t b, uint32_t c,
	  uint32_t d);

void emit_store(struct guest *g, uint32_t n, uint32_t dword, uint32_t val);

uint64_t desc_of(struct guest *g, uint32_t n);

void elsp(struct guest *g, uint64_t first, uint64_t second);

/*
 * Let the GPU work until it has written this slot of the CSB. Returns false if the
 * GPU never writes the slot.
 */
bool wait_slot(struct guest *g, uint32_t slot);

/* ---- fixtures ---- */

void power_on(struct guest *g);

/* A guest's share of the GPU. */
struct guest_share {
	uint32_t low_mib, high_mib, fences;
};

/*
 * guest_begin() makes a domain with a vGPU on g's machine and host, and switches the
 * vGPU on. guest_end() ends the domain.
 */
void guest_begin(struct guest *g, enum xengt_platform_id platform,
		 uint32_t domid, struct guest_share share);
void guest_end(struct guest *g);

int guest_setup(void **state, enum xengt_platform_id platform);

int guest_setup_skl(void **state);

int guest_setup_bdw(void **state);

/*
 * cmocka fixture: a Skylake with all XENGT_SIM_STRICT_* under which the boundary must
 * work.
 */
int guest_setup_strict(void **state);

int guest_teardown(void **state);

#endif /* XENGT_TEST_GUEST_RIG_H */
