// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads libxenctrl at run time, in whichever version dom0 has. The few calls that the
 * tests use have not changed from 4.17 to 4.20.
 */
#include "kmod_test.h"

#include <dlfcn.h>
#include <glob.h>
#include <sys/mman.h>

xc_interface *xc;
typeof(&xc_domain_decrease_reservation_exact) take_frames;
typeof(&xc_domain_populate_physmap_exact) give_frames;
typeof(&xc_domain_iomem_permission) iomem_permission;
typeof(&xc_domain_memory_mapping) memory_mapping;
typeof(&xc_domain_add_to_physmap) add_to_physmap;
/* xc_map_foreign_range(), which xenctrl.h does not declare any more */
static void *(*map_range)(xc_interface *xch, uint32_t domid, int bytes, int prot,
			  unsigned long first);

static void *symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	need(p, name);
	return p;
}

void open_xen(void)
{
	typeof(&xc_interface_open) open_interface;
	void *lib = NULL;
	glob_t found;

	if (!glob("/usr/lib/*/libxenctrl.so.4.*", 0, NULL, &found))
		lib = dlopen(found.gl_pathv[0], RTLD_NOW);
	need(lib, "libxenctrl");
	open_interface = symbol(lib, "xc_interface_open");
	take_frames = symbol(lib, "xc_domain_decrease_reservation_exact");
	give_frames = symbol(lib, "xc_domain_populate_physmap_exact");
	iomem_permission = symbol(lib, "xc_domain_iomem_permission");
	memory_mapping = symbol(lib, "xc_domain_memory_mapping");
	add_to_physmap = symbol(lib, "xc_domain_add_to_physmap");
	map_range = symbol(lib, "xc_map_foreign_range");
	xc = open_interface(NULL, NULL, 0);
	need(xc, "xc_interface_open");
}

void *map_guest(uint32_t domid, uint64_t first, uint32_t count)
{
	return map_range(xc, domid, (int)(count * XC_PAGE_SIZE),
			 PROT_READ | PROT_WRITE, first);
}
