/* SPDX-License-Identifier: GPL-2.0-only */
/* Serves the control socket (docs/protocol.md, section 2). */
#ifndef XENGT_CONTROL_H
#define XENGT_CONTROL_H

struct xengtd;
struct xengt_control;

/* Returns 0 or -errno; -EADDRINUSE: another xengtd listens at the socket. */
int xengt_control_create(struct xengtd *d, struct xengt_control **ret_control);
void xengt_control_destroy(struct xengt_control *c);

#endif /* XENGT_CONTROL_H */
