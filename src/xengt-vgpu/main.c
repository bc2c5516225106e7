/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-vgpu, the worker: emulates the device that one guest sees. xengtd
 * starts one worker for each vGPU; see xengt-vgpu(8) and docs/protocol.md.
 *
 * start() first opens the files that need root, then restricts Xen's handles to
 * the domain, then gives up the process's rights, and only then reads anything
 * that the guest wrote. At the end stop() frees what start() made, in reverse
 * order, and answers each request that is still pending.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/begin.h"
#include "common/text.h"
#include "common/version.h"
#include "core/vgpu.h"
#include "gpu/gpu.h"
#include "hv/hv_xen.h"
#include "hw/platform.h"
#include "session/session.h"
#include "uapi/xengt.h"
#include "xengt-vgpu/broker.h"
#include "xengt-vgpu/depriv.h"
#include "xengt-vgpu/edid_file.h"
#include "xengt-vgpu/loop.h"
#include "xengt/edid.h"
#include "xengt/log.h"
#include "xengt/types.h"

struct options {
	uint64_t domid;
	bool has_domid;
	uint64_t server_id;
	bool has_server_id;
	int vgpu_fd, broker_fd, listen_fd, edid_fd, record_fd;
	const char *listen_path;
	const char *chroot_dir;
	enum xengt_platform_id platform;
	uint64_t device, subvendor, subdevice, revision;
	uint64_t slot, primary, aperture_bytes;
	bool is_aperture_lazy;
	bool is_seccomp_fatal;
	bool is_verbose;
};

enum {
	OPT_DOMID = 256, OPT_SERVER_ID, OPT_VGPU_FD, OPT_BROKER_FD, OPT_LISTEN,
	OPT_CHROOT, OPT_PLATFORM, OPT_PCI, OPT_SLOT, OPT_PRIMARY, OPT_APERTURE,
	OPT_APERTURE_BYTES, OPT_EDID_FD, OPT_RECORD_FD, OPT_SECCOMP, OPT_VERBOSE, OPT_HELP, OPT_VERSION,
};

static const struct option long_options[] = {
	{ "domid", required_argument, NULL, OPT_DOMID },
	{ "server-id", required_argument, NULL, OPT_SERVER_ID },
	{ "vgpu-fd", required_argument, NULL, OPT_VGPU_FD },
	{ "broker-fd", required_argument, NULL, OPT_BROKER_FD },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "chroot", required_argument, NULL, OPT_CHROOT },
	{ "platform", required_argument, NULL, OPT_PLATFORM },
	{ "pci", required_argument, NULL, OPT_PCI },
	{ "slot", required_argument, NULL, OPT_SLOT },
	{ "primary", required_argument, NULL, OPT_PRIMARY },
	{ "aperture", required_argument, NULL, OPT_APERTURE },
	{ "aperture-bytes", required_argument, NULL, OPT_APERTURE_BYTES },
	{ "edid-fd", required_argument, NULL, OPT_EDID_FD },
	{ "record-fd", required_argument, NULL, OPT_RECORD_FD },
	{ "seccomp", required_argument, NULL, OPT_SECCOMP },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 }
};

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengt-vgpu --domid N --vgpu-fd FD --platform NAME [OPTION...]\n"
"The device of one guest; started by xengtd, not by hand.\n"
"\n"
"  --domid N          the guest\n"
"  --vgpu-fd FD       the guest's vGPU, a descriptor from /dev/xengt\n"
"  --platform NAME    the GPU, by its short name: skl\n"
"  --pci DEV:SUBVEN:SUBDEV:REV  the PCI ids of the physical GPU, in hex\n"
"  --slot N           PCI device number in the guest (default 2)\n"
"  --primary 0|1      class 0300 (default) or 0380\n"
"  --aperture lazy|upfront  map BAR2 piece by piece, or at once (default)\n"
"  --aperture-bytes N size of BAR2\n"
"  --edid-fd FD       EDID of the monitor (default: a built-in one)\n"
"  --record-fd FD     record the session in this file, for xengt-replay\n"
"  --server-id N      use this ioreq server: take over from a process that died\n"
"  --broker-fd FD     connection to xengtd\n"
"  --listen FD|PATH   the socket to which a restarted xengtd connects\n"
"  --chroot DIR       an empty directory (default /run/xengt/empty)\n"
"  --seccomp kill|errno  a forbidden system call ends the process, or fails\n"
"                     (default kill)\n"
"  --verbose          log more\n");
}

