"""What programs in a sandbox may ask of the kernel: all, but to make disks of their own.

Anybody may make a subvolume on btrfs, and a sandbox's quota does not hold for what is in it.
"""

from __future__ import annotations

import json

# BTRFS_IOC_SNAP_CREATE, SUBVOL_CREATE, SNAP_CREATE_V2, SUBVOL_CREATE_V2 (linux/btrfs.h)
MAKE_SUBVOLUME = (0x50009401, 0x5000940E, 0x50009417, 0x50009418)
ARCHITECTURES = (
    {
        "architecture": "SCMP_ARCH_X86_64",
        "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    },
    {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]},
)
LOW = 0xFFFFFFFF  # the kernel looks at these bits of an ioctl's code alone


def profile() -> str:
    """The profile, as Docker reads it."""
    return json.dumps(
        {
            "defaultAction": "SCMP_ACT_ALLOW",
            "archMap": ARCHITECTURES,
            "syscalls": [
                {
                    "names": ["ioctl"],
                    "action": "SCMP_ACT_ERRNO",
                    "args": [
                        {"index": 1, "value": LOW, "valueTwo": code, "op": "SCMP_CMP_MASKED_EQ"}
                    ],
                }
                for code in MAKE_SUBVOLUME
            ],
        }
    )
