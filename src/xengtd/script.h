/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the hotplug script. The script does not block the broker, and has a time
 * limit.
 */
#ifndef XENGT_SCRIPT_H
#define XENGT_SCRIPT_H

#include <stdint.h>

struct xengtd;
struct xengt_script;

#define XENGT_SCRIPT_MSEC	10000

/*
 * Run `<script> <command>` with XENBUS_PATH for the domain. done is called
 * once: when the script has ended, or was killed at the time limit. error is
 * NULL on success; otherwise error is one line that includes the last line that
 * the script printed. *ret_script is freed before done is called.
 */
int xengt_script_start(struct xengtd *d, uint32_t domid, const char *command,
		       void (*done)(void *ctx, const char *error), void *ctx,
		       struct xengt_script **ret_script);
/* Kill the script; done is not called. Accepts NULL. */
void xengt_script_cancel(struct xengt_script *script);

#endif /* XENGT_SCRIPT_H */
