// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-replay: replays a recorded session of a vGPU with the device model that
 * is built into this program.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/metrics.h"
#include "replay.h"
#include "session/session.h"

#define BYTES_MAX	(2u * XENGT_SESSION_BYTES_MAX)

/*
 * Reads the whole file into memory that the caller frees. Returns NULL and sets
 * errno on an error.
 */
static uint8_t *read_whole(FILE *file, size_t *ret_len)
{
	size_t room = 1u << 20, used = 0;
	uint8_t *buf = malloc(room);

	while (buf) {
		size_t n = fread(buf + used, 1, room - used, file);
		uint8_t *more;

		used += n;
		if (!n) {
			*ret_len = used;
			return buf;
		}
		if (used < room)
			continue;
		room *= 2;
		more = room <= BYTES_MAX ? realloc(buf, room) : NULL;
		if (!more) {
			free(buf);
			errno = EFBIG;
			return NULL;
		}
		buf = more;
	}
	return NULL;
}

static void show_counters(const struct xengt_counters *counters)
{
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		uint64_t value = xengt_counter_value(counters, i);

		if (value)
			printf("%-24s %llu\n", xengt_metrics[i].name,
			       (unsigned long long)value);
	}
}

int replay_session(FILE *file, const char *name)
{
	struct xengt_replay_result res;
	uint8_t *buf;
	size_t len;
	int r;

	buf = read_whole(file, &len);
	r = buf ? xengt_replay(buf, len, &res) : -errno;
	free(buf);
	if (r) {
		fprintf(stderr, "xengt-replay: %s: %s\n", name, strerror(-r));
		return REPLAY_BROKEN;
	}
	printf("steps %llu requests %llu calls %llu%s\n",
	       (unsigned long long)res.steps, (unsigned long long)res.requests,
	       (unsigned long long)res.calls,
	       res.is_cut ? ", cut off in the middle of a step" : "");
	show_counters(&res.counters);
	if (!*res.difference)
		return REPLAY_SAME;
	printf("%s\n", res.difference);
	return REPLAY_DIFFERS;
}
