// SPDX-License-Identifier: GPL-2.0-only
/* Tests that wrong inputs for page tables and work are refused. */
#include "kmod_test.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* A request with one field changed, and the error that it must get. */
struct work_case {
	const char *name;
	size_t field;
	size_t bytes;
	uint64_t value;
	int want;
};

static void try_cases(int fd, unsigned long request, const void *good,
		      size_t bytes, const struct work_case *cases, size_t n)
{
	char arg[64];

	need(bytes <= sizeof(arg), "size of a request");
	for (size_t i = 0; i < n; i++) {
		memcpy(arg, good, bytes);
		memcpy(arg + cases[i].field, &cases[i].value, cases[i].bytes);
		ok_is(call(fd, request, arg), cases[i].want, cases[i].name);
	}
}

#define TRY(fd, request, good, cases) \
	try_cases(fd, request, &(good), sizeof(good), cases, N_ELEMS(cases))

/*
 * Makes the request with pointers to memory that cannot be read or cannot be
 * written.
 */
static void try_pointers(int fd, unsigned long request, const void *good,
			 size_t bytes, bool is_written, const char *name)
{
	void *ro = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(ro != MAP_FAILED, "mmap");
	memcpy(ro, good, bytes);
	mprotect(ro, 4096, PROT_READ);
	ok_is(call(fd, request, NULL), -EFAULT, name);
	ok_is(call(fd, request, (void *)-4096), -EFAULT, name);
	if (is_written)
		ok_is(call(fd, request, ro), -EFAULT, name);
	munmap(ro, 4096);
}

void refuse_tables(int fd)
{
#define F(f) offsetof(struct xengt_vgpu_ppgtt_create, f), 4
	static const struct work_case create[] = {
		{ "table: level 0", F(level), 0, -EINVAL },
		{ "table: level 5", F(level), 5, -EINVAL },
		{ "table: level ~0", F(level), ~0u, -EINVAL },
		{ "table: flag", F(flags), 2, -EINVAL },
		{ "table: padding", F(pad), 1, -EINVAL },
	};
#undef F
#define F(f, n) offsetof(struct xengt_vgpu_ppgtt_write, f), n
	static const struct work_case write[] = {
		{ "entries: id 0", F(id, 4), 0, -ENOENT },
		{ "entries: id ~0", F(id, 4), ~0u, -ENOENT },
		{ "entries: none", F(count, 4), 0, -EINVAL },
		{ "entries: one too many", F(count, 4), 513, -ERANGE },
		{ "entries: count ~0", F(count, 4), ~0u, -ERANGE },
		{ "entries: beyond the table's end", F(first, 4), 512, -ERANGE },
		{ "entries: first ~0", F(first, 4), ~0u, -ERANGE },
		{ "entries: flag", F(flags, 4), 1, -EINVAL },
		{ "entries: padding", F(pad, 4), 1, -EINVAL },
		{ "entries: at NULL", F(entries, 8), 0, -EFAULT },
		{ "entries: in the kernel", F(entries, 8), -4096ull, -EFAULT },
	};
#undef F
	struct xengt_vgpu_ppgtt_create c = { .level = 1 };
	struct xengt_vgpu_ppgtt_destroy d = { .id = 0 };
	uint64_t entry = 0;
	struct xengt_vgpu_ppgtt_write w = {
		.count = 1, .entries = (uintptr_t)&entry,
	};

	TRY(fd, XENGT_VGPU_IOC_PPGTT_CREATE, c, create);
	try_pointers(fd, XENGT_VGPU_IOC_PPGTT_CREATE, &c, sizeof(c), true,
		     "table: bad pointer");
	ok(info_of(fd).ppgtt_tables == 0, "refused tables do not exist");
	need(!call(fd, XENGT_VGPU_IOC_PPGTT_CREATE, &c), "make a table");
	w.id = c.id;
	TRY(fd, XENGT_VGPU_IOC_PPGTT_WRITE, w, write);
	try_pointers(fd, XENGT_VGPU_IOC_PPGTT_WRITE, &w, sizeof(w), true,
		     "entries: bad pointer");
	ok(info_of(fd).ppgtt_entries == 0, "refused entries changed nothing");

	ok_is(call(fd, XENGT_VGPU_IOC_PPGTT_DESTROY, &d), -ENOENT,
	      "table: destroy 0");
	d = (struct xengt_vgpu_ppgtt_destroy){ .id = c.id, .flags = 1 };
	ok_is(call(fd, XENGT_VGPU_IOC_PPGTT_DESTROY, &d), -EINVAL,
	      "table: destroy with a flag");
	try_pointers(fd, XENGT_VGPU_IOC_PPGTT_DESTROY, &d, sizeof(d), false,
		     "table: destroy, bad pointer");
	d.flags = 0;
	ok_is(call(fd, XENGT_VGPU_IOC_PPGTT_DESTROY, &d), 0, "table: destroy");
	ok_is(call(fd, XENGT_VGPU_IOC_PPGTT_DESTROY, &d), -ENOENT,
	      "table: destroy again");
}

