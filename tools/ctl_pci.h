/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions on a PCI device in sysfs, for the verbs bind and unbind. The
 * functions are in a header, because only cmd_bind.c and cmd_unbind.c use them.
 */
#ifndef XENGT_CTL_PCI_H
#define XENGT_CTL_PCI_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"

#define CTL_BDF_LEN	16

/*
 * Parses a PCI address such as "00:02.0" or "0000:00:02.0", and writes it with
 * its segment to bdf. Returns CTL_OK, or CTL_USAGE after an error message.
 */
static inline int ctl_pci_parse(struct ctl *ctl, const char *word, char *bdf)
{
	unsigned int segment = 0, bus, dev, fn;
	int end = 0;

	if (sscanf(word, "%4x:%2x:%2x.%1x%n", &segment, &bus, &dev, &fn,
		   &end) != 4 || word[end]) {
		segment = 0;
		end = 0;
		if (sscanf(word, "%2x:%2x.%1x%n", &bus, &dev, &fn, &end) != 3 ||
		    word[end])
			return ctl_fail(ctl, CTL_USAGE, "\"%s\" is no PCI address: write it as 0000:00:02.0",
					word);
	}
	snprintf(bdf, CTL_BDF_LEN, "%04x:%02x:%02x.%x", segment & 0xffff,
		 bus & 0xff, dev & 0x1f, fn & 7);

	return CTL_OK;
}

/* Returns CTL_FAILED after the error message that something is not known. error: -errno. */
static inline int ctl_pci_unknown(struct ctl *ctl, const char *path, int error)
{
	return ctl_fail(ctl, error == -EACCES ? CTL_NOT_ROOT : CTL_FAILED,
			"cannot read %s: %s", path, strerror(-error));
}

/*
 * Reads the first line of a file of sysfs, or "" if there is no such file. Returns
 * CTL_OK; or another status after an error message: it is not known whether the
 * file exists, or what is in it.
 */
static inline int ctl_pci_read(struct ctl *ctl, const char *path, char *text,
			       size_t size)
{
	FILE *f = fopen(path, "re");
	int r = f ? 0 : -errno;

	*text = '\0';
	if (f && !fgets(text, size, f) && ferror(f))
		r = -errno;
	if (f)
		fclose(f);

	return r && r != -ENOENT ? ctl_pci_unknown(ctl, path, r) : CTL_OK;
}

/*
 * Reads a hexadecimal attribute of the device; *ret_value is -1 if the device or the
 * attribute does not exist. Returns like ctl_pci_read().
 */
static inline int ctl_pci_read_hex(struct ctl *ctl, const char *bdf,
				   const char *name, long *ret_value)
{
	char path[CTL_PATH_MAX], text[32];
	int r = ctl_pci_read(ctl, ctl_path(ctl, path, sizeof(path),
					   "/sys/bus/pci/devices/%s/%s", bdf,
					   name), text, sizeof(text));

	*ret_value = *text ? strtol(text, NULL, 16) : -1;

	return r;
}

/*
 * Finds the name of the driver that is bound to the device; name is "" if there is no
 * driver. Returns CTL_OK; or another status after an error message: the driver is not
 * known.
 */
static inline int ctl_pci_driver(struct ctl *ctl, const char *bdf, char *name,
				 size_t size)
{
	char path[CTL_PATH_MAX], target[PATH_MAX];
	ssize_t len = readlink(ctl_path(ctl, path, sizeof(path),
					"/sys/bus/pci/devices/%s/driver", bdf),
			       target, sizeof(target) - 1);
	const char *base;

	*name = '\0';
	if (len < 0)
		return errno == ENOENT ? CTL_OK : ctl_pci_unknown(ctl, path, -errno);
	target[len] = '\0';
	base = strrchr(target, '/');
	snprintf(name, size, "%.*s", (int)size - 1,
		 base ? base + 1 : target);

	return CTL_OK;
}

/*
 * Runs a program of /sbin with an option and the name of a module. Returns true if
 * the program ran and succeeded.
 */
