// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest: its memory, its processor and its vGPU, and the simulated GPU on which the
 * vGPU runs.
 */
#include "standin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/vgpu.h"
#include "gpu/gpu_sim.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "reg_names.h"
#include "xengt/judge_abi.h"

#define DOMID		7u
#define RAM		(384u << 8)	/* in frames */
#define RUN		512u		/* length of a run of guest frames that are
					 * adjacent in the machine, too */
#define LOW_MIB		64u
#define BAR0		0xe0000000ull
#define PLACES		(LOW_MIB * 256 / APP_PLACE_PAGES)

#define USED		1u
#define WAS_USED	2u

static struct {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct xengt_vgpu_info info;
	const struct xengt_platform *platform;
	uint8_t *shm;			/* memory in which the judge finds the owner of each
					 * frame and reports violations */
	uint8_t used[RAM];		/* for each frame USED, WAS_USED or 0; frame 0 is never
					 * used */
	uint32_t free, next;
	bool places[PLACES];
} g;

/* ---- the guest's processor ---- */

static uint64_t request(struct xengt_req req)
{
	uint64_t data = 0;

	req.count = 1;
	if (xengt_hv_fake_push(g.fake, &req) || xengt_vgpu_serve(g.vgpu, UINT32_MAX) ||
	    xengt_hv_fake_answer(g.fake, 0, &data) != 1)
		app_die("the vGPU did not answer a request of the guest");
	return data;
}

static void config(uint32_t reg, uint32_t size, uint32_t val)
{
	request((struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .size = size, .data = val,
		.addr = (uint64_t)(2 << 3) << 32 | reg,
	});
}

static void wr_bytes(uint32_t off, uint32_t size, uint64_t val)
{
	if (xengt_hv_fake_store(g.fake, BAR0 + off, size, val))
		return;
	request((struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = BAR0 + off, .size = size, .data = val,
	});
}

void app_wr(uint32_t off, uint32_t val)
{
	wr_bytes(off, 4, val);
}

uint32_t app_rd(uint32_t off)
{
	uint64_t val;

	if (xengt_hv_fake_load(g.fake, BAR0 + off, 4, &val))
		return (uint32_t)val;
	return (uint32_t)request((struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = BAR0 + off, .size = 4, .is_read = true,
	});
}

void app_store(uint32_t table, uint32_t i, uint64_t entry)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .size = 8, .count = 1, .data = entry,
		.addr = (uint64_t)table * APP_PAGE + 8 * i,
	};

	if (xengt_hv_fake_is_routed(g.fake, &req))
		request(req);
	else
		memcpy((uint64_t *)app_frame(table) + i, &entry, 8);
}

/* ---- memory ---- */

void *app_frame(uint32_t frame)
{
	return xengt_fake_frame_at(g.machine, xengt_hv_fake_mfn(g.fake, gfn(frame)));
}

static uint32_t run_at(uint32_t from, uint32_t count)
{
	for (uint32_t at = from, n = 0; at < RAM; at++) {
		n = g.used[at] & USED ? 0 : n + 1;
		if (n == count)
			return at + 1 - count;
	}
	return 0;
}

uint32_t app_frames_get(uint32_t count)
{
	uint32_t first = run_at(g.next, count);

	if (!first)
		first = run_at(1, count);
	if (!first)
		return 0;
	g.next = first + count;
	g.free -= count;
	for (uint32_t i = first; i < first + count; i++) {
		if (g.used[i] & WAS_USED)
			memset(app_frame(i), 0, APP_PAGE);
		g.used[i] = USED | WAS_USED;
	}
	return first;
}

void app_frames_put(uint32_t first, uint32_t count)
{
	memset(g.used + first, WAS_USED, count);
	g.free += count;
}

uint64_t app_frames_free(void)
{
	return g.free;
}

static void copy(uint32_t first, uint64_t off, uint8_t *buf, size_t len, bool is_write)
{
	while (len) {
		uint8_t *at = (uint8_t *)app_frame(first + (uint32_t)(off / APP_PAGE)) +
			off % APP_PAGE;
		size_t part = APP_PAGE - off % APP_PAGE;

		part = part < len ? part : len;
		memcpy(is_write ? at : buf, is_write ? buf : at, part);
		buf += part;
		off += part;
		len -= part;
	}
}

void app_frames_read(uint32_t first, uint64_t off, void *buf, size_t len)
{
	copy(first, off, buf, len, false);
}

void app_frames_write(uint32_t first, uint64_t off, const void *buf, size_t len)
{
	copy(first, off, (uint8_t *)(uintptr_t)buf, len, true);
}

