/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore side of a request (docs/protocol.md, section 1): a program that
 * wants a vGPU writes nodes and waits for the broker's verdict.
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
 * Default wait. It is longer than all steps of the broker together, and shorter
 * than the 60 s that libxl gives a device model.
 */
#define VGT_WAIT_SEC_DEFAULT 45

/*
 * Request a vGPU for a domain and wait until it is connected. is_cancelled may
 * be NULL; when a signal handler makes it non-zero, the wait ends.
 *
 * 0: the device is there. Otherwise nothing of the request is left, and err
 * has one line for the user, mostly the broker's own:
 *  -EEXIST     the domain has one already (which stays)
 *  -EREMOTEIO  the broker refused
 *  -ETIMEDOUT  no verdict within wait_sec
 *  -EINTR      cancelled
 *  other       xenstore failed
 * An error of xenstore is never taken for a node that is not there.
 */
int vgt_store_create(struct xs_handle *xs, unsigned int domid,
                     const char *name, const struct vgt_config *cfg,
                     unsigned int wait_sec,
                     const volatile sig_atomic_t *is_cancelled, char *err,
                     size_t err_len);

/*
 * Leave nodes that say that the domain's vGPU has ended, and why, as the broker
 * would. They go with the domain. What fails here is lost.
 */
void vgt_store_leave(struct xs_handle *xs, unsigned int domid, const char *name,
                     const char *why);

/*
 * Ask the broker to remove the vGPU, wait a bounded time for that, then remove
 * the nodes. -ENOENT: there is no vGPU. If xenstore fails, nothing is removed.
 */
int vgt_store_destroy(struct xs_handle *xs, unsigned int domid,
                      unsigned int wait_sec, char *err, size_t err_len);

/*
 * Give a node of an existing vGPU another value. -ENOENT: there is no vGPU;
 * otherwise xenstore failed.
 */
int vgt_store_set(struct xs_handle *xs, unsigned int domid, const char *node,
                  const char *text);

/* The value of `state` for a domain's vGPU. */
enum vgt_state vgt_store_state(struct xs_handle *xs, unsigned int domid);

/*
 * Find the domain that a user means, as xl does: a number is a domid first,
 * then a name. Returns the domid; -ENOENT: there is no such domain; or
 * xenstore's own -errno. ret_name may be NULL; it gets the domain's name, which
 * the caller frees.
 */
int vgt_store_find_domain(struct xs_handle *xs, const char *text,
                          char **ret_name);

#endif /* VGT_STORE_H */
