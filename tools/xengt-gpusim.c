// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: serves the simulated GPU to a stock QEMU as a PCI function.
 *
 * QEMU sends accesses over one socket; the simulator sends interrupts over a second socket,
 * and reads and writes QEMU's shared RAM directly. The simulator has one thread. This file
 * parses the options; gpusim.h lists the other files, and docs/gpusim.md explains how to
 * use the program.
 */
#include "common/begin.h"
#include "gpusim.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CPU_MAX	1023

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengt-gpusim [OPTION]... --exec -- QEMU [ARG]...\n"
"       xengt-gpusim [OPTION]... --fd N\n"
"\n"
"Serves a simulated Intel GPU to QEMU's x-pci-proxy-dev.\n"
"\n"
"  --platform NAME  the GPU to simulate (default skl):\n");
	for (size_t i = 0; xengt_sim_platform_at(i); i++) {
		const struct xengt_sim_platform *p = xengt_sim_platform_at(i);

		fprintf(to, "                     %-4s 8086:%04x %s\n",
			xengt_sim_platform_name(p),
			xengt_sim_platform_device_id(p),
			xengt_sim_platform_title(p));
	}
	fprintf(to,
"  --exec           start QEMU: a \"@FD@\" inside any ARG becomes the number of\n"
"                   QEMU's socket; the simulator is QEMU's child, and ends with QEMU\n"
"  --fd N           serve the socket that is already open as descriptor N\n"
"  --qtest PATH     QEMU's qtest socket; without it QEMU gets no interrupts\n"
"  --iommu BB:DD.F  the machine has QEMU's intel-iommu, which translates the GPU's\n"
"                   addresses; the GPU has this PCI address; needs --qtest\n"
"  --judge FILE     check whose memory each access reaches, by this 32 MiB file,\n"
"                   which is created if missing (also --check-isolation FILE)\n"
"  --log FILE       append messages to FILE (default: standard error)\n"
"  --counts FILE    write how often each register was read and written\n"
"  --control PATH   a socket for commands: \"screenshot A|B|C FILE\" (PNG),\n"
"                   \"monitor 0|1 on|off\", \"stats\", \"set NAME VALUE\" (below);\n"
"                   answers end with ok or error\n"
"  --tlb on|off     model the TLB in front of the GGTT (default on)\n"
"  --gtt-mib 2|4|8  memory for GGTT entries, as firmware sets it (default 8)\n"
"  --set NAME=VALUE make engines misbehave; may be repeated, not with --record:\n"
"                     ignore-preempt, lose-irq, stick-tlb, stick-reset: none, all\n"
"                     or rcs,vcs,vecs,bcs\n"
"                     stick-full-reset: on, off\n"
"                     blt-hole: open (CVE-2019-0155; default) or closed\n"
"                     cost: virtual time that work takes, in percent (100)\n"
"                     strict: none (default), all, or some of images,\n"
"                     residue,bytes,idle,events,torn,caches (docs/gpusim.md)\n"
"  --record FILE    record the session for xengt-replay, with virtual time\n"
"  --cpu any|N      with --exec: run on any processor, or on this one (default:\n"
"                   an allowed processor that no other simulator uses)\n"
"  --help           this text\n"
"\n"
"The counters are written to the log at the end, and after each SIGUSR1.\n"
"Exit: 0 QEMU closed the socket, 2 usage, 3 setup failed, 4 protocol error.\n"
"With --exec the exit status is QEMU's.\n");
}

__attribute__((format(printf, 1, 2), noreturn))
static void die_usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "xengt-gpusim: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry 'xengt-gpusim --help'.\n");
	exit(EXIT_USAGE);
}

static unsigned int parse_number(const char *what, const char *text,
				 unsigned int max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max)
		die_usage("%s: not a number from 0 to %u: %s", what, max, text);
	return (unsigned int)n;
}

static void parse_set(struct gpusim_options *o, char *text)
{
	char *value = strchr(text, '=');

	if (!value)
		die_usage("--set: NAME=VALUE, not %s", text);
	*value++ = '\0';
	switch (gpusim_set(&o->exec, text, value)) {
	case 0:
		o->has_exec = true;
		return;
	case -ENOENT:
		die_usage("--set: no such name: %s", text);
	default:
		die_usage("--set: no such value of %s: %s", text, value);
	}
}

