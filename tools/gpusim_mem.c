// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: the machine's memory. QEMU sends descriptors of the shared
 * files that are the machine's RAM. Each file is mapped once, as a whole.
 */
#include "gpusim.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct gpusim_map *map_file(struct gpusim *s, int fd, uint64_t end)
{
	struct stat st;
	struct gpusim_map *m;

	if (fstat(fd, &st))
		return NULL;
	for (unsigned int i = 0; i < s->n_maps; i++) {
		m = &s->maps[i];
		if (m->dev == st.st_dev && m->ino == st.st_ino && end <= m->len)
			return m;
	}
	if (s->n_maps == MAPS_MAX || end > (uint64_t)st.st_size) {
		errno = ENOSPC;
		return NULL;
	}
	m = &s->maps[s->n_maps];
	m->len = (size_t)st.st_size;
	m->host = mmap(NULL, m->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m->host == MAP_FAILED)
		return NULL;
	m->fd = dup(fd);
	m->dev = st.st_dev;
	m->ino = st.st_ino;
	s->n_maps++;
	gpusim_say(s, XENGT_SIM_LOG_INFO, "mapped %zu MiB of machine memory",
		   m->len >> 20);
	return m;
}

void gpusim_sync_sysmem(struct gpusim *s, const struct proxy_sysmem *p,
			const int *fds, unsigned int n)
{
	struct xengt_sim_region regions[PROXY_MAX_FDS];
	unsigned int used = 0;
	int r;

	for (unsigned int i = 0; i < n; i++) {
		struct gpusim_map *m = map_file(s, fds[i],
						p->offset[i] + p->len[i]);

		if (m) {
			regions[used].bus = p->bus[i];
			regions[used].len = p->len[i];
			regions[used].host = m->host + p->offset[i];
			used++;
		} else {
			gpusim_say(s, XENGT_SIM_LOG_ERR,
				   "cannot map memory at 0x%llx: %s",
				   (unsigned long long)p->bus[i], strerror(errno));
		}
		close(fds[i]);
	}
	r = xengt_sim_set_regions(s->sim, regions, used);
	if (r)
		gpusim_say(s, XENGT_SIM_LOG_ERR, "memory table refused: %s",
			   strerror(-r));
}

uint64_t gpusim_data_at(void *opaque, const uint8_t *from, uint64_t max,
			uint64_t *ret_skip)
{
	struct gpusim *s = opaque;

	for (unsigned int i = 0; i < s->n_maps; i++) {
		const struct gpusim_map *m = &s->maps[i];
		off_t at = from - m->host, data, hole;

		if (from < m->host || from >= m->host + m->len)
			continue;
		/*
		 * lseek() moves the position of QEMU's open file, too; QEMU does
		 * not use the position
		 */
		data = lseek(m->fd, at, SEEK_DATA);
		hole = data < 0 ? -1 : lseek(m->fd, data, SEEK_HOLE);
		if (hole < 0 || data - at >= (off_t)max)
			return 0;
		*ret_skip = (uint64_t)(data - at);
		return (uint64_t)(hole - at > (off_t)max ? (off_t)max - (data - at) :
				  hole - data);
	}
	return 0;
}
