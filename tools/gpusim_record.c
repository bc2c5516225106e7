// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: recordings. While a session is recorded, the simulator's time
 * is virtual, so that a replay can repeat the same times. gpusim_record_time()
 * advances the virtual time to the machine's clock.
 */
#include "gpusim.h"
#include "sim/record.h"

#include <errno.h>
#include <string.h>

static int write_file(void *opaque, const void *buf, size_t len)
{
	FILE *f = opaque;

	return fwrite(buf, 1, len, f) == len ? 0 : -EIO;
}

int gpusim_record_start(struct gpusim *s, const char *path,
			const struct xengt_sim_config *config)
{
	int r;

	s->record = fopen(path, "we");
	if (!s->record)
		return -errno;
	s->record_since = gpusim_now_ns();
	r = xengt_sim_record(s->sim, config, write_file, s->record);
	if (r) {
		fclose(s->record);
		s->record = NULL;
	}
	return r;
}

void gpusim_record_time(struct gpusim *s)
{
	uint64_t real, sim;

	if (!s->record)
		return;
	real = gpusim_now_ns() - s->record_since;
	sim = xengt_sim_time(s->sim);
	if (real > sim)
		xengt_sim_advance(s->sim, real - sim);
}

void gpusim_record_end(struct gpusim *s)
{
	int r;

	if (!s->record)
		return;
	r = xengt_sim_record_end(s->sim);
	if (fclose(s->record) && !r)
		r = -errno;
	s->record = NULL;
	if (r)
		gpusim_say(s, XENGT_SIM_LOG_ERR, "the recording is broken: %s",
			   strerror(-r));
}