static void check_socket_path(const char *what, const char *path)
{
	if (path &&
	    strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		die_usage("%s: path too long for a socket: %s", what, path);
}

static void parse_tlb(struct gpusim_options *o, const char *text)
{
	if (strcmp(text, "on") && strcmp(text, "off"))
		die_usage("--tlb: on or off, not %s", text);
	o->has_tlb = !strcmp(text, "on");
}

static void parse_gtt_mib(struct gpusim_options *o, const char *text)
{
	o->gtt_mib = parse_number("--gtt-mib", text, 8);
	if (o->gtt_mib != 2 && o->gtt_mib != 4 && o->gtt_mib != 8)
		die_usage("--gtt-mib: 2, 4 or 8, not %s", text);
}

static int parse_cpu(const char *text)
{
	return strcmp(text, "any") ? (int)parse_number("--cpu", text, CPU_MAX) :
				     GPUSIM_CPU_ANY;
}

static void parse_iommu(struct gpusim_options *o, const char *arg)
{
	unsigned int bus, device, function;
	char rest;

	if (sscanf(arg, "%x:%x.%x%c", &bus, &device, &function, &rest) != 3 ||
	    bus > 0xff || device > 0x1f || function > 7)
		die_usage("--iommu: \"%s\" is no PCI address as in 00:02.0", arg);
	o->rid = (uint16_t)(bus << 8 | device << 3 | function);
	o->has_iommu = true;
}

/*
 * Handles one option. parse() itself handles --exec and --iommu: --exec because
 * the function parse_one() has no flag for it, --iommu to keep parse_one() short.
 */
static void parse_one(struct gpusim_options *o, int opt, char *arg)
{
	switch (opt) {
	case 'p':
		o->platform = xengt_sim_platform_find(arg);
		if (!o->platform)
			die_usage("no such platform: %s", arg);
		break;
	case 'f':
		o->fd = (int)parse_number("--fd", arg, 65535);
		break;
	case 'q':
		o->qtest = arg;
		break;
	case 'j':
		o->judge = arg;
		break;
	case 'l':
		o->log = arg;
		break;
	case 'c':
		o->counts = arg;
		break;
	case 'C':
		o->control = arg;
		break;
	case 't':
		parse_tlb(o, arg);
		break;
	case 'g':
		parse_gtt_mib(o, arg);
		break;
	case 'r':
		o->record = arg;
		break;
	case 's':
		parse_set(o, arg);
		break;
	case 'u':
		o->cpu = parse_cpu(arg);
		break;
	case 'h':
		usage(stdout);
		exit(0);
	default:
		die_usage("unknown option");
	}
}

/*
 * Checks that no two options contradict each other, and that no option is
 * missing. first_word: the first word after the options, or NULL.
 */
static void check_together(const struct gpusim_options *o, bool exec,
			   const char *first_word)
{
	if (o->record && o->judge)
		die_usage("--record and --judge exclude each other");
	if (o->has_iommu && !o->qtest)
		die_usage("--iommu needs --qtest");
	if (o->has_iommu && o->record)
		die_usage("--iommu and --record exclude each other");
	if (o->record && o->has_exec)
		die_usage("--record and --set exclude each other");
	if (exec == (o->fd >= 0))
		die_usage("one of --exec and --fd is needed");
	if (exec && !first_word)
		die_usage("--exec needs a command after --");
	if (!exec && first_word)
		die_usage("what is \"%s\"?", first_word);
	check_socket_path("--qtest", o->qtest);
	check_socket_path("--control", o->control);
}

static void parse(int argc, char **argv, struct gpusim_options *o)
{
	static const struct option longopts[] = {
		{ "platform", required_argument, NULL, 'p' },
		{ "exec", no_argument, NULL, 'e' },
		{ "fd", required_argument, NULL, 'f' },
		{ "qtest", required_argument, NULL, 'q' },
		{ "iommu", required_argument, NULL, 'i' },
		{ "judge", required_argument, NULL, 'j' },
		{ "check-isolation", required_argument, NULL, 'j' },
		{ "log", required_argument, NULL, 'l' },
		{ "counts", required_argument, NULL, 'c' },
		{ "control", required_argument, NULL, 'C' },
		{ "tlb", required_argument, NULL, 't' },
		{ "gtt-mib", required_argument, NULL, 'g' },
		{ "cpu", required_argument, NULL, 'u' },
		{ "record", required_argument, NULL, 'r' },
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool exec = false;
	int c;

	memset(o, 0, sizeof(*o));
	o->fd = -1;
	o->cpu = GPUSIM_CPU_FREE;
	o->has_tlb = true;
	o->platform = xengt_sim_platform_at(0);
	o->exec.cost_percent = 100;	/* the default of sim/sim.h; the
					 * defaults of all other options are
					 * 0 */
	while ((c = getopt_long(argc, argv, "+h", longopts, NULL)) != -1) {
		if (c == 'e')
			exec = true;
		else if (c == 'i')
			parse_iommu(o, optarg);
		else
			parse_one(o, c, optarg);
	}
	check_together(o, exec, argv[optind]);
	if (exec)
		o->exec_argv = argv + optind;
}

int main(int argc, char **argv)
{
	struct gpusim_options o;
	FILE *log = stderr;
	void *shm = NULL;
	int sv[2], cpu;
	pid_t pid;

	xengt_begin();
	parse(argc, argv, &o);
	if (o.log) {
		log = fopen(o.log, "ae");
		if (!log)
			return gpusim_setup_failed(o.log);
	}
	if (o.judge) {
		shm = gpusim_open_judge(o.judge);
		if (!shm)
			return gpusim_setup_failed(o.judge);
	}
	if (!o.exec_argv)
		return gpusim_run(&o, o.fd, log, shm);

	/*
	 * choose the processor before fork(), so that QEMU and the simulator
	 * run on the same processor
	 */
	cpu = gpusim_pin(o.cpu);
	if (cpu < 0 && cpu != -EBUSY) {
		errno = -cpu;
		return gpusim_setup_failed("--cpu");
	}
	o.cpu = cpu;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		return gpusim_setup_failed("socketpair");
	pid = fork();
	if (pid < 0)
		return gpusim_setup_failed("fork");
	if (pid > 0) {
		close(sv[1]);
		return gpusim_exec_qemu(o.exec_argv, sv[0]);
	}
	close(sv[0]);
	/*
	 * Ctrl-C is meant for QEMU; the simulator ends when QEMU closes the
	 * socket
	 */
	signal(SIGINT, SIG_IGN);
	return gpusim_run(&o, sv[1], log, shm);
}
