/* SPDX-License-Identifier: GPL-2.0-only */
/* The hotplug script, in the background and bounded. */
#ifndef XENGT_SCRIPT_H
#define XENGT_SCRIPT_H

#include <stdint.h>

struct xengtd;
struct xengt_script;

#define XENGT_SCRIPT_MSEC	10000

/*
 * Run `<script> <command>` with XENBUS_PATH for the domain. done is called once,
 * when it ended or was killed for taking too long: error is NULL on success,
 * else one line (what it printed last, if anything). The object is gone then.
 */
int xengt_script_start(struct xengtd *d, uint32_t domid, const char *command,
		       void (*done)(void *ctx, const char *error), void *ctx,
		       struct xengt_script **ret_script);
/* Kill it; done is not called. NULL is fine. */
void xengt_script_cancel(struct xengt_script *script);

#endif /* XENGT_SCRIPT_H */
