// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries what a guest could do after it has taken over its worker. The program
 * opens the same handles as xengt-vgpu, gives up its rights by the same code
 * (src/xengt-vgpu/depriv.c), and then tries to reach other domains and the
 * host. Runs in dom0: confine-probe OWN-DOMID OTHER-DOMID EMPTY-DIR. Prints
 * TAP. promise: P8
 */
#define __XEN_TOOLS__ 1

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xentoolcore.h>
#include <xen/hvm/dm_op.h>

#include "xengt-vgpu/depriv.h"

static unsigned int count, failed;

static void say(bool good, const char *what, int err)
{
	count++;
	failed += !good;
	printf("%sok %u - %s (%s)\n", good ? "" : "not ", count, what,
	       err ? strerror(err) : "succeeds");
}

/* rc is what the library function returned. */
static void may(const char *what, int rc)
{
	say(rc >= 0, what, rc < 0 ? errno : 0);
}

static void may_not(const char *what, int rc)
{
	say(rc < 0, what, rc < 0 ? errno : 0);
}

static int map_one(xenforeignmemory_handle *fmem, uint32_t domid)
{
	xen_pfn_t gfn = 0x100;
	void *p = xenforeignmemory_map(fmem, domid, PROT_READ, 1, &gfn, NULL);

	if (!p)
		return -1;
	xenforeignmemory_unmap(fmem, p, 1);
	return 0;
}

/* Tries system calls that this process must no longer be able to make. */
static void check_process(void)
{
	say(getuid() != 0 && geteuid() != 0, "not root", 0);
	may_not("become root", setuid(0));
	may_not("open a file", open("/proc/self/mem", O_RDWR));
	may_not("open Xen again", open("/dev/xen/privcmd", O_RDWR));
	may_not("make a socket", socket(AF_INET, SOCK_STREAM, 0));
	may_not("fork", fork());
	may_not("trace a process", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
	may_not("run a program",
		execl("/bin/true", "true", (char *)NULL));
	may_not("signal another process", kill(getppid(), 0));
}

int main(int argc, char **argv)
{
	xendevicemodel_handle *dmod = xendevicemodel_open(NULL, 0);
	xenforeignmemory_handle *fmem = xenforeignmemory_open(NULL, 0);
	xenevtchn_handle *evtchn = xenevtchn_open(NULL, 0);
	struct xengt_depriv_config cfg = { .is_seccomp_fatal = false };
	unsigned int vcpus;
	uint32_t own, other;
	ioservid_t id;
	int r;

	if (argc != 4 || !dmod || !fmem || !evtchn) {
		fprintf(stderr, "usage: confine-probe OWN OTHER EMPTY-DIR\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	own = strtoul(argv[1], NULL, 10);
	other = strtoul(argv[2], NULL, 10);
	cfg.chroot_dir = argv[3];

	/*
	 * As long as the program has its rights, it can map the other domain.
	 * If the mapping failed here, the refusals below would prove nothing.
	 */
	may("before: the other domain can be mapped", map_one(fmem, other));
	r = xentoolcore_restrict_all(own);
	may("handles restricted", r);
	r = xengt_depriv(&cfg);
	errno = -r;
	may("confined", r);

	may("own domain: ask for its vCPUs",
	    xendevicemodel_nr_vcpus(dmod, own, &vcpus));
	may("own domain: map a page", map_one(fmem, own));
	may_not("other domain: ask for its vCPUs",
		xendevicemodel_nr_vcpus(dmod, other, &vcpus));
	may_not("other domain: map a page", map_one(fmem, other));
	may_not("other domain: make an ioreq server",
		xendevicemodel_create_ioreq_server(dmod, other, 0, &id));
	may_not("other domain: inject an MSI",
		xendevicemodel_inject_msi(dmod, other, 0xfee00000, 0x4041));
	may_not("other domain: change a page's type",
		xendevicemodel_set_mem_type(dmod, other, HVMMEM_ram_ro, 0x100, 1));
	may_not("other domain: shut it down",
		xendevicemodel_shutdown(dmod, other, 0));
	may_not("other domain: bind an event channel",
		xenevtchn_bind_interdomain(evtchn, other, 1));
	may_not("dom0: map a page", map_one(fmem, 0));
	may_not("dom0: ask for its vCPUs",
		xendevicemodel_nr_vcpus(dmod, 0, &vcpus));

	check_process();
	printf("1..%u\n", count);
	return failed != 0;
}
