#!/bin/busybox sh
# The first program of the virtual machine: load drivers, assemble the root, hand over to the agent as process 1.
B=/bin/busybox
$B mount -t devtmpfs none /dev
$B mount -t proc none /proc
$B mount -t sysfs none /sys
for module in $($B cat /modules/order); do $B insmod "/modules/$module"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 400 ]; do $B usleep 5000; tries=$((tries + 1)); done
$B mount -t squashfs -o ro /dev/vda /ro
$B mount -t tmpfs -o size=64m none /rw
$B mkdir /rw/upper /rw/work
$B mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work none /root
$B mount --move /dev /root/dev
$B mount --move /proc /root/proc
$B mount --move /sys /root/sys
$B mkdir -p /root/work /root/dev/shm /root/dev/pts /root/home/user
$B mount -t devpts none /root/dev/pts
$B mount -t tmpfs -o size=64m,nosuid,nodev none /root/dev/shm
$B mount -t tmpfs -o size=256m,nosuid,nodev none /root/tmp
$B mount -t tmpfs -o size=256m,nosuid,nodev none /root/home/user
$B chmod 1777 /root/tmp /root/dev/shm
$B chown 1000:1000 /root/home/user
$B chmod 0600 /root/dev/kmsg /root/dev/mem /root/dev/vda 2>/dev/null
$B ifconfig lo 127.0.0.1 up
$B hostname sandbox
$B mkdir -p /root/dev/virtio-ports
for port in /root/sys/class/virtio-ports/*; do
    $B ln -s "/dev/${port##*/}" "/root/dev/virtio-ports/$($B cat "$port/name")"
done
# what every program will need is read once here, so that it is already in memory when the machine is brought back
$B chroot /root /usr/bin/python3 -I -S -c 'import json, struct, resource, ctypes, select, subprocess'
$B chroot /root /bin/sh -c true
$B cp /agent.py /relay.py /root/opt/
exec $B switch_root /root /usr/bin/python3 -I -S -u /opt/agent.py /dev/virtio-ports/control </dev/null
