// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/rig_sim.h"

#include <errno.h>
#include <string.h>

#include "xengt/judge_abi.h"

void fuzz_sim_note(struct fuzz_sim *f, uint64_t val)
{
	f->sum = (f->sum ^ val) * 0x100000001b3ull + (f->sum >> 47);
}

/* Checks that the configuration space allows this interrupt message. */
static void fuzz_sim_msi(void *opaque, uint64_t addr, uint32_t data)
{
	struct fuzz_sim *f = opaque;

	must(xengt_sim_cfg_read(f->sim, 4, 2) & 4);
	must(addr <= 0xffffffffu && !(addr & 3) && data <= 0xffff);
	fuzz_sim_note(f, addr ^ data);
}

static void fuzz_sim_log(void *opaque, enum xengt_sim_log_level level,
				const char *line)
{
	must(level <= XENGT_SIM_LOG_DEBUG);
	fuzz_sim_note(opaque, strlen(line));
}

/*
 * Handles accesses to addresses outside of all regions. Half of the pages
 * outside of the regions have memory.
 */
static int fuzz_sim_read(void *opaque, uint64_t bus, void *buf,
				size_t len)
{
	(void)opaque;
	must(len && len <= XENGT_SIM_PAGE_BYTES - bus % XENGT_SIM_PAGE_BYTES);
	if (bus >> 12 & 1)
		return -EFAULT;
	memset(buf, (int)(bus >> 13), len);
	return 0;
}

static int fuzz_sim_write(void *opaque, uint64_t bus, const void *buf,
				 size_t len)
{
	uint8_t last = ((const uint8_t *)buf)[len - 1];

	must(len && len <= XENGT_SIM_PAGE_BYTES - bus % XENGT_SIM_PAGE_BYTES);
	fuzz_sim_note(opaque, bus ^ last);
	return bus >> 12 & 1 ? -EFAULT : 0;
}

struct fuzz_sim *fuzz_sim_start(bool is_bdw, bool no_tlb)
{
	static const struct xengt_sim_ops ops = {
		.dma_read = fuzz_sim_read, .dma_write = fuzz_sim_write,
		.msi = fuzz_sim_msi, .log = fuzz_sim_log,
	};
	static struct fuzz_sim all[4];
	struct fuzz_sim *f = &all[2 * is_bdw + no_tlb];
	struct xengt_sim_config config = {
		.platform = xengt_sim_platform_find(is_bdw ? "bdw" : "skl"),
		.ops = &ops, .opaque = f, .no_tlb = no_tlb, .gtt_mib = 2,
	};
	struct xengt_sim_region region = {
		.bus = FUZZ_BUS(0), .len = FUZZ_BYTES,
	};

	if (!f->sim) {
		f->ram = aligned_alloc(XENGT_SIM_PAGE_BYTES, FUZZ_BYTES);
		f->sim = xengt_sim_create(&config);
	}
	must(f->ram && f->sim);
	xengt_sim_power_cycle(f->sim);
	memset(f->ram, 0, FUZZ_BYTES);
	f->sum = 0;
	region.host = f->ram;
	must(xengt_sim_set_regions(f->sim, &region, 1) == 0);
	xengt_sim_cfg_write(f->sim, 4, 2, 6);
	return f;
}

uint64_t fuzz_sim_end(struct fuzz_sim *f)
{
	struct xengt_sim_stats stats;
	const uint64_t *word = (const void *)&stats;

	xengt_sim_get_stats(f->sim, &stats);
	for (size_t i = 0; i < sizeof(stats) / sizeof(*word); i++)
		fuzz_sim_note(f, word[i]);
	fuzz_sim_note(f, xengt_sim_time(f->sim));
	word = (const void *)f->ram;
	for (size_t i = 0; i < FUZZ_BYTES / sizeof(*word); i++)
		fuzz_sim_note(f, word[i]);
	return f->sum;
}

void fuzz_sim_wr(struct fuzz_sim *f, uint32_t off, uint32_t val)
{
	xengt_sim_bar_write(f->sim, 0, off, 4, val);
}

void fuzz_sim_pte(struct fuzz_sim *f, uint32_t index,
				uint64_t pte)
{
	xengt_sim_bar_write(f->sim, 0, XENGT_SIM_GGTT_OFF + 8ull * index, 8,
			    pte);
}

/* Writes the judge's memory: two slots of the judge own four pages each. */
static void fuzz_sim_claim(uint8_t *shm)
{
	struct xengt_judge_slice *slice =
		(void *)(shm + XENGT_JUDGE_SLICES_OFF);
	uint64_t *owners = (void *)(shm + XENGT_JUDGE_OWNERS_OFF);

	for (unsigned int slot = 0; slot < 2; slot++) {
		slice[slot].active = 1;
		slice[slot].domid = slot + 1;
		slice[slot].low_base = (28 + 4 * slot) * 4096;
		slice[slot].low_bytes = 4 * 4096;
		for (unsigned int i = 0; i < 4; i++)
			owners[FUZZ_MFN + 28 + 4 * slot + i] =
				XENGT_JUDGE_OWNER(slot + 1, i);
	}
}

void fuzz_sim_judge(struct fuzz_sim *f)
{
	static struct xengt_judge_hdr fresh;
	static uint8_t *shm;

	if (!shm) {
		shm = aligned_alloc(XENGT_SIM_PAGE_BYTES,
				    XENGT_JUDGE_FILE_BYTES);
		must(shm);
		must(xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES) == 0);
		fuzz_sim_claim(shm);
		memcpy(&fresh, shm, sizeof(fresh));
		fresh.generation = 2;
		fresh.hammer = XENGT_JUDGE_HAMMER_WRITE;
	}
	memcpy(shm, &fresh, sizeof(fresh));
	memset(shm + XENGT_JUDGE_RING_OFF, 0, XENGT_JUDGE_RING_MAX *
	       sizeof(struct xengt_judge_violation));
	must(xengt_sim_judge_attach(f->sim, shm, XENGT_JUDGE_FILE_BYTES) == 0);
}
