/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * igt-run [-t SECONDS] [-d DIR] [-f FIRST] LIST
 *
 * Runs subtests of IGT one after the other in a machine with i915. Each line of LIST is
 * "TEST<tab>SUBTEST"; SUBTEST is "-" for a test without subtests. igt-run starts the program
 * DIR/TEST (/igt/tests) in a process group of its own, and ends the group after SECONDS (60) of
 * this machine's time. After each subtest igt-run prints one line:
 *
 *   @igt NUMBER TEST SUBTEST RESULT SECONDS
 *
 * RESULT is pass, skip, fail, crash (a signal, or an abort of IGT), late (the time was over),
 * stuck (the time was over, and a process of the group cannot be ended), or none (LIST names a
 * subtest that the program does not have). "+log" after pass or skip: i915 or the kernel logged an
 * error meanwhile. If the result is not pass, the last lines of the program's output follow, each
 * after "@out ", and errors from the kernel's log after "@log ". "@skip " comes before the reason
 * of a skip.
 *
 * After each subtest igt-run sets i915's parameter reset back to its first value. If i915 no longer
 * uses the GPU because a subtest failed between "wedge the GPU" and "reset it", igt-run resets the
 * GPU, and prints "@note unwedged" or "@note still wedged". So a failed subtest does not change the
 * next one's result.
 *
 * igt-run prints each line at once. If the machine crashes, the lines printed so far are valid,
 * and -f FIRST goes on in another boot with the line number FIRST of LIST. After a stuck subtest
 * igt-run ends with status 3, because later results would mean nothing. Otherwise the exit status
 * is 0, whatever the results are; 2 for an error of igt-run itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TAIL_BYTES	2000	/* of a subtest's output */
#define LOG_LINES	12	/* errors of the kernel's log that are printed for a subtest */
#define POLL_MS		20
#define RESET_PARAM	"/sys/kernel/debug/dri/0/i915_params/reset"
#define WEDGED		"/sys/kernel/debug/dri/0/i915_wedged"
#define GRACE_MS	10000	/* from SIGTERM to SIGKILL, and from there to "stuck" */

enum { PASSED = 0, SKIPPED = 77, UNKNOWN = 79, FAILED = 98, ABORTED = 112 };

static const char *dir = "/igt/tests";
static int limit_s = 60;
static int kmsg = -1;
static char first_reset[16];	/* i915's parameter reset when igt-run started */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "igt-run: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Reads a line of a file of debugfs. An error is "?". */
static void get_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, line, size - 1);

	if (fd >= 0)
		close(fd);
	if (len <= 0)
		snprintf(line, size, "?");
	else
		line[len] = 0;
	line[strcspn(line, "\n")] = 0;
}

static void put_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		printf("@note cannot write %s: %s\n", path, strerror(errno));
	close(fd);
}

static void recover(void)
{
	char line[16];

	get_line(RESET_PARAM, line, sizeof(line));
	if (strcmp(line, first_reset))
		put_line(RESET_PARAM, first_reset);
	get_line(WEDGED, line, sizeof(line));
	if (strcmp(line, "1"))
		return;
	put_line(WEDGED, "18446744073709551615");
	get_line(WEDGED, line, sizeof(line));
	printf("@note %s\n", strcmp(line, "0") ? "still wedged" : "unwedged");
	fflush(stdout);
}