static inline bool ctl_pci_run(struct ctl *ctl, const char *program,
			       const char *option, const char *module)
{
	char path[CTL_PATH_MAX];
	int status = -1;
	pid_t pid;

	ctl_path(ctl, path, sizeof(path), "/sbin/%s", program);
	pid = fork();
	if (!pid) {
		execl(path, program, option, module, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;

	return pid > 0 && !status;
}

/* Loads a module, with an option of modprobe. Returns true if it is loaded now. */
static inline bool ctl_pci_load(struct ctl *ctl, const char *option,
				const char *module)
{
	return ctl_pci_run(ctl, "modprobe", option, module);
}

/*
 * Unloads a module. Returns true if it is not loaded any more. Not by modprobe,
 * which would unload modules, too, that nobody else uses: after xengt-i915 it would
 * try to unload i915.
 */
static inline bool ctl_pci_unload(struct ctl *ctl, const char *module)
{
	return ctl_pci_run(ctl, "rmmod", "--", module);
}

/*
 * Reads the first line of a parameter of a loaded module (its name with "_"). Returns
 * like ctl_pci_read(): text is "" if there is no such parameter.
 */
static inline int ctl_pci_parameter(struct ctl *ctl, const char *module,
				    const char *name, char *text, size_t size)
{
	char path[CTL_PATH_MAX];
	int r = ctl_pci_read(ctl, ctl_path(ctl, path, sizeof(path),
					   "/sys/module/%s/parameters/%s",
					   module, name), text, size);

	text[strcspn(text, "\n")] = '\0';

	return r;
}

/*
 * Finds out whether this file of sysfs exists. Returns CTL_OK; or another status after an
 * error message: it is not known.
 */
static inline int ctl_pci_exists(struct ctl *ctl, const char *path,
				 bool *ret_exists)
{
	*ret_exists = !access(path, F_OK);
	if (*ret_exists || errno == ENOENT)
		return CTL_OK;

	return ctl_pci_unknown(ctl, path, -errno);
}

/* Finds out whether this module (its name with "_") is loaded. Returns like ctl_pci_exists(). */
static inline int ctl_pci_has_module(struct ctl *ctl, const char *module,
				     bool *ret_has)
{
	char path[CTL_PATH_MAX];

	return ctl_pci_exists(ctl, ctl_path(ctl, path, sizeof(path),
					    "/sys/module/%s", module), ret_has);
}

/* Writes text to a file of sysfs. Returns 0 or -errno. */
static inline int ctl_pci_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		r = -errno;
	close(fd);

	return r;
}

/*
 * Call this before a device loses its driver: from then on signals wait, until the program
 * ends. Otherwise a Ctrl-C while the kernel unbinds the driver, which can take seconds,
 * would leave the device without any driver.
 */
static inline void ctl_pci_hold_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

/*
 * Sets which driver may be bound to the device: the driver's name, or "\n" for
 * any driver.
 */
static inline int ctl_pci_set_driver(struct ctl *ctl, const char *bdf,
				     const char *driver)
{
	char path[CTL_PATH_MAX];

	return ctl_pci_write(ctl_path(ctl, path, sizeof(path),
				      "/sys/bus/pci/devices/%s/driver_override",
				      bdf), driver);
}

/*
 * Reads what ctl_pci_set_driver() set, in a form in which it can be set again: "\n" if
 * any driver may bind the device. Returns like ctl_pci_read().
 */
static inline int ctl_pci_get_driver(struct ctl *ctl, const char *bdf,
				     char *driver, size_t size)
{
	char path[CTL_PATH_MAX];
	int r = ctl_pci_read(ctl, ctl_path(ctl, path, sizeof(path),
					   "/sys/bus/pci/devices/%s/driver_override",
					   bdf), driver, size);

	if (!*driver || !strcmp(driver, "(null)\n"))
		snprintf(driver, size, "\n");

	return r;
}

#endif /* XENGT_CTL_PCI_H */
