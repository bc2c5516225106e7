// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library for LD_PRELOAD in a worker: kills the worker as soon as its ioreq
 * server is enabled. At this moment Xen already sends the guest's requests to
 * the worker, but the worker has not yet reported that it is ready.
 */
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <xendevicemodel.h>

int xendevicemodel_set_ioreq_server_state(xendevicemodel_handle *dmod,
					  domid_t domid, ioservid_t id,
					  int enabled)
{
	static int (*real)(xendevicemodel_handle *, domid_t, ioservid_t, int);
	int r;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, __func__);
	r = real(dmod, domid, id, enabled);
	if (r == 0 && enabled)
		kill(getpid(), SIGKILL);
	return r;
}
