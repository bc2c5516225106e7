// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest with the aperture on demand does everything that a guest can do with it: accesses
 * pieces in any size, writes and clears entries, moves BAR2, gives frames away, and removes
 * pieces from its own p2m, from two vCPUs at once. Calls of the hypervisor fail now and then.
 * A guest's access goes where Xen would send it: to the device, or, where a piece is mapped,
 * straight to the GPU. Both must reach the same bytes: those of the frame that the entry
 * names, or of the vGPU's own scratch page. The memory of a neighbour must not change. The
 * number of mappings is bounded by the time that has passed. tests/oracle compares the p2m
 * with the device's record all the time.
 *
 * promise: P21
 */
#include "fuzz/rig_input.h"

#include <errno.h>
#include <string.h>

#include "core/vgpu.h"
#include "gpu/gpu_sim.h"
#include "hv/hv_fake.h"
#include "xengt/counters.h"
#include "xengt/limits.h"

#define RAM		64u
#define LOW_MIB		6u
#define PIECES		(LOW_MIB / 2)
#define PAGES		(PIECES * XENGT_PIECE_FRAMES)
#define VCPUS		2u
#define BAR0		0xe0000000u
#define GGTT		0x800000u
#define OPS_MAX		192u
#define DOMID		7u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct xengt_fake_machine *machine;
static struct xengt_gpu_sim_host *host;
static struct xengt_hv_fake *fake;
static struct xengt_gpu *gpu;
static struct xengt_vgpu *vgpu;
static struct xengt_vgpu_info info;
static struct xengt_hv_fake *other;	/* the neighbour, whose vGPU has no work */
static struct xengt_gpu *other_gpu;

static uint64_t seed;
static uint64_t now_ns;
static uint64_t bar2;			/* 0: BAR2 is not decoded */
static uint64_t entries[PAGES];		/* the entries as the guest wrote them */
static uint64_t behind[PAGES];		/* the machine frame that the GPU reaches */

/*
 * The next bytes of the input. After the input's end the numbers are computed from the
 * input, so that a short input gives a long session, too.
 */
static uint64_t eat(struct fuzz_input *in, size_t bytes)
{
	if (in->left)
		return fuzz_eat(in, bytes);
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> (64 - 8 * bytes);
}

/* ---- the model: where the bytes of the aperture are ---- */

static uint64_t frame_of(uint64_t pte)
{
	uint64_t mfn = XENGT_FAKE_NO_FRAME;

	if (pte & 1 && pte >> 12 < RAM)
		mfn = xengt_hv_fake_mfn(fake, gfn(pte >> 12));
	return mfn == XENGT_FAKE_NO_FRAME ? xengt_gpu_sim_scratch_mfn(gpu) : mfn;
}

static void entries_change(void)
{
	for (uint32_t i = 0; i < PAGES; i++)
		behind[i] = frame_of(entries[i]);
}

static uint8_t *byte_at(uint64_t off)
{
	return xengt_fake_frame_at(machine, behind[off / XENGT_PAGE_SIZE]) +
	       off % XENGT_PAGE_SIZE;
}

/* ---- the guest's accesses ---- */

static void push(uint32_t vcpu, struct xengt_req req)
{
	req.vcpu = vcpu;
	must(xengt_hv_fake_push(fake, &req) == 0);
}

static uint64_t answered(uint32_t vcpu)
{
	uint64_t data = 0;

	must(xengt_hv_fake_answer(fake, vcpu, &data) == 1);
	return data;
}

static uint64_t ask(struct xengt_req req)
{
	push(0, req);
	must(xengt_vgpu_serve(vgpu, UINT32_MAX) == 0);
	return answered(0);
}

static struct xengt_req cfg_write(uint32_t reg, uint32_t size, uint32_t val)
{
	return (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .addr = 0x10ull << 32 | reg,
		.size = size, .count = 1, .data = val,
	};
}

static struct xengt_req access_of(uint64_t off, uint32_t size, bool is_read,
				  uint64_t val)
{
	return (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = bar2 + info.low_base + off,
		.size = size, .count = 1, .is_read = is_read, .data = val,
	};
}

/*
 * Accesses 'size' bytes of the slice where Xen would send the access: to the device by a request,
 * or, if the piece is mapped, directly to the GPU's BAR2. Xen sends an access that exits as one
 * request, with all its bytes.
 */
static uint64_t reach(uint64_t off, uint32_t size, bool is_read, uint64_t val)
{
	struct xengt_req req = access_of(off, size, is_read, val);
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);

	if (xengt_hv_fake_is_routed(fake, &req))
		return ask(req);
	must(xengt_hv_fake_has_aperture(fake, gpa_to_gfn(gpa(req.addr))));
	if (is_read)
		return xengt_sim_bar_read(sim, 2, info.low_base + off, size);
	xengt_sim_bar_write(sim, 2, info.low_base + off, size, val);
	return 0;
}

