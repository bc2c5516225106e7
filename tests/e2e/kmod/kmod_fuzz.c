// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random calls of /dev/xengt and of vGPUs by several threads at once: well-formed and ill-formed
 * arguments from a table of the ABI, and closes, copies, polls, reads and mappings of the same
 * fds. The guests' memory has contexts that run, so submissions reach the engines.
 *
 * Rules: each error is one that the ABI names for its call; no call accepts an unknown flag,
 * padding that is not 0, or a bad pointer; when all fds are closed, all resources are free again.
 */
#include "kmod_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS		4u
#define SLOTS		6u
#define FRAMES		32u		/* number of frames of each domain, from RAM_GFN on */
#define IMAGE_FRAME	1u		/* the first of 23 frames */
#define RING_FRAME	24u
#define ENTRIES		64u
#define ARG_BYTES	256u		/* more bytes than any argument has */
#define ERRORS		134u
#define TICK_US		50000

/* ---- a random number generator for each thread ---- */

struct thread {
	pthread_t id;
	uint64_t seed;
	uint32_t count;			/* number of calls to make */
	uint32_t slot;			/* index in slots[] of the present call's vGPU */
	uint64_t entries[ENTRIES];
	uint32_t made, wrong;
	volatile bool is_over;
};

static uint32_t draw(struct thread *t, uint32_t below)
{
	t->seed = t->seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(t->seed >> 33) % below;
}

static bool one_in(struct thread *t, uint32_t n)
{
	return !draw(t, n);
}

/* ---- what all threads share ---- */

/*
 * The vGPUs. Any thread may close an fd while other threads use it, and another vGPU may then
 * get the fd's number. The kernel must tolerate both.
 */
static struct {
	_Atomic int fd;			/* -1: none */
	_Atomic uint32_t low;		/* first graphics page of the low slice */
} slots[SLOTS];

static uint32_t domids[2];
static uint32_t *memory[2];		/* of the domains: FRAMES frames */
static struct thread threads[THREADS];

/* Returns the index of a random slot, which mostly has a vGPU. */
static uint32_t some_slot(struct thread *t)
{
	uint32_t i = draw(t, SLOTS);

	for (uint32_t n = 0; n < 2 * SLOTS && slots[i].fd < 0; n++)
		i = draw(t, SLOTS);
	return i;
}

/* ---- arguments ---- */

enum kind {
	NONE, ZERO,			/* ZERO: flags and padding */
	DOMID, LOW, HIGH, FENCES, VGPU, LEVEL, FLAG64, ID, ENGINE, MASK, SEQNO,
	PAGE, COUNT, ENTRIES_AT, FIRST, GFN, FENCE_VALUE, DESC, STATUS, WEIGHT,
	PERCENT, MS, TIMEOUT, OUT,
};

static uint32_t low_of(struct thread *t)
{
	return slots[one_in(t, 8) ? some_slot(t) : t->slot].low;
}

static uint64_t any(struct thread *t)
{
	static const uint64_t edges[] = {
		0, 1, 2, 7, 0xfff, 0x1000, 0x7fffffff, 0x80000000, 0xffffffff,
		1ull << 32, 1ull << 39, INT64_MAX, UINT64_MAX, -4096ull,
	};

	return one_in(t, 2) ? edges[draw(t, N_ELEMS(edges))] :
		(uint64_t)draw(t, ~0u) << draw(t, 33);
}

/* Returns an entry of a guest: mostly with a frame of RAM, sometimes with any bits. */
static uint64_t guest_entry(struct thread *t)
{
	if (one_in(t, 8))
		return any(t);
	return (uint64_t)(RAM_GFN + draw(t, FRAMES)) << 12 | draw(t, 4);
}

static uint64_t entries_at(struct thread *t)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		t->entries[i] = guest_entry(t);
	/*
	 * in half of the calls the first entries point to the domain's frames in order, so that
	 * the contexts in these frames can be reached through the GGTT
	 */
	if (one_in(t, 2))
		for (uint32_t i = 0; i < FRAMES; i++)
			t->entries[i] = PTE(RAM_GFN + i);
	return (uintptr_t)t->entries;
}

/*
 * The well-formed values of a kind: 'count' values, from 'first' on, in steps of 'step'. good()
 * has the values of the kinds that are not in this table.
 */
