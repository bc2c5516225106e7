/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorded probes, tests/replay/guest-GPU.session.gz, for tests and bench. */
#ifndef XENGT_TEST_SESSION_FILE_H
#define XENGT_TEST_SESSION_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the recording of the probe of a GPU ("skl", "bdw"). Returns its size;
 * *ret_buf points to its bytes, which this function owns and which are valid
 * until the next call. Returns 0 if the file cannot be read, or if it has more
 * bytes than fit.
 */
size_t session_file(const char *gpu, const uint8_t **ret_buf);

#endif /* XENGT_TEST_SESSION_FILE_H */
