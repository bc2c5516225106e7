#!/bin/bash
# long
# budget: 3000
# A viewer in another domain that never unmaps the pages that dom0 grants: broker, sharer and guest
# are killed while the viewer has pages mapped.
. "$(dirname "$0")/common.sh"
# shellcheck disable=SC2034	# for t-79-view.sh
VIEW_KEEPER=keepview
# shellcheck source-path=SCRIPTDIR
. "$E2E/t-79-view.sh"