static const struct range {
	uint32_t first, count, step;
} ranges[OUT + 1] = {
	[NONE] = { 0, 1, 0 }, [ZERO] = { 0, 1, 0 }, [OUT] = { 0, 1, 0 },
	[LOW] = { 2, 4, 2 }, [HIGH] = { 0, 4, 2 }, [FENCES] = { 0, 3, 1 },
	[VGPU] = { 1, SLOTS, 1 }, [LEVEL] = { 1, 4, 1 }, [FLAG64] = { 0, 2, 1 },
	[ID] = { 1, 4, 1 }, [ENGINE] = { 0, XENGT_ENGINES, 1 },
	[MASK] = { 1, 15, 1 }, [SEQNO] = { 1, 1000, 1 }, [FIRST] = { 0, 448, 1 },
	[GFN] = { RAM_GFN, 64, 1 }, [FENCE_VALUE] = { 0, 1, 0 },
	[WEIGHT] = { 1, 1000, 1 }, [PERCENT] = { 0, 101, 1 }, [MS] = { 1, 100, 1 },
	[TIMEOUT] = { 10, 200, 1 },
};

static uint64_t good(struct thread *t, enum kind kind)
{
	const struct range *r = &ranges[kind];

	switch (kind) {
	case DOMID:
		return domids[draw(t, 2)];
	case PAGE:
		return low_of(t) + (one_in(t, 2) ? 0 : draw(t, 512));
	case COUNT:
		return one_in(t, 2) ? FRAMES : 1 + draw(t, ENTRIES);
	case ENTRIES_AT:
		return entries_at(t);
	case DESC:
		return (uint64_t)(low_of(t) + IMAGE_FRAME) << 12 | 0x119;
	case STATUS:
		return (uint64_t)low_of(t) << 12;
	default:
		return r->first + (uint64_t)r->step * draw(t, r->count);
	}
}

/* ---- the ABI ---- */

#define FIELDS_MAX	8u

struct op {
	const char *name;
	unsigned long request;
	bool is_dev;
	struct field {
		uint8_t off, bytes;
		uint8_t kind;		/* enum kind */
	} fields[FIELDS_MAX];
	/* the errors that the ABI names; EFAULT is the first if the call has an argument */
	uint8_t errors[10];
};

#define F(type, f, k)	{ offsetof(struct type, f), sizeof(((struct type *)0)->f), k }

