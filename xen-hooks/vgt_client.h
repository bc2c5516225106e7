/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends questions to xengtd over its control socket (docs/protocol.md, section
 * 2).
 */
#ifndef VGT_CLIENT_H
#define VGT_CLIENT_H

#include <json-c/json.h>
#include <stddef.h>

#define VGT_SOCKET "/run/xengt/xengtd.sock"

/*
 * Open a connection, send one question, and wait for the answer. vgpu: the
 * domain whose vGPU the question is about; NULL: the question is about no vGPU.
 *
 * Returns 0: *ret_data is the answer's "data" (NULL: the answer has none); the
 * caller releases *ret_data by json_object_put(). Otherwise err has one line for
 * the user, and the result is
 *  -ECONNREFUSED  the daemon is not running
 *  -EPERM         not root
 *  -ETIMEDOUT     the daemon did not answer within 10 s
 *  -EPROTO        the daemon's answer does not follow the protocol
 *  -ENOENT        code "no-such-vgpu"
 *  -EREMOTEIO     any other code (err is xengtd's text); or vgpu is not UTF-8 or
 *                 has control characters (then no question was sent)
 */
int vgt_client_ask(const char *socket_path, const char *cmd, const char *vgpu,
                   struct json_object **ret_data, char *err, size_t err_len);

/*
 * Does the same as vgt_client_ask(), for a question whose answer names a file.
 * The file exists only as long as the connection, so this function opens the
 * file before it closes the connection. *ret_file becomes a descriptor that is
 * open for reading; the caller closes it.
 */
int vgt_client_ask_file(const char *socket_path, const char *cmd,
                        const char *vgpu, struct json_object **ret_data,
                        int *ret_file, char *err, size_t err_len);

/*
 * Return the value of a member that is an integer, or a string. Return def if
 * the member is absent or has another type. The string belongs to obj.
 */
long vgt_json_long(struct json_object *obj, const char *name, long def);
const char *vgt_json_string(struct json_object *obj, const char *name,
                            const char *def);

#endif /* VGT_CLIENT_H */