static void touch(struct fuzz_input *in)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8 };
	uint32_t pick = (uint32_t)eat(in, 1);
	uint32_t size = sizes[pick % 4];
	/* an offset in the first four pages of any piece; write_entries() begins there */
	uint64_t off = eat(in, 1) % PIECES * XENGT_PIECE_FRAMES *
		       XENGT_PAGE_SIZE + eat(in, 2) % (4 * XENGT_PAGE_SIZE - 8);
	uint64_t val = eat(in, 8), want = 0, got;

	if (!bar2)
		return;
	for (uint32_t i = 0; i < size; i++)
		want |= (uint64_t)*byte_at(off + i) << (8 * i);
	got = reach(off, size, !(pick & 8), val);
	if (!(pick & 8)) {
		must(size == 8 ? got == want : !((got ^ want) << (64 - 8 * size)));
		return;
	}
	for (uint32_t i = 0; i < size; i++)
		must(*byte_at(off + i) == (uint8_t)(val >> (8 * i)));
}

static void write_entries(struct fuzz_input *in)
{
	uint32_t first = (uint32_t)(eat(in, 1) % PIECES * XENGT_PIECE_FRAMES +
				    eat(in, 1) % 4);
	uint32_t pick = (uint32_t)eat(in, 1);
	/* an entry with a frame of RAM, an entry with a frame that is not RAM, or 0 */
	uint64_t pte = pick % 4 == 0 ? 0 :
		       (uint64_t)(pick % (RAM + 8)) << 12 | 1;
	uint32_t count = pick & 128 ? XENGT_PIECE_FRAMES - 4 : 1;

	ask((struct xengt_req){
		.type = XENGT_REQ_MMIO, .size = 8, .count = count, .data = pte,
		.addr = BAR0 + GGTT +
			8 * ((info.low_base >> XENGT_PAGE_SHIFT) + first) });
	for (uint32_t i = first; i < first + count; i++)
		entries[i] = pte;
	entries_change();
}

/* The guest gives a frame away or gets one; Xen tells the device. */
static void balloon(struct fuzz_input *in)
{
	gfn_t frame = gfn(eat(in, 1) % RAM);

	if (xengt_hv_fake_add_ram(fake, frame))
		xengt_hv_fake_remove_ram(fake, frame);
	ask((struct xengt_req){ .type = XENGT_REQ_INVALIDATE });
	entries_change();
}

/* Returns the guest's request that moves BAR2 to one of two addresses, or to 0. */
static struct xengt_req move_of(uint32_t pick, uint64_t *ret_bar2)
{
	static const uint32_t places[] = { 0xd0000000, 0xa0000000, 0, 0xd0000000 };

	*ret_bar2 = places[pick % 4];
	return cfg_write(0x18, 4, (uint32_t)*ret_bar2);
}

static void move(struct fuzz_input *in)
{
	uint64_t to;

	ask(move_of((uint32_t)eat(in, 1), &to));
	bar2 = to;
}

/* One vCPU moves BAR2 while the other one touches a piece. */
static void race(struct fuzz_input *in)
{
	uint32_t pick = (uint32_t)eat(in, 1);
	struct xengt_req touched = access_of(
		pick % PIECES * XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE, 4, true, 0);
	uint64_t to = bar2;
	struct xengt_req second = pick & 8 ? touched :
					     move_of((uint32_t)eat(in, 1), &to);

	if (!bar2 || !xengt_hv_fake_is_routed(fake, &touched))
		return;
	push(pick >> 4 & 1, touched);
	push(!(pick >> 4 & 1), second);
	must(xengt_vgpu_serve(vgpu, UINT32_MAX) == 0);
	answered(0);
	answered(1);
	bar2 = to;
}

static void drop(struct fuzz_input *in)
{
	uint64_t first = (bar2 + info.low_base) >> XENGT_PAGE_SHIFT;

	xengt_hv_fake_drop_aperture(fake, gfn(first +
		eat(in, 1) % PIECES * XENGT_PIECE_FRAMES + eat(in, 1) % 4));
}

/* A call fails. Then xengt_vgpu_map_again() repairs what the failed call left undone. */
static void fail(struct fuzz_input *in)
{
	static const int errors[] = { -EINVAL, -ETIMEDOUT, -ENOTCONN, -EBUSY };
	uint32_t pick = (uint32_t)eat(in, 1);
	uint64_t to;

	xengt_hv_fake_inject(fake, pick & 4 ? XENGT_HV_FAKE_PIECE :
					      XENGT_HV_FAKE_APERTURE, 1,
			     errors[pick % 4]);
	if (pick & 8)
		touch(in);
	else if (pick & 16)
		write_entries(in);
	else
		ask(move_of(pick >> 5, &to));
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_PIECE, 0, 0);
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_APERTURE, 0, 0);
	if (!(pick & 24))
		bar2 = to;
	xengt_vgpu_map_again(vgpu);
}

