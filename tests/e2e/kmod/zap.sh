#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Zap before release, in all four cases, under the judge's eyes. With
# FAULT=NO_ZAP, NO_FLUSH or RELEASE_FIRST it must fail.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
run_in_dom0 zap-in-dom0.sh
