/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures the cost of the device model, without Xen and without a GPU.
 *
 *   bench_core --list           one line for each benchmark: name, goals, unit
 *   bench_core NAME COUNT       run benchmark NAME COUNT times, print the total in ns
 *   bench_core NAME COUNT base  the same loop without the measured function
 *
 * tests/bench/run computes the ns and the instructions of one run. No benchmark uses a GPU:
 * an array replaces the hardware's GGTT entries. The benchmarks whose name ends in _module
 * also run the module's boundary code, on frames that are held already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boundary/gtt.h"
#include "boundary/ppgtt.h"
#include "core/internal.h"
#include "core/ppgtt.h"
#include "hv/hv_fake.h"
#include "hw/platform.h"

#define LOW_BASE	(32ull * XENGT_MIB)
#define LOW_BYTES	(64ull * XENGT_MIB)
#define HIGH_BASE	(512ull * XENGT_MIB)
#define HIGH_BYTES	(384ull * XENGT_MIB)
#define BAR0		0xe0000000u
#define FIRST		((uint32_t)(LOW_BASE >> 12))
#define ENTRIES		((uint32_t)(LOW_BYTES >> 12))
/* Registers with a row and without a handler: GT_MODE, COMMON_SLICE_CHICKEN1 */
#define PLAIN(i)	(0x7008 + ((i) & 1) * 8)

/* ---- the hardware side ---- */

struct store_gpu {
	struct xengt_gpu gpu;
	uint64_t *hw;
	struct xengt_gtt gtt;
	uint32_t *entries;
	struct xengt_ppgtt_tables ppgtt;
	struct xengt_ppgtt_table *tables[XENGT_PPGTT_TABLES_MAX + 1];
	uint32_t last_table;
};

static struct store_gpu store;

static int frames_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		      xengt_bus_t *ret_bus)
{
	(void)ctx;
	for (uint32_t i = 0; i < count; i++)
		ret_bus[i] = xengt_bus_of_page(xengt_gfn_x(gfns[i]) ^ 0x5555);
	return 0;
}

static uint32_t frames_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	(void)ctx;
	(void)gfns;
	(void)count;
	return 0;
}

static bool frame_has_moved(void *ctx, xengt_gfn_t frame)
{
	(void)ctx;
	(void)frame;
	return false;
}

static bool frames_look(void *ctx)
{
	(void)ctx;
	return false;
}

static void pte_write(void *ctx, uint32_t index, uint64_t pte)
{
	struct store_gpu *gpu = ctx;

	gpu->hw[index] = pte;
}

static int flush(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct xengt_guest_ops guest_ops = {
	.frames_get = frames_get,
	.frames_put = frames_put,
	.frame_has_moved = frame_has_moved,
	.frames_look = frames_look,
};

static const struct xengt_guest guest = { .ops = &guest_ops, .ctx = &store };

static int store_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	(void)gpu;
	*ret_info = (struct xengt_vgpu_info){
		.vgpu_id = 1, .domid = 1, .fences = 4,
		.low_base = LOW_BASE, .low_bytes = LOW_BYTES,
		.high_base = HIGH_BASE, .high_bytes = HIGH_BYTES,
	};
	return 0;
}

static int store_write(struct xengt_gpu *gpu, uint32_t first,
		       const uint64_t *entries, uint32_t count,
		       uint32_t *ret_scratched)
{
	(void)count;
	*ret_scratched = 0;
	((struct store_gpu *)gpu)->hw[first] = entries[0];
	return 0;
}

static int module_write(struct xengt_gpu *gpu, uint32_t first,
			const uint64_t *entries, uint32_t count,
			uint32_t *ret_scratched)
{
	return xengt_gtt_write(&((struct store_gpu *)gpu)->gtt, first, entries,
			       count, ret_scratched);
}

static struct xengt_ppgtt_table *table_alloc(void *ctx)
{
	struct xengt_ppgtt_table *table = calloc(1, sizeof(*table));

	(void)ctx;
	if (!table)
		return NULL;
	table->page = calloc(XENGT_PPGTT_ENTRIES, sizeof(table->page[0]));
	table->words = calloc(1, XENGT_PPGTT_WORDS_BYTES);
	/* no GPU reads this address */
	table->bus = xengt_bus(0x2000);
	return table->page && table->words ? table : NULL;
}

static void table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	(void)ctx;
	free(table->page);
	free(table->words);
	free(table);
}

static const struct xengt_hw_ops hw_ops = {
	.pte_write = pte_write,
	.ggtt_flush = flush,
	.ppgtt_flush = flush,
};

static const struct xengt_mem_ops mem_ops = {
	.table_alloc = table_alloc,
	.table_free = table_free,
};