static void reset(void)
{
	xengt_vgpu_reset(vgpu);
	memset(entries, 0, sizeof(entries));
	entries_change();
	ask(cfg_write(0x10, 4, BAR0));
	ask(cfg_write(0x18, 4, 0xd0000000));
	ask(cfg_write(0x04, 2, 6));
	bar2 = 0xd0000000;
}

static void act(struct fuzz_input *in)
{
	uint32_t op = (uint32_t)eat(in, 1) % 32;
	uint64_t pass;

	if (op < 14) {
		touch(in);
	} else if (op < 20) {
		write_entries(in);
	} else if (op < 22) {
		balloon(in);
	} else if (op < 24) {
		move(in);
	} else if (op < 26) {
		race(in);
	} else if (op < 28) {
		drop(in);
	} else if (op < 30) {
		pass = eat(in, 1) * 4000000;
		now_ns += pass;
		xengt_hv_fake_advance(fake, pass);
	} else if (op == 30) {
		fail(in);
	} else {
		reset();
	}
}

/* ---- the rig ---- */

static void begin(void)
{
	const struct xengt_hv_fake_config hv = {
		.machine = machine, .domid = DOMID, .ram_frames = RAM,
		.vcpus = VCPUS, .slice_frames = PAGES,
	};
	struct xengt_vgpu_config cfg = {
		.platform = XENGT_PLATFORM_SKL, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
		.is_aperture_lazy = true,
	};

	must(xengt_hv_fake_create(&hv, &fake) == 0);
	must(xengt_gpu_sim_create(host, fake, LOW_MIB, 0, 0, &gpu) == 0);
	must(gpu->ops->info(gpu, &info) == 0);
	cfg.hv = xengt_hv_fake_hv(fake);
	cfg.gpu = gpu;
	must(xengt_vgpu_create(&cfg, &vgpu) == 0);
	now_ns = 0;
	reset();
}

static void end(void)
{
	gfn_t first;

	must(xengt_vgpu_host_error(vgpu) == 0);
	/* the limit of mappings, by the clock that the device sees */
	must(xengt_vgpu_counters(vgpu)->aperture_swaps <=
	     PIECES + XENGT_PIECES_SPARE +
	     now_ns / (1000000000u / XENGT_PIECES_PER_S));
	xengt_vgpu_destroy(vgpu);
	must(xengt_hv_fake_pieces(fake, &first) == 0);
	must(xengt_hv_fake_ranges(fake, XENGT_RANGE_MMIO) == 0);
	must(xengt_hv_fake_faults(fake) == 0);
	gpu->ops->destroy(gpu);
	xengt_hv_fake_hv(fake)->ops->destroy(xengt_hv_fake_hv(fake));
}

/* Makes the neighbour. The entries of the neighbour's slice point to the neighbour's frames. */
static void make_neighbour(void)
{
	const struct xengt_hv_fake_config hv = {
		.machine = machine, .domid = DOMID + 1, .ram_frames = RAM,
		.vcpus = 1, .slice_frames = 512,
	};
	struct xengt_vgpu_info its;

	must(xengt_hv_fake_create(&hv, &other) == 0);
	must(xengt_gpu_sim_create(host, other, 2, 0, 0, &other_gpu) == 0);
	must(other_gpu->ops->info(other_gpu, &its) == 0);
	for (uint32_t i = 0; i < RAM; i++) {
		uint64_t pte = (uint64_t)i << 12 | 1;

		must(other_gpu->ops->ggtt_write(other_gpu,
			(uint32_t)(its.low_base >> 12) + i, &pte, 1, NULL) == 0);
		memset(xengt_fake_frame_at(machine,
					   xengt_hv_fake_mfn(other, gfn(i))),
		       0xa5, XENGT_PAGE_SIZE);
	}
}

static void judge_neighbour(void)
{
	static const uint8_t want[2] = { 0xa5, 0xa5 };

	for (uint32_t i = 0; i < RAM; i++) {
		const uint8_t *at = xengt_fake_frame_at(
			machine, xengt_hv_fake_mfn(other, gfn(i)));

		must(!memcmp(at, want, 1) &&
		     !memcmp(at, at + 1, XENGT_PAGE_SIZE - 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	if (!host) {
		must(xengt_fake_machine_create(1024, &machine) == 0);
		must(xengt_gpu_sim_host_create(machine, XENGT_PLATFORM_SKL,
					       &host) == 0);
		make_neighbour();
	}
	seed = 0x9e3779b97f4a7c15;
	for (size_t i = 0; i < size; i++)
		seed = (seed ^ data[i]) * 0x100000001b3;
	seed |= 1;
	begin();
	for (uint32_t i = 0; i < OPS_MAX; i++)
		act(&in);
	end();
	judge_neighbour();
	return 0;
}
