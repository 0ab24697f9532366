"""Namespaces for one submission inside a box that is warm already. Runs in the box, as its owner.

bubblewrap can't do this part: it starts a new program, and what was imported would be lost. What it
built stays around everything here: no network, nothing to write, no references.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable

NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC = 0x0002_0000, 0x0400_0000, 0x0800_0000  # linux/sched.h
NEW_USER, NEW_PROCESSES = 0x1000_0000, 0x2000_0000
NO_SETUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8  # linux/mount.h
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 1 << 18
SET_DUMPABLE, DROP_BOUND, SUBREAPER, AMBIENT, CLEAR_ALL = 4, 24, 36, 47, 4  # linux/prctl.h
CAPABILITIES_3 = 0x2008_0522  # linux/capability.h

libc = ctypes.CDLL(None, use_errno=True)


def call(function: Callable[..., int], *arguments: int | str | None) -> None:
    """Call a function of the C library. Raises OSError if it fails."""
    given = [a.encode() if isinstance(a, str) else a for a in arguments]
    if function(*given) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}{arguments}: {os.strerror(number)}")


def hide_memory(hidden: bool) -> None:
    """Say whether other processes of this user may look into this one."""
    call(libc.prctl, SET_DUMPABLE, int(not hidden), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent has ended."""
    call(libc.prctl, SUBREAPER, 1, 0, 0, 0)


def become(user: int | None) -> None:
    """Give up being root for good; None stays who it is."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def leave() -> None:
    """Leave the box's users, mounts, processes (for children) and shared memory for new ones."""
    user, group = os.getuid(), os.getgid()
    hide_memory(False)  # else /proc/self belongs to root
    call(libc.unshare, NEW_USER | NEW_MOUNTS | NEW_HOSTNAME | NEW_IPC | NEW_PROCESSES)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def mount_own(folder: str, disk: int, read_only: list[str]) -> None:
    """Put empty folders over all that an earlier submission could have written to.

    Of the folder that holds `folder`, nothing but it stays in sight; so do those of read_only that
    lie below one that is covered.
    """
    call(libc.mount, "none", "/", None, RECURSIVE | PRIVATE, None)
    covered = (os.path.dirname(folder), "/tmp", "/student", "/dev/shm")
    below = [path for path in read_only if path.startswith(tuple(f"{c}/" for c in covered))]
    kept = {path: os.open(path, os.O_PATH) for path in [folder, *below] if os.path.exists(path)}
    for path in covered:
        options = f"size={disk},mode=1777"
        call(libc.mount, "tmpfs", path, "tmpfs", NO_SETUID | NO_DEVICES, options)
    for path, handle in kept.items():
        os.makedirs(path, exist_ok=True)
        call(libc.mount, f"/proc/self/fd/{handle}", path, None, BIND | RECURSIVE, None)
        os.close(handle)
    with contextlib.suppress(OSError):  # where the box is root's, its own stays: it shows names
        call(libc.mount, "proc", "/proc", "proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS, None)
    os.chdir("/student")


def give_up_capabilities() -> None:
    """Forbid further namespaces, and give up every capability for good."""
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
        file.write("0")
    call(libc.prctl, AMBIENT, CLEAR_ALL, 0, 0, 0)
    number = 0
    with contextlib.suppress(OSError):  # the first number that is no capability
        while True:
            call(libc.prctl, DROP_BOUND, number, 0, 0, 0)
            number += 1
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    if number == 0 or libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError("capabilities could not be given up")
