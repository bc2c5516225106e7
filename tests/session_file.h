/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recorded probes of Debian's i915 in guests, tests/replay/guest-NAME.session.gz, for
 * tests and bench (tests/e2e/record-probe).
 */
#ifndef XENGT_TEST_SESSION_FILE_H
#define XENGT_TEST_SESSION_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The names of all recordings, then NULL: "skl" and "bdw" with Linux 6.1, "skl-VERSION" with
 * a newer Linux.
 */
extern const char *const session_names[];

/*
 * Reads the recording of a probe by its name. Returns its size;
 * *ret_buf points to its bytes, which this function owns and which are valid
 * until the next call. Returns 0 if the file cannot be read, or if it has more
 * bytes than fit.
 */
size_t session_file(const char *name, const uint8_t **ret_buf);

#endif /* XENGT_TEST_SESSION_FILE_H */
