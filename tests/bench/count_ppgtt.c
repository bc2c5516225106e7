/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page table of 512 entries costs, in things that are the same on every
 * machine: exits, hypercalls, bytes copied from the guest, calls of the module.
 * Counted on the fake hypervisor with the simulated GPU behind the boundary
 * code. Prints "NAME VALUE WHAT" lines, for tests/bench/run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/internal.h"
#include "gpu/gpu_sim.h"

#define N	XENGT_PPGTT_ENTRIES
#define RAM	2048u
#define PML4	1u		/* PDP, PD follow; page tables from PT on */
#define PT	4u
#define DATA	1024u
#define E(gfn)	((uint64_t)(gfn) << 12 | 3)

static struct xengt_hv_fake *fake;
static struct xengt_hv *hv;
static struct xengt_vgpu *vgpu;
static const struct xengt_gpu_ops *real_ops;
static struct xengt_gpu_ops counting_ops;
static uint64_t calls, exits;

static void must(int r, const char *what)
{
	if (!r)
		return;
	fprintf(stderr, "count_ppgtt: %s: %d\n", what, r);
	exit(1);
}

static int count_create(struct xengt_gpu *gpu, uint32_t level, uint32_t flags,
			uint32_t *ret_id)
{
	calls++;
	return real_ops->ppgtt_create(gpu, level, flags, ret_id);
}

static int count_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	calls++;
	return real_ops->ppgtt_destroy(gpu, id);
}

static int count_write(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
		       const uint64_t *entries, uint32_t count,
		       uint32_t *ret_scratched)
{
	calls++;
	return real_ops->ppgtt_write(gpu, id, first, entries, count,
				     ret_scratched);
}

static void setup(void)
{
	struct xengt_hv_fake_config guest = {
		.domid = 1, .ram_frames = RAM, .vcpus = 1,
	};
	struct xengt_vgpu_config cfg = {
		.platform = XENGT_PLATFORM_SKL, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};
	struct xengt_gpu_sim_host *host;

	must(xengt_fake_machine_create(RAM * 2, &guest.machine), "machine");
	must(xengt_gpu_sim_host_create(guest.machine, cfg.platform, &host),
	     "GPU");
	must(xengt_hv_fake_create(&guest, &fake), "domain");
	must(xengt_gpu_sim_create(host, fake, 16, 0, 0, &cfg.gpu), "vGPU");
	real_ops = cfg.gpu->ops;
	counting_ops = *real_ops;
	counting_ops.ppgtt_create = count_create;
	counting_ops.ppgtt_destroy = count_destroy;
	counting_ops.ppgtt_write = count_write;
	cfg.gpu->ops = &counting_ops;
	hv = cfg.hv = xengt_hv_fake_hv(fake);
	must(xengt_vgpu_create(&cfg, &vgpu), "device");
}

static void store(uint32_t table, uint32_t index, uint64_t entry)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .size = 8, .count = 1, .data = entry,
		.addr = (uint64_t)table << 12 | index * 8,
	};
	struct xengt_counters *counters = hv->counters;

	if (xengt_hv_fake_is_routed(fake, &req)) {
		exits++;
		must(xengt_hv_fake_push(fake, &req), "request");
		must(xengt_vgpu_serve(vgpu, 1) != 1, "answer");
		must(!xengt_hv_fake_answer(fake, 0, &(uint64_t){ 0 }), "answer");
		return;
	}
	/* the guest's own store, which is no copy of ours */
	hv->counters = NULL;
	must(hv->ops->write_guest(hv, gpa(req.addr), &entry, 8), "store");
	hv->counters = counters;
}

static void prepare(void)
{
	const struct xengt_ppgtt_root root = { { PML4 << 12 }, true };
	uint32_t id;

	must(xengt_ppgtt_prepare(vgpu, &root, &id), "prepare");
}

static void report(const char *name, const char *what)
{
	static struct xengt_counters old;
	static uint64_t old_calls, old_exits;
	const struct xengt_counters *now = xengt_vgpu_counters(vgpu);

	if (name) {
		printf("%s.exits %llu %s\n", name,
		       (unsigned long long)(exits - old_exits), what);
		printf("%s.hypercalls %llu %s\n", name, (unsigned long long)
		       (now->hypercalls - old.hypercalls), what);
		printf("%s.bytes %llu %s\n", name, (unsigned long long)
		       (now->guest_bytes - old.guest_bytes), what);
		printf("%s.calls %llu %s\n", name,
		       (unsigned long long)(calls - old_calls), what);
	}
	old = *now;
	old_calls = calls;
	old_exits = exits;
}

int main(void)
{
	setup();
	for (uint32_t i = 0; i < 3; i++)
		store(PML4 + i, 0, E(PML4 + i + 1));
	prepare();
	report(NULL, NULL);

	for (uint32_t i = 0; i < N; i++)
		store(PT, i, E(DATA + i));
	prepare();
	report("table_filled",
	       "512 entries of a page table that the GPU knows, and a submission");
	prepare();
	report("table_unchanged", "a submission, for each page table it reaches");
	for (uint32_t i = 0; i < N; i++)
		store(PT + 1, i, E(DATA + i));
	store(PML4 + 2, 1, E(PT + 1));
	prepare();
	report("table_added",
	       "a filled page table put into its directory, and a submission");
	store(PML4 + 2, 1, 0);
	report("table_removed", "and taken out again");
	return 0;
}