static const struct op ops[] = {
	{ "INFO", XENGT_IOC_INFO, true, { { 0, 0, NONE } }, { EFAULT, ENODEV } },
	{ "CREATE_VGPU", XENGT_IOC_CREATE_VGPU, true, {
		F(xengt_create_vgpu, flags, ZERO), F(xengt_create_vgpu, domid, DOMID),
		F(xengt_create_vgpu, low_mib, LOW), F(xengt_create_vgpu, high_mib, HIGH),
		F(xengt_create_vgpu, fences, FENCES),
		F(xengt_create_vgpu, low_base_mib, OUT) },
	  { EFAULT, EINVAL, ENOSPC, ESRCH, EEXIST, ENODEV, EIO, ENOMEM } },
	{ "SET_SHARE", XENGT_IOC_SET_SHARE, true, {
		F(xengt_set_share, vgpu_id, VGPU), F(xengt_set_share, flags, ZERO),
		F(xengt_set_share, weight, WEIGHT), F(xengt_set_share, cap, PERCENT),
		F(xengt_set_share, slice_ms, MS), F(xengt_set_share, timeout_ms, TIMEOUT),
		F(xengt_set_share, stop, PERCENT), F(xengt_set_share, pad, ZERO) },
	  { EFAULT, EINVAL, ENOENT, ESTALE, ENODEV } },
	{ "VGPU_INFO", XENGT_VGPU_IOC_INFO, false, { { 0, 0, NONE } }, { EFAULT } },
	{ "GGTT_WRITE", XENGT_VGPU_IOC_GGTT_WRITE, false, {
		F(xengt_vgpu_ggtt_write, first, PAGE), F(xengt_vgpu_ggtt_write, count, COUNT),
		F(xengt_vgpu_ggtt_write, entries, ENTRIES_AT),
		F(xengt_vgpu_ggtt_write, flags, ZERO) },
	  { EFAULT, ERANGE, EINVAL, ESTALE, ENOMEM, EIO } },
	{ "REVALIDATE", XENGT_VGPU_IOC_REVALIDATE, false, {
		F(xengt_vgpu_revalidate, flags, ZERO), F(xengt_vgpu_revalidate, pad, ZERO) },
	  { EFAULT, EINVAL, ESTALE, ENOMEM, EIO } },
	{ "ZAP", XENGT_VGPU_IOC_ZAP, false, { { 0, 0, NONE } }, { 0 } },
	{ "PPGTT_CREATE", XENGT_VGPU_IOC_PPGTT_CREATE, false, {
		F(xengt_vgpu_ppgtt_create, level, LEVEL),
		F(xengt_vgpu_ppgtt_create, flags, FLAG64),
		F(xengt_vgpu_ppgtt_create, pad, ZERO) },
	  { EFAULT, EINVAL, ENOSPC, ENOMEM, ESTALE } },
	{ "PPGTT_DESTROY", XENGT_VGPU_IOC_PPGTT_DESTROY, false, {
		F(xengt_vgpu_ppgtt_destroy, id, ID), F(xengt_vgpu_ppgtt_destroy, flags, ZERO) },
	  { EFAULT, EINVAL, EBUSY, ENOENT, ESTALE, EIO } },
	{ "PPGTT_WRITE", XENGT_VGPU_IOC_PPGTT_WRITE, false, {
		F(xengt_vgpu_ppgtt_write, id, ID), F(xengt_vgpu_ppgtt_write, first, FIRST),
		F(xengt_vgpu_ppgtt_write, count, COUNT), F(xengt_vgpu_ppgtt_write, flags, ZERO),
		F(xengt_vgpu_ppgtt_write, entries, ENTRIES_AT),
		F(xengt_vgpu_ppgtt_write, pad, ZERO) },
	  { EFAULT, EINVAL, ENOENT, ERANGE, EBUSY, ENOSPC, ESTALE, ENOMEM, EIO } },
	{ "SUBMIT", XENGT_VGPU_IOC_SUBMIT, false, {
		F(xengt_vgpu_submit, engine, ENGINE), F(xengt_vgpu_submit, ppgtt, ID),
		F(xengt_vgpu_submit, desc, DESC), F(xengt_vgpu_submit, seqno, SEQNO),
		F(xengt_vgpu_submit, hws_pga, STATUS), F(xengt_vgpu_submit, flags, ZERO) },
	  { EFAULT, EINVAL, ERANGE, ENOENT, EBADMSG, EAGAIN, EIO, ENOMEM, ESTALE } },
	{ "ENGINE_RESET", XENGT_VGPU_IOC_ENGINE_RESET, false, {
		F(xengt_vgpu_engine_reset, mask, MASK),
		F(xengt_vgpu_engine_reset, flags, ZERO) },
	  { EFAULT, EINVAL, ESTALE, EIO } },
	{ "TIMESTAMP", XENGT_VGPU_IOC_TIMESTAMP, false, { { 0, 0, NONE } },
	  { EFAULT, ESTALE } },
	{ "OWN_FRAMES", XENGT_VGPU_IOC_OWN_FRAMES, false, {
		F(xengt_vgpu_own_frames, first, GFN), F(xengt_vgpu_own_frames, count, FIRST),
		F(xengt_vgpu_own_frames, flags, ZERO) },
	  { EFAULT, EINVAL, ESTALE } },
	{ "FENCE", XENGT_VGPU_IOC_FENCE, false, {
		F(xengt_vgpu_fence, index, FENCES), F(xengt_vgpu_fence, flags, ZERO),
		F(xengt_vgpu_fence, value, FENCE_VALUE) },
	  { EFAULT, ERANGE, EINVAL, ESTALE } },
	{ "APERTURE", XENGT_VGPU_IOC_APERTURE, false, {
		F(xengt_vgpu_aperture, addr, STATUS), F(xengt_vgpu_aperture, size, LEVEL),
		F(xengt_vgpu_aperture, flags, FLAG64), F(xengt_vgpu_aperture, pad, ZERO) },
	  { EFAULT, EINVAL, ERANGE, ENOMEM, ESTALE } },
};

static _Atomic uint32_t seen[N_ELEMS(ops)][ERRORS];

/* ---- one call ---- */

static bool is_named(const struct op *op, int error)
{
	/* another thread may have closed the fd (EBADF); a signal may end a wait (EINTR) */
	if (!error || error == EBADF || error == EINTR)
		return true;
	for (uint32_t i = 0; i < N_ELEMS(op->errors); i++)
		if (op->errors[i] == error)
			return true;
	return false;
}

static void complain(struct thread *t, const struct op *op, const char *what,
		     int error)
{
	t->wrong++;
	printf("%s: %s: %s\n", op->name, what, strerror(error));
}

