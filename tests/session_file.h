/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the recorded probes, tests/replay/guest-GPU.session.gz, for tests and
 * benchmarks.
 */
#ifndef XENGT_TEST_SESSION_FILE_H
#define XENGT_TEST_SESSION_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the recorded probe for a GPU ("skl" or "bdw"). Returns the recording's
 * size. *ret_buf points to the recording, which this function owns; the pointer
 * is valid until the next call. Returns 0 if the file cannot be read, or if it is
 * larger than the function's buffer.
 */
size_t session_file(const char *gpu, const uint8_t **ret_buf);

#endif /* XENGT_TEST_SESSION_FILE_H */