static void start(const char *test, const char *subtest, int out)
{
	char path[512];

	setpgid(0, 0);
	if (dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(UNKNOWN);
	close(0);
	if (open("/dev/null", O_RDONLY))
		_exit(UNKNOWN);
	snprintf(path, sizeof(path), "%s/%s", dir, test);
	if (strcmp(subtest, "-"))
		execl(path, test, "--run-subtest", subtest, NULL);
	else
		execl(path, test, NULL);
	fprintf(stderr, "cannot start %s: %s\n", path, strerror(errno));
	_exit(UNKNOWN);
}

/* Collects ended processes; igt-run also gets those that a subtest left without a parent. */
static bool collect(pid_t pid, int *status)
{
	bool ended = false;
	pid_t got;
	int st;

	while ((got = waitpid(-1, &st, WNOHANG)) > 0) {
		if (got == pid) {
			*status = st;
			ended = true;
		}
	}
	return ended;
}

static bool wait_until(int64_t end_ms, pid_t pid, int *status)
{
	do {
		if (collect(pid, status))
			return true;
		poll(NULL, 0, POLL_MS);
	} while (now_ms() < end_ms);
	return collect(pid, status);
}

/* Ends what a subtest left. Returns false if a process does not end. */
static bool end_group(pid_t pid)
{
	int64_t end_ms = now_ms() + GRACE_MS;
	int ignored;

	while (!kill(-pid, SIGKILL) || errno != ESRCH) {
		collect(0, &ignored);
		if (now_ms() > end_ms)
			return false;
		poll(NULL, 0, POLL_MS);
	}
	return true;
}

static const char *result_of(int status)
{
	if (WIFSIGNALED(status))
		return "crash";
	switch (WEXITSTATUS(status)) {
	case PASSED:	return "pass";
	case SKIPPED:	return "skip";
	case UNKNOWN:	return "none";
	case ABORTED:	return "crash";
	default:	return WEXITSTATUS(status) > 128 ? "crash" : "fail";
	}
}

/* Is this record of /dev/kmsg ("LEVEL,...;TEXT") an error, or a warning of the kernel itself? */
static bool is_error(const char *record, const char *text)
{
	int level = atoi(record) & 7;

	return level <= 3 || strstr(text, "WARNING:") || strstr(text, "Call Trace") ||
	       strstr(text, "wedged");
}

/* Copies new errors from the kernel's log to LINES; returns their number. */
static int read_log(char lines[LOG_LINES][200])
{
	char record[8192];
	char *text;
	ssize_t len;
	int n = 0;

	for (;;) {
		len = read(kmsg, record, sizeof(record) - 1);
		if (len < 0 && errno == EPIPE)
			continue;	/* records were overwritten */
		if (len <= 0)
			return n;
		record[len] = 0;
		text = strchr(record, ';');
		if (!text || !is_error(record, ++text))
			continue;
		text[strcspn(text, "\n")] = 0;
		if (n < LOG_LINES)
			snprintf(lines[n++], sizeof(lines[0]), "%s", text);
	}
}

static void print_lines(const char *prefix, char *text)
{
	char *line;

	for (line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
		printf("%s%s\n", prefix, line);
}

static void report(int number, const char *test, const char *subtest, const char *result,
		   int64_t ms, int out)
{
	char log[LOG_LINES][200], tail[TAIL_BYTES + 1];
	int i, lines = read_log(log);
	bool good = !strcmp(result, "pass") || !strcmp(result, "skip");
	off_t size = lseek(out, 0, SEEK_END);
	ssize_t len;

	printf("@igt %d %s %s %s%s %lld.%lld\n", number, test, subtest, result,
	       good && lines ? "+log" : "", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	len = pread(out, tail, TAIL_BYTES, size > TAIL_BYTES ? size - TAIL_BYTES : 0);
	tail[len > 0 ? len : 0] = 0;
	if (strcmp(result, "pass"))
		print_lines("@out ", tail);
	for (i = 0; i < lines; i++)
		printf("@log %s\n", log[i]);
	fflush(stdout);
}

/* Returns false if a process of the subtest cannot be ended. */
static bool run(int number, const char *test, const char *subtest)
{
	int64_t begun = now_ms(), ended;
	const char *result;
	int status = 0, out;
	bool in_time, dead;
	pid_t pid;

	out = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND, 0600);
	if (out < 0)
		die("/tmp");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		start(test, subtest, out);
	setpgid(pid, pid);
	in_time = wait_until(begun + (int64_t)limit_s * 1000, pid, &status);
	ended = now_ms();
	if (!in_time) {
		kill(-pid, SIGTERM);
		wait_until(now_ms() + GRACE_MS, pid, &status);
	}
	dead = end_group(pid);
	result = !dead ? "stuck" : !in_time ? "late" : result_of(status);
	report(number, test, subtest, result, ended - begun, out);
	close(out);
	if (dead)
		recover();
	return dead;
}

int main(int argc, char **argv)
{
	char line[400], *subtest;
	int number = 0, first = 1, c;
	char ignored[LOG_LINES][200];
	FILE *list;

	while ((c = getopt(argc, argv, "t:d:f:")) != -1) {
		switch (c) {
		case 't': limit_s = atoi(optarg); break;
		case 'd': dir = optarg; break;
		case 'f': first = atoi(optarg); break;
		default:  return 2;
		}
	}
	if (optind + 1 != argc || limit_s <= 0)
		return 2;
	list = fopen(argv[optind], "r");
	if (!list)
		die(argv[optind]);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg < 0)
		die("/dev/kmsg");
	lseek(kmsg, 0, SEEK_END);
	read_log(ignored);
	get_line(RESET_PARAM, first_reset, sizeof(first_reset));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = 0;
		subtest = strchr(line, '\t');
		if (!subtest)
			return 2;
		*subtest++ = 0;
		if (++number >= first && !run(number, line, subtest))
			return 3;
	}
	puts("@end");
	return 0;
}
