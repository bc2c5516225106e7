/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host-state [quiet]
 * host-state gone DOMAIN
 * host-state leftovers
 *
 * Without an argument the program prints five lines that must be the same before and after
 * a test: Xen's free memory (MiB), the module's graphics memory in use, our processes, the
 * paths of our nodes in xenstore (except backend/vgt itself, which xengtd does not
 * remove), and the domains.
 *
 * quiet: first waits until dying domains are gone (at most 20 s), and then until the
 * processes that served these domains, and the domains' nodes, are gone (at most 10 s).
 *
 * gone: exit status 0 if the domain and all other domains that died are gone completely, 1
 * if not.
 *
 * leftovers: waits as 'quiet' does, and prints on one line what a test must not
 * leave behind; the line is empty if there is nothing.
 *
 * If Xen or xenstore does not answer, the program says so and ends with status 2.
 *
 * host-state is one program, linked statically, because in an emulated machine the start
 * of another process takes longer than this program's whole work.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenstore.h>

#define DOMAINS		1024
#define DYING_MS	20000
#define SERVING_MS	10000
#define PAUSE_MS	100
#define BACKENDS	"/local/domain/0/backend/vgt"

/* Our processes. An xl and a device model run as long as their guest. */
static const char *const ours[] = {
	"qemu-system-i38", "vgt", "xengt-dm", "xengt-share", "xengt-vgpu", "xengt-xl", "xl",
};
#define OURS	(sizeof(ours) / sizeof(*ours))
/* Processes that end with their domain. */
static const char *const serving[] = { "vgt", "xengt-dm", "xengt-share", "xengt-vgpu" };
#define SERVING	(sizeof(serving) / sizeof(*serving))

static xc_interface *xc;
static struct xs_handle *xs;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/*
 * Prints the time, too, so that two such outputs differ, and a test that compares them
 * fails.
 */
static void __attribute__((noreturn)) no_answer(const char *what)
{
	const char *why = strerror(errno);

	fprintf(stderr, "host-state: cannot ask for %s: %s\n", what, why);
	printf("no answer at %llu ms: %s: %s\n", (unsigned long long)now_ms(),
	       what, why);
	exit(2);
}

static void pause_ms(unsigned int ms)
{
	struct timespec t = { 0, (long)ms * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- domains ---- */

static unsigned int domains(xc_domaininfo_t *info)
{
	int n = xc_domain_getinfolist(xc, 0, DOMAINS, info);

	if (n < 0)
		no_answer("domains");
	return (unsigned int)n;
}

/*
 * Returns the domain's name, which the caller frees, or NULL if the domain has no name, as
 * after its death.
 */
static char *name_of(uint32_t domid)
{
	char path[64], *name;

	snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
	name = xs_read(xs, XBT_NULL, path, NULL);
	if (!name && errno != ENOENT)
		no_answer(path);
	return name;
}

/* Does Xen still have a dying domain, a domain without a name, or 'wanted'? */
static bool is_kept(const char *wanted)
{
	static xc_domaininfo_t info[DOMAINS];
	unsigned int n = domains(info);

	for (unsigned int i = 0; i < n; i++) {
		char *name = name_of(info[i].domain);
		bool is = info[i].flags & XEN_DOMINF_dying || !name ||
			  (wanted && strcmp(name, wanted) == 0);

		free(name);
		if (is)
			return true;
	}
	return false;
}

static void print_domains(void)
{
	static xc_domaininfo_t info[DOMAINS];
	unsigned int n = domains(info);

	printf("domains");
	for (unsigned int i = 0; i < n; i++) {
		char *name = name_of(info[i].domain);

		printf(" %s", name ? name : "(null)");
		free(name);
	}
	putchar('\n');
}

/* ---- memory ---- */

static void print_memory(void)
{
	xc_physinfo_t info = { 0 };

	if (xc_physinfo(xc, &info))
		no_answer("memory");
	/* a line as xl info prints it */
	printf("free_memory %llu\n",
	       (unsigned long long)(info.free_pages - info.outstanding_pages) /
		       ((1 << 20) / XC_PAGE_SIZE));
}

/* Prints lines of the module's files that say how much graphics memory is in use. */
static void print_graphics_memory(void)
{
	static const char dir_path[] = "/sys/kernel/debug/xengt";
	struct dirent **files;
	int n = scandir(dir_path, &files, NULL, alphasort);

	if (n < 0 && errno != ENOENT)
		no_answer(dir_path);
	for (int i = 0; i < n; i++) {
		char path[512], line[512];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", dir_path,
			 files[i]->d_name);
		free(files[i]);
		if (path[strlen(path) - 1] == '.')
			continue;
		f = fopen(path, "r");
		if (!f)
			no_answer(path);
		while (fgets(line, sizeof(line), f)) {
			if (strncmp(line, "low:", 4) == 0 ||
			    strncmp(line, "high:", 5) == 0 ||
			    strncmp(line, "fences:", 7) == 0)
				fputs(line, stdout);
		}
		fclose(f);
	}
	if (n >= 0)
		free(files);
}

/* ---- processes ---- */

/* Counts the processes that have each of the names. */
static void count(const char *const *names, size_t n, unsigned int *counts)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir)
		no_answer("/proc");
	memset(counts, 0, n * sizeof(*counts));
	while ((entry = readdir(dir))) {
		char path[300], comm[64];
		FILE *f;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		f = fopen(path, "r");
		/* the process may just have ended */
		if (!f && errno == ENOENT)
			continue;
		if (!f)
			no_answer(path);
		if (fgets(comm, sizeof(comm), f)) {
			comm[strcspn(comm, "\n")] = 0;
			for (size_t i = 0; i < n; i++)
				counts[i] += strcmp(comm, names[i]) == 0;
		}
		fclose(f);
	}
	closedir(dir);
}