void *app_frames_map(uint32_t first, uint64_t off, size_t len, int prot, void *at)
{
	int fd = xengt_fake_machine_fd(g.machine);
	uint32_t frame = first + (uint32_t)(off / APP_PAGE);
	uint32_t count = (uint32_t)((len + APP_PAGE - 1) / APP_PAGE);
	uint8_t *view = mmap(at, (size_t)count * APP_PAGE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);

	if (view == MAP_FAILED)
		return NULL;
	for (uint32_t i = 0, n; i < count; i += n) {
		uint64_t mfn = xengt_hv_fake_mfn(g.fake, gfn(frame + i));

		for (n = 1; i + n < count; n++)
			if (xengt_hv_fake_mfn(g.fake, gfn(frame + i + n)) != mfn + n)
				break;
		if (mmap(view + (size_t)i * APP_PAGE, (size_t)n * APP_PAGE, prot,
			 MAP_SHARED | MAP_FIXED, fd,
			 (off_t)((mfn - XENGT_FAKE_FIRST_FRAME) * APP_PAGE)) == MAP_FAILED) {
			munmap(view, (size_t)count * APP_PAGE);
			return NULL;
		}
	}
	return view;
}

/* ---- graphics addresses ---- */

uint32_t app_place_get(uint32_t first_frame)
{
	for (uint32_t i = 0; i < PLACES; i++) {
		uint32_t addr = (uint32_t)g.info.low_base + i * APP_PLACE_PAGES * APP_PAGE;

		if (g.places[i])
			continue;
		g.places[i] = true;
		for (uint32_t k = 0; k < APP_PLACE_PAGES; k++)
			wr_bytes(REG_GGTT + (addr / APP_PAGE + k) * 8, 8,
				 (uint64_t)(first_frame + k) << 12 | 1);
		app_wr(XENGT_GFX_FLSH_CNTL, 1);
		return addr;
	}
	app_die("the guest's graphics memory is full");
}

void app_place_put(uint32_t addr)
{
	g.places[(addr - (uint32_t)g.info.low_base) / (APP_PLACE_PAGES * APP_PAGE)] = false;
}

/* ---- the vGPU ---- */

const struct xengt_platform *app_guest_platform(void)
{
	return g.platform;
}

bool app_guest_is_gen9(void)
{
	return g.platform->gen == XENGT_GEN9;
}

uint8_t app_guest_revision(void)
{
	return (uint8_t)xengt_sim_cfg_read(xengt_gpu_sim_host_sim(g.host), 8, 1);
}

uint16_t app_guest_device(void)
{
	return (uint16_t)xengt_sim_cfg_read(xengt_gpu_sim_host_sim(g.host), 2, 2);
}

void app_guest_work(void)
{
	xengt_hv_fake_advance(g.fake, 1000);
	if (xengt_vgpu_handle_events(g.vgpu))
		app_die("the vGPU is gone, error %d", xengt_vgpu_host_error(g.vgpu));
}

void app_guest_counts(struct app_counts *ret)
{
	const struct xengt_counters *c = xengt_vgpu_counters(g.vgpu);

	*ret = (struct app_counts){ c->refused, c->hangs, c->completions };
}

void app_guest_tell_fault(void)
{
	struct xengt_fault f[XENGT_FAULTS_KEPT];
	uint32_t n = xengt_vgpu_faults(g.vgpu, f, XENGT_FAULTS_KEPT);

	if (n)
		app_problem("engine %u: error %d, refusal %u, command 0x%08x at 0x%llx",
			    f[n - 1].engine, f[n - 1].error, f[n - 1].refused,
			    f[n - 1].cmd, (unsigned long long)f[n - 1].at);
}

/* Tell the judge which frames are the guest's. */
static void judge_begin(void)
{
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(g.host);
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_slice *s;
	uint64_t *owners;

	g.shm = mmap(NULL, XENGT_JUDGE_FILE_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.shm == MAP_FAILED ||
	    xengt_sim_judge_format(g.shm, XENGT_JUDGE_FILE_BYTES) ||
	    xengt_sim_judge_attach(sim, g.shm, XENGT_JUDGE_FILE_BYTES))
		app_die("no judge");
	hdr = (void *)g.shm;
	s = (void *)(g.shm + XENGT_JUDGE_SLICES_OFF);
	owners = (void *)(g.shm + XENGT_JUDGE_OWNERS_OFF);
	hdr->generation++;
	s[g.info.vgpu_id - 1] = (struct xengt_judge_slice){
		.active = 1, .domid = DOMID,
		.low_base = g.info.low_base, .low_bytes = g.info.low_bytes,
		.scratch_mfn = xengt_gpu_sim_bus_page(xengt_gpu_sim_scratch_mfn(g.gpu)),
	};
	hdr->generation++;
	for (uint32_t i = 0; i < RAM; i++)
		owners[xengt_gpu_sim_bus_page(xengt_hv_fake_mfn(g.fake, gfn(i)))] =
			XENGT_JUDGE_OWNER(DOMID, i);
}