/*
 * Fills in the argument; some fields get random values. Returns true if a field that must be 0
 * is not 0.
 */
static bool fill(struct thread *t, const struct op *op, uint8_t *arg)
{
	bool is_forbidden = false, is_wild = one_in(t, 3);

	for (uint32_t i = 0; i < FIELDS_MAX && op->fields[i].bytes; i++) {
		const struct field *f = &op->fields[i];
		uint64_t val = is_wild && one_in(t, 3) ? any(t) :
			good(t, f->kind);

		memcpy(arg + f->off, &val, f->bytes);
		if (f->kind == ZERO && (f->bytes == 8 ? val : (uint32_t)val))
			is_forbidden = true;
	}
	return is_forbidden;
}

/* Writes the GGTT entries for the frames of a context, and makes a root for the context. */
static void prepare(struct thread *t, int fd, uint32_t low)
{
	struct xengt_vgpu_ppgtt_create table = { .level = 4 };

	for (uint32_t i = 0; i < FRAMES; i++)
		t->entries[i] = PTE(RAM_GFN + i);
	put(fd, low, t->entries, FRAMES, NULL);
	call(fd, XENGT_VGPU_IOC_PPGTT_CREATE, &table);
}

static void keep(struct thread *t, int fd)
{
	struct xengt_vgpu_info info;
	const uint32_t i = draw(t, SLOTS);
	int old;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (!ioctl(fd, XENGT_VGPU_IOC_INFO, &info)) {
		slots[i].low = (uint32_t)(info.low_base >> 12);
		if (!one_in(t, 4))
			prepare(t, fd, slots[i].low);
	}
	old = atomic_exchange(&slots[i].fd, fd);
	if (old >= 0)
		close(old);
}

/* Writes an image, which has the ring's graphics address, and a ring with some commands. */
static void set_context(struct thread *t, uint32_t *m)
{
	uint32_t *state = m + (IMAGE_FRAME + 1) * 1024, *ring = m + RING_FRAME * 1024;

	state[0x03] = 0x00090009;
	state[0x05] = 0;
	state[0x07] = 8 * draw(t, 32);
	state[0x09] = (low_of(t) + RING_FRAME) << 12;
	state[0x0b] = 1;
	state[0x41] = 0x05000000;
	for (uint32_t i = 0; i < 64; i++)
		ring[i] = one_in(t, 40) ? (uint32_t)any(t) :
			one_in(t, 2) ? 0 : 0x02800000;
}

static void set_contexts(struct thread *t)
{
	for (uint32_t i = 0; i < 2; i++)
		if (!one_in(t, 4))
			set_context(t, memory[i]);
}

static void make_call(struct thread *t, const struct op *op)
{
	uint8_t arg[ARG_BYTES] __attribute__((aligned(8))) = { 0 };
	void *at = arg;
	bool is_forbidden, is_bad = one_in(t, 12);
	int r, error, fd;

	t->slot = some_slot(t);
	fd = op->is_dev ? dev : slots[t->slot].fd;
	is_forbidden = fill(t, op, arg);
	if (op->request == XENGT_VGPU_IOC_SUBMIT)
		set_contexts(t);
	if (is_bad)
		at = one_in(t, 2) ? NULL : (void *)-4096;
	r = ioctl(fd, op->request, at);
	error = r < 0 ? errno : 0;
	seen[op - ops][error < (int)ERRORS ? error : (int)ERRORS - 1]++;
	if (!is_named(op, error))
		complain(t, op, "an error that the ABI does not name", error);
	if (error)
		return;
	if (is_forbidden)
		complain(t, op, "a field that must be 0 was accepted with another value", 0);
	if (is_bad && op->errors[0])
		complain(t, op, "a bad pointer was accepted", 0);
	if (op->request == XENGT_IOC_CREATE_VGPU)
		keep(t, ((struct xengt_create_vgpu *)arg)->fd);
}

/* Returns a random call. Zaps are rare, because a zapped vGPU refuses most other calls. */
static const struct op *some_op(struct thread *t)
{
	const struct op *op;

	do {
		op = &ops[draw(t, N_ELEMS(ops))];
	} while (op->request == XENGT_VGPU_IOC_ZAP && !one_in(t, 10));
	return op;
}

/* ---- other things that happen to an fd ---- */

