// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of the simulated GPU.
 *
 *   bench_sim --list           one line for each benchmark: name, count, goals, what it
 *                              measures
 *   bench_sim NAME COUNT       run benchmark NAME COUNT times, print the ns of this
 *                              process for all runs, user and system time
 *   bench_sim NAME COUNT base  print 0, because the cost of the loop is not subtracted
 *
 * The benchmark of the socket starts its peer as another process (bench_sim --peer FD
 * COUNT) on the same processor. So the result includes the time of xengt-gpusim's side
 * only.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/gpusim.h"
#include "unit/sim_engine_rig.h"

#define BAR0		0xfd000000U
#define BIG_BUS		0x40000000ULL
#define BIG_BYTES	(16U << 20)
#define VA_BIG		((VA & ~0x1fffffULL) + 0x200000)
#define SURFACE		(4U << 20)	/* 1024 x 1024, 32 bits */

/*
 * The path of this program, by which it starts itself as the peer. Under valgrind
 * /proc/self/exe would name another program.
 */
static const char *program;

static void die(const char *what)
{
	fprintf(stderr, "bench_sim: %s\n", what);
	exit(1);
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* --- in this process -------------------------------------------------------- */

/*
 * Make a machine whose memory the simulator reaches by pointer, with 16 MiB more for
 * surfaces.
 */
static struct rig *big_rig(uint32_t base)
{
	struct rig *r = engine_create("skl", base);
	uint64_t *pd = (uint64_t *)(void *)ram32(r, PAGE_PML4 + 2);
	struct xengt_sim_region regions[2] = {
		{ .bus = bus_of(0), .len = RAM_BYTES, .host = r->m->ram },
		{ .bus = BIG_BUS, .len = BIG_BYTES },
	};

	regions[1].host = aligned_alloc(4096, BIG_BYTES);
	if (!regions[1].host)
		die("no memory");
	memset(regions[1].host, 0x5a, BIG_BYTES);
	for (unsigned int i = 0; i < BIG_BYTES >> 21; i++)
		pd[((VA >> 21) & 511) + 1 + i] =
			(BIG_BUS + ((uint64_t)i << 21)) | 0x80 | 3;
	/* drivers write this command at the end of the image's list of register loads */
	ram32(r, PAGE_CTX(0) + 1)[0x41] = MI_BB_END;
	if (xengt_sim_set_regions(r->m->sim, regions, 2))
		die("no regions");
	return r;
}

static void reg_read(uint64_t count)
{
	struct machine *m = machine_create("skl", false);

	for (uint64_t i = 0; i < count; i++)
		(void)rd(m, REG_SWF0 + (i & 3) * 4);
}

static void reg_write(uint64_t count)
{
	struct machine *m = machine_create("skl", false);

	for (uint64_t i = 0; i < count; i++)
		wr(m, REG_SWF0 + (i & 3) * 4, (uint32_t)i);
}

/*
 * Runs empty batches. The measured part begins with the store to the ELSP and ends with
 * the event in the status page.
 */
static void nop_batch(uint64_t count)
{
	static const uint32_t none;
	struct rig *r = big_rig(RCS);
	struct xengt_sim_engine_stats st;

	for (uint64_t i = 0; i < count; i++)
		engine_batch(r, &none, 0, true);
	xengt_sim_engine_stats(r->m->sim, 0, &st);
	if (st.completions != count || st.batches != count)
		die("batches were not run");
}

/* Blit count KiB in blits of 4 MiB. */
static void blit(uint64_t count, const uint32_t *dw, unsigned int n)
{
	struct rig *r = big_rig(BCS);
	struct xengt_sim_engine_stats st;

	do {
		engine_batch(r, dw, n, true);
		while (xengt_sim_run(r->m->sim))
			;
		xengt_sim_engine_stats(r->m->sim, 3, &st);
	} while (st.blit_bytes && st.blit_bytes < count << 10);
	if (!st.blit_bytes)
		die("nothing was blitted");
}

#define SURFACE_AT(i)	(uint32_t)(VA_BIG + (i) * SURFACE), \
			(uint32_t)((VA_BIG + (i) * SURFACE) >> 32)

/*
 * Runs XY_SRC_COPY_BLT and similar commands with a raster operation, a pitch and a
 * tiling.
 */
static void copy(uint64_t count, uint32_t dw0, uint32_t dw1, uint32_t src_pitch)
{
	const uint32_t dw[] = {
		dw0, dw1, 0, 0x04000400, SURFACE_AT(1),
		0, src_pitch, SURFACE_AT(0),
	};

	blit(count, dw, 10);
}

static void fill(uint64_t count, uint32_t dw1)
{
	const uint32_t dw[] = {
		0x54300005, dw1, 0, 0x04000400, SURFACE_AT(1), 0x12345678,
	};

	blit(count, dw, 7);
}

static void blt_copy(uint64_t count)
{
	copy(count, 0x54f00008, 0x03cc1000, 4096);
}

static void blt_copy_tiled(uint64_t count)
{
	copy(count, 0x54f08808, 0x03cc0400, 1024);
}

static void blt_fill(uint64_t count)
{
	fill(count, 0x03f01000);
}

/* The raster operations of the next three functions also read the destination. */
static void blt_xor_copy(uint64_t count)
{
	copy(count, 0x54f00008, 0x03661000, 4096);
}

static void blt_rgb_copy(uint64_t count)
{
	copy(count, 0x54d00008, 0x03cc1000, 4096);
}

static void blt_xor_fill(uint64_t count)
{
	fill(count, 0x035a1000);
}

/* --- through QEMU's protocol ------------------------------------------------- */

static void exchange(int fd, struct proxy_hdr hdr, const void *body)
{
	uint8_t out[sizeof(hdr) + sizeof(union proxy_body)];
	struct { struct proxy_hdr hdr; uint64_t val; } in;

	memcpy(out, &hdr, sizeof(hdr));
	memcpy(out + sizeof(hdr), body, hdr.size);
	if (send(fd, out, sizeof(hdr) + hdr.size, 0) < 0 ||
	    recv(fd, &in, sizeof(in), MSG_WAITALL) != sizeof(in) ||
	    in.hdr.cmd != PROXY_RET)
		die("the simulator does not answer");
}

static int peer(int fd, uint64_t count)
{
	const struct proxy_hdr cfg = { .cmd = PROXY_CFG_WRITE,
				       .size = sizeof(struct proxy_cfg) };
	const struct proxy_hdr bar = { .cmd = PROXY_BAR_READ,
				       .size = sizeof(struct proxy_bar) };
	const struct proxy_cfg at = { 0x10, BAR0, 4 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	exchange(fd, cfg, &at);
	for (uint64_t i = 0; i < count; i++) {
		const struct proxy_bar b = {
			.addr = BAR0 + 0x4f000 + (i & 3) * 4, .size = 4,
			.is_memory = 1,
		};

		exchange(fd, bar, &b);
	}
	return 0;
}

static void reg_socket(uint64_t count)
{
	struct gpusim_options o = {
		.platform = xengt_sim_platform_find("skl"), .has_tlb = true,
	};
	char fd[12], n[24];
	FILE *log = fopen("/dev/null", "we");
	int sv[2], status;

	if (!log || socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		die("no socket");
	(void)gpusim_pin(GPUSIM_CPU_FREE);
	snprintf(fd, sizeof(fd), "%d", sv[0]);
	snprintf(n, sizeof(n), "%llu", (unsigned long long)count);
	if (!fork()) {
		close(sv[1]);
		execl(program, program, "--peer", fd, n, NULL);
		_exit(1);
	}
	close(sv[0]);
	if (gpusim_run(&o, sv[1], log, NULL))
		die("the protocol broke");
	if (wait(&status) < 0 || status)
		die("the peer failed");
	fclose(log);
}

/* --- the list ---------------------------------------------------------------- */

/* A goal of 0 means that no goal was set. */
static const struct bench {
	const char *name;
	void (*run)(uint64_t count);
	uint32_t count;
	uint32_t goal_ns;
	const char *what;
} benches[] = {
	{ "sim_reg_read", reg_read, 2000000, 0,
	  "simulator: read of a register by a function call in the same process" },
	{ "sim_reg_write", reg_write, 2000000, 0,
	  "simulator: write of a register by a function call in the same process" },
	{ "sim_reg_socket", reg_socket, 50000, 15000,
	  "simulator: read of a register through QEMU's protocol, CPU time of the simulator's "
	  "process" },
	{ "sim_nop_batch", nop_batch, 100000, 5000,
	  "simulator: empty batch in the same process, from the write to the port to the event" },
	{ "sim_blt_copy_kib", blt_copy, 262144, 2048,
	  "simulator: 1 KiB of a linear copy (goal: 500 MB/s)" },
	{ "sim_blt_tiled_kib", blt_copy_tiled, 131072, 2048,
	  "simulator: 1 KiB of an X-tiled copy (goal: 500 MB/s)" },
	{ "sim_blt_fill_kib", blt_fill, 262144, 2048,
	  "simulator: 1 KiB of a fill (goal: 500 MB/s)" },
	{ "sim_blt_xor_copy_kib", blt_xor_copy, 131072, 2048,
	  "simulator: 1 KiB of source XOR destination (goal: 500 MB/s)" },
	{ "sim_blt_rgb_copy_kib", blt_rgb_copy, 131072, 2048,
	  "simulator: 1 KiB of a copy that does not write alpha (goal: 500 MB/s)" },
	{ "sim_blt_xor_fill_kib", blt_xor_fill, 131072, 2048,
	  "simulator: 1 KiB of colour XOR destination (goal: 500 MB/s)" },
};

#define N_BENCHES (sizeof(benches) / sizeof(benches[0]))

static int list(void)
{
	for (size_t i = 0; i < N_BENCHES; i++)
		printf("%s %u 0 %u %s\n", benches[i].name, benches[i].count,
		       benches[i].goal_ns, benches[i].what);
	return 0;
}

int main(int argc, char **argv)
{
	bool is_base = argc == 4 && !strcmp(argv[3], "base");

	program = argv[0];
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (argc == 4 && !strcmp(argv[1], "--peer"))
		return peer(atoi(argv[2]), strtoull(argv[3], NULL, 0));
	for (size_t i = 0; (argc == 3 || is_base) && i < N_BENCHES; i++) {
		const struct bench *b = &benches[i];
		int64_t begun = cpu_ns();

		if (strcmp(argv[1], b->name))
			continue;
		if (!is_base)
			b->run(strtoull(argv[2], NULL, 0));
		printf("%lld\n", is_base ? 0LL :
		       (long long)(cpu_ns() - begun));
		return 0;
	}
	fprintf(stderr, "usage: bench_sim --list | NAME COUNT [base]\n");
	return 2;
}
