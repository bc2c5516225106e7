/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations for all files of the conformance suite of hv.h: test_hv.c has
 * most of the suite, hv_aperture.c the tests of the aperture, hv_driven.c the
 * tests that make a guest's accesses themselves, hv_serve.c the tests that need
 * a running guest, hv_impls.c the implementations.
 */
#ifndef XENGT_HV_BENCH_H
#define XENGT_HV_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "hv/hv_fake.h"
#include "xengt/limits.h"

#define PAGES		6u		/* number of pages of RAM that the suite
					 * may use */
#define TRAP_AT		0xfd000000ull	/* an address at which no guest has
					 * anything */
#define SLICE		1024u		/* number of frames of the aperture
					 * slice: two pieces */
#define PLACE		0xe0000ull	/* first of the frames at which the
					 * aperture can be mapped */
#define ELSEWHERE	0xd0000ull

struct impl {
	const char *name;
	bool is_real;
	int (*create)(struct xengt_hv **ret_hv);
	uint64_t ram;			/* first of PAGES frames */
	uint64_t hole;			/* number of a frame that is not RAM */
	uint64_t end;			/* the first frame number beyond the guest's
					 * address space */
	void (*wait)(uint32_t msec);
	uint64_t (*clock_ns)(void);	/* reads the clock that now_ns and
					 * wait() use */
};

struct bench {
	struct xengt_hv *hv;
	uint8_t saved[PAGES * XENGT_PAGE_SIZE];
};

/* The implementation that is tested now. */
extern const struct impl *impl;

/* ---- hv_impls.c ---- */

extern struct impl fake_impl, xen_impl;

/* The domain of the last fake that was made. */
extern struct xengt_hv_fake *fake;

/* The domain for xen_impl. Set these variables before you use xen_impl. */
extern uint32_t real_domid;
extern uint64_t real_aperture;		/* 0 if there is no aperture that the
					 * suite may use */

/*
 * ---- test_hv.c: an address in the suite's RAM, and short names for calls of
 * hv.h ----
 */

gpa_t ram(uint64_t byte);
int rd(const struct bench *b, gpa_t addr, void *buf, size_t len);
int wr(const struct bench *b, gpa_t addr, const void *buf, size_t len);
int trap(const struct bench *b, enum xengt_range_kind kind, uint64_t first,
	 uint64_t last, bool on);
int track(const struct bench *b, gfn_t first, uint32_t frames, bool on);
int show(const struct bench *b, gfn_t first, bool on);
int show_piece(const struct bench *b, gfn_t first, uint32_t piece, bool on);

/* ---- the tests ---- */

/* hv_aperture.c */
void aperture(void **state);
void aperture_over_ram(void **state);
void aperture_over_memory_of_ours(void **state);
void pieces(void **state);
void pieces_over_memory_of_ours(void **state);

/* hv_driven.c */
void every_vcpu_is_answered_once(void **state);
void no_vcpu_starves(void **state);
void routing(void **state);
void aperture_is_recorded(void **state);
void pieces_have_a_p2m(void **state);
void balloon(void **state);
void events_are_recorded(void **state);
void planted_failures(void **state);

/*
 * hv_serve.c: serve a device to a running guest until the guest reads the
 * device's last dword. Fails if no request comes for 'seconds' seconds. Returns
 * the exit status.
 */
int serve_guest(uint32_t seconds);

#endif /* XENGT_HV_BENCH_H */