static bool parse_number(const char *name, const char *text, uint64_t max,
			 uint64_t *ret)
{
	if (xengt_text_number(text, max, ret) == 0)
		return true;
	fprintf(stderr, "xengt-vgpu: --%s needs a number of at most %llu, not \"%s\"\n",
		name, (unsigned long long)max, text);
	return false;
}

static bool parse_fd(const char *name, const char *text, int *ret)
{
	uint64_t value;

	if (!parse_number(name, text, 1023, &value))
		return false;
	*ret = value;
	return true;
}

static bool parse_pci(const char *text, struct options *opt)
{
	unsigned int dev, subven, subdev, rev;
	char end;

	if (sscanf(text, "%4x:%4x:%4x:%2x%c", &dev, &subven, &subdev, &rev,
		   &end) != 4) {
		fprintf(stderr, "xengt-vgpu: --pci needs DEV:SUBVEN:SUBDEV:REV in hex, not \"%s\"\n",
			text);
		return false;
	}
	opt->device = dev;
	opt->subvendor = subven;
	opt->subdevice = subdev;
	opt->revision = rev;
	return true;
}

static bool parse_platform(const char *text, struct options *opt)
{
	const struct xengt_platform *platform = xengt_platform_find(text);

	if (!platform) {
		fprintf(stderr,
			"xengt-vgpu: --platform: no platform is called \"%s\"\n",
			text);
		return false;
	}
	opt->platform = platform->id;
	return true;
}

static bool parse_choice(const char *name, const char *text, const char *first,
			 const char *second, bool *ret_is_first)
{
	*ret_is_first = !strcmp(text, first);
	if (*ret_is_first || !strcmp(text, second))
		return true;
	fprintf(stderr, "xengt-vgpu: --%s is %s or %s, not \"%s\"\n", name,
		first, second, text);
	return false;
}

static bool parse_one(int c, const char *name, const char *arg,
		      struct options *opt)
{
	switch (c) {
	case OPT_DOMID:
		opt->has_domid = true;
		return parse_number(name, arg, 0x7fef, &opt->domid);
	case OPT_SERVER_ID:
		opt->has_server_id = true;
		return parse_number(name, arg, UINT16_MAX, &opt->server_id);
	case OPT_VGPU_FD:
		return parse_fd(name, arg, &opt->vgpu_fd);
	case OPT_BROKER_FD:
		return parse_fd(name, arg, &opt->broker_fd);
	case OPT_LISTEN:
		if (strchr(arg, '/')) {
			opt->listen_path = arg;
			return true;
		}
		return parse_fd(name, arg, &opt->listen_fd);
	case OPT_CHROOT:
		opt->chroot_dir = arg;
		return true;
	case OPT_PLATFORM:
		return parse_platform(arg, opt);
	case OPT_PCI:
		return parse_pci(arg, opt);
	case OPT_SLOT:
		return parse_number(name, arg, 31, &opt->slot);
	case OPT_PRIMARY:
		return parse_number(name, arg, 1, &opt->primary);
	case OPT_APERTURE:
		return parse_choice(name, arg, "lazy", "upfront",
				    &opt->is_aperture_lazy);
	case OPT_APERTURE_BYTES:
		return parse_number(name, arg, 1ull << 40, &opt->aperture_bytes);
	case OPT_EDID_FD:
		return parse_fd(name, arg, &opt->edid_fd);
	case OPT_RECORD_FD:
		return parse_fd(name, arg, &opt->record_fd);
	case OPT_SECCOMP:
		return parse_choice(name, arg, "kill", "errno",
				    &opt->is_seccomp_fatal);
	case OPT_VERBOSE:
		opt->is_verbose = true;
		return true;
	default:
		return false;
	}
}

