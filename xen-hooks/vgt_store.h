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

/* Values of the node `state`. */
enum vgt_state {
    VGT_STATE_UNKNOWN = -1,     /* xenstore failed: errno says why */
    VGT_STATE_NONE = 0,         /* there is no node */
    VGT_STATE_REQUESTED = 1,
    VGT_STATE_ACCEPTED = 2,
    VGT_STATE_CONNECTED = 4,
    VGT_STATE_CLOSING = 5,
    VGT_STATE_CLOSED = 6,
};

/*
 * The default time to wait for the broker's answer, in seconds. This time is
 * longer than the sum of all time limits of the broker, and shorter than the 60
 * s within which libxl expects a device model to start.
 */
#define VGT_WAIT_SEC_DEFAULT 45

/*
 * Request a vGPU for a domain and wait until it is connected. The wait ends
 * when a signal handler makes *is_cancelled non-zero. If is_cancelled is NULL,
 * the wait cannot be cancelled.
 *
 * Returns 0: the vGPU is connected. Otherwise the nodes of the request have
 * been removed, err has one line for the user, usually the broker's text, and
 * the result is
 *  -EEXIST     the domain has a vGPU already, which is not changed
 *  -EREMOTEIO  the broker refused
 *  -ETIMEDOUT  the broker did not answer within wait_sec
 *  -EINTR      cancelled
 *  others      xenstore failed
 * An error of xenstore is never treated as an absent node.
 */
int vgt_store_create(struct xs_handle *xs, unsigned int domid,
                     const char *name, const struct vgt_config *cfg,
                     unsigned int wait_sec,
                     const volatile sig_atomic_t *is_cancelled, char *err,
                     size_t err_len);

/*
 * Write the nodes that the broker would write when the domain's vGPU has ended,
 * with the reason. The broker removes the nodes when the domain ends. Errors
 * are ignored.
 */
void vgt_store_leave(struct xs_handle *xs, unsigned int domid, const char *name,
                     const char *why);

/*
 * Request the end of the vGPU, wait at most wait_sec for the end, then remove
 * the nodes, even if the wait failed. Returns 0, or a negative error, with a
 * line in err; -ENOENT: there is no vGPU. If xenstore fails before the wait,
 * the nodes are not removed.
 */
int vgt_store_destroy(struct xs_handle *xs, unsigned int domid,
                      unsigned int wait_sec, char *err, size_t err_len);

/*
 * Write another value to a node of an existing vGPU. Returns 0; -ENOENT: there
 * is no vGPU; other errors: xenstore failed.
 */
int vgt_store_set(struct xs_handle *xs, unsigned int domid, const char *node,
                  const char *text);

/* Read the node `state` of a domain's vGPU. */
enum vgt_state vgt_store_state(struct xs_handle *xs, unsigned int domid);

/*
 * Find a domain as xl does: first by its domid, if text is a number, then by
 * its name. Returns the domid; -ENOENT: there is no such domain; or an error of
 * xenstore. *ret_name becomes the domain's name, which the caller frees.
 * ret_name may be NULL if the caller does not need the name.
 */
int vgt_store_find_domain(struct xs_handle *xs, const char *text,
                          char **ret_name);

#endif /* VGT_STORE_H */