static bool anybody_serves(void)
{
	unsigned int counts[SERVING], sum = 0;

	count(serving, SERVING, counts);
	for (size_t i = 0; i < SERVING; i++)
		sum += counts[i];
	return sum;
}

static void print_processes(void)
{
	unsigned int counts[OURS];

	count(ours, OURS, counts);
	printf("processes");
	for (size_t i = 0; i < OURS; i++) {
		if (counts[i])
			printf(" %u %s", counts[i], ours[i]);
	}
	putchar('\n');
}

/* ---- xenstore ---- */

/* Prints the paths at and below 'path' that contain one of the two words. */
static void print_nodes(const char *path, const char *word, const char *other)
{
	unsigned int n;
	char **names = xs_directory(xs, XBT_NULL, path, &n);

	if (!names) {
		/* the node may just have been removed */
		if (errno == ENOENT)
			return;
		no_answer(path);
	}
	for (unsigned int i = 0; i < n; i++) {
		char *below;

		if (asprintf(&below, "%s/%s", path[1] ? path : "", names[i]) < 0)
			no_answer(path);
		if (strstr(below, word) || strstr(below, other))
			printf(" %s", below);
		print_nodes(below, word, other);
		free(below);
	}
	free(names);
}

/* ---- the commands ---- */

static void print_state(void)
{
	print_memory();
	print_graphics_memory();
	print_processes();
	printf("nodes");
	print_nodes("/", "/backend/vgt/", "xengt");
	putchar('\n');
	print_domains();
}

/*
 * Returns the id of the next domain from *at on that has nodes of ours, or -1
 * if there is none.
 */
static int next_backend(char **ids, unsigned int n, unsigned int *at)
{
	while (*at < n) {
		char path[128], *val;
		const char *id = ids[(*at)++];

		snprintf(path, sizeof(path), "%s/%s/0", BACKENDS, id);
		val = xs_read(xs, XBT_NULL, path, NULL);
		if (!val && errno != ENOENT)
			no_answer(path);
		free(val);
		if (val)
			return atoi(id);
	}
	return -1;
}

static char **backends(unsigned int *n)
{
	char **ids = xs_directory(xs, XBT_NULL, BACKENDS, n);

	if (!ids && errno != ENOENT)
		no_answer(BACKENDS);
	if (!ids)
		*n = 0;
	return ids;
}

static void print_backends(void)
{
	unsigned int n, at = 0;
	char **ids = backends(&n);
	int id;

	while ((id = next_backend(ids, n, &at)) >= 0)
		printf("%s/%d/0 ", BACKENDS, id);
	free(ids);
}

/* Does xengtd still have to remove nodes of a domain that is gone? */
static bool has_nodes_of_dead(void)
{
	static xc_domaininfo_t info[DOMAINS];
	unsigned int n, at = 0, count = domains(info);
	char **ids = backends(&n);
	bool has = false;
	int id;

	while (!has && (id = next_backend(ids, n, &at)) >= 0) {
		has = true;
		for (unsigned int i = 0; i < count; i++)
			has &= info[i].domain != id;
	}
	free(ids);
	return has;
}

static void wait_until_quiet(void)
{
	uint64_t end = now_ms() + DYING_MS;

	while (is_kept(NULL) && now_ms() < end)
		pause_ms(PAUSE_MS);
	end = now_ms() + SERVING_MS;
	while ((anybody_serves() || has_nodes_of_dead()) && now_ms() < end)
		pause_ms(PAUSE_MS);
}

static void print_leftovers(void)
{
	static xc_domaininfo_t info[DOMAINS];
	unsigned int n, counts[OURS];

	wait_until_quiet();
	n = domains(info);
	for (unsigned int i = 0; i < n; i++) {
		char *name = name_of(info[i].domain);

		if (info[i].domain)
			printf("domain %s ", name ? name : "(null)");
		free(name);
	}
	count(ours, OURS, counts);
	for (size_t i = 0; i < OURS; i++) {
		if (counts[i])
			printf("%s ", ours[i]);
	}
	print_backends();
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	xc = xc_interface_open(NULL, NULL, 0);
	if (!xc)
		no_answer("Xen");
	xs = xs_open(0);
	if (!xs)
		no_answer("xenstore");
	if (strcmp(what, "gone") == 0 && argc == 3)
		return is_kept(argv[2]);
	if (strcmp(what, "leftovers") == 0 && argc == 2) {
		print_leftovers();
	} else if (argc == 1 || (strcmp(what, "quiet") == 0 && argc == 2)) {
		if (argc == 2)
			wait_until_quiet();
		print_state();
	} else {
		fprintf(stderr, "usage: host-state [quiet|gone DOMAIN|leftovers]\n");
		return 2;
	}
	return 0;
}