static struct xengt_hw_health health;
static struct xengt_hw hw = {
	.ops = &hw_ops, .mem_ops = &mem_ops, .ctx = &store, .health = &health,
};

static int store_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
			      uint32_t flags, uint32_t *ret_id)
{
	(void)level;
	(void)flags;
	*ret_id = ++((struct store_gpu *)gpu)->last_table;
	return 0;
}

static int store_ppgtt_write(struct xengt_gpu *gpu, uint32_t id,
			     uint32_t first, const uint64_t *entries,
			     uint32_t count, uint32_t *ret_scratched)
{
	(void)id;
	*ret_scratched = 0;
	((struct store_gpu *)gpu)->hw[first] = entries[count - 1];
	return 0;
}

static int store_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	(void)gpu;
	(void)id;
	return 0;
}

static int module_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
			       uint32_t flags, uint32_t *ret_id)
{
	return xengt_ppgtt_create(&((struct store_gpu *)gpu)->ppgtt, level,
				  flags, ret_id);
}

static int module_ppgtt_write(struct xengt_gpu *gpu, uint32_t id,
			      uint32_t first, const uint64_t *entries,
			      uint32_t count, uint32_t *ret_scratched)
{
	return xengt_ppgtt_write(&((struct store_gpu *)gpu)->ppgtt, id, first,
				 entries, count, ret_scratched);
}

static int no_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	(void)gpu;
	(void)work;
	return 0;
}

static int no_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	(void)gpu;
	(void)mask;
	return 0;
}

static int no_time(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	(void)gpu;
	*ret_ticks = 0;
	return 0;
}

static int no_frames(struct xengt_gpu *gpu, gfn_t first, uint32_t count)
{
	(void)gpu;
	(void)first;
	(void)count;
	return 0;
}

static int no_fence(struct xengt_gpu *gpu, uint32_t index, uint64_t value)
{
	(void)gpu;
	(void)index;
	(void)value;
	return 0;
}

static int no_aperture(struct xengt_gpu *gpu, struct xengt_vgpu_aperture *access)
{
	(void)gpu;
	(void)access;
	return 0;
}

static int nothing(struct xengt_gpu *gpu)
{
	(void)gpu;
	return 0;
}

static int no_event(struct xengt_gpu *gpu, struct xengt_gpu_event *ret_ev)
{
	(void)gpu;
	(void)ret_ev;
	return 0;
}

static void no_destroy(struct xengt_gpu *gpu)
{
	(void)gpu;
}

static struct xengt_gpu_ops store_ops = {
	.info = store_info,
	.ggtt_write = store_write,
	.revalidate = nothing,
	.ppgtt_create = store_ppgtt_create,
	.ppgtt_destroy = store_ppgtt_destroy,
	.ppgtt_write = store_ppgtt_write,
	.submit = no_submit,
	.engine_reset = no_reset,
	.timestamp = no_time,
	.own_frames = no_frames,
	.fence_write = no_fence,
	.aperture = no_aperture,
	.zap = nothing,
	.next_event = no_event,
	.event_fd = nothing,
	.destroy = no_destroy,
};

/* ---- the vGPU ---- */

static struct xengt_vgpu_config cfg;
static struct xengt_vgpu *vgpu;

static void cfg_write(uint32_t reg, uint32_t size, uint32_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_PCI_CONFIG, .addr = 0x10ull << 32 | reg,
		.size = size, .count = 1, .data = val,
	};
	uint64_t data;

	xengt_vgpu_handle(vgpu, &req, &data);
}

static void die(const char *what)
{
	fprintf(stderr, "bench_core: %s\n", what);
	exit(1);
}

static struct xengt_hv_fake *fake;

static void setup(bool is_module)
{
	const struct xengt_hv_fake_config hv_cfg = {
		.domid = 1, .ram_frames = 64, .vcpus = 1,
	};
	const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
		{ FIRST, ENTRIES },
		{ (uint32_t)(HIGH_BASE >> 12), (uint32_t)(HIGH_BYTES >> 12) },
	};
	if (is_module) {
		store_ops.ggtt_write = module_write;
		store_ops.ppgtt_create = module_ppgtt_create;
		store_ops.ppgtt_write = module_ppgtt_write;
	}
	store.gpu.ops = &store_ops;
	store.hw = calloc(XENGT_GGTT_ENTRIES, sizeof(uint64_t));
	store.entries = calloc(xengt_gtt_entries_needed(slices),
			       sizeof(uint32_t));
	hw.platform = xengt_platform_get(XENGT_PLATFORM_SKL);
	hw.scratch = xengt_bus(0x1000);
	if (!store.hw || !store.entries ||
	    xengt_gtt_init(&store.gtt, &hw, &guest, slices, hw.scratch,
			   store.entries) ||
	    xengt_ppgtt_tables_init(&store.ppgtt, &hw, &guest, hw.scratch,
				    store.tables) ||
	    xengt_hv_fake_create(&hv_cfg, &fake))
		die("cannot set up");
	cfg = (struct xengt_vgpu_config){
		.platform = XENGT_PLATFORM_SKL, .slot = 2, .is_primary = true,
		.aperture_bytes = 256ull * XENGT_MIB,
		.hv = xengt_hv_fake_hv(fake), .gpu = &store.gpu,
	};
	if (xengt_vgpu_create(&cfg, &vgpu))
		die("cannot create the vGPU");
	cfg_write(0x10, 4, BAR0);
	cfg_write(0x04, 2, 2);
}

