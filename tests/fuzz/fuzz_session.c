/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording is a file and may contain anything. Any bytes after a valid
 * header are replayed until the bytes end or a call differs.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "session/format.h"
#include "session/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Changes the bytes into entries of known kinds, because random bytes seldom
 * form such entries.
 */
static void make_sense(uint8_t *at, size_t len)
{
	while (len >= sizeof(struct xengt_entry)) {
		struct xengt_entry e;
		size_t span;

		memcpy(&e, at, sizeof(e));
		e.op %= XENGT_OPS + 1;
		e.out_bytes %= 64;
		e.in_bytes %= 257;
		memcpy(at, &e, sizeof(e));
		span = sizeof(e) + e.out_bytes + e.in_bytes;
		if (span > len)
			return;
		at += span;
		len -= span;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xengt_session_header h = {
		.magic = XENGT_SESSION_MAGIC,
		.version = XENGT_SESSION_VERSION,
		.platform = XENGT_PLATFORM_SKL,
		.slot = 2,
		.aperture_bytes = 256u << 20,
	};
	struct xengt_replay_result res;
	uint8_t *buf;
	bool is_raw;

	if (!size)
		return 0;
	is_raw = data[0] & 1;
	buf = malloc(sizeof(h) + size);
	if (!buf)
		return 0;
	memcpy(buf, &h, sizeof(h));
	memcpy(buf + sizeof(h), data + 1, size - 1);
	if (is_raw)
		xengt_replay(buf + sizeof(h), size - 1, &res);
	make_sense(buf + sizeof(h), size - 1);
	xengt_replay(buf, sizeof(h) + size - 1, &res);
	free(buf);
	return 0;
}