static void refuse_submit(int fd)
{
#define F(f, n) offsetof(struct xengt_vgpu_submit, f), n
	static const struct work_case submit[] = {
		{ "submit: engine 4", F(engine, 4), 4, -EINVAL },
		{ "submit: engine ~0", F(engine, 4), ~0u, -EINVAL },
		{ "submit: flag", F(flags, 4), 1, -EINVAL },
		{ "submit: seqno 0", F(seqno, 8), 0, -EINVAL },
		{ "submit: no field is valid", F(desc, 8), 0, -EINVAL },
		{ "submit: mode 0", F(desc, 8), 0x101, -EINVAL },
		{ "submit: mode 2", F(desc, 8), 0x111, -EINVAL },
		{ "submit: image in the host's graphics memory", F(desc, 8), 0x1119,
		  -ERANGE },
		{ "submit: image at the end", F(desc, 8), 0xfffff119, -ERANGE },
		{ "submit: status page in the host's graphics memory", F(hws_pga, 4),
		  0x1000, -ERANGE },
		{ "submit: status page at an odd place", F(hws_pga, 4), 4,
		  -EINVAL },
		/*
		 * the GGTT entries of this image point to no frame, so the image
		 * reads as zeroes
		 */
		{ "submit: an image without frames", F(flags, 4), 0, -EBADMSG },
	};
#undef F
	struct xengt_vgpu_submit s = {
		.desc = (uint64_t)low_page(fd) << 12 | 0x119, .seqno = 1,
	};

	TRY(fd, XENGT_VGPU_IOC_SUBMIT, s, submit);
	try_pointers(fd, XENGT_VGPU_IOC_SUBMIT, &s, sizeof(s), true,
		     "submit: bad pointer");
	ok(call(fd, XENGT_VGPU_IOC_SUBMIT, &s) == -EBADMSG &&
	   s.refused == XENGT_REFUSED_CONTEXT &&
	   s.refused_at == (uint64_t)low_page(fd) << 12,
	   "submit: why it was refused");
	ok(info_of(fd).completions == 0 && info_of(fd).refusals == 2,
	   "refused work is counted, and has no other effect");
}

static void refuse_reset_and_time(int fd)
{
	struct xengt_vgpu_engine_reset r = { .mask = 1, .flags = 1 };
	struct xengt_vgpu_timestamp t = { 0 }, u = { 0 };

	ok_is(call(fd, XENGT_VGPU_IOC_ENGINE_RESET, &r), -EINVAL,
	      "reset: flag");
	r = (struct xengt_vgpu_engine_reset){ .mask = 0x10 };
	ok_is(call(fd, XENGT_VGPU_IOC_ENGINE_RESET, &r), -EINVAL,
	      "reset: no such engine");
	try_pointers(fd, XENGT_VGPU_IOC_ENGINE_RESET, &r, sizeof(r), false,
		     "reset: bad pointer");
	r.mask = 0xf;
	ok_is(call(fd, XENGT_VGPU_IOC_ENGINE_RESET, &r), 0, "reset: all");
	ok_is(call(fd, XENGT_VGPU_IOC_TIMESTAMP, &t), 0, "time");
	ok_is(call(fd, XENGT_VGPU_IOC_TIMESTAMP, &u), 0, "time again");
	ok(u.ticks > t.ticks, "time passes");
	try_pointers(fd, XENGT_VGPU_IOC_TIMESTAMP, &t, sizeof(t), true,
		     "time: bad pointer");
}

static void refuse_own_frames(int fd)
{
	struct xengt_vgpu_own_frames o = { .first = 0xf0000, .count = 4096,
					   .flags = 1 };

	ok_is(call(fd, XENGT_VGPU_IOC_OWN_FRAMES, &o), -EINVAL,
	      "own frames: flag");
	try_pointers(fd, XENGT_VGPU_IOC_OWN_FRAMES, &o, sizeof(o), false,
		     "own frames: bad pointer");
	o.flags = 0;
	ok_is(call(fd, XENGT_VGPU_IOC_OWN_FRAMES, &o), 0, "own frames");
}

static void refuse_fences(int fd)
{
	struct xengt_vgpu_fence f = { .flags = 1, .value = 1 };

	ok_is(call(fd, XENGT_VGPU_IOC_FENCE, &f), -EINVAL, "fence: flag");
	try_pointers(fd, XENGT_VGPU_IOC_FENCE, &f, sizeof(f), false,
		     "fence: bad pointer");
	f.flags = 0;
	ok_is(call(fd, XENGT_VGPU_IOC_FENCE, &f), -EINVAL, "fence: over page 0");
	f.value = 0;
	ok_is(call(fd, XENGT_VGPU_IOC_FENCE, &f), 0, "fence: off");
	f.index = ~0u;
	ok_is(call(fd, XENGT_VGPU_IOC_FENCE, &f), -ERANGE, "fence: no such fence register");
}

static void refuse_aperture(int fd)
{
	struct xengt_vgpu_aperture a = { .addr = info_of(fd).low_base };

	try_pointers(fd, XENGT_VGPU_IOC_APERTURE, &a, sizeof(a), true,
		     "aperture: bad pointer");
	a.flags = 2;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -EINVAL, "aperture: flag");
	a.flags = 0;
	a.pad = 1;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -EINVAL,
	      "aperture: padding");
	a.pad = 0;
	a.size = 9;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -EINVAL, "aperture: size");
	a.size = 4;
	a.addr += 4093;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -EINVAL,
	      "aperture: over two pages");
	a.addr = info_of(fd).low_base - 4;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -ERANGE,
	      "aperture: before the slice");
	a.addr = ~7ull;
	ok_is(call(fd, XENGT_VGPU_IOC_APERTURE, &a), -ERANGE,
	      "aperture: nowhere");
}

void refuse_work(int fd)
{
	refuse_submit(fd);
	refuse_reset_and_time(fd);
	refuse_own_frames(fd);
	refuse_fences(fd);
	refuse_aperture(fd);
}
