// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: log and counters. A guest can cause log lines, so the log's
 * size and its lines per second have limits.
 */
#include "gpusim.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#define LOG_MAX_BYTES	(4L << 20)
#define LOG_PER_SECOND	50

uint64_t gpusim_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static void log_raw(struct gpusim *s, const char *level, const char *line)
{
	uint64_t t = gpusim_now_ns();
	int n;

	if (s->log_bytes >= LOG_MAX_BYTES)
		return;
	n = fprintf(s->log, "[%6llu.%06llu] %s: %s\n",
		    (unsigned long long)(t / 1000000000ULL),
		    (unsigned long long)(t / 1000 % 1000000), level, line);
	if (n > 0)
		s->log_bytes += n;
	if (s->log_bytes >= LOG_MAX_BYTES)
		fprintf(s->log, "log is full, no more lines\n");
	fflush(s->log);
}

static const char *const level_names[] = {
	[XENGT_SIM_LOG_ERR] = "error", [XENGT_SIM_LOG_WARN] = "warning",
	[XENGT_SIM_LOG_INFO] = "info", [XENGT_SIM_LOG_DEBUG] = "debug",
};

void gpusim_log_line(void *opaque, enum xengt_sim_log_level level,
		     const char *line)
{
	struct gpusim *s = opaque;
	uint64_t second = gpusim_now_ns() / 1000000000ULL;
	char note[64];

	if (second != s->log_second) {
		if (s->log_suppressed) {
			snprintf(note, sizeof(note), "%llu lines left out",
				 (unsigned long long)s->log_suppressed);
			log_raw(s, "warning", note);
		}
		s->log_second = second;
		s->log_in_second = 0;
		s->log_suppressed = 0;
	}
	if (s->log_in_second++ >= LOG_PER_SECOND) {
		s->log_suppressed++;
		return;
	}
	log_raw(s, level_names[level], line);
}

void gpusim_say(struct gpusim *s, enum xengt_sim_log_level level,
		const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	gpusim_log_line(s, level, line);
}

void gpusim_log_stats(struct gpusim *s)
{
	struct xengt_sim_stats st;
	char line[768];

	xengt_sim_get_stats(s->sim, &st);
#define N(x) ((unsigned long long)(x))
	snprintf(line, sizeof(line),
		 "requests %llu (%llu ns each inside) cfg %llu/%llu mmio %llu/%llu ggtt %llu/%llu flush %llu aperture %llu/%llu gtt_faults %llu dma_faults %llu iommu %llu/%llu/%llu/%llu/%llu tlb hit/fill/stale %llu/%llu/%llu msi %llu irq_lost %llu bad %llu msi_dropped %llu",
		 N(s->requests), N(s->timed ? s->busy_ns / s->timed : 0),
		 N(st.cfg_reads), N(st.cfg_writes), N(st.mmio_reads),
		 N(st.mmio_writes), N(st.ggtt_reads), N(st.ggtt_writes),
		 N(st.ggtt_flushes), N(st.aperture_reads),
		 N(st.aperture_writes), N(st.gtt_faults), N(st.dma_faults),
		 N(st.iommu_translations), N(st.iommu_moved),
		 N(st.iommu_faults), N(st.iommu_stale), N(st.iommu_laps),
		 N(st.tlb_hits), N(st.tlb_fills), N(st.tlb_stale), N(st.msis),
		 N(st.irq_lost), N(st.bad_accesses), N(s->msi_dropped));
#undef N
	log_raw(s, "stats", line);
}

void gpusim_write_counts(struct gpusim *s)
{
	FILE *f;

	if (!s->counts_path)
		return;
	f = fopen(s->counts_path, "we");
	if (!f) {
		gpusim_say(s, XENGT_SIM_LOG_ERR, "%s: %s", s->counts_path,
			   strerror(errno));
		return;
	}
	for (uint32_t off = 0; off < XENGT_SIM_REGS_BYTES; off += 4) {
		uint32_t reads, writes;

		xengt_sim_reg_counts(s->sim, off, &reads, &writes);
		if (reads || writes)
			fprintf(f, "0x%06x %u %u\n", off, reads, writes);
	}
	if (fclose(f))
		gpusim_say(s, XENGT_SIM_LOG_ERR, "%s: %s", s->counts_path,
			   strerror(errno));
}
