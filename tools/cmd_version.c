/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl version: prints the versions of this tool and of xengtd. */
#include <stdio.h>

#include "../xen-hooks/vgt_client.h"
#include "common/version.h"
#include "ctl.h"
#include "uapi/xengt.h"

int cmd_version(struct ctl *ctl, int argc, char **argv)
{
	char path[CTL_PATH_MAX], err[CTL_ERR_MAX];
	struct json_object *data, *obj;
	const char *daemon = NULL;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, NULL, 0, 0);
	long abi = -1;

	if (r)
		return r;
	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	/* If xengtd does not run, the tool says so and succeeds. */
	if (!vgt_client_ask(path, "ping", NULL, &data, err, sizeof(err))) {
		daemon = vgt_json_string(data, "version", "unknown");
		abi = vgt_json_long(data, "abi", -1);
	}

	if (ctl->is_json) {
		obj = json_object_new_object();
		json_object_object_add(obj, "version",
				       json_object_new_string(XENGT_VERSION));
		json_object_object_add(obj, "abi",
				       json_object_new_int(XENGT_ABI_VERSION));
		json_object_object_add(obj, "daemon_version", daemon ?
				       json_object_new_string(daemon) : NULL);
		json_object_object_add(obj, "daemon_abi", daemon ?
				       json_object_new_int64(abi) : NULL);
		ctl_put_json(obj);
	} else {
		printf("xengt-ctl %s (ABI %d)\n", XENGT_VERSION,
		       XENGT_ABI_VERSION);
		if (daemon)
			printf("xengtd %s (ABI %ld)\n", daemon, abi);
		else
			puts("xengtd does not answer");
	}
	if (daemon)
		json_object_put(data);

	return CTL_OK;
}