static void power_on(void)
{
	config(0x10, 4, (uint32_t)BAR0);
	config(0x94, 4, 0xfee00000);
	config(0x98, 2, 0x4041);
	config(0x92, 2, 1);
	config(0x04, 2, 6);
	if (app_rd(XENGT_PVINFO_MAGIC) != (uint32_t)XENGT_PVINFO_MAGIC_VALUE)
		app_die("no vGPU");
	for (uint32_t bank = XENGT_IRQ_BANK_GT0; bank <= XENGT_IRQ_BANK_GT3; bank += 0x10) {
		app_wr(bank + XENGT_IRQ_IMR, 0);
		app_wr(bank + XENGT_IRQ_IER, ~0u);
	}
	app_wr(XENGT_IRQ_MASTER, XENGT_IRQ_MASTER_CONTROL);
}

static void make_vgpu(void)
{
	const struct xengt_hv_fake_config hv_cfg = {
		.machine = g.machine, .domid = DOMID, .ram_frames = RAM,
		.vcpus = 1, .slice_frames = LOW_MIB * 256,
	};
	struct xengt_vgpu_config cfg = {
		.platform = g.platform->id, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};

	if (xengt_hv_fake_create(&hv_cfg, &g.fake) ||
	    xengt_gpu_sim_create(g.host, g.fake, LOW_MIB, 0, 4, &g.gpu) ||
	    g.gpu->ops->info(g.gpu, &g.info))
		app_die("no guest");
	g.hv = xengt_hv_fake_hv(g.fake);
	cfg.hv = g.hv;
	cfg.gpu = g.gpu;
	if (xengt_vgpu_create(&cfg, &g.vgpu))
		app_die("no vGPU");
}

/* Makes the simulator as strict as silicon, by all options XENGT_SIM_STRICT_*. */
static void be_strict(struct xengt_sim *sim)
{
	struct xengt_sim_exec_opts opts;

	xengt_sim_get_exec(sim, &opts);
	opts.strict = XENGT_SIM_STRICT_IMAGES | XENGT_SIM_STRICT_RESIDUE |
		XENGT_SIM_STRICT_BYTES | XENGT_SIM_STRICT_IDLE |
		XENGT_SIM_STRICT_EVENTS | XENGT_SIM_STRICT_TORN |
		XENGT_SIM_STRICT_CACHES;
	xengt_sim_set_exec(sim, &opts);
}

void app_guest_begin(void)
{
	const char *gpu = getenv("XENGT_APPS_GPU");

	if (g.vgpu)
		return;
	g.platform = xengt_platform_find(gpu ? gpu : "skl");
	if (!g.platform)
		app_die("no platform '%s'", gpu);
	if (xengt_fake_machine_create(RAM * 4 / 3, &g.machine))
		app_die("no memory for the guest");
	xengt_fake_machine_set_run(g.machine, RUN);
	if (xengt_gpu_sim_host_create(g.machine, g.platform->id, &g.host))
		app_die("no GPU");
	be_strict(xengt_gpu_sim_host_sim(g.host));
	g.free = RAM - 1;
	g.used[0] = USED;
	g.next = 1;
	make_vgpu();
	judge_begin();
	app_watch_begin(xengt_gpu_sim_host_sim(g.host));
	power_on();
}

void app_guest_check(void)
{
	const struct xengt_judge_violation *v;
	const struct xengt_judge_hdr *hdr;
	const struct xengt_counters *c;
	struct app_counts counts;

	if (!g.vgpu)
		return;
	/* if the judge checked no access, its result proves nothing */
	hdr = (const void *)g.shm;
	app_guest_counts(&counts);
	if (counts.completions && (!hdr->context_accesses || !hdr->ppgtt_accesses))
		app_problem("the judge saw no accesses, but %llu contexts completed",
			    (unsigned long long)counts.completions);
	v = (const void *)(g.shm + XENGT_JUDGE_RING_OFF);
	for (uint32_t i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		if (v[i].seq)
			app_problem("violation by engine %u: flags %u, addr 0x%llx, command 0x%x",
				    v[i].engine, v[i].flags,
				    (unsigned long long)v[i].addr, v[i].command);
	if (xengt_gpu_sim_host_wrong_entries(g.host))
		app_problem("an entry of the GPU's tables points to a foreign frame");
	if (xengt_hv_fake_faults(g.fake))
		app_problem("%u misuses of the hypervisor", xengt_hv_fake_faults(g.fake));
	c = xengt_vgpu_counters(g.vgpu);
	if (c->ppgtt_scratched || c->ggtt_scratched || c->ppgtt_missing)
		app_problem("%llu entries of page tables and %llu of the GGTT point to no memory",
			    (unsigned long long)c->ppgtt_scratched,
			    (unsigned long long)c->ggtt_scratched);
}
