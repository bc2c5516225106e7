/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests a vGPU through xenstore (docs/protocol.md, section 1): writes the
 * nodes of the request, and waits for the broker's answer.
 */
#ifndef VGT_STORE_H
#define VGT_STORE_H

#include <signal.h>
#include <stddef.h>
#include <xenstore.h>

#include "vgt_keys.h"

/* States of the `state` node. */
enum vgt_state {
    VGT_STATE_UNKNOWN = -1,     /* xenstore failed: errno says why */
    VGT_STATE_NONE = 0,         /* no node */
    VGT_STATE_REQUESTED = 1,
    VGT_STATE_ACCEPTED = 2,
    VGT_STATE_CONNECTED = 4,
    VGT_STATE_CLOSING = 5,
    VGT_STATE_CLOSED = 6,
};

/*
 * The default wait. It is longer than all time limits of the broker together,
 * and shorter than the 60 s within which libxl expects a device model to start.
 */
#define VGT_WAIT_SEC_DEFAULT 45

/*
 * Request a vGPU for a domain and wait until it is connected. When a signal
 * handler makes *is_cancelled non-zero, the wait ends; NULL: the wait cannot be
 * cancelled.
 *
 * Returns 0: the vGPU is connected. Otherwise no node of the request is left,
 * and err has one line for the user, usually the broker's:
 *  -EEXIST     the domain has a vGPU already, which stays
 *  -EREMOTEIO  the broker refused
 *  -ETIMEDOUT  no answer within wait_sec
 *  -EINTR      cancelled
 *  others      xenstore failed
 * An error of xenstore never counts as an absent node.
 */
int vgt_store_create(struct xs_handle *xs, unsigned int domid,
                     const char *name, const struct vgt_config *cfg,
                     unsigned int wait_sec,
                     const volatile sig_atomic_t *is_cancelled, char *err,
                     size_t err_len);

/*
 * Write the nodes by which the broker says that the domain's vGPU has ended,
 * and why. The broker removes the nodes when the domain ends. Errors are
 * ignored.
 */
void vgt_store_leave(struct xs_handle *xs, unsigned int domid, const char *name,
                     const char *why);

/*
 * Ask the broker to end the vGPU, wait at most wait_sec for that, then remove
 * the nodes, even if the wait failed. 0, or a negative error with a line in
 * err; -ENOENT: there is no vGPU. If xenstore fails before the wait, nothing is
 * removed.
 */
int vgt_store_destroy(struct xs_handle *xs, unsigned int domid,
                      unsigned int wait_sec, char *err, size_t err_len);

/*
 * Give a node of an existing vGPU another value. -ENOENT: there is no vGPU;
 * otherwise xenstore failed.
 */
int vgt_store_set(struct xs_handle *xs, unsigned int domid, const char *node,
                  const char *text);

/* Read `state` of a domain's vGPU. */
enum vgt_state vgt_store_state(struct xs_handle *xs, unsigned int domid);

/*
 * Find a domain as xl does: first by its domid, if text is a number, then by
 * its name. Returns the domid; -ENOENT: there is no such domain; or an error of
 * xenstore. *ret_name is the domain's name, which the caller frees; ret_name
 * NULL: the caller does not need the name.
 */
int vgt_store_find_domain(struct xs_handle *xs, const char *text,
                          char **ret_name);

#endif /* VGT_STORE_H */
