/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads libxl's record of a domain: the configuration with which the domain was
 * created, in the file /var/lib/xen/userdata-d.<domid>.<uuid>.libxl-json, which
 * exists as long as the domain. If the device model in the record is xengt-dm,
 * the domain was created with a vGPU. So the caller need not send a question to
 * xengtd. Uses only libc, because /usr/sbin/xl (xl-stub.c), which is linked
 * statically, contains this code.
 */
#ifndef VGT_RECORD_H
#define VGT_RECORD_H

enum vgt_record {
    VGT_RECORD_NONE,        /* libxl has no record */
    VGT_RECORD_PLAIN,       /* the domain's device model is not xengt-dm */
    VGT_RECORD_VGPU,        /* the domain's device model is xengt-dm */
    VGT_RECORD_UNKNOWN,     /* the record cannot be read: errno says why */
};

#define VGT_RECORD_ANY -1

/*
 * Read the record of a domain, or the records of all domains (VGT_RECORD_ANY).
 * If there are several records, returns the largest of their values of enum
 * vgt_record. root: a directory that the function puts before the path, or "".
 */
enum vgt_record vgt_record_look(const char *root, long domid);

#endif /* VGT_RECORD_H */
