#!/bin/bash
# parallel-safe
# budget: 2000
# The module's ABI from its worst user's side; see kmod/abi.sh.
exec "$(dirname "$0")/kmod/abi.sh"
