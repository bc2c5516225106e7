/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorded probes, tests/replay/guest-GPU.session.gz, for tests and bench. */
#ifndef XENGT_TEST_SESSION_FILE_H
#define XENGT_TEST_SESSION_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The recording of a GPU's ("skl", "bdw") probe: the number of its bytes, and in ret_buf
 * the bytes, which stay the callee's until the next call. 0: the file cannot be read, or
 * it has more bytes than fit.
 */
size_t session_file(const char *gpu, const uint8_t **ret_buf);

#endif /* XENGT_TEST_SESSION_FILE_H */
