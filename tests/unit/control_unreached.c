/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that vgpu.c and related files call, but that no test of test_control_clients.c and
 * test_control_answers.c reaches. A call of such a function ends the program. The functions
 * need not have their real types, because they read no argument and return nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#define UNREACHED(name)							\
	void name(void);						\
	void name(void)							\
	{								\
		fprintf(stderr, #name "() is called\n");		\
		abort();						\
	}

UNREACHED(xengt_bvgpu_abused)
UNREACHED(xengt_bvgpu_check_domain)
UNREACHED(xengt_bvgpu_choose_slot)
UNREACHED(xengt_bvgpu_follow_abuse)
UNREACHED(xengt_bvgpu_forget)
UNREACHED(xengt_bvgpu_place)
UNREACHED(xengt_bvgpu_read_edid)
UNREACHED(xengt_bvgpu_read_request)
UNREACHED(xengt_bvgpu_follow_share)
UNREACHED(xengt_bvgpu_reserve)
UNREACHED(xengt_bvgpu_retire)
UNREACHED(xengt_bvgpu_save)
UNREACHED(xengt_bvgpu_stop)
UNREACHED(xengt_bvgpu_stop_refused)
UNREACHED(xengt_bvgpu_try_again)
UNREACHED(xengt_child_describe)
UNREACHED(xengt_domctl_info)
UNREACHED(xengt_qmp_start)
UNREACHED(xengt_ram_follow_target)
UNREACHED(xengt_script_start)
UNREACHED(xengt_bvgpu_is_request_other)
UNREACHED(xengt_store_remove)
UNREACHED(xengt_store_update)
UNREACHED(xengt_view_check)
UNREACHED(xengt_view_follow)
UNREACHED(xengt_view_leave)
UNREACHED(xengt_worker_free)
UNREACHED(xengt_worker_kill)
UNREACHED(xengt_worker_log_path)
UNREACHED(xengt_worker_send_edid)
UNREACHED(xengt_worker_start)