static void wrong_call(struct thread *t)
{
	const struct op *op = &ops[draw(t, N_ELEMS(ops))];
	const int fd = op->is_dev ? slots[draw(t, SLOTS)].fd : dev;
	uint8_t arg[ARG_BYTES] __attribute__((aligned(8))) = { 0 };
	unsigned long request = op->request;

	/* a call that only the other kind of fd has, a number without a call, a wrong size */
	switch (draw(t, 3)) {
	case 0: break;
	case 1: request = _IOWR(XENGT_IOC_MAGIC, 0x30 + draw(t, 64), arg); break;
	case 2: request ^= 4ul << 16; break;
	}
	if (!ioctl(fd, request, arg) || (errno != ENOTTY && errno != EBADF))
		complain(t, op, "a call that does not exist was not refused with ENOTTY", errno);
}

static void close_one(struct thread *t)
{
	int fd = atomic_exchange(&slots[draw(t, SLOTS)].fd, -1);

	if (fd >= 0)
		close(fd);
}

static void disturb(struct thread *t)
{
	const int fd = slots[some_slot(t)].fd;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct xengt_event events[4];
	void *map;

	switch (draw(t, 6)) {
	case 0:
		if (one_in(t, 4))
			close_one(t);
		break;
	case 1:
		if (read(fd, events, draw(t, sizeof(events) + 1)) < 0 &&
		    errno != EAGAIN && errno != EINVAL && errno != EBADF &&
		    errno != EINTR)
			complain(t, &ops[3], "read", errno);
		break;
	case 2:
		poll(&p, 1, 0);
		break;
	case 3:
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			break;
		complain(t, &ops[3], "a mapping was made", 0);
		munmap(map, 4096);
		break;
	case 4:
		map = memory[draw(t, 2)];
		((uint32_t *)map)[draw(t, FRAMES * 1024)] = (uint32_t)any(t);
		break;
	default:
		wrong_call(t);
	}
}

static void *run_thread(void *arg)
{
	struct thread *t = arg;

	while (t->made < t->count) {
		if (one_in(t, 4))
			disturb(t);
		make_call(t, some_op(t));
		t->made++;
	}
	t->is_over = true;
	return NULL;
}

/* ---- the whole ---- */

static void on_signal(int sig)
{
	(void)sig;
}

/* Sends signals to the threads until all threads have ended. */
static void wait_for_threads(void)
{
	uint32_t over;

	do {
		usleep(TICK_US);
		over = 0;
		for (uint32_t i = 0; i < THREADS; i++) {
			over += threads[i].is_over;
			if (!threads[i].is_over)
				pthread_kill(threads[i].id, SIGUSR1);
		}
	} while (over < THREADS);
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(threads[i].id, NULL);
}

/* Prints how often each call gave each error. Returns true if each call succeeded at times. */
static bool tell_results(void)
{
	bool all = true;

	for (size_t i = 0; i < N_ELEMS(ops); i++) {
		printf("%s:", ops[i].name);
		for (int e = 0; e < (int)ERRORS; e++)
			if (seen[i][e])
				printf(" %s %u", e ? strerrorname_np(e) : "done",
				       seen[i][e]);
		printf("\n");
		all &= seen[i][0] > 0;
	}
	return all;
}

int test_fuzz(uint32_t domid, uint32_t other, uint32_t count, uint32_t seed)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct xengt_info before = gpu_info(), after;
	uint32_t wrong = 0;

	open_xen();
	sigaction(SIGUSR1, &action, NULL);
	domids[0] = domid;
	domids[1] = other;
	for (uint32_t i = 0; i < 2; i++) {
		memory[i] = map_guest(domids[i], RAM_GFN, FRAMES);
		need(memory[i], "map a guest's memory");
	}
	for (uint32_t i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	printf("seed %u, %u calls\n", seed, count);
	for (uint32_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){
			.seed = (uint64_t)seed * THREADS + i,
			.count = count / THREADS,
		};
		need(!pthread_create(&threads[i].id, NULL, run_thread,
				     &threads[i]), "start a thread");
	}
	wait_for_threads();
	for (uint32_t i = 0; i < THREADS; i++)
		wrong += threads[i].wrong;
	for (uint32_t i = 0; i < SLOTS; i++)
		if (slots[i].fd >= 0)
			close(slots[i].fd);
	for (uint32_t i = 0; i < 2; i++)
		munmap(memory[i], FRAMES * 4096);
	ok(tell_results(), "each call succeeded at times");
	ok_is(wrong, 0, "every answer is one that the ABI names");
	after = gpu_info();
	ok(!memcmp(&before, &after, sizeof(after)),
	   "when all fds are closed, all resources are free again");
	return done();
}