/* ---- the measured loops ---- */

/*
 * The functions that the loops call. tests/bench/run measures each loop a second time with
 * empty functions instead, and subtracts the second result from the first.
 */
typedef void access_fn(struct xengt_vgpu *v, uint32_t off, uint32_t size,
		       bool is_read, uint64_t *val);
typedef void handle_fn(struct xengt_vgpu *v, const struct xengt_req *req,
		       uint64_t *ret_data);

static access_fn *volatile access = xengt_mmio_access;
static handle_fn *volatile handle = xengt_vgpu_handle;

static void no_access(struct xengt_vgpu *v, uint32_t off, uint32_t size,
		      bool is_read, uint64_t *val)
{
	(void)v;
	(void)off;
	(void)size;
	(void)is_read;
	(void)val;
}

static void no_handle(struct xengt_vgpu *v, const struct xengt_req *req,
		      uint64_t *ret_data)
{
	(void)v;
	(void)req;
	(void)ret_data;
}

static void reg_read(uint64_t count)
{
	uint64_t val = 0;

	for (uint64_t i = 0; i < count; i++)
		access(vgpu, PLAIN(i), 4, true, &val);
}

static void reg_write(uint64_t count)
{
	uint64_t val;

	for (uint64_t i = 0; i < count; i++) {
		val = i;
		access(vgpu, 0x78808 + (i & 3) * 4, 4, false, &val);
	}
}

static void reg_handler(uint64_t count)
{
	uint64_t val = 0x10001;

	for (uint64_t i = 0; i < count; i++)
		access(vgpu, 0xa188, 4, false, &val);
}

static void reg_unknown(uint64_t count)
{
	uint64_t val = 0;

	for (uint64_t i = 0; i < count; i++)
		access(vgpu, (uint32_t)(i * 4) & 0x3ffc, 4, true, &val);
}

static void entry_store(uint64_t count)
{
	uint64_t val;

	for (uint64_t i = 0; i < count; i++) {
		val = (i & 0xffff) << 12 | 1;
		access(vgpu, 8 * XENGT_MIB + (FIRST + (i & (ENTRIES - 1))) * 8,
		       8, false, &val);
	}
}

/* Write count entries, with one rep stos for each page of entries. */
static void entry_batch(uint64_t count)
{
	uint64_t data;

	for (uint64_t i = 0; i < count; i += 512) {
		const struct xengt_req req = {
			.type = XENGT_REQ_MMIO, .size = 8, .count = 512,
			.addr = BAR0 + 8 * XENGT_MIB +
				(FIRST + (uint32_t)i % ENTRIES) * 8,
			.data = (i & 0xffff) << 12 | 1,
		};

		handle(vgpu, &req, &data);
	}
}

/* Handle count requests, from the copy of the ioreq slot to the answer. */
static void request(uint64_t count)
{
	uint64_t data;

	for (uint64_t i = 0; i < count; i++) {
		const struct xengt_req req = {
			.type = XENGT_REQ_MMIO, .size = 4, .count = 1,
			.addr = BAR0 + PLAIN(i), .is_read = true,
		};

		handle(vgpu, &req, &data);
	}
}

typedef int prepare_fn(struct xengt_vgpu *v,
		       const struct xengt_ppgtt_root *root, uint32_t *ret_id);

static prepare_fn *volatile prepare = xengt_ppgtt_prepare;

static int no_prepare(struct xengt_vgpu *v, const struct xengt_ppgtt_root *root,
		      uint32_t *ret_id)
{
	(void)v;
	(void)root;
	(void)ret_id;
	return 0;
}

/* Returns the memory of a frame of the guest. */
static uint64_t *guest_frame(uint64_t frame)
{
	return (uint64_t *)
		xengt_fake_frame_at(xengt_hv_fake_machine(fake),
				    xengt_hv_fake_mfn(fake, gfn(frame)));
}

/*
 * Returns the only table of level 1 of an address space. Frames 1 to 4 have the tables
 * of levels 4 to 1.
 */
