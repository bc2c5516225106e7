/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A court: some guests, the boundary and the simulated GPU in one process. The isolation judge
 * tracks what each guest leaves in the hardware (XENGT_SIM_STRICT_RESIDUE). Guest n is domain
 * COURT_DOMID + n. The guest's contexts, rings and batches are in frames of the guest's RAM;
 * page i of the guest's graphics memory is frame i.
 */
#ifndef RESIDUE_RIG_H
#define RESIDUE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/gpu_sim.h"
#include "xengt/judge_abi.h"

#define COURT_DOMID	7u
#define COURT_GUESTS	3u
#define COURT_CONTEXTS	4u
#define COURT_RAM	256u
#define COURT_FRAMES	4096u		/* number of frames of the machine */

#define AT_IMAGE(n)	(1u + 24 * (n))
#define AT_RING(n)	(100u + (n))
#define AT_BATCH	111u		/* the batch's frame, at BATCH_VA in the contexts' space */
#define BATCH_VA	0x5000u

#define RING_BYTES	4096u

/* Indexes of dwords in the state page. */
#define AT_CTRL		0x03
#define AT_TAIL		0x07
#define AT_START	0x09
#define AT_CTL		0x0b
#define AT_PER_CTX	0x19
#define AT_INDIRECT	0x1b
#define AT_STATE	0x40		/* the engine's own registers and state begin at this
					 * dword */

#define CTRL_NEW	0x00090009u	/* value for AT_CTRL: restore inhibited */
#define CTRL_OLD	0x00090008u

struct court;

struct court_guest {
	struct court *court;
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	uint32_t first;			/* the guest's first graphics page */
	uint32_t root, leaf;		/* page tables of the space that the guest's contexts
					 * share */
	uint64_t seqno;
	uint32_t done;			/* number of contexts that have completed */
	uint32_t hung;
};

struct court {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_sim *sim;
	uint8_t *shm;
	struct court_guest guests[COURT_GUESTS];
};

/* strict is a set of XENGT_SIM_STRICT_*, in addition to RESIDUE and IMAGES. */
struct court *court_open(enum xengt_platform_id platform, unsigned int strict);
/* Asserts that the judge saw no residue (court_residues()) and no wrong access. */
void court_close(struct court *c);

/* Make a vGPU for guest n; court_open() makes the vGPU of guest 0. */
void court_join(struct court *c, uint32_t n);
void court_leave(struct court *c, uint32_t n);

/*
 * Tell the judge who owns each frame now. A frame on which the last hold was released has no
 * owner.
 */
void court_tell_owners(struct court *c);

/* Returns how often a guest saw what another guest had left in the hardware. */
uint32_t court_residues(const struct court *c);
/* Print the violations that court_residues() counts. */
void court_tell(const struct court *c);

uint32_t *court_page(const struct court_guest *g, uint32_t frame);
uint32_t court_addr(const struct court_guest *g, uint32_t frame);
uint32_t *court_state(const struct court_guest *g, uint32_t n);

/* Make context n, without a saved state and with an empty ring. */
void court_context(const struct court_guest *g, uint32_t n);
void court_emit(const struct court_guest *g, uint32_t n, const uint32_t *dw,
		uint32_t count);
/* Submit context n. Returns 0, or the error of the submission. */
int court_submit(struct court_guest *g, uint32_t n, uint32_t engine);
/* Let the GPU work for one step, and read the guests' events. */
void court_pump(struct court *c);
/* Submit, and wait until the context has completed. */
void court_run(struct court_guest *g, uint32_t n, uint32_t engine);
/* Make context n run the commands in a batch without privilege. */
void court_run_user(struct court_guest *g, uint32_t n, uint32_t engine,
		    const uint32_t *dw, uint32_t count);
/* Returns the value that context n reads from a register in a batch without privilege. */
uint32_t court_read(struct court_guest *g, uint32_t n, uint32_t engine,
		    uint32_t reg);

#define COURT_EMIT(g, n, ...)						\
	do {								\
		const uint32_t dw_[] = { __VA_ARGS__ };			\
		court_emit(g, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

#endif /* RESIDUE_RIG_H */
