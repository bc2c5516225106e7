/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether GPU and dom0 have enough resources for one more vGPU; see
 * room.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengtd/room.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define KIB_PER_PAGE	(XENGT_PAGE_SIZE / 1024)
#define PAGES_PER_MIB	(XENGT_MIB / XENGT_PAGE_SIZE)

/* ---- the GPU ---- */

struct space {
	const char *what, *unit, *key;
	uint32_t wanted, total, free, largest;
};

void xengt_room_explain_gpu(const struct xengt_request *req,
			    const struct xengt_info *gpu, char *text,
			    size_t size)
{
	const struct space spaces[] = {
		{ "CPU-visible graphics memory", " MB", "vgt_low_gm_sz",
		  req->low_mib, gpu->low_total_mib, gpu->low_free_mib,
		  gpu->low_largest_mib },
		{ "graphics memory", " MB", "vgt_high_gm_sz", req->high_mib,
		  gpu->high_total_mib, gpu->high_free_mib,
		  gpu->high_largest_mib },
		{ "fence registers", "", "vgt_fence_sz", req->fences,
		  gpu->fences_total, gpu->fences_free, gpu->fences_largest },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(spaces); i++) {
		const struct space *s = &spaces[i];

		if (s->wanted <= s->largest)
			continue;
		snprintf(text, size, "not enough %s for \"%s\": the guest wants %u%s in one piece, %u of %u%s are free, the largest piece is %u%s; %sask for less (%s)",
			 s->what, req->domain, s->wanted, s->unit, s->free,
			 s->total, s->unit, s->largest, s->unit,
			 s->wanted > s->total ? "" : "stop another guest, or ",
			 s->key);
		return;
	}
	snprintf(text, size, "\"%s\" gets no vGPU: %u guests have a vGPU (%d are possible), or another guest has taken the free resources; stop another guest, or try again",
		 req->domain, gpu->vgpu_count, XENGT_EXEC_VGPUS_MAX);
}

/* ---- dom0's memory ---- */

/*
 * Returns how many guest frames the vGPU's GGTT and page table entries can name
 * at the same time.
 */
static uint64_t frames_max(uint32_t low_mib, uint32_t high_mib,
			   uint64_t domain_pages)
{
	uint64_t named = ((uint64_t)low_mib + high_mib) * PAGES_PER_MIB +
			 (uint64_t)XENGT_PPGTT_TABLES_MAX * XENGT_PPGTT_ENTRIES;

	return domain_pages < named ? domain_pages : named;
}

static uint64_t frames_kib(uint64_t frames)
{
	return (frames * XENGT_FRAME_NOTE_BYTES + 1023) / 1024;
}

#define TABLE_KIB	((4096 + XENGT_PPGTT_WORDS_BYTES) / 1024)

uint64_t xengt_room_promise_kib(uint32_t low_mib, uint32_t high_mib,
				uint64_t domain_pages)
{
	return XENGT_WORKER_BYTES_MAX / 1024 +
	       XENGT_EXEC_PAGES_MAX * KIB_PER_PAGE +
	       XENGT_PPGTT_TABLES_MAX * TABLE_KIB + XENGT_VGPU_NOTE_KIB +
	       ((uint64_t)low_mib + high_mib) * XENGT_ENTRY_NOTE_KIB_PER_MIB +
	       frames_kib(frames_max(low_mib, high_mib, domain_pages) +
			  XENGT_KEPT_FRAMES_MAX);
}

uint64_t xengt_room_spent_kib(const struct xengt_vgpu_info *info,
			      uint64_t worker_kib)
{
	uint64_t worker_max = XENGT_WORKER_BYTES_MAX / 1024;

	return (worker_kib < worker_max ? worker_kib : worker_max) +
	       info->ppgtt_tables * TABLE_KIB + frames_kib(info->frames_held);
}

int xengt_room_check_memory(const struct xengt_request *req,
			    uint64_t available_kib, uint64_t owed_kib,
			    uint64_t need_kib, char *text, size_t size)
{
	if (owed_kib <= available_kib && need_kib <= available_kib - owed_kib)
		return 0;
	snprintf(text, size, "dom0 has not enough memory for the vGPU of \"%s\": the vGPU may need %" PRIu64 " MB, available are %" PRIu64 " MB, of which other vGPUs may need %" PRIu64 " MB; stop another guest, give this guest less memory, or dom0 more (dom0_mem=)",
		 req->domain, need_kib / 1024, available_kib / 1024,
		 owed_kib / 1024);
	return -ENOMEM;
}

/*
 * Parse number n (0 is the first) of a line. line points to the first character
 * after the label.
 */
static int parse(const char *line, unsigned int n, uint64_t *ret_value)
{
	char *end;
	uint64_t value;

	do {
		value = strtoull(line, &end, 10);
		if (end == line)
			return -EPROTO;
		line = end;
	} while (n--);
	*ret_value = value;
	return 0;
}

int xengt_room_read(const char *path, const char *label, unsigned int n,
		    uint64_t *ret_value)
{
	FILE *f = fopen(path, "re");
	char line[256];
	int r = -EPROTO;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, label, strlen(label)))
			continue;
		r = parse(line + strlen(label), n, ret_value);
		break;
	}
	fclose(f);
	return r;
}
