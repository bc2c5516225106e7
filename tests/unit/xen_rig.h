/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Imitates Xen's libraries. The imitation records all calls, and a test can make any
 * call fail.
 */
#ifndef XENGT_XEN_RIG_H
#define XENGT_XEN_RIG_H

#define __XEN_TOOLS__ 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xentoollog.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xentoolcore.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>
#include <xen/memory.h>

#include "hv/hv_xen.h"
#include "hv/hv_xen_map.h"
#include "xengt/log.h"

#define DOMID		7
#define SERVER		3
#define RANGES_MAX	256	/* Xen's MAX_NR_IO_RANGES: the number of ranges of each
				 * kind */
#define RAM_FRAMES	2048u
#define HOLE		600u		/* a frame of RAM that cannot be mapped */
#define DEVICE		0xf0000u	/* frames where the device model may place RAM */
#define DEVICE_FRAMES	700u

struct xen_rig {
	char log[8192];
	int calls, fail_at, fail_errno;		/* number of the call that fails */
	int open_handles, mapped_buckets, bound_ports;
	bool has_server, is_served;
	struct ioreq page[128] __attribute__((aligned(4096)));
	uint32_t vcpus;
	evtchn_port_t pending[8];
	int pending_count, unmasked;
	int notified[128];
	int sleeps, takes_after;	/* number of sleeps after which a vCPU reads its
					 * answer; 0: never */
	int lost;			/* number of answers that no vCPU had read when
					 * the server was destroyed */
	int ebusy_left;
	bool is_hole_filled;
	bool has_device_ram;
	uint8_t *ram;
	int evtchn_pipe[2];
};

/* The imitated Xen of this program. Each test clears this struct first. */
extern struct xen_rig xen;

/* Records a call. If this is the call that must fail, returns -1 and sets errno. */
__attribute__((format(printf, 1, 2)))
int note(const char *fmt, ...);

#endif /* XENGT_XEN_RIG_H */
