/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorded probes, tests/replay/guest-GPU.session.gz, for tests and bench. */
#ifndef XENGT_TEST_SESSION_FILE_H
#define XENGT_TEST_SESSION_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The recording of a GPU's ("skl", "bdw") probe; its bytes stay the callee's until
 * the next call. 0: it cannot be read, or is too long. */
static inline size_t session_file(const char *gpu, const uint8_t **ret_buf)
{
	static uint8_t buf[8u << 20];
	char command[128];
	size_t len;
	FILE *file;

	snprintf(command, sizeof(command),
		 "gzip -dc tests/replay/guest-%s.session.gz", gpu);
	file = popen(command, "r");
	if (!file)
		return 0;
	len = fread(buf, 1, sizeof(buf), file);
	*ret_buf = buf;
	return pclose(file) == 0 && len < sizeof(buf) ? len : 0;
}

#endif /* XENGT_TEST_SESSION_FILE_H */
