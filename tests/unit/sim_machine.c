/* SPDX-License-Identifier: GPL-2.0-only */
/* See sim_machine.h. */
#include "sim_machine.h"

static void machine_msi(void *opaque, uint64_t addr, uint32_t data)
{
	struct machine *m = opaque;

	m->n_msi++;
	m->msi_addr = addr;
	m->msi_data = data;
}

static void machine_log(void *opaque, enum xengt_sim_log_level level,
			const char *line)
{
	struct machine *m = opaque;

	(void)level;
	(void)line;
	m->n_log++;
}

static uint8_t *machine_at(struct machine *m, uint64_t bus, size_t len)
{
	uint64_t base = RAM_MFN * 4096;

	m->n_dma++;
	/* the simulator promises that no access crosses a page */
	assert_true(len <= 4096 - bus % 4096);
	if (bus < base || bus - base >= RAM_BYTES)
		return NULL;
	return m->ram + (bus - base);
}

static int machine_read(void *opaque, uint64_t bus, void *buf, size_t len)
{
	uint8_t *p = machine_at(opaque, bus, len);

	if (!p)
		return -EFAULT;
	memcpy(buf, p, len);
	return 0;
}

static int machine_write(void *opaque, uint64_t bus, const void *buf,
			 size_t len)
{
	uint8_t *p = machine_at(opaque, bus, len);

	if (!p)
		return -EFAULT;
	memcpy(p, buf, len);
	return 0;
}

static uint64_t machine_now_ns(void *opaque)
{
	struct machine *m = opaque;

	return m->now_ns;
}

struct machine *machine_create_timed(const char *platform, bool no_tlb,
				     bool has_clock)
{
	const struct xengt_sim_ops ops = {
		.dma_read = machine_read,
		.dma_write = machine_write,
		.msi = machine_msi,
		.log = machine_log,
		.now_ns = has_clock ? machine_now_ns : NULL,
	};
	struct machine *m = calloc(1, sizeof(*m));
	struct xengt_sim_config config = {
		.ops = &ops, .opaque = m, .no_tlb = no_tlb,
	};

	assert_non_null(m);
	m->now_ns = 5000000000;		/* the machine's clock was running
					 * before the GPU was made */
	config.platform = xengt_sim_platform_find(platform);
	assert_non_null(config.platform);
	m->ram = aligned_alloc(4096, RAM_BYTES);
	assert_non_null(m->ram);
	memset(m->ram, 0, RAM_BYTES);
	m->sim = xengt_sim_create(&config);
	assert_non_null(m->sim);
	/* memory decode and bus mastering on, as a driver does */
	xengt_sim_cfg_write(m->sim, 0x04, 2, 0x0006);
	return m;
}

struct machine *machine_create(const char *platform, bool no_tlb)
{
	return machine_create_timed(platform, no_tlb, false);
}

void machine_destroy(struct machine *m)
{
	xengt_sim_destroy(m->sim);
	free(m->ram);
	free(m);
}

int setup_skl(void **state)
{
	*state = machine_create("skl", false);
	return 0;
}

int setup_bdw(void **state)
{
	*state = machine_create("bdw", false);
	return 0;
}

int setup_no_tlb(void **state)
{
	*state = machine_create("skl", true);
	return 0;
}

int teardown(void **state)
{
	machine_destroy(*state);
	return 0;
}

uint64_t *ram_word(struct machine *m, uint64_t mfn)
{
	return (uint64_t *)(void *)(m->ram + (mfn - RAM_MFN) * 4096);
}

uint32_t rd(struct machine *m, uint32_t off)
{
	return (uint32_t)xengt_sim_bar_read(m->sim, 0, off, 4);
}

void wr(struct machine *m, uint32_t off, uint32_t val)
{
	xengt_sim_bar_write(m->sim, 0, off, 4, val);
}

void set_pte(struct machine *m, uint32_t index, uint64_t pte)
{
	xengt_sim_bar_write(m->sim, 0, XENGT_SIM_GGTT_OFF + 8ULL * index, 8,
			    pte);
}

void flush(struct machine *m)
{
	wr(m, REG_GFX_FLSH_CNTL, 1);
}

struct xengt_sim_stats stats_of(const struct machine *m)
{
	struct xengt_sim_stats st;

	xengt_sim_get_stats(m->sim, &st);
	return st;
}

unsigned int find_cap(struct machine *m, unsigned int id)
{
	unsigned int at = xengt_sim_cfg_read(m->sim, 0x34, 1);

	for (int n = 0; at && n < 16; n++) {
		if (xengt_sim_cfg_read(m->sim, at, 1) == id)
			return at;
		at = xengt_sim_cfg_read(m->sim, at + 1, 1);
	}
	return 0;
}

void enable_msi(struct machine *m, uint32_t addr, uint16_t data)
{
	unsigned int msi = find_cap(m, 5);

	assert_int_not_equal(msi, 0);
	xengt_sim_cfg_write(m->sim, msi + 4, 4, addr);
	xengt_sim_cfg_write(m->sim, msi + 8, 2, data);
	xengt_sim_cfg_write(m->sim, msi + 2, 2, 1);
}