/* Returns -1 if the program must continue, otherwise the exit status. */
static int parse_options(int argc, char **argv, struct options *opt)
{
	int c, index = 0;

	*opt = (struct options){
		.vgpu_fd = -1, .broker_fd = -1, .listen_fd = -1,
		.edid_fd = -1, .record_fd = -1,
		.chroot_dir = "/run/xengt/empty",
		.slot = 2, .primary = 1, .is_seccomp_fatal = true,
	};
	while ((c = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (c == OPT_HELP) {
			usage(stdout);
			return 0;
		}
		if (c == OPT_VERSION) {
			printf("xengt-vgpu %s\n", XENGT_VERSION);
			return 0;
		}
		if (c == '?' ||
		    !parse_one(c, long_options[index].name, optarg, opt))
			return 2;
	}
	if (optind < argc || !opt->has_domid || opt->vgpu_fd < 0 ||
	    opt->platform == XENGT_PLATFORM_NONE) {
		usage(stderr);
		return 2;
	}
	return -1;
}

/*
 * listen() is called by the worker, although the broker may have made the
 * socket: the kernel tells a client of the socket the id of the process that
 * called listen(), and the broker needs the worker's id (see
 * src/xengtd/worker.c).
 */
static int start_listening(struct options *opt)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (opt->listen_path) {
		if (strlen(opt->listen_path) >= sizeof(addr.sun_path))
			return -ENAMETOOLONG;
		strcpy(addr.sun_path, opt->listen_path);
		opt->listen_fd = socket(AF_UNIX,
					SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		if (opt->listen_fd < 0)
			return -errno;
		unlink(opt->listen_path);
		if (bind(opt->listen_fd, (struct sockaddr *)&addr,
			 sizeof(addr)) < 0)
			return -errno;
	}
	if (opt->listen_fd >= 0 && listen(opt->listen_fd, 4) < 0)
		return -errno;
	return 0;
}

struct worker {
	struct options opt;
	uint8_t edid[XENGT_EDID_MAX_BYTES];
	uint32_t edid_bytes;
	struct xengt_loop *loop;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_recorder *recorder;	/* NULL if the session is not
						 * recorded */
	struct xengt_vgpu *vgpu;
	const char *step;		/* the current step of start(), for the
					 * error message */
};

static int open_hv(struct worker *w)
{
	struct xengt_vgpu_info info;
	struct xengt_hv_xen_config cfg = {
		.domid = w->opt.domid,
		.has_server = w->opt.has_server_id,
		.server_id = w->opt.server_id,
		.restrict_handles = true,
		.map_aperture = xengt_broker_map_aperture,
		.map_piece = xengt_broker_map_piece,
		.populate = xengt_broker_populate,
		.ctx = xengt_loop_broker(w->loop),
	};
	int r = w->gpu->ops->info(w->gpu, &info);

	if (r < 0)
		return r;
	cfg.slice_frames = info.low_bytes >> XENGT_PAGE_SHIFT;
	return xengt_hv_xen_create(&cfg, &w->hv);
}

static int read_edid(struct worker *w)
{
	int r;

	if (w->opt.edid_fd < 0)
		return 0;
	r = xengt_edid_file_read(w->opt.edid_fd, w->edid, &w->edid_bytes);
	close(w->opt.edid_fd);
	return r;
}

static int create_vgpu(struct worker *w)
{
	struct xengt_vgpu_config cfg = {
		.platform = w->opt.platform,
		.pci_device = w->opt.device,
		.pci_subvendor = w->opt.subvendor,
		.pci_subdevice = w->opt.subdevice,
		.pci_revision = w->opt.revision,
		.slot = w->opt.slot,
		.is_primary = w->opt.primary,
		.aperture_bytes = w->opt.aperture_bytes,
		.is_aperture_lazy = w->opt.is_aperture_lazy,
		.edid = w->edid,
		.edid_bytes = w->edid_bytes,
		.hv = w->hv,
		.gpu = w->gpu,
	};
	int r = 0;

	if (w->opt.record_fd >= 0)
		r = xengt_recorder_create(w->opt.record_fd, &cfg, &w->recorder);
	return r ? r : xengt_vgpu_create(&cfg, &w->vgpu);
}

static int start(struct worker *w)
{
	struct xengt_broker_config broker_cfg = { .domid = w->opt.domid };
	struct xengt_depriv_config depriv_cfg = {
		.chroot_dir = w->opt.chroot_dir,
		.is_seccomp_fatal = w->opt.is_seccomp_fatal,
	};
	int r;

	w->step = "listening for xengtd";
	r = start_listening(&w->opt);
	if (r < 0)
		return r;
	w->step = "reading the monitor's EDID";
	r = read_edid(w);
	if (r < 0)
		return r;
	w->step = "starting the loop";
	broker_cfg.broker_fd = w->opt.broker_fd;
	broker_cfg.listen_fd = w->opt.listen_fd;
	broker_cfg.vgpu_fd = dup(w->opt.vgpu_fd);
	if (broker_cfg.vgpu_fd < 0)
		return -errno;
	r = xengt_loop_create(&broker_cfg, &w->loop);
	if (r < 0)
		return r;
	w->step = "opening the vGPU";
	r = xengt_gpu_kmod_create(w->opt.vgpu_fd, &w->gpu);
	if (r < 0)
		return r;
	w->step = "becoming a device model of the domain";
	r = open_hv(w);
	if (r < 0)
		return r;
	w->step = "giving up rights";
	r = xengt_depriv(&depriv_cfg);
	if (r < 0)
		return r;
	w->step = "making the device";
	return create_vgpu(w);
}

/*
 * Free what start() made, in reverse order. The destructors also answer each
 * request that is still pending.
 */
static void stop(struct worker *w)
{
	xengt_vgpu_destroy(w->vgpu);
	xengt_recorder_destroy(w->recorder);
	if (w->hv)
		w->hv->ops->destroy(w->hv);
	if (w->gpu)
		w->gpu->ops->destroy(w->gpu);
	xengt_loop_destroy(w->loop);
}

int main(int argc, char **argv)
{
	struct worker w = { 0 };
	char prefix[32], why[256];
	int r;

	xengt_begin_daemon();
	r = parse_options(argc, argv, &w.opt);
	if (r >= 0)
		return r;
	snprintf(prefix, sizeof(prefix), "vgpu%u", (unsigned int)w.opt.domid);
	xengt_log_set_prefix(prefix);
	if (w.opt.is_verbose)
		xengt_log_set_level(XENGT_LOG_DEBUG);

	r = start(&w);
	if (r < 0) {
		snprintf(why, sizeof(why), "%s failed: %s", w.step,
			 strerror(-r));
		xengt_err("%s", why);
		xengt_broker_tell_failure(w.opt.broker_fd, r, why);
	} else {
		xengt_info("serving domain %u at 00:%02x.0",
			   (unsigned int)w.opt.domid, (unsigned int)w.opt.slot);
		r = xengt_loop_run(w.loop, w.hv, w.gpu, w.vgpu, w.recorder);
		if (r < 0)
			xengt_err("the worker cannot continue: %s", strerror(-r));
	}
	stop(&w);
	xengt_info("the worker has ended");
	return r < 0 ? 1 : 0;
}