static uint64_t *page_table(void)
{
	static uint64_t *table;

	if (table)
		return table;
	for (uint64_t i = 1; i < 4; i++)
		guest_frame(i)[0] = (i + 1) << 12 | 3;
	table = guest_frame(4);
	return table;
}

/*
 * Writes 'count' entries, 512 at a time, and calls prepare after each 512. If 'change' is
 * 1, each entry has a new value each time; if 'change' is 0, the values stay the same.
 */
static void tables(uint64_t count, uint64_t change)
{
	const struct xengt_ppgtt_root root = { { 0x1000 }, true };
	uint64_t *table = page_table();
	uint32_t id;

	for (uint64_t n = 0; n < count; n += XENGT_PPGTT_ENTRIES) {
		for (uint32_t i = 0; i < XENGT_PPGTT_ENTRIES; i++)
			table[i] = (i + (n * change & 0xffff)) << 12 | 3;
		if (prepare(vgpu, &root, &id))
			die("cannot prepare");
	}
}

static void table_same(uint64_t count)
{
	tables(count, 0);
}

static void table_changed(uint64_t count)
{
	tables(count, 1);
}

static void create_destroy(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		xengt_vgpu_destroy(vgpu);
		if (xengt_vgpu_create(&cfg, &vgpu))
			die("cannot create the vGPU");
	}
}

/* A goal of 0 means that no goal was set. */
static const struct bench {
	const char *name;
	void (*run)(uint64_t count);
	bool is_module;
	uint32_t count;			/* number of runs when time is measured; a tenth of
					 * this number when instructions are counted */
	uint32_t goal_instr;
	double goal_ns;
	const char *what;
} benches[] = {
	{ "reg_read", reg_read, false, 10000000, 40, 5,
	  "dispatch: read of a register, from the access to the value" },
	{ "reg_write", reg_write, false, 10000000, 40, 5,
	  "dispatch: write of a register" },
	{ "reg_handler", reg_handler, false, 10000000, 0, 0,
	  "dispatch and handler: masked write of FORCEWAKE_MT, which sets its acknowledgement" },
	{ "reg_unknown", reg_unknown, false, 10000000, 42, 5,
	  "dispatch: reads of registers without a row, spread over 16 KiB" },
	{ "ggtt_store", entry_store, false, 5000000, 70, 0,
	  "8-byte store of an entry, from the access to the call of gpu.h" },
	{ "ggtt_store_module", entry_store, true, 5000000, 308, 0,
	  "8-byte store of an entry, with the module's work, for a frame that is held already" },
	{ "ggtt_batch_module", entry_batch, true, 5120000, 217, 0,
	  "one of 512 entries of a rep stos, from the request to the entry in the hardware" },
	{ "table_same", table_same, false, 5120000, 25, 0,
	  "an entry of an unchanged page table, at a submission" },
	{ "table_changed", table_changed, false, 5120000, 25, 0,
	  "an entry of a page table in which all entries changed, up to the call of gpu.h" },
	{ "table_changed_module", table_changed, true, 5120000, 0, 0,
	  "one of 512 changed entries of a page table, with the module's work, for held frames" },
	{ "request", request, false, 10000000, 0, 0,
	  "a whole request, from the copy of its slot to the answer" },
	{ "create_destroy", create_destroy, false, 200, 0, 7000000,
	  "creation and end of a vGPU with 64 MiB of low and 384 MiB of high memory, without hypercalls" },
};

static int list(void)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(benches); i++)
		printf("%s %u %u %.0f %s\n", benches[i].name, benches[i].count,
		       benches[i].goal_instr, benches[i].goal_ns,
		       benches[i].what);
	return 0;
}

int main(int argc, char **argv)
{
	struct timespec a, b;
	bool is_base;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	is_base = argc == 4 && !strcmp(argv[3], "base");
	for (size_t i = 0; (argc == 3 || is_base) &&
	     i < XENGT_ARRAY_SIZE(benches); i++) {
		if (strcmp(argv[1], benches[i].name))
			continue;
		if (is_base && benches[i].run == create_destroy) {
			printf("0\n");
			return 0;
		}
		setup(benches[i].is_module);
		/* touch the working set before the clock starts */
		if (benches[i].run != create_destroy)
			benches[i].run(ENTRIES);
		if (is_base) {
			access = no_access;
			handle = no_handle;
			prepare = no_prepare;
		}
		clock_gettime(CLOCK_MONOTONIC, &a);
		benches[i].run(strtoull(argv[2], NULL, 0));
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%lld\n", (long long)(b.tv_sec - a.tv_sec) * 1000000000 +
				 (b.tv_nsec - a.tv_nsec));
		return 0;
	}
	fprintf(stderr, "usage: bench_core --list | NAME COUNT [base]\n");
	return 2;
}
