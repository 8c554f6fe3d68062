#!/usr/bin/env bash
# room.sh FOLDER STORE DRIVER COMMAND…: runs a command with processes, mounts, a network and a Podman of its own.
# The images of STORE are there, to be read; all that is made goes with the room.
set -euo pipefail
folder=$1 store=$2 driver=$3
shift 3
mkdir -p "$folder/images" "$folder/containers/storage" "$folder/cgroup"
mount --bind "$store" "$folder/images"
mount -o remount,bind,ro "$folder/images"
mount --bind "$folder/containers" /var/lib/containers
mount -t tmpfs -o mode=755 run /run
mkdir /run/lock
# What a node keeps where nobody said.
mkdir -p /var/lib/heddle
mount -t tmpfs -o mode=700 state /var/lib/heddle
# Podman's locks, and its networks.
mount -t tmpfs -o mode=1777 shm /dev/shm
mkdir -p /etc/containers/networks
mount -t tmpfs -o mode=755 networks /etc/containers/networks
# What is under /sys/class/net is of the network in which it was mounted.
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
ip link set lo up
# Every host has a link; this one leads nowhere.
ip link add lan0 type bridge
# With images and without this, Podman takes itself for one that was updated, and CNI for its network.
printf netavark >/var/lib/containers/storage/defaultNetworkBackend
cat >"$folder/storage.conf" <<CONF
[storage]
driver = "$driver"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
[storage.options]
additionalimagestores = ["$folder/images"]
CONF
export CONTAINERS_STORAGE_CONF=$folder/storage.conf
# For rooms within this one.
export HEDDLE_ROOM_IMAGES=$folder/images
# Not in its place: the first process of a room has to wait for those that nobody waits for.
"$@"
