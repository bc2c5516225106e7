/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig with a broker and one domain, for tests of a vGPU from its request to its end. The
 * rig imitates clock, xenstore, worker, scripts, module and Xen.
 */
#ifndef BVGPU_RIG_H
#define BVGPU_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv/hv_xen.h"
#include "xengt/log.h"
#include "xengtd/bvgpu.h"
#include "xengtd/child.h"
#include "xengtd/domctl.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/qmp.h"
#include "xengtd/ram.h"
#include "xengtd/script.h"
#include "xengtd/store.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_aperture.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_end.h"
#include "xengtd/vgpu_find.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/vgpu_place.h"
#include "xengtd/vgpu_recover.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

#define DOMID	7u
#define ENDED	0x0900			/* exit status 9, in the form that wait() returns */

/* ---- a clock ---- */

extern struct xengt_ev_timer *timers;
extern int64_t now;

/* Let time pass, and call the timers that become due. */
void pass(int64_t msec);

/* ---- the world ---- */

extern struct xengtd broker;

struct bvgpu_world {
	/* the domain and its nodes */
	enum xengt_store_state state;
	bool is_gone;
	char error[512];
	const char *hotplug_status, *hotplug_error;
	int domctl_error;		/* the error of a hypercall about the domain; 0:
					 * none */
	int list_error;			/* xenstore's error when the broker reads the list
					 * of domains; 0: none */
	int view_followed, view_left, views_checked;	/* calls of vgpu_view.c */
	const char *edid;
	const char *on_abuse;
	enum xengt_stage stage;		/* the stage that the request has reached */
	int qemu_asked;
	int update_error;		/* the error of the next write that sets `state` to
					 * CLOSED */
	bool is_store_empty;		/* true: xenstored has lost all nodes of the domain */
	bool is_request_other;		/* true: the nodes have another vGPU's request,
					 * until the broker has read it */
	int load_error;			/* the error that a load of the record returns */
	uint32_t load_domid;		/* the domain that the record names; 0: DOMID */
	int removed;			/* how often the nodes were removed */
	/* resources that the vGPU uses */
	int reserve_error;
	int reserved, zapped, unmaps;
	int fd;				/* the vGPU's fd, open or not */
	enum xengt_vgpu_state gpu_state;	/* the state that the fd reports */
	int taken_again;		/* how often the slice of a vGPU that has ended was
					 * reserved again */
	bool is_ram_there;		/* the domain has RAM at every frame at which
					 * anything is placed */
	bool is_mapped, is_allowed;	/* the aperture is mapped; the domain may map it */
	uint64_t pieces;		/* a bit for each piece that is mapped, one by
					 * one or with the whole slice */
	uint64_t slice_gfn;		/* the frame at which the slice begins, if a
					 * piece is mapped */
	/* errors: an operation fails as long as its error is set */
	int create_error, zap_error, map_error, unmap_error, permit_error,
	    forbid_error, ram_error, save_error;
	struct {
		bool is_held, has_aperture, has_iomem;
		uint64_t aperture_gfn;
		uint32_t piece_count;
		bool pieces[XENGT_PIECES_MAX];
		char error[512];
	} record;
	/* errors of the steps that make a vGPU; 0: the step succeeds */
	int request_error, check_error, qmp_error, slot_error, accept_error, script_error,
	    start_error, connect_error, edid_error, send_edid_error;
	bool is_qemu_there;		/* true: QEMU runs and answers later */
	void (*qmp_done)(void *ctx, int error, const struct xengt_qmp_slots *slots);
	void *qmp_ctx;
	int info_error;			/* the error of the ioctl that asks the vGPU's fd
					 * for its state; 0: none */
	uint32_t info_domid;		/* the domain that the fd reports for the vGPU; 0:
					 * the fd reports DOMID */
	int retire_errors;		/* how many more times Xen refuses to retire the
					 * ioreq server */
	int retired;
	int saved, unsaved;
	/* the worker */
	struct xengt_worker_events events;
	void *ctx;			/* the worker's argument for its events; NULL: there
					 * is no worker */
	int find_error;
	int kills, quits, sent, placed, edids, throttles, shares;
	uint64_t placed_gfn;		/* where the aperture was placed last */
	int last_status;
	int64_t place_usec;		/* time that the broker needs to place something */
	int64_t spent_usec;		/* time that the broker has needed in total */
	/* the hotplug script */
	void (*script_done)(void *ctx, const char *error);
	void *script_ctx;
	char script[16];
};

extern struct bvgpu_world world;

/* ---- the tests' tools ---- */

struct xengt_bvgpu *the_vgpu(void);

const char *state_name(void);

/* Returns a new fd of the vGPU, as the module would, and stores it in world.fd. */
int new_fd(void);

/* Does the module still reserve the vGPU's slice of the aperture? */
bool is_slice_taken(void);

void script_ends(const char *error);

void worker_says(const struct xengt_wp_msg *msg, int fd);

void worker_says_type(enum xengt_wp_type type);

void worker_ends(void);

void wish(enum xengt_store_state state);

void begin_to(const char *state);

/*
 * Checks that the broker has released the vGPU's resources in this order: the access to the
 * GPU, the ioreq server, everything else. Then ends the script, and checks that nothing is
 * left.
 */
void goes(void);

int setup(void **state);

int teardown(void **state);

int make_dir(void **state);

int remove_dir(void **state);

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif /* BVGPU_RIG_H */
