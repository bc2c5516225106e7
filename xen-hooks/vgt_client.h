/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to xengtd over its control socket (docs/protocol.md, section 2).
 */
#ifndef VGT_CLIENT_H
#define VGT_CLIENT_H

#include <json-c/json.h>
#include <stddef.h>

#define VGT_SOCKET "/run/xengt/xengtd.sock"

/*
 * Ask one question over a connection of its own. vgpu may be NULL.
 *
 * 0: *ret_data is the answer's "data" (may be NULL), to be put by the caller.
 * Otherwise err has one line for the user, and
 *  -ECONNREFUSED  the daemon is not running
 *  -EPERM         not root
 *  -ETIMEDOUT     it did not answer within 10 s
 *  -EPROTO        it answered something else than the protocol says
 *  -ENOENT        code "no-such-vgpu"
 *  -EREMOTEIO     any other code; err is the daemon's own text. Or vgpu is a text
 *                 that JSON, or a terminal, cannot take
 */
int vgt_client_ask(const char *socket_path, const char *cmd, const char *vgpu,
                   struct json_object **ret_data, char *err, size_t err_len);

/*
 * The same for a question whose answer names a file. The file exists only as
 * long as the connection, so this function opens it: *ret_file is open for
 * reading, and the caller closes it.
 */
int vgt_client_ask_file(const char *socket_path, const char *cmd,
                        const char *vgpu, struct json_object **ret_data,
                        int *ret_file, char *err, size_t err_len);

/*
 * The value of a member that is a number or a string with a number; def if the
 * member is absent or of another type.
 */
long vgt_json_long(struct json_object *obj, const char *name, long def);
const char *vgt_json_string(struct json_object *obj, const char *name,
                            const char *def);

#endif /* VGT_CLIENT_H */
